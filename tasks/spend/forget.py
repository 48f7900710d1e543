"""Answers of models taken out of a journal: who was asked, when, and what it cost stays."""

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from filelock import FileLock, Timeout

from routing.errors import StoreError, StoreLockedError
from tasks.spend.journal import file


def forget_answers(store: Path, document_ids: Iterable[str]) -> None:
    """Take out all answers for these documents, so that no byte of them stays in the journal's files.

    Such a request counts as answered for ever. Raises `StoreLockedError` where a run is going on, `StoreError`.
    """
    if not file(store).exists():
        return
    try:
        with (
            FileLock(file(store).with_name("journal.lock"), timeout=0, thread_local=False),
            closing(sqlite3.connect(file(store), isolation_level=None)) as db,
        ):
            db.execute("pragma secure_delete = on")
            db.execute(_FORGET, [json.dumps(list(document_ids))])
            db.execute("vacuum")  # also what an erasure that was broken off left in free pages
            db.execute("pragma wal_checkpoint(truncate)")
    except Timeout:
        remedy = "Wait until it ends, then erase again."
        raise StoreLockedError(str(store), "its journal is held by another run", remedy) from None
    except (OSError, sqlite3.Error) as error:
        remedy = "Make room on the disk or correct the folder's permissions, then erase again."
        raise StoreError(str(store), f"its journal can't be changed: {error}", remedy) from None


_FORGET = "update calls set answer = null where document_id in (select value from json_each(?))"
