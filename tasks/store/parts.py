"""The Parquet files of a store: the truth. A chunk of rows is committed whole or not at all.

A chunk has one part (file) for each table that it has rows of. Each part is written beside its place under a temporary
name, flushed to disk and renamed; last of all the part of the chunk's **marker** table, `documents` or `runs`, which
names the other parts and their SHA-256, and vouches for itself (tasks.store.seal). So a chunk exists from the instant
its marker does: parts without a marker are what a kill left behind, and a marker without its parts is damage.

A chunk that is written anew (tasks.store.rewrite) has a higher revision in the names of its parts: from the instant
the new marker is there, the parts of the old revision are what a kill left behind.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from routing.errors import StoreDamagedError, StoreError
from tasks.store.seal import is_intact, sealed

SCHEMA_VERSION = 1
"""Of the tables' meaning. Columns may be added without a new one: files without them read as null."""

MARKERS = ("documents", "runs", "erasures")

_NAME = re.compile(r"(?P<run_id>.+)-(?P<seq>\d{6,})(r(?P<revision>\d+))?\.parquet")
_REVISION = re.compile(r"(r\d+)?\.parquet$")
_RUN_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_TEMPORARY = ".tmp"


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """One Parquet file: the rows that chunk `seq` of a run has for one table."""

    run_date: date
    run_id: str
    seq: int
    table: str
    revision: int = 0

    @property
    def path(self) -> str:
        """Its path relative to the store, `/`-separated."""
        name = f"{self.run_id}-{self.seq:06d}{f'r{self.revision}' if self.revision else ''}"
        return f"parquet/{self.table}/run_date={self.run_date.isoformat()}/{name}.parquet"

    @property
    def chunk(self) -> tuple[str, int]:
        """What the parts of one chunk have in common."""
        return self.run_id, self.seq


@dataclass(frozen=True, slots=True)
class StagedPart:
    """A part whose bytes are on disk at `file`: under a temporary name, or in its place."""

    part: Part
    file: Path
    rows: int
    sha256: str


def list_parts(store: Path) -> list[Part]:
    """Every part in its place, committed or not, oldest first."""
    found = []
    for path in (store / "parquet").glob("*/run_date=*/*.parquet"):
        if name := _NAME.fullmatch(path.name):
            day = date.fromisoformat(path.parent.name.removeprefix("run_date="))
            table, revision = path.parent.parent.name, int(name["revision"] or 0)
            found.append(Part(day, name["run_id"], int(name["seq"]), table, revision))
    return sorted(found)


def committed(parts: Iterable[Part]) -> list[Part]:
    """Those of `parts` whose chunk has its marker, in its last revision."""
    parts = list(parts)
    marked = {part.chunk: part.revision for part in sorted(parts) if part.table in MARKERS}
    return [part for part in parts if marked.get(part.chunk) == part.revision]


def rewritten(paths: Iterable[str], parts: Iterable[Part]) -> set[str]:
    """Those of `paths` that are of an earlier revision than one of `parts`."""
    now = {replace(part, revision=0).path for part in parts if part.revision}
    return {path for path in paths if _REVISION.sub(".parquet", path) in now}


def without_marker(found: Iterable[Part], committed: Iterable[Part]) -> list[Part]:
    """Those of `found` whose chunk has lost its marker: its run went on after it. What a kill leaves behind is the last
    chunk of its run, and gone before anything else is written."""
    last: dict[str, int] = {}
    chunks = set()
    for part in committed:
        last[part.run_id] = max(part.seq, last.get(part.run_id, 0))
        chunks.add(part.chunk)
    return sorted(part for part in found if part.chunk not in chunks and part.seq < last.get(part.run_id, 0))


def remove_leftovers(store: Path, uncommitted: Iterable[Part]) -> None:
    """Delete what a kill left behind: parts without a marker and temporary files. Only under the store's lock."""
    for part in uncommitted:
        (store / part.path).unlink()
    for path in (store / "parquet").glob(f"*/run_date=*/*{_TEMPORARY}"):
        path.unlink()


