"""From the journal into the ledger: what was paid for a document is booked by the run that settles it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from tasks.climb.climber import Climber
from tasks.documents import Examined
from tasks.spend.asked import of_standing
from tasks.spend.journal import Journal
from tasks.spend.rows import call_rows

Query = Callable[[str, Sequence[object]], list[tuple[Any, ...]]]


class Booking:
    """What the journal has on documents that are about to be settled.

    `last_completed` is the run up to which answers are planned with. Those of runs killed since are used, too,
    and not paid twice; but a run that goes on after a kill plans as if nobody had asked, so that it ends the same.
    """

    def __init__(self, journal: Journal, last_completed: str) -> None:
        self._journal, self._last_completed = journal, last_completed

    def at_the_foot(self, documents: Iterable[Examined]) -> list[Climber]:
        """Documents that the free readers are done with, and what the journal has on them: answers that are paid for
        already, and calls whose answers are still on their way, for which they wait."""
        documents = list(documents)
        entries = self._journal.of_documents(document.file.document_id for document in documents)
        waits = {e.intent.document_id: of_standing(e).waits for e in entries if e.state == "sent"}
        answered: dict[str, set[str]] = defaultdict(set)
        for entry in entries:
            if entry.state == "answered" and entry.intent.run_id <= self._last_completed:
                answered[entry.intent.document_id].add(entry.intent.tier)
        return [
            Climber(
                document,
                waits=waits.get(document.file.document_id, ""),
                in_batch=document.file.document_id in waits,
                answered=frozenset(answered[document.file.document_id]),
            )
            for document in documents
        ]

    def rows(self, climbers: Iterable[Climber], query: Query, run_id: str) -> dict[str, list[dict[str, Any]]]:
        """The rows of their paid calls that are not in the ledger, which `query` asks, yet."""
        climbing = {climber.document.file.document_id: climber for climber in climbers}
        entries = self._journal.of_documents(climbing)
        if not entries:
            return {}
        booked = {call_id for (call_id,) in query(_BOOKED, [list(climbing)])}
        rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for entry in entries:
            if entry.call_id not in booked:
                climber = climbing[entry.intent.document_id]
                rows[entry.intent.document_id] += call_rows(
                    [entry], run_id, climber.faults, _reason(climber, entry.intent.tier)
                )
        return dict(rows)


def _reason(climber: Climber, tier: str) -> str:
    """Why that tier was asked, where this run decided it."""
    return next((d.reason for d in climber.decisions if d.to_tier == tier), "asked by an earlier run")


_BOOKED = """
select call_id from history.calls where mode <> 'local' and document_id in (select unnest(?::varchar[]))
"""
