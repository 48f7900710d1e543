"""The paid part of a run: what was paid before, the tiers that can be asked, and the till; opened and closed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from routing.budget import Mark
from routing.policy import Tier
from tasks.ask.providers import provider_of
from tasks.ask.types import Provider
from tasks.booking import Booking
from tasks.climb.ascent import Ascent
from tasks.climb.climber import Candidate, Climber
from tasks.climb.order import climbers
from tasks.documents import Examined
from tasks.fields import catalogue
from tasks.held import folder_of, held, held_ids, let_go
from tasks.records import last_completed, records_of
from tasks.spend.asked import Run
from tasks.spend.batches import Batches, Collected
from tasks.spend.journal import Journal, file
from tasks.spend.spender import Spender
from tasks.spend.till import Till
from tasks.store.store import Store

_TRACE = Decimal("0.000000001")


@dataclass(frozen=True, slots=True)
class Asking:
    """The paid tiers of a run, open as long as it may spend."""

    ascent: Ascent
    till: Till
    journal: Journal

    def collect(self) -> Collected:
        """Take in what batches have been answered since."""
        if not self.journal.open_batches():
            return Collected()

        async def work(_: Spender, batches: Batches) -> Collected:
            return await batches.collect()

        return self.till.run(work)

    @property
    def anything_waits(self) -> bool:
        """Whether a batch is open, or a document is kept that waited for one."""
        return bool(self.journal.open_batches()) or any(True for _ in held_ids(self.ascent.folder))

    def answered(self, store: Store) -> Iterator[Examined]:
        """Documents that waited for a batch, and wait no more: what is kept of them. Whatever is kept of documents that
        are settled meanwhile is thrown away."""
        waiting = self.journal.waiting()
        for document_id in list(held_ids(self.ascent.folder)):
            states = store.known([document_id]).get(document_id, [])
            if any(state.outcome != "deferred" for state in states):
                let_go(self.ascent.folder, document_id)
            elif document_id not in waiting and (document := held(self.ascent.folder, document_id)):
                yield document

    def chunks(self, candidates: Mapping[str, Candidate], size: int) -> Iterator[list[Climber]]:
        """All candidates with what the plan for the whole batch makes of each, most worth first.

        A chunk has at least `size` documents, and as many as the tiers take calls at the same time.
        """
        policy = self.ascent.run.policy
        at_once = max((self.ascent.run.tier(name).concurrency for name in self.ascent.active), default=0)
        return climbers(candidates, policy, self._left, self.ascent.folder, max(size, at_once))

    def up(self, chunk: Sequence[Climber]) -> list[Climber]:
        """Documents after all that was to be asked about them."""
        from tasks.climb.climb import Climb  # half a second, which a run without paid tiers need not wait for

        async def work(spender: Spender, batches: Batches) -> list[Climber]:
            return await Climb(self.ascent, spender, batches).up(chunk)

        return self.till.run(work)

    def _left(self) -> Decimal | None:
        """What is left of the tightest budget of all documents; None where none binds.

        A budget that is spent is not one of nothing, which a plan takes to be nothing next time, too: hence the trace.
        """
        scopes = self.ascent.run.scopes("", datetime.now(UTC))
        limits = [(s.limit_usd, self.journal.spent(s.name)) for s in scopes if s.limit_usd is not None]
        return min((max(limit - spent, min(limit, _TRACE)) for limit, spent in limits), default=None)


@dataclass(frozen=True, slots=True)
class Paying:
    """What was paid for the store's documents, and the tiers that can be asked: None where none is active."""

    booking: Booking
    asking: Asking | None


@contextmanager
def paying(
    store: Store,
    run: Run,
    keys: Mapping[str, str],
    on_mark: Callable[[Mark], None],
    on_off: Callable[[str, str], None],
) -> Iterator[Paying | None]:
    """The paid part of a run over `store`; None where nothing was ever paid, and no paid tier is active.

    `keys` are those of the tiers by the variables that they name. `on_mark` is told of budgets at 80 and 100 per cent,
    `on_off` of tiers that are of no use any more. Raises `StoreError` where the journal can't be used.
    """
    active = [tier for tier in run.policy.active_tiers(keys) if tier.paid]
    if not active and not file(store.path).exists():
        yield None
        return
    with Journal.open(store.path) as journal:
        folder = folder_of(store.path)
        folder.mkdir(parents=True, exist_ok=True)
        booking = Booking(journal, last_completed(store.query))
        if not active:
            yield Paying(booking, None)
            return
        names, fields = tuple(tier.name for tier in active), catalogue(run.policy.fields_file)
        ascent = Ascent(run, names, fields, folder, records_of(store.query))
        with Till(journal, run, lambda: _providers(active, keys), on_mark, on_off) as till:
            yield Paying(booking, Asking(ascent, till, journal))


def _providers(tiers: Sequence[Tier], keys: Mapping[str, str]) -> dict[str, Provider]:
    return {tier.name: provider_of(tier, keys.get(tier.key_variable or "")) for tier in tiers}