def stage(
    store: Path,
    run_date: date,
    run_id: str,
    seq: int,
    tables: Mapping[str, pa.Table],
    revision: int = 0,
    version: int | None = None,
) -> list[StagedPart]:
    """Write a chunk's parts under temporary names, its marker last. `version` is the schema that its rows were written
    by, None for today's.

    Raises ValueError for a chunk without a marker, or with two, and for a run_id that makes no file name.
    """
    marker = [name for name in MARKERS if name in tables]
    if len(marker) != 1:
        raise ValueError(f"a chunk has rows of one of {', '.join(MARKERS)}, got {', '.join(tables)}")
    if not _RUN_ID.fullmatch(run_id):
        raise ValueError(f"a run_id is made of letters, digits, '_', '.' and '-', got {run_id!r}")
    staged: list[StagedPart] = []
    try:
        for name in sorted(tables, key=lambda table: table == marker[0]):
            siblings = {s.part.table: s.sha256 for s in staged} if name == marker[0] else {}
            part = Part(run_date, run_id, seq, name, revision)
            staged.append(_write(store, part, tables[name], siblings, SCHEMA_VERSION if version is None else version))
    except BaseException:
        discard(staged)
        raise
    return staged


def commit(store: Path, staged: Iterable[StagedPart]) -> None:
    """Rename staged parts into place, in their order: when the last one, the marker, is there, the chunk is."""
    for part in staged:
        target = store / part.part.path
        part.file.replace(target)
        sync_folder(target.parent)


def discard(staged: Iterable[StagedPart]) -> None:
    """Delete staged parts that were not committed; what can't be deleted now is by whoever opens the store next."""
    for part in staged:
        with suppress(OSError):
            part.file.unlink()


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries to disk: a rename is not durable before."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def checked(store: Path, parts: Iterable[Part]) -> Iterator[StagedPart]:
    """Committed parts, each with its bytes checked. Raises `StoreDamagedError` naming the first file that is missing,
    cut or changed, and `StoreError` for parts written by a newer Ledgerline."""
    chunks: dict[tuple[str, int], list[Part]] = {}
    for part in parts:
        chunks.setdefault(part.chunk, []).append(part)
    for chunk in chunks.values():
        yield from _checked_chunk(store, chunk)


def _checked_chunk(store: Path, chunk: list[Part]) -> Iterator[StagedPart]:
    marker = next(part for part in chunk if part.table in MARKERS)
    rows, siblings, own_sha256 = _read_marker(store, marker)
    there = {part.table: part for part in chunk}
    for table, sha256 in siblings.items():
        part = there.get(table) or replace(marker, table=table)
        path = store / part.path
        if not path.is_file():
            raise damaged(store, part, "is missing")
        if file_sha256(path) != sha256:
            raise damaged(store, part, "is not what was written")
        yield StagedPart(part, path, pq.read_metadata(path).num_rows, sha256)
    yield StagedPart(marker, store / marker.path, rows, own_sha256)


def _read_marker(store: Path, marker: Part) -> tuple[int, dict[str, str], str]:
    """Its number of rows, the SHA-256 of its sibling parts, and its own. Reads all of it: no other part vouches for its
    bytes."""
    try:
        data = (store / marker.path).read_bytes()
        table = pq.read_table(pa.BufferReader(data), page_checksum_verification=True)
        version, siblings = version_of(table), json.loads(table.schema.metadata[b"ledgerline.parts"])
    except (OSError, pa.ArrowException, KeyError, ValueError) as error:
        raise damaged(store, marker, f"can't be read ({str(error).splitlines()[0]})") from None
    if not is_intact(data, table):
        raise damaged(store, marker, "is not what was written")
    if version > SCHEMA_VERSION:
        problem = f"was written by a newer Ledgerline (schema {version}, this one knows {SCHEMA_VERSION})"
        raise StoreError(str(store), problem, "Update Ledgerline.")
    return table.num_rows, siblings, hashlib.sha256(data).hexdigest()


def version_of(table: pa.Table) -> int:
    """The schema that the rows of a part were written by. Raises KeyError for a table that is none."""
    return int((table.schema.metadata or {})[b"ledgerline.schema"])


def damaged(store: Path, part: Part, problem: str) -> StoreDamagedError:
    """The error for a part that can't be used."""
    remedy = "Restore this file from a backup, or move the files of its chunk away and run `ledgerline rebuild`."
    return StoreDamagedError(str(store), f"{part.path} {problem}", remedy)


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(store: Path, part: Part, table: pa.Table, siblings: Mapping[str, str], version: int) -> StagedPart:
    metadata = {"ledgerline.schema": str(version), "ledgerline.parts": json.dumps(siblings)}
    target = store / part.path
    temporary = target.with_name(target.name + _TEMPORARY)
    _make_folder(target.parent)
    try:
        with temporary.open("wb") as file:
            data = sealed(table.replace_schema_metadata(metadata))
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return StagedPart(part, temporary, table.num_rows, hashlib.sha256(data).hexdigest())


def _make_folder(folder: Path) -> None:
    """Make `folder` and what is missing above it, each durably: a file is only as durable as the folders over it."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)
