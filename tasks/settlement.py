"""One run over one store: which documents of a chunk are new, what becomes of them, and the sums so far."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tasks.documents import Examined, SourceFile
from tasks.history import History, OrderList
from tasks.settle import RunContext, settle, settle_copies
from tasks.store.store import Store
from tasks.tally import Tally
from tasks.triage import Chunk, originals, triage


class Settlement:
    """The chunks of a run, planned as they are discovered and settled in that order.

    `spool` is where discovery put bytes that do not lie in the source: a chunk's are deleted once it is settled.
    `orders` is the list of orders, None where none is configured.
    """

    def __init__(self, store: Store, run: RunContext, spool: Path, orders: OrderList | None = None) -> None:
        self._store, self._run, self._spool, self._orders = store, run, spool, orders
        self._in_flight: set[str] = set()
        self._chunks = 0
        self.tally = Tally()

    def plan(self, files: Sequence[SourceFile]) -> Chunk:
        """The next chunk: what of it is new, a copy, or settled already."""
        self._chunks += 1
        known = self._store.known([file.document_id for file in files])
        chunk = triage(self._chunks, files, known, self._in_flight)
        self._in_flight.update(file.document_id for file in chunk.new)
        return chunk

    def settle(self, chunk: Chunk, examined: Sequence[Examined]) -> None:
        """Decide what becomes of the chunk's documents and store it, whole or not at all."""
        now = datetime.now(UTC)
        history = History.load(examined, self._store.query, self._run.policy.finance, self._orders)
        rows = settle(examined, history, self._run, now)
        known = self._store.known([file.document_id for file in chunk.copies])
        copied = originals(chunk.copies, known, rows["documents"])
        rows["documents"] += settle_copies(copied, self._run, now)["documents"]
        if rows["documents"]:
            self._store.write(self._run.run_id, self._run.run_date, rows)
        self.tally.add_known(chunk.known)
        self.tally.add_settled(rows)
        self._forget(chunk)

    def _forget(self, chunk: Chunk) -> None:
        """What is stored is found there from now on: neither memory nor disk keeps it here."""
        self._in_flight.difference_update(file.document_id for file in chunk.new)
        for file in chunk.files:
            path = Path(file.path)
            if path.is_relative_to(self._spool) and file.document_id not in self._in_flight:
                path.unlink(missing_ok=True)
