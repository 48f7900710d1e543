"""The conservation laws of a store: nothing lost, nothing doubled, every cent accounted for, both files agree."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from routing.errors import StoreDamagedError
from tasks.spend.audit import paid_calls
from tasks.store import ledger, parts
from tasks.store.laws import LAWS, SqlLaw
from tasks.store.lock import holder
from tasks.store.query import open_current

_NAMED = 5  # offenders that a detail names


@dataclass(frozen=True, slots=True)
class Law:
    """One law and whether it holds. `detail` says how much was looked at, or what breaks it, by name."""

    name: str
    passed: bool
    detail: str


def verify(store: Path) -> list[Law]:
    """Every law, held against the published ledger and the Parquet files. Changes nothing.

    Raises `StoreError` if there is no ledger, or one of another version.
    """
    store = store.absolute()
    with open_current(store) as published:
        committed = parts.committed(parts.list_parts(store))
        laws = [_sql_law(published, law) for law in LAWS]
        laws += [_nothing_unpublished(store, published, committed), _parts_sound(store, published, committed)]
        laws.append(_journal_booked(store, published))
        if laws[-2].passed:
            laws += [_same_rows(store, published, table) for table in ledger.TABLES]
        return laws


def _sql_law(published: duckdb.DuckDBPyConnection, law: SqlLaw) -> Law:
    offenders = [str(row[0]) for row in published.execute(law.offenders).fetchall()]
    if offenders:
        return Law(law.name, False, f"{law.meaning}: broken by {_some(offenders)}")
    return Law(law.name, True, f"{law.meaning}: {_number(published, law.counted):,} looked at")


def _nothing_unpublished(store: Path, published: duckdb.DuckDBPyConnection, committed: list[parts.Part]) -> Law:
    name = "ledger_complete"
    missing = sorted({part.path for part in committed} - ledger.taken_in(published))
    if not missing:
        return Law(name, True, f"the ledger has every committed part: {len(committed):,} looked at")
    if pid := holder(store):
        return Law(name, True, f"{len(missing):,} parts will be published by the run that is going on (process {pid})")
    return Law(name, False, f"not in the ledger, until the next run or `ledgerline rebuild`: {_some(missing)}")


def _parts_sound(store: Path, published: duckdb.DuckDBPyConnection, committed: list[parts.Part]) -> Law:
    """Every part is there and as it was written: its bytes by the chunk's marker, the marker's by the ledger."""
    name = "parquet_sound"
    noted = dict(published.execute("select path, sha256 from history.parts").fetchall())
    try:
        for staged in parts.checked(store, committed):
            if noted.pop(staged.part.path, staged.sha256) != staged.sha256:
                raise parts.damaged(store, staged.part, "is not what was written")
    except StoreDamagedError as error:
        return Law(name, False, str(error))
    if noted:
        return Law(name, False, f"gone, though the ledger has their rows: {_some(sorted(noted))}")
    return Law(name, True, f"every Parquet file is as it was written: {len(committed):,} looked at")


def _journal_booked(store: Path, published: duckdb.DuckDBPyConnection) -> Law:
    """Every paid call of the ledger is one entry of the journal at the same cost, and every entry is in the ledger;
    except what waits: calls in flight, and those for documents that the next run takes up."""
    name = "journal_booked"
    booked = dict(published.execute("select call_id, cost_usd from history.calls where mode <> 'local'").fetchall())
    paid = paid_calls(store)
    wrong = [i for i, usd in booked.items() if i not in paid or paid[i].counted_usd != usd]
    waiting = "select document_id from documents group by all having bool_and(outcome = 'deferred')"
    settled = "select distinct document_id from documents"
    done = {i for (i,) in published.execute(f"{settled} except {waiting}").fetchall()}
    lost = [i for i, call in paid.items() if i not in booked and call.document_id in done]
    if wrong or (lost and not holder(store)):
        return Law(name, False, f"journal and ledger do not agree on these paid calls: {_some(sorted(wrong + lost))}")
    return Law(name, True, f"every paid call is one entry of the journal, at the same cost: {len(booked):,} looked at")


def _same_rows(store: Path, published: duckdb.DuckDBPyConnection, table: str) -> Law:
    name = f"{table}_agree"
    listed = "select path from history.parts where table_name = ?"
    paths = [str(store / path) for (path,) in published.execute(listed, [table]).fetchall()]
    ours = _fingerprint(published, table, f"history.{table}", [])
    theirs = _fingerprint(published, table, _PARQUET.format(table), [paths]) if paths else (0, 0)
    if ours == theirs:
        return Law(name, True, f"{table}: the same {ours[0]:,} rows in the ledger and in Parquet")
    return Law(name, False, f"{table}: {ours[0]:,} rows in the ledger, {theirs[0]:,} in Parquet, or not the same ones")


_PARQUET = """((from history.{0} limit 0)
    union all by name select * from read_parquet(?, hive_partitioning = false, union_by_name = true))"""


def _fingerprint(
    published: duckdb.DuckDBPyConnection, table: str, rows: str, values: list[list[str]]
) -> tuple[int, int]:
    """The number of rows and a sum over their hashes, whatever their order."""
    sql = f"select count(*), coalesce(sum(hash({_columns(published, table)})::hugeint), 0) from {rows}"
    count, total = published.execute(sql, values).fetchall()[0]
    return int(count), int(total)


def _columns(published: duckdb.DuckDBPyConnection, table: str) -> str:
    names = published.execute(f"select * from history.{table} limit 0").description or []
    return ", ".join(f'"{name[0]}"' for name in names)


def _number(published: duckdb.DuckDBPyConnection, sql: str) -> int:
    return int(published.execute(sql).fetchall()[0][0])


def _some(names: Iterable[str]) -> str:
    """The first few, and how many there are."""
    names = list(names)
    more = f", ... ({len(names):,} in all)" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
