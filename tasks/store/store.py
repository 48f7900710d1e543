"""A store, held by one run: rows go to Parquet, at once into a private working ledger, and from there to analysts.

STORE/parquet/<table>/run_date=.../   the truth (tasks.store.parts)
STORE/work/ledger.duckdb              the working ledger, ours alone, kept up to date with the Parquet files
STORE/ledger.duckdb                   a copy of it, replaced whole by `publish`: readers keep the one they opened
STORE/store.lock                      held while a store is open
"""

import os
import shutil
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import pyarrow as pa

from routing.errors import StoreDamagedError, StoreError
from tasks.store import ledger, parts
from tasks.store.columns import Row, to_arrow
from tasks.store.lock import hold, let_go
from tasks.store.working import open_working, working_file


@dataclass(frozen=True, slots=True)
class Known:
    """The latest state of a file whose bytes the store has met before."""

    document_id: str
    source: str
    file_name: str
    outcome: str
    reason: str
    run_id: str


class Store:
    """An open store. Use it as a context manager; any thread may call it.

    Nothing that `write` returned from is lost by a kill, and nothing of a `write` that did not return shows up in part.
    """

    def __init__(self, path: Path, working: duckdb.DuckDBPyConnection, committed: Iterable[parts.Part]) -> None:
        """Use `Store.open`."""
        self.path = path
        self._working = working
        self._held = ExitStack()
        self._turn = threading.RLock()
        self._failed = False
        self._next_seq: dict[str, int] = {}
        for part in committed:
            self._next_seq[part.run_id] = max(part.seq + 1, self._next_seq.get(part.run_id, 1))

    @classmethod
    def open(cls, path: Path, anew: bool = False) -> Self:
        """Hold the store at `path`, made if it is not there, and bring its ledger up to date with its Parquet files.

        What a killed run left behind is removed, and the run marked `interrupted`. `anew` makes the ledger from the
        Parquet files alone. Raises `StoreLockedError` if another process holds the store, `StoreDamagedError` if a part
        of it can't be read, `StoreError` if it can't be written.
        """
        path = path.absolute()
        with ExitStack() as held:
            try:
                (path / "work").mkdir(parents=True, exist_ok=True)
                (path / "parquet").mkdir(exist_ok=True)
                held.callback(let_go, path, hold(path))
                working, committed = open_working(path, anew)
                held.callback(working.close)
                store = cls(path, working, committed)
                store._mark_interrupted_runs()
                if anew or not store._is_published():
                    store.publish()
            except (OSError, duckdb.Error) as error:
                raise _unusable(path, error) from None
            store._held = held.pop_all()
        return store

    def close(self) -> None:
        """Let go of the store. What was not published yet will be when it is opened next."""
        with self._turn:
            self._held.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def write(self, run_id: str, run_date: date, rows: Mapping[str, Sequence[Row]]) -> None:
        """Commit one chunk: `rows` by table, of `documents` or of `runs`, and of the tables that go with them.

        Tables without rows may be left out, and so may columns: they are null. Raises ValueError for rows that do not
        fit the schema (nothing is written), `StoreError` if the disk refuses: the store must then be opened anew.
        """
        with self._turn:
            if self._failed:
                raise StoreError(str(self.path), "an earlier write failed", "Run again: it goes on where it stopped.")
            tables = {name: to_arrow(name, of, self._schema(name)) for name, of in rows.items() if of}
            seq = self._next_seq.get(run_id, 1)
            self._next_seq[run_id] = seq + 1
            self._commit(run_id, run_date, seq, tables)

    def query(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows that `sql` selects from the working ledger, all that was written included."""
        with self._turn:
            return self._working.execute(sql, list(parameters)).fetchall()

    def known(self, document_ids: Sequence[str]) -> dict[str, list[Known]]:
        """For each of `document_ids` that the store has met: the latest state of every file with those bytes.

        The one that was read comes first, then its exact copies, oldest first.
        """
        found: dict[str, list[Known]] = {}
        for row in self.query(_KNOWN, [list(document_ids)]):
            found.setdefault(row[0], []).append(Known(*row))
        return found

    def publish(self) -> None:
        """Put a copy of the working ledger in the place of `ledger.duckdb`. Who has the old one open keeps it."""
        target = self.path / "ledger.duckdb"
        temporary = self.path / "work" / "publish.duckdb"
        with self._turn:
            try:
                self._working.execute("checkpoint")
                shutil.copyfile(working_file(self.path), temporary)
                _sync_file(temporary)
                target.with_name("ledger.duckdb.wal").unlink(missing_ok=True)  # a reader's, of the file that goes
                temporary.replace(target)
                parts.sync_folder(self.path)
            except (OSError, duckdb.Error) as error:
                temporary.unlink(missing_ok=True)
                raise _unusable(self.path, error) from None

    def _commit(self, run_id: str, run_date: date, seq: int, tables: Mapping[str, pa.Table]) -> None:
        """Stage the parts, take them in, rename them, keep what was taken in: a failure before the renaming undoes all.

        A failure of the renaming leaves in doubt whether the chunk is there: only opening the store anew can tell.
        """
        staged: list[parts.StagedPart] = []
        try:
            staged = parts.stage(self.path, run_date, run_id, seq, tables)
            with ledger.transaction(self._working):
                ledger.take_in(self._working, staged)
                self._failed = True
                parts.commit(self.path, staged)
            self._failed = False
        except duckdb.ConstraintException as error:
            raise ValueError(str(error)) from None
        except (OSError, duckdb.Error) as error:
            raise _unusable(self.path, error) from None
        finally:
            parts.discard(staged)

    def _schema(self, table: str) -> pa.Schema:
        schemas = ledger.arrow_schemas()
        if table not in schemas:
            raise ValueError(f"there is no table {table}, only {', '.join(schemas)}")
        return schemas[table]

    def _mark_interrupted_runs(self) -> None:
        """A run that is `running` while we hold the lock is dead: say so, with what it did settle."""
        columns = self._schema("runs").names
        for row in self.query(_DEAD_RUNS):
            run = dict(zip(columns, row, strict=True))
            self.write(run["run_id"], run["started_at"].date(), {"runs": [run]})

    def _is_published(self) -> bool:
        """Whether `ledger.duckdb` holds what the working ledger does; not if somebody has it open for writing."""
        try:
            with duckdb.connect(str(self.path / "ledger.duckdb"), read_only=True) as published:
                return ledger.is_current(published) and ledger.taken_in(published) == ledger.taken_in(self._working)
        except duckdb.Error:
            return False


def rebuild(path: Path) -> None:
    """Make the ledger of the store at `path` from its Parquet files alone, and publish it.

    Raises `StoreError` if there are none, `StoreDamagedError` for the first that can't be read: the ledger that is
    there then stays.
    """
    if not (path / "parquet").is_dir():
        raise StoreError(str(path), "has no Parquet files", "Name the store's folder with --store.")
    Store.open(path, anew=True).close()


def _sync_file(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _unusable(path: Path, error: Exception) -> StoreError:
    """What an error of the disk, or of DuckDB, says of the store."""
    if "orrupt" not in str(error):
        return StoreError.unwritable(str(path), error)
    remedy = "Run `ledgerline rebuild`: it makes both ledgers anew from the Parquet files."
    return StoreDamagedError(str(path), f"a ledger is damaged: {str(error).splitlines()[0]}", remedy)


_KNOWN = """
select document_id, source, file_name, outcome, coalesce(reason, ''), run_id from documents
where document_id in (select unnest(?::varchar[]))
order by duplicate_of is not distinct from document_id, settled_at, source, file_name
"""

_DEAD_RUNS = """
with settled as (
    select run_id, count(*) as documents, count(*) filter (where outcome = 'deferred') as deferred,
        sum(cost_usd) as cost_usd, sum(premium_everywhere_usd) as premium_usd, max(settled_at) as last
    from history.documents group by run_id
)
select r.* replace (
    'interrupted' as status,
    coalesce(s.last, r.started_at) as finished_at,
    coalesce(s.documents, 0) as documents,
    0 as known,
    coalesce(s.deferred, 0) as deferred,
    coalesce(s.cost_usd, 0)::decimal(18, 9) as cost_usd,
    coalesce(s.premium_usd, 0)::decimal(18, 9) as premium_everywhere_usd)
from runs r left join settled s using (run_id) where r.status = 'running' order by r.started_at
"""
