"""How long the saved queries and simple questions take on a ledger of ten million calls.

    .venv/bin/python -m bench.queries [--calls 10000000] [--folder DIR] [--times 3]

The ledger is made by SQL, in a minute or two: for each document three calls of local readers and one that was paid, two
and a half million documents of twenty thousand sellers in a year. Each question opens the ledger, as `ledgerline sql`
does; the best of several times is shown. Issue 6 allows a saved query one second, a simple one half of that.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # not this folder: its routing.py would hide the package

from tasks.store import ledger
from tasks.store.query import list_queries, query_ledger

PER_DOCUMENT = 4
SAVED_SECONDS, SIMPLE_SECONDS = 1.0, 0.5

SIMPLE = {
    "how many documents": "select count(*) from documents",
    "by outcome": "select outcome, count(*) from documents group by outcome",
    "some documents": "select * from documents limit 10",
    "some invoices": "select * from invoices limit 10",
    "one document": "select * from documents where document_id = sha256('77777')",
    "its fields": "select * from fields where document_id = sha256('77777')",
    "its invoice": "select * from invoices where invoice_number = 'R-77777'",
    "spent this month": "select sum(cost_usd) from calls where started_at >= '2026-10-01'",
    "latest runs": "select * from runs order by started_at desc limit 5",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path, help="where the ledger is made and kept; else a temporary one")
    parser.add_argument("--times", type=int, default=3)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ledgerline-queries-") as scratch:
        store = args.folder or Path(scratch)
        if not (store / "ledger.duckdb").exists():
            make(store, args.calls // PER_DOCUMENT)
        print(f"{args.calls:,} calls, {(store / 'ledger.duckdb').stat().st_size / 1e6:,.0f} MB")
        report(
            "saved queries",
            {name: saved.sql for name, saved in list_queries().items()},
            SAVED_SECONDS,
            store,
            args.times,
        )
        report("simple questions", SIMPLE, SIMPLE_SECONDS, store, args.times)


def report(title: str, questions: dict[str, str], allowed: float, store: Path, times: int) -> None:
    print(f"\n{title} (at most {allowed} s)")
    for name, sql in questions.items():
        seconds, cpu, rows = min(asked(store, sql) for _ in range(times))
        late = "" if seconds <= allowed else "  TOO LONG"
        print(f"  {name:22}{seconds:7.2f} s{cpu:8.2f} s of processors{rows:8,} rows{late}", flush=True)


def asked(store: Path, sql: str) -> tuple[float, float, int]:
    """Seconds, seconds of all processors, and rows of an answer."""
    began, cpu = time.perf_counter(), time.process_time()
    rows = sum(1 for _ in query_ledger(store, sql)[1])
    return time.perf_counter() - began, time.process_time() - cpu, rows


def make(store: Path, documents: int) -> None:
    """A ledger as runs would have left it; without the Parquet files, which no question looks at."""
    store.mkdir(parents=True, exist_ok=True)
    with ledger.create(store / "ledger.duckdb") as made:
        made.execute("set preserve_insertion_order = false")
        made.execute(_MADE_OF, [documents])
        for statement in (_DOCUMENTS, _FIELDS, _HEADERS, _DECISIONS, _CALLS, _REVIEWS, _RUNS):
            made.execute(statement)
        made.execute("checkpoint")


_MADE_OF = """
create temp table made as
select i, sha256(i::varchar) as document_id, 'run' || lpad((i // 10000)::varchar, 6, '0') as run_id,
    timestamp '2025-11-01' + interval (i * 12) second as moment, (hash(i) >> 2)::bigint as h, hash(i) % 20000 as seller
from range(?) r(i)
"""

_DOCUMENTS = """
insert into history.documents by name
select document_id, i || '.pdf' as file_name, '/srv/inbox' as source, 50000 + h % 100000 as bytes, 1 + h % 4 as pages,
    'text' as text_source, case h % 10 when 0 then 'receipt' when 1 then 'contract' else 'invoice' end as doc_type,
    0.99 as doc_type_confidence,
    case when h % 20 = 0 then 'duplicate' when h % 10 < 3 then 'review' when h % 97 = 0 then 'deferred' else 'accepted'
        end as outcome,
    'confidence 0.55, 0.93 is needed' as reason, if(h % 20 = 0, document_id, null) as duplicate_of,
    (h % 1000) / 1000.0 as confidence, if(h % 5 = 0, 'cheap', 'local') as tier,
    (h % 100000) / 7.0 as value_at_stake, 'normal' as sensitivity, ['legal', 'sales', 'it'][1 + h % 3] as label,
    (if(h % 5 = 0, 0.0005, 0) + if(h % 50 = 0, 0.01, 0))::decimal(18, 9) as cost_usd,
    0.027::decimal(18, 9) as premium_everywhere_usd, run_id, moment as settled_at
from made
"""

_FIELDS = """
insert into history.fields by name
select document_id, f.field, case f.field when 'seller_name' then 'Seller ' || seller
        when 'invoice_number' then 'R-' || i when 'issue_date' then '2026-03-01' when 'currency' then 'EUR'
        else ((h % 100000) / 7.0)::decimal(18, 2)::varchar end as value,
    1 as page, 1.0 as x0, 1.0 as y0, 2.0 as x1, 2.0 as y1, 0.99 as confidence, 'local' as tier, 'found' as state, run_id
from made, (select unnest(['invoice_number', 'issue_date', 'seller_name', 'currency', 'gross_total', 'amount_due',
    'net_total', 'tax_total']) as field) f
where h % 20 <> 0
"""

_HEADERS = """
insert into history.headers by name
select d.document_id, d.run_id, d.source, d.file_name, d.doc_type, d.outcome, d.duplicate_of, d.confidence,
    d.value_at_stake, d.cost_usd, d.premium_everywhere_usd, d.settled_at,
    if(h % 20 = 0, null, 'R-' || i) as invoice_number, '2026-03-01' as issue_date, 'EUR' as currency,
    if(h % 20 = 0, null, 'Seller ' || seller) as seller_name,
    ((h % 100000) / 7.0)::decimal(18, 2)::varchar as gross_total, 'r' || i as number_key, 'seller' || seller as name_key
from made join history.documents d using (document_id)
"""

_DECISIONS = """
insert into history.decisions by name
select document_id, 1 as step,
    case when h % 5 = 0 then 'escalate' when h % 10 < 3 then 'review' else 'accept' end as action,
    'local' as from_tier, 'cheap' as to_tier, (h % 1000) / 1000.0 as p_right, (h % 100000) / 7.0 as value_at_stake,
    0.01 as expected_gain_usd, 0.0005 as expected_cost_usd,
    ['iban_valid: wrong digit; amount_usual: 5 EUR', 'doubtful_fields: iban 0.55', 'high_value: 3 USD'][1 + h % 3]
        as reason, 'p' as policy_hash, run_id
from made
"""

_CALLS = """
insert into history.calls by name
select document_id || '-' || k as call_id, document_id, run_id, ['read', 'classify', 'extract', 'extract'][k] as stage,
    case when k < 4 then 'local' when h % 50 = 0 then 'premium' else 'cheap' end as tier,
    if(k < 4, 'local', ['openai', 'anthropic'][1 + h % 2]) as provider,
    case when k < 4 then ['pdfium', 'classes-1', 'rules-1'][k] when h % 50 = 0 then 'large' else 'small' end as model,
    case when k < 4 then 'local' when h % 3 = 0 then 'batch' else 'sync' end as mode, 'free reading' as reason,
    if(k < 4, null, sha256(document_id)) as request_hash, if(h % 2000 = 0 and k = 4, 'unknown', 'ok') as status,
    1 as attempts, if(k < 4, 0, 1000 + h % 5000) as input_tokens, if(k < 4, 0, h % 1000) as cached_input_tokens,
    0 as cache_write_tokens, if(k < 4, 0, 100 + h % 300) as output_tokens, 'v1' as price_version,
    if(k < 4, 0, 0.0005 + if(h % 50 = 0, 0.01, 0))::decimal(18, 9) as cost_usd, moment as started_at,
    (h % 10000) / 7.0 as latency_ms
from made, range(1, 5) r(k)
"""

_REVIEWS = """
insert into history.reviews by name
select document_id, 'iban' as field, 'ann' as reviewer, 60.0 as seconds, 0.5 as cost_usd, moment as reviewed_at
from made where h % 500 = 0
"""

_RUNS = """
insert into history.runs by name
select run_id, min(moment) as started_at, max(moment) as finished_at, 'completed' as status, '/srv/inbox' as source
from made group by run_id
"""


if __name__ == "__main__":
    main()
