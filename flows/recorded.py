"""What every flow over a store has in common: its row in `runs`, and the ledger published at its end."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar, cast

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.utilities.annotations import quote

from flows.observer import OBSERVER
from routing.errors import StoreError
from tasks.run_record import RunRecord
from tasks.store.store import Store
from tasks.tally import Tally

T = TypeVar("T")


@task(cache_policy=NO_CACHE)
def publish(store: Store) -> None:
    """Give analysts the ledger with everything that was settled."""
    store.publish()


@contextmanager
def recorded(record: RunRecord, store: Store, tally: Tally) -> Iterator[None]:
    """The run's row in the store: `running` during the block, then `completed` or, if it raises, `failed`."""
    record.begin(store)
    try:
        yield
    except BaseException as error:
        with suppress(StoreError):  # the first error says more
            record.finish(store, tally, error)
            publish(opaque(store))
        OBSERVER.get().failed(error)
        raise
    record.finish(store, tally)


def opaque(value: T) -> T:
    """`value` as it is: Prefect looks for futures inside the arguments of a task, a fifth of a second in a chunk."""
    return cast(T, quote(value))
