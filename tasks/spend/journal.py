"""The journal: the one authority on what was paid. A request is in it before it is sent, its answer before it is used.

STORE/journal/calls.sqlite     data/sql/journal.sql says what is in it
STORE/journal/journal.lock     held while it is open: two runs never spend at the same time

What changes it returns a Future, whose result is there once the change is on the disk. What a killed run left in
flight is `unknown` from the next opening on, and stays counted at the price that was reserved for it.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from routing.budget import Mark, Scope
from routing.errors import StoreLockedError
from routing.prices import Usage
from tasks.ask.types import RawAnswer
from tasks.spend import batch_log, totals
from tasks.spend.batch_log import OpenBatch
from tasks.spend.entry import ANSWERS, INTERRUPTED, PRICES, Entry, Intent, State, entry_of, nano, usd
from tasks.spend.writer import Writer, unusable


@dataclass(frozen=True, slots=True)
class Settled:
    """An entry that is not in flight any more, and the budgets that passed a mark by it."""

    entry: Entry
    marks: tuple[Mark, ...] = ()


class Journal:
    """An open journal. Use it as a context manager; any thread may call it."""

    def __init__(self, writer: Writer, held: ExitStack) -> None:
        """Use `Journal.open`."""
        self._writer, self._held = writer, held

    @classmethod
    def open(cls, store: Path) -> Self:
        """The journal of the store at `store`, made if it is not there; what a dead run left in flight is `unknown`.

        Raises `StoreLockedError` if another process has it open, `StoreError` if it can't be read or written.
        """
        with ExitStack() as held:
            try:
                file(store).parent.mkdir(parents=True, exist_ok=True)
                held.enter_context(FileLock(file(store).with_name("journal.lock"), timeout=0, thread_local=False))
                writer = Writer(file(store), (files("data") / "sql" / "journal.sql").read_text(encoding="utf-8"))
                held.callback(writer.close)
                writer.do(_recover)
            except Timeout:
                remedy = "Wait until it ends, or choose another --store."
                raise StoreLockedError(str(store), "its journal is held by another run", remedy) from None
            except (OSError, sqlite3.Error) as error:
                raise unusable(file(store), error) from None
            return cls(writer, held.pop_all())

    def close(self) -> None:
        """Let go of it, with everything in it that was asked for."""
        self._held.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def standing(self, request_hash: str, fates_unknown: int) -> Future[Entry | None]:
        """The entry because of which a request must not be sent (again), see `reserve`."""
        return self._writer.submit(partial(_standing, request_hash=request_hash, fates_unknown=fates_unknown))

    def reserve(self, intent: Intent, scopes: Sequence[Scope], fates_unknown: int) -> Future[tuple[Entry, bool]]:
        """The entry of a request about to be sent, and True: now it may be.

        False where it must not be: the entry is then the one that answers it already, is on its way to (in a batch), or
        that was refused and billed; or the last of so many `fates_unknown`, not counting runs that were interrupted.
        Raises `BudgetError`.
        """
        return self._writer.submit(partial(_reserve, intent=intent, scopes=scopes, fates_unknown=fates_unknown))

    def answered(
        self, entry: Entry, answer: RawAnswer, cost: Decimal, latency_ms: float, tries: int
    ) -> Future[Settled]:
        """Note the whole answer and what it cost."""
        values = {
            "answer": ANSWERS.dump_json(answer).decode(),
            "provider_request_id": answer.provider_request_id,
            "latency_ms": latency_ms,
            "tries": tries,
        } | _tokens(answer.usage)
        return self._writer.submit(partial(_settle, call_id=entry.call_id, state="answered", cost=cost, values=values))

    def failed(self, entry: Entry, fault: str, detail: str, cost: Decimal, usage: Usage, tries: int) -> Future[Settled]:
        """Note that it was not answered, and what is billed for it all the same."""
        values = {"fault": fault, "detail": detail, "tries": tries} | _tokens(usage)
        return self._writer.submit(partial(_settle, call_id=entry.call_id, state="failed", cost=cost, values=values))

    def unknown(self, entry: Entry, fault: str, detail: str, tries: int) -> Future[Settled]:
        """Note that it may have been billed and nobody can tell: it counts at the price that was reserved."""
        values = {"fault": fault, "detail": detail, "tries": tries}
        cost = entry.intent.reserved_usd
        return self._writer.submit(partial(_settle, call_id=entry.call_id, state="unknown", cost=cost, values=values))

    def submitting(self, batch: OpenBatch) -> Future[None]:
        """Note a batch about to be submitted, before the first of its requests is reserved."""
        return self._writer.submit(partial(batch_log.submitting, batch=batch))

    def submitted(self, batch_id: str, provider_batch_id: str) -> Future[None]:
        """Note under which id the provider took it."""
        return self._writer.submit(partial(batch_log.submitted, batch_id=batch_id, provider_batch_id=provider_batch_id))

    def ended(self, batch_id: str) -> Future[None]:
        """Note that nothing more comes of a batch."""
        return self._writer.submit(partial(batch_log.ended, batch_id=batch_id))

    def open_batches(self) -> list[OpenBatch]:
        """Batches that answers may still come of, oldest first."""
        return self._writer.do(batch_log.open_batches)

    def in_batch(self, batch_id: str) -> dict[str, Entry]:
        """The requests of a batch that are still on their way, by request_hash."""
        found = self._writer.do(partial(_select, where=f"batch_id = ? and {_SENT}", values=[batch_id]))
        return {entry.intent.request_hash: entry for entry in found}

    def of_documents(self, document_ids: Iterable[str]) -> list[Entry]:
        """All that was asked for these documents, in the order in which it was."""
        return self._writer.do(partial(_select, where=_AMONG, values=[json.dumps(list(document_ids))]))

    def waiting(self) -> set[str]:
        """Documents with calls that are still on their way."""
        return {entry.intent.document_id for entry in self._writer.do(partial(_select, where=_SENT, values=[]))}

    def spent(self, scope: str) -> Decimal:
        """What the calls of a scope did cost, and what those in flight can cost at most, in US dollars."""
        return self._writer.do(partial(totals.counted, scope=scope))


def file(store: Path) -> Path:
    """Where the journal of a store lies."""
    return store / "journal" / "calls.sqlite"


def _recover(db: sqlite3.Connection) -> None:
    """Nobody waits for what was sent by a run that is dead. A batch goes on without it."""
    for entry in _select(db, f"{_SENT} and mode = 'sync'", []):
        values = {"fault": INTERRUPTED, "detail": "the run ended while this call was in flight"}
        _settle(db, entry.call_id, "unknown", entry.intent.reserved_usd, values)


def _standing(db: sqlite3.Connection, request_hash: str, fates_unknown: int) -> Entry | None:
    entries = _select(db, "request_hash = ?", [request_hash])
    unknown = [entry for entry in entries if entry.state == "unknown" and entry.fault != INTERRUPTED]
    last = unknown[-1] if len(unknown) >= fates_unknown else None
    return next((entry for entry in entries if entry.final or entry.state == "sent"), last)


def _reserve(db: sqlite3.Connection, intent: Intent, scopes: Sequence[Scope], fates_unknown: int) -> tuple[Entry, bool]:
    if standing := _standing(db, intent.request_hash, fates_unknown):
        return standing, False
    totals.reserve(db, scopes, intent.reserved_usd)
    (earlier,) = db.execute("select count(*) from calls where request_hash = ?", [intent.request_hash]).fetchone()
    call_id = f"{intent.run_id}-{intent.request_hash[:16]}-{earlier + 1}"
    values = {
        "call_id": call_id,
        "request_hash": intent.request_hash,
        "document_id": intent.document_id,
        "run_id": intent.run_id,
        "tier": intent.tier,
        "provider": intent.provider,
        "model": intent.model,
        "mode": intent.mode,
        "batch_id": intent.batch_id,
        "state": "sent",
        "scopes": totals.dump(scopes),
        "prices": PRICES.dump_json(intent.prices).decode(),
        "price_version": intent.price_version,
        "reserved": nano(intent.reserved_usd),
        "tries": 0,
        "started_at": intent.started_at.isoformat(),
    }
    db.execute(f"insert into calls ({', '.join(values)}) values ({', '.join('?' * len(values))})", [*values.values()])
    return Entry(call_id, intent, "sent", None, 0), True


def _settle(db: sqlite3.Connection, call_id: str, state: State, cost: Decimal, values: Mapping[str, object]) -> Settled:
    """Replace what was reserved by the cost, once: an entry that is not in flight stays as it is."""
    row = db.execute("select * from calls where call_id = ?", (call_id,)).fetchone()
    if row["state"] != "sent":
        return Settled(entry_of(row))
    marks = totals.settle(db, totals.load(row["scopes"]), usd(row["reserved"]), cost)
    changed = {**values, "state": state, "cost": nano(cost)}
    assignments = ", ".join(f"{name} = ?" for name in changed)
    db.execute(f"update calls set {assignments} where call_id = ?", [*changed.values(), call_id])
    return Settled(_select(db, "call_id = ?", [call_id])[0], tuple(marks))


def _select(db: sqlite3.Connection, where: str, values: list[str]) -> list[Entry]:
    return [entry_of(row) for row in db.execute(f"select * from calls where {where} order by rowid", values)]


_SENT = "state = 'sent'"
_AMONG = "document_id in (select value from json_each(?))"


def _tokens(usage: Usage) -> dict[str, int]:
    return {
        "input_tokens": usage.input_tokens,
        "cached_input_tokens": usage.cached_input_tokens,
        "cache_write_tokens": usage.cache_write_tokens,
        "output_tokens": usage.output_tokens,
    }
