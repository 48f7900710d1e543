"""The DuckDB file: the rows of the Parquet parts, and the views that analysts query. It can always be made anew."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from itertools import chain
from pathlib import Path

import duckdb
import pyarrow as pa

from tasks.store.parts import StagedPart

TABLES = (
    *("runs", "documents", "fields", "line_items", "checks", "page_readings", "decisions", "calls", "reviews"),
    "erasures",
)
"""The tables of schema.sql."""

_SQL = ("identity.sql", "schema.sql", "ledger.sql", "views.sql")
_MEMORY = "64MB"  # a working ledger in memory would grow with the store
_BATCH = 100  # chunks taken in by one statement: bounds the memory and the open files


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
    """Add the rows of `parts`, which it must not have yet, whole chunks. Inside the caller's transaction."""
    chunks: dict[tuple[str, int], list[StagedPart]] = {}
    for part in parts:
        chunks.setdefault(part.part.chunk, []).append(part)
    for start in range(0, len(chunks), _BATCH):
        _take_in_chunks(ledger, list(chain.from_iterable(list(chunks.values())[start : start + _BATCH])))


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


def _take_in_chunks(ledger: duckdb.DuckDBPyConnection, parts: Sequence[StagedPart]) -> None:
    files = {table: [str(part.file) for part in parts if part.part.table == table] for table in TABLES}
    for table, paths in files.items():
        if paths:
            ledger.execute(f"insert into history.{table} by name select * from {_ROWS}", [paths])
    if files["documents"]:
        ledger.execute(
            _HEADERS if files["fields"] else _NO_HEADERS, [p for p in (files["documents"], files["fields"]) if p]
        )
        ledger.execute(_MET, [files["documents"]])
        ledger.execute(_REPLACED_DOCUMENTS)
        ledger.execute(_REPLACED_RESULTS)
    noted = [(part.part.path, part.part.table, part.rows, part.sha256) for part in parts]
    columns = [list(column) for column in zip(*noted, strict=True)]
    ledger.execute("insert into history.parts select unnest(?), unnest(?), unnest(?), unnest(?)", columns)


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


_ROWS = "read_parquet(?, hive_partitioning = false, union_by_name = true)"

_SHOWN = """document_id, run_id, source, file_name, doc_type, outcome, duplicate_of, confidence, value_at_stake,
    cost_usd, premium_everywhere_usd, settled_at"""

_NO_HEADERS = f"insert into history.headers by name select {_SHOWN} from {_ROWS}"

_HEADERS = f"""
insert into history.headers by name
with settled as (select {_SHOWN} from {_ROWS}),
read as (select document_id, run_id, field, value from {_ROWS} where state = 'found'),
header as (
    pivot read on field in ('invoice_number', 'issue_date', 'due_date', 'currency', 'purchase_order_number',
        'seller_name', 'seller_vat_id', 'buyer_name', 'buyer_vat_id', 'iban', 'net_total', 'tax_total', 'gross_total',
        'amount_due')
    using max(value) group by document_id, run_id
)
select settled.*, header.* exclude (document_id, run_id), identity_key(invoice_number) as number_key,
    identity_key(purchase_order_number) as order_key, identity_key(seller_name) as name_key,
    identity_key(seller_vat_id) as vat_key, identity_key(iban) as iban_key
from settled left join header on header.document_id = settled.document_id and header.run_id = settled.run_id
    and settled.duplicate_of is distinct from settled.document_id
"""

_MET = f"""
create or replace temp table met as
select document_id, source, file_name, run_id, duplicate_of, cost_usd, settled_at from history.documents
where document_id in (select document_id from {_ROWS})
"""

_REPLACED_DOCUMENTS = """
insert into history.replaced_documents
select document_id, source, file_name, run_id from met
qualify row_number() over (partition by document_id, source, file_name order by settled_at desc, run_id desc) > 1
except from history.replaced_documents
"""

_REPLACED_RESULTS = """
insert into history.replaced_results
select document_id, run_id, coalesce(cost_usd, 0) from met where duplicate_of is distinct from document_id
qualify row_number() over (partition by document_id order by settled_at desc, run_id desc) > 1
except from history.replaced_results
"""
