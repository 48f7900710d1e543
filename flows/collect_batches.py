"""The flow `collect-batches`: picks up what batches have been answered, and settles the documents that waited for it.

Their readings were kept, so neither their source nor anything else is read again. What is not answered yet stays open
for the next time; where nothing is open, nothing is written.
"""

import time
from collections.abc import Iterator
from itertools import islice

from prefect import flow, runtime
from prefect.task_runners import ThreadPoolTaskRunner

from flows.artifacts import create_artifacts
from flows.climbing import AHEAD, CHUNK, climb, collect, tell_of_budget, tell_of_tier
from flows.keys import keys
from flows.logs import logged
from flows.observer import OBSERVER
from flows.parameters import CollectParameters
from flows.recorded import opaque, publish, recorded
from flows.summary import RunSummary, summarize
from routing.bars import under_promise
from tasks.documents import Examined
from tasks.history import OrderList
from tasks.labels import labels_of
from tasks.paying import Asking, paying
from tasks.prices import price_list
from tasks.rows import RunContext
from tasks.run_record import RunRecord
from tasks.settlement import Settlement
from tasks.spend.asked import Run
from tasks.store.store import Store

SOURCE = "batches"
"""What stands as the source of such a run: its documents have their own."""


@flow(
    name="collect-batches",
    description="Picks up answered batches and settles their documents; the results are in the store's tables.",
    task_runner=ThreadPoolTaskRunner(max_workers=AHEAD),  # type: ignore[arg-type]  # futures are invariant in Prefect
)
def collect_batches(batches: CollectParameters) -> RunSummary:
    """Collect what is answered, and settle what is settled by it.

    Raises `ConfigurationError` before anything is done, `StoreError` later.
    """
    began = time.monotonic()
    OBSERVER.get().began()
    policy = batches.load_policy()
    prices, orders = price_list(policy), OrderList.open(policy.finance.orders_file)
    with Store.open(batches.store_path) as store:
        policy = under_promise(policy, labels_of(store.query, policy))
        record = RunRecord(SOURCE, policy.hash, prices.version, batches.budget_usd, runtime.flow_run.id)
        context = RunContext(record.run_id, record.run_date, policy, prices)
        run = Run(record.run_id, policy, prices, batches.budget_usd)
        with paying(store, run, keys(policy), tell_of_budget, tell_of_tier) as paid:
            settlement = Settlement(store, context, batches.spool, orders, paid)
            if paid and paid.asking and paid.asking.anything_waits:
                with logged(record.run_id), recorded(record, store, settlement.tally):
                    _settle_answered(paid.asking, settlement, store)
                publish(opaque(store))
        summary = summarize(record.run_id, SOURCE, store, settlement.tally, time.monotonic() - began)
    OBSERVER.get().published(summary)
    create_artifacts(summary)
    return summary


def _settle_answered(asking: Asking, settlement: Settlement, store: Store) -> None:
    """Take in the answers, and go on with every document that does not wait for another one."""
    collect(asking)
    for chunk in _chunks(asking, store):
        settlement.resume(chunk)
    climb(settlement, asking)


def _chunks(asking: Asking, store: Store) -> Iterator[list[Examined]]:
    documents = asking.answered(store)
    while chunk := list(islice(documents, CHUNK)):
        yield chunk
