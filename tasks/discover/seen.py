"""What the last run saw in a source: a file that is unchanged since need not be read to know which document it is.

STORE/work/seen/<source>.sqlite   one row per place, written anew by each walk that comes to its end

Unchanged is what has the same stamp (tasks.discover.walk), and is looked at by the same rules. This is a cache: lost,
damaged or of another version it costs time and nothing else.
"""

import json
import sqlite3
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import astuple
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from routing.policy import Limits
from tasks.documents import SourceFile

AreSettled = Callable[[Sequence[str]], bool]
"""Whether the store has the last word on all documents of these ids, so that nobody will ask for their bytes."""


class Seen:
    """The memory of one source, in a store that this run holds. One thread at a time may use it."""

    def __init__(self, store: Path, source: str, limits: Limits, are_settled: AreSettled) -> None:
        """Remember `source`. What was seen under other `limits` or by another Ledgerline is not known any more."""
        name = sha256(source.encode(errors="surrogateescape")).hexdigest()[:32]
        self._file = store / "work" / "seen" / f"{name}.sqlite"
        self._new = self._file.with_suffix(".new")
        self._rules = f"{version('ledgerline')} {limits.model_dump_json()}"
        self._are_settled = are_settled
        self._before, self._now = _last(self._file), _made(self._new)

    def recall(self, place: str, stamp: str) -> list[SourceFile] | None:
        """The documents at `place`, if it has this stamp still; None where that is not known, or their bytes may be
        wanted and are not at hand."""
        row = self._row(place)
        if row is None or not stamp or row[0] != stamp:
            return None
        files = [_file(values) for values in json.loads(row[2])]
        if row[1] and not self._are_settled([file.document_id for file in files]):
            return None
        self._keep(place, *row)
        return files

    def remember(self, place: str, stamp: str, packed: bool, files: Sequence[SourceFile]) -> None:
        """What lies at `place`. `packed` says that its documents' bytes are not at hand there: they lie in a container,
        or elsewhere. Without a stamp nothing is remembered."""
        if stamp:
            self._keep(place, stamp, int(packed), json.dumps([astuple(file) for file in files]))

    def keep(self) -> None:
        """The walk came to its end: what it saw is what is known from now on."""
        with suppress(sqlite3.Error, OSError):
            self._now.execute("commit")
            self._now.close()
            self._new.replace(self._file)

    def close(self) -> None:
        """Forget what was not kept."""
        self._before.close()
        self._now.close()
        self._new.unlink(missing_ok=True)

    def _row(self, place: str) -> tuple[str, int, str] | None:
        with suppress(sqlite3.Error):
            sql = "select stamp, packed, files, sum from seen where place = ?"
            for stamp, packed, files, checksum in self._before.execute(sql, [place]):
                if checksum == self._checksum(place, stamp, packed, files):
                    return stamp, packed, files
        return None

    def _keep(self, place: str, stamp: str, packed: int, files: str) -> None:
        row = (place, stamp, packed, files, self._checksum(place, stamp, packed, files))
        with suppress(sqlite3.Error):
            self._now.execute("insert or replace into seen values (?, ?, ?, ?, ?)", row)

    def _checksum(self, *values: object) -> int:
        return zlib.crc32(repr((self._rules, *values)).encode())


def _last(file: Path) -> sqlite3.Connection:
    """What the last walk kept; nothing where there was none."""
    with suppress(sqlite3.Error):
        return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False)
    return sqlite3.connect(":memory:", check_same_thread=False)


def _made(file: Path) -> sqlite3.Connection:
    """An empty one; one that takes nothing where no file can be made."""
    with suppress(sqlite3.Error, OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        made = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        made.execute("pragma journal_mode = off")  # it is whole, or it is not used
        made.execute("pragma synchronous = off")
        made.execute(_TABLE)
        made.execute("begin")
        return made
    return sqlite3.connect(":memory:", check_same_thread=False)


def _file(values: Sequence[Any]) -> SourceFile:
    document_id, file_name, source, path, size, container, problem = values
    return SourceFile(document_id, file_name, source, path, size, container, tuple(problem) if problem else None)


_TABLE = """
create table seen (
    place text primary key,      -- which place in the source
    stamp text not null,         -- what differs when it was changed
    packed integer not null,     -- whether its documents' bytes are not at hand
    files text not null,         -- the documents in it (JSON)
    sum integer not null         -- over all of that, and the rules by which it was looked at
) strict, without rowid
"""
