"""A store, held by one run: rows go to Parquet, at once into a private working ledger, and from there to analysts.

STORE/parquet/<table>/run_date=.../   the truth (tasks.store.parts)
STORE/work/ledger.duckdb              the working ledger, ours alone, kept up to date with the Parquet files
STORE/ledger.duckdb                   what analysts open: `publish` puts the working one there (tasks.store.turns)
STORE/store.lock                      held while a store is open
"""

import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import pyarrow as pa

from routing.errors import StoreError
from tasks.store import ledger, parts
from tasks.store.columns import Row, to_arrow
from tasks.store.lock import hold, let_go
from tasks.store.query import as_damage
from tasks.store.turns import change_turns, working_file
from tasks.store.working import open_working

STAYS_OPEN = 20
"""Chunks that a working ledger takes in before it is closed and opened anew: of a file that stays open, DuckDB keeps
in memory what it looked at, and something of each chunk that went into it: some 0.2 MB for 200 documents."""


@dataclass(frozen=True, slots=True)
class Known:
    """The latest state of a file whose bytes the store has met before; `settled_at` is UTC without saying so, as
    DuckDB keeps it."""

    document_id: str
    source: str
    file_name: str
    outcome: str
    reason: str
    run_id: str
    settled_at: datetime


class Store:
    """An open store. Use it as a context manager; any thread may call it.

    Nothing that `write` returned from is lost by a kill, and nothing of a `write` that did not return shows up in part.
    """

    def __init__(self, path: Path) -> None:
        """Use `Store.open`."""
        self.path = path
        self._held = ExitStack()
        self._working: duckdb.DuckDBPyConnection | None = None
        self._turn = threading.RLock()
        self._failed = False
        self._next_seq: dict[str, int] = {}
        self._taken_in = 0

    @classmethod
    def open(cls, path: Path, anew: bool = False) -> Self:
        """Hold the store at `path`, made if it is not there, and bring its ledger up to date with its Parquet files.

        What a killed run left behind is removed, and the run marked `interrupted`. `anew` makes the ledger from the
        Parquet files alone. Raises `StoreLockedError` if another process holds the store, `StoreDamagedError` if a part
        of it can't be read, `StoreError` if it can't be written.
        """
        store = cls(path.absolute())
        try:
            store._hold()
            store._open_working(anew)
            store._mark_interrupted_runs()
            if anew or not store._is_published():
                store.publish()
        except (OSError, duckdb.Error) as error:
            store.close()
            raise _unusable(store.path, error) from None
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Let go of the store. What was not published yet will be when it is opened next."""
        with self._turn:
            self._close_working()
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
            return self._ledger().execute(sql, list(parameters)).fetchall()

    def known(self, document_ids: Sequence[str]) -> dict[str, list[Known]]:
        """For each of `document_ids` that the store has met: the latest state of every file with those bytes.

        The one that was read comes first, then its exact copies, oldest first.
        """
        found: dict[str, list[Known]] = {}
        for row in self.query(_KNOWN, [list(document_ids)]):
            found.setdefault(row[0], []).append(Known(*row))
        return found

    def publish(self) -> None:
        """Put the working ledger in the place of `ledger.duckdb`. Who has the old one open keeps it.

        The next query or write goes to another working ledger, which is brought up to date first.
        """
        with self._turn:
            try:
                self._ledger().execute("checkpoint")
                self._close_working()
                change_turns(self.path)
            except (OSError, duckdb.Error) as error:
                raise _unusable(self.path, error) from None

    def _hold(self) -> None:
        (self.path / "work").mkdir(parents=True, exist_ok=True)
        (self.path / "parquet").mkdir(exist_ok=True)
        self._held.callback(let_go, self.path, hold(self.path))

    def _ledger(self) -> duckdb.DuckDBPyConnection:
        """The working ledger, opened where `publish` put another one in its place."""
        return self._working or self._open_working()

    def _open_working(self, anew: bool = False) -> duckdb.DuckDBPyConnection:
        self._working, committed = open_working(self.path, anew)
        for part in committed:
            self._next_seq[part.run_id] = max(part.seq + 1, self._next_seq.get(part.run_id, 1))
        return self._working

    def _fresh_ledger(self) -> duckdb.DuckDBPyConnection:
        """The working ledger, opened anew where it has been open for long."""
        if self._working and self._taken_in >= STAYS_OPEN:
            self._close_working()
            self._working = ledger.connect(working_file(self.path))
        return self._ledger()

    def _close_working(self) -> None:
        self._taken_in = 0
        if self._working:
            self._working.close()
            self._working = None

    def _commit(self, run_id: str, run_date: date, seq: int, tables: Mapping[str, pa.Table]) -> None:
        """Stage the parts, take them in, rename them, keep what was taken in: a failure before the renaming undoes all.

        A failure of the renaming leaves in doubt whether the chunk is there: only opening the store anew can tell.
        """
        staged: list[parts.StagedPart] = []
        try:
            working = self._fresh_ledger()  # first: opening it removes what is staged and not committed
            staged = parts.stage(self.path, run_date, run_id, seq, tables)
            with ledger.transaction(working):
                ledger.take_in(working, staged)
                self._failed = True
                parts.commit(self.path, staged)
            self._failed = False
            self._taken_in += 1
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
                return ledger.is_current(published) and ledger.contents(published) == ledger.contents(self._ledger())
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


def _unusable(path: Path, error: Exception) -> StoreError:
    """What an error of the disk, or of DuckDB, says of the store."""
    return as_damage(path, error) or StoreError.unwritable(str(path), error)


_KNOWN = """
select document_id, source, file_name, outcome, coalesce(reason, ''), run_id, settled_at
from (from history.documents where document_id in (select unnest(?::varchar[])))
anti join history.replaced_documents using (document_id, source, file_name, run_id)
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
