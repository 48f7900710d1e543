"""One run over one store: which documents of a chunk are new, what becomes of them, and the sums so far."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tasks.climb.ascent import Ascent
from tasks.climb.climber import Candidate, Climber
from tasks.documents import Examined, SourceFile
from tasks.held import folder_of, hold, let_go
from tasks.history import History, OrderList
from tasks.paying import Paying
from tasks.rows import RunContext
from tasks.settle import settle, settle_copies
from tasks.store.store import Known, Store
from tasks.tally import Tally
from tasks.triage import Chunk, is_settled, originals, triage


class Settlement:
    """The chunks of a run, planned as they are discovered and settled in that order.

    `spool` is where discovery put bytes that do not lie in the source: a chunk's are deleted once it is settled.
    `orders` is the list of orders, None where none is configured. `paid` is the paid part of the run, None where
    nothing was ever paid and nobody can be.
    """

    def __init__(
        self,
        store: Store,
        run: RunContext,
        spool: Path,
        orders: OrderList | None = None,
        paid: Paying | None = None,
    ) -> None:
        self._store, self._run, self._spool, self._orders = store, run, spool, orders
        self._booking = paid.booking if paid else None
        self._ascent = paid.asking.ascent if paid and paid.asking else None
        self._held = folder_of(store.path)
        self._in_flight: set[str] = set()
        self._chunks = 0
        self._latest = datetime.min.replace(tzinfo=UTC)
        self.candidates: dict[str, Candidate] = {}
        self.tally = Tally()

    def plan(self, files: Sequence[SourceFile], most: int) -> list[Chunk]:
        """The next chunks, of `most` files at most: what of each is new, a copy, or settled already.

        The store is asked once for all of them, which takes it about as long as for a few.
        """
        known = self._store.known([file.document_id for file in files])
        return [self._planned(files[at : at + most], known) for at in range(0, len(files), most)]

    def _planned(self, files: Sequence[SourceFile], known: Mapping[str, Sequence[Known]]) -> Chunk:
        self._chunks += 1
        chunk = triage(self._chunks, files, known, self._run.policy.limits, self._in_flight)
        again = {file.document_id for file in chunk.new}
        self._come_after(state for document_id in again for state in known.get(document_id, ()))
        self._in_flight.update(again)
        return chunk

    def settle(self, chunk: Chunk, examined: Sequence[Examined]) -> None:
        """Decide what becomes of the chunk's documents and store it, whole or not at all.

        Documents that a model may mend are put aside as `candidates`, and their exact copies with them.
        """
        self._settle(self._at_the_foot(examined), self._copies_to_settle(chunk), self._ascent)
        self.pass_over(chunk)

    def pass_over(self, chunk: Chunk) -> None:
        """Count what of a chunk was settled already, and forget it: there is nothing else to do, or no more."""
        self.tally.add_known(chunk.known)
        self._forget(chunk)

    def settled_of(self, document_ids: Sequence[str]) -> set[str]:
        """Those of the documents on which the store has the last word: their bytes are not needed any more."""
        known, limits = self._store.known(document_ids), self._run.policy.limits
        return {i for i, states in known.items() if any(is_settled(k.outcome, k.reason, limits) for k in states)}

    def resume(self, documents: Sequence[Examined]) -> None:
        """Go on with documents that waited for an answer: what they were read as is known, and was stored then, unless
        the run that read them was killed before it stored anything of them."""
        known = self._store.known([document.file.document_id for document in documents])
        self._come_after(state for states in known.values() for state in states)
        documents = [replace(each, calls=()) if each.file.document_id in known else each for each in documents]
        self._settle(sorted(self._at_the_foot(documents), key=_name), [], self._ascent)

    def settle_climbed(self, climbers: Sequence[Climber]) -> None:
        """Store what became of candidates, and of their copies: in the order of their names, whichever was asked first.
        What is known of a seller then comes from the same invoices, also after a kill."""
        climbers = sorted(climbers, key=_name)
        for climber in climbers:
            del self.candidates[climber.document.file.document_id]
        self._settle(climbers, [copy for climber in climbers for copy in climber.copies], None)

    def _settle(self, climbers: Sequence[Climber], copies: Sequence[SourceFile], ascent: Ascent | None) -> None:
        now = self._now()
        documents = [climber.document for climber in climbers]
        history = History.load(documents, self._store.query, self._run.policy.finance, self._orders)
        paid = self._booking.rows(climbers, self._store.query, self._run.run_id) if self._booking else {}
        settled = settle(climbers, history, self._run, now, ascent, paid)
        copies = self._put_aside(settled.candidates, documents, copies)
        known = self._store.known([file.document_id for file in copies])
        copied = originals(copies, known, settled.rows["documents"])
        settled.rows["documents"] += settle_copies(copied, self._run, now)["documents"]
        if settled.rows["documents"]:
            self._store.write(self._run.run_id, self._run.run_date, settled.rows)
        self.tally.add_settled(settled.rows)
        for climber in climbers:
            self._keep_or_let_go(climber)

    def _come_after(self, states: Iterable[Known]) -> None:
        """What is settled from now on is settled later than what is taken up again was."""
        for state in states:
            self._latest = max(self._latest, state.settled_at.replace(tzinfo=UTC))

    def _now(self) -> datetime:
        """The time, but always later than what is taken up again, also where the clock was set back since: of two
        results of a document the later one counts."""
        self._latest = max(datetime.now(UTC), self._latest + timedelta(microseconds=1))
        return self._latest

    def _at_the_foot(self, examined: Sequence[Examined]) -> list[Climber]:
        return self._booking.at_the_foot(examined) if self._booking else [Climber(document) for document in examined]

    def _copies_to_settle(self, chunk: Chunk) -> list[SourceFile]:
        """The chunk's copies, without those of candidates: their outcome is not known yet."""
        rest = []
        for copy in chunk.copies:
            if candidate := self.candidates.get(copy.document_id):
                self.candidates[copy.document_id] = replace(candidate, copies=(*candidate.copies, copy))
            else:
                rest.append(copy)
        return rest

    def _put_aside(
        self, candidates: Iterable[Candidate], documents: Iterable[Examined], copies: Sequence[SourceFile]
    ) -> list[SourceFile]:
        """Put candidates on disk with their copies; the copies of others."""
        found = {document.file.document_id: document for document in documents}
        for candidate in candidates:
            hold(self._held, found[candidate.document_id])
            mine = tuple(copy for copy in copies if copy.document_id == candidate.document_id)
            self.candidates[candidate.document_id] = replace(candidate, copies=mine)
        return [copy for copy in copies if copy.document_id not in self.candidates]

    def _keep_or_let_go(self, climber: Climber) -> None:
        """What waits for a batch is settled from what is kept of it; nothing else needs that any more."""
        document = climber.document
        if not document.kept or document.file.document_id in self.candidates:
            return
        if climber.waits and climber.in_batch:
            hold(self._held, document)
        else:
            let_go(self._held, document.file.document_id)

    def _forget(self, chunk: Chunk) -> None:
        """What is stored is found there from now on: neither memory nor disk keeps it here."""
        settled = {file.document_id for file in chunk.new} - self.candidates.keys()
        self._in_flight.difference_update(settled)
        for file in chunk.files:
            if file.path.startswith(f"{self._spool}/") and file.document_id not in self._in_flight:
                Path(file.path).unlink(missing_ok=True)


def _name(climber: Climber) -> tuple[str, str]:
    return climber.document.file.source, climber.document.file.file_name
