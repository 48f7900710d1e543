"""What the journal knows of batches: which there are, under which id, and whether answers may still come."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OpenBatch:
    """A batch that answers may still come of. `batch_id` is ours and travels with it.

    `provider_batch_id` is None where nobody noted it, because its submission was broken off. Times are UTC.
    """

    batch_id: str
    tier: str
    run_id: str
    provider_batch_id: str | None
    submitted_at: datetime


def submitting(db: sqlite3.Connection, batch: OpenBatch) -> None:
    """A batch that is about to be submitted."""
    values = (batch.batch_id, batch.tier, batch.run_id, batch.submitted_at.isoformat())
    db.execute("insert into batches values (?, ?, ?, null, 'submitting', ?)", values)


def submitted(db: sqlite3.Connection, batch_id: str, provider_batch_id: str) -> None:
    """The provider has it, under this id."""
    change = "update batches set state = 'pending', provider_batch_id = ? where batch_id = ?"
    db.execute(change, (provider_batch_id, batch_id))


def ended(db: sqlite3.Connection, batch_id: str) -> None:
    """Nothing more comes of it."""
    db.execute("update batches set state = 'ended' where batch_id = ?", (batch_id,))


def open_batches(db: sqlite3.Connection) -> list[OpenBatch]:
    """Those that answers may still come of, oldest first."""
    rows = db.execute("select * from batches where state <> 'ended' order by submitted_at, rowid")
    return [
        OpenBatch(
            row["batch_id"],
            row["tier"],
            row["run_id"],
            row["provider_batch_id"],
            datetime.fromisoformat(row["submitted_at"]),
        )
        for row in rows
    ]
