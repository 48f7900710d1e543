"""What the last run saw in a source: a file that is unchanged since need not be read to know which document it is.

STORE/work/seen/<source>.sqlite   one row per place, written anew by each walk that comes to its end

Unchanged is what has the same stamp (tasks.discover.walk), and is looked at by the same rules. This is a cache: lost,
damaged or of another version it costs time and nothing else.
"""

import json
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import astuple
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from routing.policy import Limits
from tasks.documents import SourceFile

SettledOf = Callable[[Sequence[str]], set[str]]
"""Which documents of these ids the store has the last word on, so that nobody will ask for their bytes."""

_TOGETHER = 1000
"""Ids that the store is asked about at once: one question takes it about as long as a thousand do."""


class Seen:
    """The memory of one source, in a store that this run holds. One thread at a time may use it."""

    def __init__(self, store: Path, source: str, limits: Limits, settled_of: SettledOf) -> None:
        """Remember `source`. What was seen under other `limits` or by another Ledgerline is not known any more."""
        name = sha256(source.encode(errors="surrogateescape")).hexdigest()[:32]
        self._file = store / "work" / "seen" / f"{name}.sqlite"
        self._new = self._file.with_suffix(".new")
        self._rules = zlib.crc32(f"{version('ledgerline')} {limits.model_dump_json()}".encode())
        self._settled_of = settled_of
        self._asked, self._settled = set[str](), set[str]()
        self._before, self._now = _last(self._file), _made(self._new)

    def recall(self, place: str, stamp: str) -> list[SourceFile] | None:
        """The documents at `place`, if it has this stamp still; None where that is not known, or their bytes may be
        wanted and are not at hand."""
        row = next(self._rows("place = ?", place), None)
        if row is None or not stamp or row[1] != stamp:
            return None
        _, _, packed, kept = row
        files = [_file(values) for values in json.loads(kept)]
        if packed and not self._are_settled(place, {file.document_id for file in files}):
            return None
        self._keep(*row)
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

    def _are_settled(self, place: str, document_ids: set[str]) -> bool:
        """The store is asked about what the next places hold, too: they are recalled in the order of their names."""
        if not document_ids <= self._asked:
            self._asked = document_ids.copy()
            for *_, kept in self._rows("packed = 1 and place > ? order by place", place):
                if len(self._asked) >= _TOGETHER:
                    break
                self._asked.update(document_id for document_id, *_ in json.loads(kept))
            self._settled = self._settled_of(list(self._asked))
        return document_ids <= self._settled

    def _rows(self, where: str, place: str) -> Iterator[tuple[str, str, int, str]]:
        """What was kept before, without what is damaged: SQLite may then be unable to say even that."""
        with suppress(sqlite3.Error, UnicodeDecodeError):
            for *row, checksum in self._before.execute(f"select * from seen where {where}", [place]):
                if checksum == self._checksum(*row):
                    yield row[0], row[1], row[2], row[3]

    def _keep(self, place: str, stamp: str, packed: int, files: str) -> None:
        row = (place, stamp, packed, files, self._checksum(place, stamp, packed, files))
        with suppress(sqlite3.Error):
            self._now.execute("insert or replace into seen values (?, ?, ?, ?, ?)", row)

    def _checksum(self, *values: object) -> int:
        return zlib.crc32(repr(values).encode(), self._rules)


def _last(file: Path) -> sqlite3.Connection:
    """What the last walk kept; nothing where there was none. It is only ever replaced, so nobody need lock it."""
    with suppress(sqlite3.Error):
        return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
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
    place text primary key,      -- its name in the source: they come in this order, which keeps neighbours together
    stamp text not null,         -- what differs when it was changed
    packed integer not null,     -- whether its documents' bytes are not at hand
    files text not null,         -- the documents in it (JSON)
    sum integer not null         -- over all of that, and the rules by which it was looked at
) strict, without rowid
"""
