"""What a run has to say when it is over, in plain data: the command line and the artifacts put it into words."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tasks.store.store import Store
    from tasks.tally import Tally

OUTCOMES: Mapping[str, str] = {
    "accepted": "read, checked and sure enough: nothing to do",
    "review": "a person must look: the reason says why",
    "duplicate": "another document again: nothing to do",
    "deferred": "waits for the next run: run again",
    "rejected": "can't be read: the reason says why",
}
"""Every outcome, in the order in which it is shown, and what it means to a person."""

_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Waiting:
    """A document that waits for a human. `value_usd` is None where no amount was found."""

    file_name: str
    value_usd: Decimal | None
    reason: str


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A finished run. `waiting` are the most valuable of the store's `waiting_in_all`; money in US dollars."""

    run_id: str
    source: str
    store: str
    outcomes: dict[str, int]
    known: int
    calls: dict[str, int]
    cost_usd: Decimal
    premium_everywhere_usd: Decimal
    seconds: float
    waiting: tuple[Waiting, ...]
    waiting_in_all: int

    @property
    def documents(self) -> int:
        """Documents in the source: the sum over outcomes."""
        return sum(self.outcomes.values())

    def as_json(self) -> dict[str, Any]:
        """The object that `ledgerline run --json` prints. Amounts have nine decimals, which a float keeps."""
        return {
            "run_id": self.run_id,
            "documents": self.documents,
            "outcomes": self.outcomes,
            "known": self.known,
            "cost_usd": float(self.cost_usd),
            "premium_everywhere_usd": float(self.premium_everywhere_usd),
            "calls": self.calls,
            "seconds": round(self.seconds, 3),
            "waiting": self.waiting_in_all,
            "store": self.store,
        }


def summarize(run_id: str, source: str, store: "Store", tally: "Tally", seconds: float) -> RunSummary:
    """The summary of a run that is over, with the head of the store's work queue."""
    queue = store.query("select file_name, value_at_stake, reason from work_queue order by position limit ?", [_SHOWN])
    ((in_all,),) = store.query("select count(*) from work_queue")
    return RunSummary(
        run_id=run_id,
        source=source,
        store=str(store.path),
        outcomes={outcome: tally.outcomes[outcome] for outcome in OUTCOMES},
        known=tally.known,
        calls=dict(tally.calls),
        cost_usd=tally.cost_usd,
        premium_everywhere_usd=tally.premium_everywhere_usd,
        seconds=seconds,
        waiting=tuple(Waiting(*row) for row in queue),
        waiting_in_all=in_all,
    )
