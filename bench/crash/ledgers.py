"""What a store holds in the end, compared with what another one does, and with the bill of the stand-in."""

from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import paying

from bench.crash.program import check
from tasks.store.query import query_ledger

Results = dict[str, list[tuple[Any, ...]]]

_RESULTS = {
    "documents": """select * exclude (run_id, settled_at, cost_usd, source) from documents""",
    "fields": "select * exclude (run_id) from fields",
    "line_items": "select * exclude (run_id) from line_items",
    "checks": "select * exclude (run_id) from checks",
    "decisions": """select document_id, step, action, from_tier, to_tier, p_right, p_needed, acceptable, required_tier,
        value_at_stake, loss_usd, fields from decisions""",
    "readings": """select document_id, stage, model, count(*) / count(distinct run_id) from history.calls
        where mode = 'local' and document_id in (select document_id from documents) group by all""",
    "answers": """select document_id, stage, tier, model, mode, status, request_hash, input_tokens,
        cached_input_tokens, cache_write_tokens, output_tokens, cost_usd from history.calls
        where mode <> 'local' and status <> 'unknown'""",
}
"""What must be the same, however a run went: no times, no ids of runs, no calls of unknown fate; and no expected costs,
since what was paid before costs nothing. A document that waits for a batch is read again by the next run, or not where
`collect-batches` came first: readings are those in one run."""

_SETTLED_TWICE = """select document_id || ' ' || file_name from history.documents where outcome <> 'deferred'
    group by document_id, source, file_name having count(*) > 1"""


def rows(store: Path, sql: str) -> list[tuple[Any, ...]]:
    """What `sql` selects from the published ledger."""
    return list(query_ledger(store, sql)[1])


def results(store: Path) -> Results:
    """All results of a store."""
    return {name: rows(store, f"from ({sql}) order by all") for name, sql in _RESULTS.items()}


def waiting(store: Path) -> bool:
    """Whether any document waits for another run."""
    return bool(rows(store, "select 1 from documents where outcome = 'deferred' limit 1"))


def check_same(found: Results, expected: Results) -> None:
    """Raises `BrokenError` with the first rows that differ."""
    for name, wanted in expected.items():
        lost, odd = Counter(map(repr, wanted)), Counter(map(repr, found[name]))
        lost, odd = lost - odd, odd - lost
        detail = f"{name}: {lost.total()} rows lost, {odd.total()} that should not be there"
        check(not (lost or odd), "\n".join([detail, *_some("lost", lost), *_some("odd", odd)]))


def check_same_readings(store: Path, expected: Results, without: set[str]) -> None:
    """Raises `BrokenError` unless each document reads as it should, but for those that are left out."""
    found = results(store)
    wanted = {row[0] for row in expected["documents"]} - without
    for name in ("fields", "line_items"):
        both = [{name: [row for row in each[name] if row[0] in wanted]} for each in (found, expected)]
        check_same(*both)


def check_settled_once(store: Path) -> None:
    """Raises `BrokenError` for a document that was settled by two runs."""
    twice = rows(store, _SETTLED_TWICE)
    check(not twice, f"settled by two runs: {twice[:3]}")


def check_bill(store: Path, bill: dict[str, Any], unknown_at_most: int) -> None:
    """Raises `BrokenError` unless every billed call is one answer of the ledger at the same price, or one of those that
    are shown as unknown."""
    calls = paying.entries(store)
    answered = {e.provider_request_id: e for e in calls if e.state == "answered"}
    unknown = Counter(e.intent.request_hash for e in calls if e.state == "unknown")
    doubled = [name for name, count in Counter(e.intent.request_hash for e in answered.values()).items() if count > 1]
    check(not doubled, f"answered twice: {doubled}")
    check(unknown.total() <= unknown_at_most, f"{unknown.total()} calls of unknown fate, {unknown_at_most} could be")
    lost: Counter[str] = Counter()
    for call in bill["calls"]:
        if entry := answered.pop(call["call_id"], None):
            check(entry.cost_usd == Decimal(call["usd"]), f"{entry.call_id} is billed {call['usd']}")
        else:
            lost[call["request_hash"]] += 1
    check(not answered, f"answers that nobody billed: {[*answered][:3]}")
    check(not lost - unknown, f"billed, and not in the ledger: {lost - unknown}")


def _some(what: str, found: "Counter[str]") -> list[str]:
    return [f"  {what}: {row}" for row in sorted(found)[:4]]
