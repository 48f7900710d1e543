"""The DuckDB file: the rows of the Parquet parts, and the views that analysts query. It can always be made anew."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path

import duckdb
import pyarrow as pa

from tasks.store.parts import StagedPart

TABLES = ("runs", "documents", "fields", "line_items", "checks", "page_readings", "decisions", "calls", "reviews")
"""The tables of schema.sql."""

_SQL = ("identity.sql", "schema.sql", "ledger.sql", "views.sql")
_MEMORY = "1GB"
_BATCH = 1000  # parts taken in by one statement: bounds the length of the SQL and the open files


def create(file: Path) -> duckdb.DuckDBPyConnection:
    """A new, empty ledger at `file`, open for writing."""
    ledger = connect(file)
    with transaction(ledger):
        for name in _SQL:
            ledger.execute(_sql(name))
        ledger.execute(_comments())
        ledger.execute("insert into history.meta values ('sql', ?)", [sql_hash()])
    return ledger


def connect(file: Path) -> duckdb.DuckDBPyConnection:
    """`file` open for writing, with its memory bounded. Raises `duckdb.Error` if it is no sound DuckDB file."""
    return duckdb.connect(str(file), config={"memory_limit": _MEMORY})


def is_current(ledger: duckdb.DuckDBPyConnection) -> bool:
    """Whether this version's SQL made the ledger: another one's is not repaired but made anew."""
    try:
        return ledger.execute("select value from history.meta where key = 'sql'").fetchone() == (sql_hash(),)
    except duckdb.CatalogException:
        return False


def contents(ledger: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """The number of parts whose rows the ledger has, and a sum over their hashes: the same ones, the same contents."""
    sql = "select count(*), coalesce(sum(hash(path, sha256)::hugeint), 0) from history.parts"
    ((count, total),) = ledger.execute(sql).fetchall()
    return int(count), int(total)


def taken_in(ledger: duckdb.DuckDBPyConnection) -> set[str]:
    """The paths of the parts whose rows the ledger has."""
    return {path for (path,) in ledger.execute("select path from history.parts").fetchall()}


def take_in(ledger: duckdb.DuckDBPyConnection, parts: Sequence[StagedPart]) -> None:
    """Add the rows of `parts`, which it must not have yet. Inside the caller's transaction."""
    ledger.execute("create or replace temp table settled (document_id varchar)")
    for table in TABLES:
        of_table = [part for part in parts if part.part.table == table]
        for start in range(0, len(of_table), _BATCH):
            _take_in_batch(ledger, table, [str(part.file) for part in of_table[start : start + _BATCH]])
    noted = [(part.part.path, part.part.table, part.rows, part.sha256) for part in parts]
    columns = [list(column) for column in zip(*noted, strict=True)]
    ledger.execute("insert into history.parts select unnest(?), unnest(?), unnest(?), unnest(?)", columns)
    ledger.execute(_REPLACED_DOCUMENTS)
    ledger.execute(_REPLACED_RESULTS)


@contextmanager
def transaction(ledger: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All or nothing: committed at the end of the block, rolled back if it raises."""
    ledger.begin()
    try:
        yield
    except BaseException:
        ledger.rollback()
        raise
    ledger.commit()


@cache
def arrow_schemas() -> dict[str, pa.Schema]:
    """The Arrow schema of each table, as DuckDB understands schema.sql."""
    with duckdb.connect() as scratch:
        scratch.execute(_sql("schema.sql"))
        return {name: scratch.sql(f"from history.{name}").to_arrow_table().schema for name in TABLES}


@cache
def sql_hash() -> str:
    """Names the SQL that makes a ledger."""
    text = "".join(_sql(name) for name in _SQL)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _take_in_batch(ledger: duckdb.DuckDBPyConnection, table: str, paths: list[str]) -> None:
    rows = "read_parquet(?, hive_partitioning = false, union_by_name = true)"
    ledger.execute(f"insert into history.{table} by name select * from {rows}", [paths])
    if table == "documents":
        ledger.execute(f"insert into settled select document_id from {rows}", [paths])
    if table == "fields":
        ledger.execute(_HEADERS.format(rows=rows), [paths])


def _comments() -> str:
    """Each column's remark in schema.sql as its comment, on the table and on the view of its name."""
    statements = []
    for table, body in re.findall(r"create table history\.(\w+) \((.*?)\n\);", _sql("schema.sql"), re.DOTALL):
        for column, remark in re.findall(r"^    (\S+) .*?-- (.+)$", body, re.MULTILINE):
            quoted = remark.replace("'", "''")
            statements += [f"comment on column {s}.{table}.{column} is '{quoted}';" for s in ("history", "main")]
    return "\n".join(statements)


@cache
def _sql(name: str) -> str:
    return (files("data") / "sql" / name).read_text(encoding="utf-8")


_HEADERS = """
insert into history.headers by name
with read as (select document_id, run_id, field, value from {rows} where state = 'found'),
header as (
    pivot read on field in ('invoice_number', 'issue_date', 'currency', 'purchase_order_number', 'seller_name',
        'seller_vat_id', 'iban', 'net_total', 'gross_total', 'amount_due')
    using max(value) group by document_id, run_id
)
select * exclude (purchase_order_number), identity_key(invoice_number) as number_key,
    identity_key(seller_name) as name_key, identity_key(seller_vat_id) as vat_key, identity_key(iban) as iban_key,
    identity_key(purchase_order_number) as order_key
from header
"""

_REPLACED_DOCUMENTS = """
insert into history.replaced_documents
select document_id, source, file_name, run_id from history.documents
where document_id in (from settled)
qualify row_number() over (partition by document_id, source, file_name order by settled_at desc, run_id desc) > 1
except from history.replaced_documents
"""

_REPLACED_RESULTS = """
insert into history.replaced_results
select document_id, run_id, coalesce(cost_usd, 0) from history.documents
where document_id in (from settled) and duplicate_of is distinct from document_id
qualify row_number() over (partition by document_id order by settled_at desc, run_id desc) > 1
except from history.replaced_results
"""
