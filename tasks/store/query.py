"""Questions to the published ledger: read-only, never waiting for a run, never holding one up."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb

from routing.errors import StoreDamagedError, StoreError, UsageError

Query = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]
"""A question to a ledger, such as `Store.query`."""

_AT_ONCE = 10_000  # rows taken from DuckDB at a time


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """A question that ships with Ledgerline, and the SQL that answers it."""

    name: str
    question: str
    sql: str


def query_ledger(store: Path, sql: str) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
    """The column names and the rows that `sql` selects from the store's published ledger.

    It reads the ledger and nothing else: no write, no other file, no network. Raises `UsageError` with DuckDB's own
    words for SQL that can't be run, `StoreError` if there is no ledger, `StoreDamagedError` if it is damaged.
    """
    ledger = _connected(store)
    ledger.execute("set enable_external_access = false")
    ledger.execute("set lock_configuration = true")
    try:
        ledger.execute(sql)
    except duckdb.Error as error:
        ledger.close()
        raise as_damage(store, error) or UsageError(f"SQL: {error}") from None
    if not ledger.description:
        ledger.close()
        raise UsageError("SQL: that is no query; try `select * from documents limit 10`")
    return [column[0] for column in ledger.description], _rows(store, ledger)


@contextmanager
def open_published(store: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The store's published ledger, open for reading. Raises `StoreError` if there is none or it can't be opened,
    `StoreDamagedError` where what is asked of it turns out to be damaged."""
    with _connected(store) as ledger:
        try:
            yield ledger
        except duckdb.Error as error:
            if damage := as_damage(store, error):
                raise damage from None
            raise


@contextmanager
def open_current(store: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """As `open_published`, for code that relies on the columns of this version: raises `StoreError` without them."""
    from tasks.store.ledger import is_current  # with pyarrow, which a plain question need not wait for

    with open_published(store) as ledger:
        if not is_current(ledger):
            remedy = f"Run `ledgerline rebuild --store {store}`: it makes the ledger anew from the Parquet files."
            raise StoreError(str(store), "ledger.duckdb was made by another version", remedy)
        yield ledger


def _connected(store: Path) -> duckdb.DuckDBPyConnection:
    file = store / "ledger.duckdb"
    if not file.is_file():
        remedy = f"Make one with `ledgerline run SOURCE --store {store}`, or name another with --store."
        raise StoreError(str(store), "has no ledger.duckdb", remedy)
    try:
        return duckdb.connect(str(file), read_only=True)
    except duckdb.Error as error:
        remedy = "Close the program that has it open for writing; if it is damaged, run `ledgerline rebuild`."
        shut = StoreError(str(store), f"can't open ledger.duckdb: {str(error).splitlines()[0]}", remedy)
        raise as_damage(store, error) or shut from None


def as_damage(store: Path, error: Exception) -> StoreDamagedError | None:
    """The error that says so where DuckDB's is that a ledger is not what was written, or shorter."""
    if not any(sign in str(error) for sign in ("orrupt", "Could not read enough bytes")):
        return None
    remedy = "Run `ledgerline rebuild`: it makes both ledgers anew from the Parquet files."
    return StoreDamagedError(str(store), f"a ledger is damaged: {str(error).splitlines()[0]}", remedy)


def query_of(ledger: duckdb.DuckDBPyConnection) -> Query:
    """Questions to an open ledger, as `Store.query` takes them."""
    return lambda sql, parameters: ledger.execute(sql, list(parameters)).fetchall()


def list_queries() -> dict[str, SavedQuery]:
    """The saved queries of `data/queries/`, by name. The first line of each is its question."""
    found = sorted(file.name for file in (files("data") / "queries").iterdir() if file.name.endswith(".sql"))
    return {query.name: query for query in map(_saved, found)}


def _saved(file_name: str) -> SavedQuery:
    text = (files("data") / "queries" / file_name).read_text(encoding="utf-8")
    return SavedQuery(file_name.removesuffix(".sql"), text.splitlines()[0].removeprefix("-- "), text)


def _rows(store: Path, ledger: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    with ledger:
        try:
            while rows := ledger.fetchmany(_AT_ONCE):
                yield from rows
        except duckdb.Error as error:
            raise as_damage(store, error) or UsageError(f"SQL: {error}") from None
