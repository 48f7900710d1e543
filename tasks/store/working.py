"""The working ledger: private to who holds the store, kept between runs, so that a run takes in only what is new."""

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import duckdb

from routing.errors import StoreDamagedError
from tasks.store import ledger, parts
from tasks.store.turns import discard_working, fetch_working, forget_published, working_file


def open_working(store: Path, anew: bool = False) -> tuple[duckdb.DuckDBPyConnection, list[parts.Part]]:
    """The ledger with the rows of every committed part, and those parts; `anew` makes it from the Parquet files alone.

    Nothing is changed before every part that has to be read was found sound; then what a killed run left behind is
    removed. Raises `StoreDamagedError` if a part can't be read or is gone, OSError if the folder can't be written.
    """
    found = parts.list_parts(store)
    committed = parts.committed(found)
    if orphans := parts.without_marker(found, committed):
        marker = replace(orphans[0], table="documents")  # no other marker has parts that go with it
        raise parts.damaged(store, marker, f"is gone: {orphans[0].path} belongs to its chunk")
    with ExitStack() as undo:
        working = None if anew else _reuse(store)
        taken_in: set[str] = set()
        if working:
            undo.callback(working.close)
            taken_in = ledger.taken_in(working)
            lost = taken_in - {part.path for part in committed}
            if rewritten := parts.rewritten(lost, committed):
                working.close()  # it has what was meant to go: the next one is made of what is there
                working, taken_in = None, set()
            _refuse_lost_parts(store, lost - rewritten)
        new = list(parts.checked(store, [part for part in committed if part.path not in taken_in]))
        parts.remove_leftovers(store, set(found) - set(committed))
        if not working:
            working = _create(store)
            undo.callback(working.close)
        if new:
            with ledger.transaction(working):
                ledger.take_in(working, new)
        undo.pop_all()
    return working, committed


def _reuse(store: Path) -> duckdb.DuckDBPyConnection | None:
    """The one that is there or was published, if it is sound and made by our SQL."""
    fetch_working(store)
    if not working_file(store).exists():
        return None
    try:
        working = ledger.connect(working_file(store))
    except duckdb.Error:
        return None  # killed while it was made, or damaged: the Parquet files have it all
    if ledger.is_current(working):
        return working
    working.close()
    return None


def _create(store: Path) -> duckdb.DuckDBPyConnection:
    discard_working(store)
    forget_published(store)
    return ledger.create(working_file(store))


def _refuse_lost_parts(store: Path, lost: set[str]) -> None:
    if lost:
        problem = f"{min(lost)} is gone ({len(lost)} in all), though the ledger has its rows"
        remedy = "Restore it from a backup, or run `ledgerline rebuild` to go on without it."
        raise StoreDamagedError(str(store), problem, remedy)
