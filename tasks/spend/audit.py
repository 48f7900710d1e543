"""A look into the journal of a store, also while a run has it open; nothing is changed."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from routing.errors import StoreDamagedError
from tasks.spend.entry import usd
from tasks.spend.journal import file


@dataclass(frozen=True, slots=True)
class Paid:
    """One paid call as far as the books need it: `counted_usd` is its cost, or what is reserved for it."""

    document_id: str
    counted_usd: Decimal


def paid_calls(store: Path) -> dict[str, Paid]:
    """Every paid call of the journal, by call_id; none where nothing was ever paid. Raises `StoreDamagedError`."""
    if not file(store).is_file():
        return {}
    try:
        with closing(sqlite3.connect(f"file:{file(store)}?mode=ro", uri=True)) as db:
            rows = db.execute("select call_id, document_id, coalesce(cost, reserved) from calls").fetchall()
    except sqlite3.Error as error:
        remedy = "Restore journal/calls.sqlite from a backup: it says what was paid."
        raise StoreDamagedError(str(store), f"its journal can't be read: {error}", remedy) from None
    return {call_id: Paid(document_id, usd(counted)) for call_id, document_id, counted in rows}
