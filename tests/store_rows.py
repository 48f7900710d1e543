"""Rows as settling makes them, and a process that writes them until it is done or killed: for tests of the store."""

import contextlib
import hashlib
import multiprocessing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from routing.prices import TokenPrices, Usage
from tasks.ask.types import RawAnswer
from tasks.spend.entry import Intent
from tasks.spend.journal import Journal
from tasks.store.store import Store

DAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PER_CHUNK = 5


def document_id(number):
    """The document_id of document `number`."""
    return hashlib.sha256(str(number).encode()).hexdigest()


def run_row(run_id, **changes):
    """A row of `runs`, running unless changed."""
    row = {"run_id": run_id, "started_at": NOON, "status": "running", "source": "inbox", "policy_hash": "p1"}
    return row | changes


def document_row(number, run_id="run1", **changes):
    """A row of `documents`, accepted unless changed; it cost 0.000000001 USD, the smallest amount that counts."""
    row = {
        "document_id": document_id(number),
        "file_name": f"{number}.pdf",
        "source": "inbox",
        "doc_type": "invoice",
        "outcome": "accepted",
        "reason": "confident",
        "confidence": 0.99,
        "cost_usd": Decimal("0.000000001"),
        "premium_everywhere_usd": Decimal("0.02"),
        "value_at_stake": Decimal(number),
        "run_id": run_id,
        "settled_at": NOON + timedelta(seconds=number),
    }
    return row | changes


def chunk(numbers, run_id="run1", **changes):
    """A settled chunk: each document with a found and an absent field, a line, a check, a decision, and a call that
    cost as much, of the local mode: the journal knows nothing of it."""
    rows = {name: [] for name in ("documents", "fields", "line_items", "checks", "decisions", "calls")}
    for number in numbers:
        document = document_row(number, run_id, **changes)
        of = {"document_id": document["document_id"], "run_id": run_id}
        box = {"page": 1, "x0": 1.0, "y0": 2.0, "x1": 3.0, "y1": 4.0}
        rows["documents"].append(document)
        rows["fields"] += [
            of
            | box
            | {"field": "seller_name", "value": f"Seller {number % 3}", "state": "found", "evidence": ["label"]},
            of | {"field": "iban", "state": "absent", "doubts": []},
        ]
        rows["line_items"].append(of | {"line": 1, "description": "Bolts", "net_amount": Decimal("9.95")})
        rows["checks"].append(of | {"check": "amounts_add_up", "passed": True})
        rows["decisions"].append(of | {"step": 1, "action": "accept", "reason": "confident"})
        rows["calls"].append(call_row(number, run_id, cost_usd=document["cost_usd"], mode="local"))
    return rows


def call_row(number, run_id="run1", **changes):
    """A row of `calls`: a paid one."""
    row = {
        "call_id": f"{run_id}-{number}",
        "document_id": document_id(number),
        "run_id": run_id,
        "stage": "extract",
        "tier": "cheap",
        "provider": "openai",
        "model": "gpt-5-mini",
        "mode": "sync",
        "request_hash": f"{run_id}-{number}",
        "status": "ok",
        "input_tokens": 1000,
        "output_tokens": 100,
        "cost_usd": Decimal("0.000000001"),
        "started_at": NOON,
    }
    return row | changes


def pay(folder, numbers, run_id="run1"):
    """A settled chunk whose calls were paid: they are in the store's journal."""
    rows = chunk(numbers, run_id)
    with Journal.open(folder) as journal:
        rows["calls"] = [_paid(journal, number, run_id) for number in numbers]
    return rows


def _paid(journal, number, run_id):
    row = call_row(number, run_id)
    names = ("request_hash", "document_id", "run_id", "tier", "provider", "model", "mode")
    facts = {name: row[name] for name in names}
    prices = TokenPrices(*[Decimal(1)] * 4)
    intent = Intent(**facts, reserved_usd=row["cost_usd"], prices=prices, price_version="v", started_at=NOON)
    entry, _ = journal.reserve(intent, [], fates_unknown=1).result()
    answer = RawAnswer("{}", Usage(1000, 0, 0, 100), "stop", "req", row["model"])
    journal.answered(entry, answer, row["cost_usd"], 1.0, tries=1).result()
    return row | {"call_id": entry.call_id}


def write_chunks(store, run_id, first, chunks):
    """Write the numbered chunks from `first` on, and say each one's number when it is written."""
    for number in range(first, first + chunks):
        store.write(run_id, DAY, chunk(range(number * PER_CHUNK, (number + 1) * PER_CHUNK), run_id))
        yield number


class Writer:
    """A process that opens a store and writes chunks; it says what it has written, -1 for its run's opening row."""

    def __init__(self, folder, run_id, first, chunks, publish=False):
        """Start it."""
        context = quick_processes()
        self._told, pipe = context.Pipe(duplex=False)
        self._heard = []
        self.process = context.Process(target=_write, args=(folder, run_id, first, chunks, publish, pipe))
        self.process.start()
        pipe.close()

    def wait_for(self, reports):
        """Return when it has said so many things; after the first it holds the store."""
        while len(self._heard) < reports:
            self._heard.append(self._told.recv())

    def kill(self):
        """Kill it, and return the numbers of the chunks that it had written by its own word."""
        self.process.kill()
        self.process.join()
        with contextlib.suppress(EOFError):
            while self._told.poll():
                self._heard.append(self._told.recv())
        return [number for number in self._heard if number >= 0]


def quick_processes():
    """Processes forked from a server that has done the slow imports."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tasks.store.store", "pandas"])  # pyarrow imports pandas at its first array
    return context


def _write(folder, run_id, first, chunks, publish, pipe):
    with Store.open(folder) as store:
        store.write(run_id, DAY, {"runs": [run_row(run_id)]})
        pipe.send(-1)
        for number in write_chunks(store, run_id, first, chunks):
            pipe.send(number)
            if publish:
                store.publish()
