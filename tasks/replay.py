"""Past runs decided again under another policy: from the ledger's own evidence, spending and writing nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from routing.bars import under_promise
from routing.evidence import Evidence, kind_of
from routing.policy import Policy, Tier
from routing.prices import PriceList, Usage
from routing.records import Records
from routing.replay import Past, Replay, Setting, replay
from tasks.evidence import Signs, open_fields
from tasks.fields import catalogue
from tasks.labels import labels_of
from tasks.records import records_of
from tasks.store.query import open_current, query_of

_AT_ONCE = 2_000  # documents taken from DuckDB at a time
_ENOUGH_CALLS = 20  # from which on a model's own calls tell how many tokens it takes


@dataclass(frozen=True, slots=True)
class Replayed:
    """The runs decided again, and what their records can't tell: `answers` of each model, on how many fields, and
    `skipped` documents, decided by a version that did not note what it went by."""

    runs: int
    skipped: int
    total: Replay
    setting: Setting
    answers: Mapping[str, int]

    @property
    def never_asked(self) -> list[Tier]:
        """Paid tiers whose model has no answer in the ledger."""
        return [tier for tier in self.setting.policy.tiers if tier.paid and not self.answers.get(tier.model or "")]


def replay_store(store: Path, policy: Policy, prices: PriceList, budget_usd: Decimal | None) -> Replayed:
    """Decide every run of the store again, each as one batch with `budget_usd` for its calls (None is no limit).

    Raises `StoreError` where there is no ledger.
    """
    with open_current(store) as ledger:
        query = query_of(ledger)
        policy, records = under_promise(policy, labels_of(query, policy)), records_of(query)
        share = {model: (sent, received) for model, sent, received in query(_USAGE_SHARE, [_ENOUGH_CALLS])}
        setting = Setting(policy, prices, records, budget_usd, share)
        total, runs = Replay(), runs_of(ledger, policy)
        for run in runs:
            replay(run, setting, total)
        ((skipped,),) = query("select count(*) from history.decisions where step = 1 and p_needed is null", [])
        return Replayed(len(runs), skipped, total, setting, _answers(records))


def runs_of(ledger: duckdb.DuckDBPyConnection, policy: Policy) -> list[Iterable[Past]]:
    """The documents of each run as that run had them, judged by `policy`; each may be gone through several times."""
    found = ledger.execute("select distinct run_id from history.decisions order by run_id").fetchall()
    return [_Run(ledger, run_id, policy) for (run_id,) in found]


def _answers(records: Records) -> dict[str, int]:
    """How many fields each model was asked for."""
    found: dict[str, int] = {}
    for key, asked in records.asked.items():
        if len(key) == 2:
            found[key[0]] = found.get(key[0], 0) + asked
    return found


class _Run:
    """The documents of one run that were decided on, read from the ledger anew each time they are gone through."""

    def __init__(self, ledger: duckdb.DuckDBPyConnection, run_id: str, policy: Policy) -> None:
        self._ledger, self._run_id, self._policy = ledger, run_id, policy

    def __iter__(self) -> Iterator[Past]:
        with self._ledger.cursor() as cursor:
            result = cursor.execute(_PAST, [self._run_id])
            names = [column[0] for column in result.description or []]
            while rows := result.fetchmany(_AT_ONCE):
                for row in rows:
                    yield _past(dict(zip(names, row, strict=True)), self._policy)


def _past(row: Mapping[str, Any], policy: Policy) -> Past:
    sizes = row["full_call_input_tokens"], row["full_call_output_tokens"]
    return Past(
        evidence=_evidence(row, policy),
        full_call=None if None in sizes else Usage(input_tokens=sizes[0], output_tokens=sizes[1]),
        went={"accept": "accepted", "defer": "deferred"}.get(row["action"], row["to_tier"]),
        alone=row["outcome"] in ("accepted", "duplicate"),
        calls_usd=row["calls_usd"],
        people_usd=row["people_usd"],
        wrong=row["corrected"],
    )


def _evidence(row: Mapping[str, Any], policy: Policy) -> Evidence:
    keyed = bool(catalogue(policy.fields_file).key_fields_of(row["doc_type"]))
    failed = [name for name in _failed(row) if name in policy.acceptance.checks_that_hold]
    return Evidence(
        doc_type=row["doc_type"],
        doc_type_confidence=row["doc_type_confidence"],
        confidence=row["p_right"] if keyed else None,
        failed_checks=tuple((name, "") for name in failed),
        doubtful_fields=(),
        value_at_stake=policy.value.in_usd(row["amount"], row["currency"]),
        document_id=row["document_id"],
        text_source=row["text_source"] or "none",
        sensitivity=row["sensitivity"] or "normal",
        seller_name=row["seller_name"] or "",
        label=policy.budgets.label_of(row["source"], row["file_name"]),
        open_fields=_open_fields(row, failed, policy),
    )


def _failed(row: Mapping[str, Any]) -> list[str]:
    """The checks that failed before any model was asked: an answer may have mended some, but the reasons name them."""
    if row["action"] != "escalate":
        return list(row["failed"])
    return [part.partition(":")[0] for part in (row["reason"] or "").split("; ")]


def _open_fields(row: Mapping[str, Any], failed: Sequence[str], policy: Policy) -> tuple[str, ...]:
    """What a model would be asked for by this policy; where one was asked then, what it was asked for."""
    if row["action"] == "escalate":
        return tuple(row["fields"] or ())
    found = {field["field"]: (field["confidence"] or 0.0, field["doubts"] or ()) for field in row["found"]}
    signs = Signs(
        kind=kind_of(row["doc_type"], row["text_source"] or "none"),
        type_confidence=row["doc_type_confidence"],
        keys={
            name: found.get(name, (0.0, ())) for name in catalogue(policy.fields_file).key_fields_of(row["doc_type"])
        },
        failed=failed,
        value_at_stake=policy.value.in_usd(row["amount"], row["currency"]),
    )
    return open_fields(signs, policy)


_PAST = """
with first as (
    select * from history.decisions where run_id = $1 and step = 1 and p_right is not null and p_needed is not null
),
header as (
    select document_id, coalesce(max(value) filter (field = 'amount_due'), max(value) filter (field = 'gross_total'))
        as amount, max(value) filter (field = 'currency') as currency,
        max(value) filter (field = 'seller_name') as seller_name
    from history.fields where run_id = $1 and state = 'found' group by document_id
),
found as (
    select document_id, list({'field': field, 'confidence': confidence, 'doubts': doubts}) as list
    from history.fields where run_id = $1 group by document_id
),
failed as (
    select document_id, list("check" order by "check") as names from history.checks
    where run_id = $1 and not passed group by document_id
),
paid as (
    select document_id, sum(cost_usd) as usd from history.calls where run_id = $1 group by document_id
),
looked as (
    select document_id, sum(cost_usd) as usd, bool_or(before is distinct from after) as corrected
    from history.reviews group by document_id
)
select d.document_id, d.source, d.file_name, d.doc_type, d.doc_type_confidence, d.text_source, d.sensitivity, d.outcome,
    d.full_call_input_tokens, d.full_call_output_tokens, first.action, first.to_tier, first.p_right, first.fields,
    first.reason, header.amount, header.currency, header.seller_name, coalesce(failed.names, []) as failed,
    coalesce(found.list, []) as found, coalesce(paid.usd, 0)::decimal(18, 9) as calls_usd, looked.corrected,
    coalesce(looked.usd, case when d.outcome = 'review' then first.expected_cost_usd else 0 end)::decimal(18, 9)
        as people_usd
from history.documents d join first using (document_id)
left join header using (document_id) left join failed using (document_id)
left join found using (document_id) left join paid using (document_id) left join looked using (document_id)
where d.run_id = $1 and d.duplicate_of is distinct from d.document_id
order by d.document_id
"""

_USAGE_SHARE = """
select c.model, sum(c.input_tokens + coalesce(c.cached_input_tokens, 0) + coalesce(c.cache_write_tokens, 0))
    / sum(d.full_call_input_tokens), sum(c.output_tokens) / sum(d.full_call_output_tokens)
from history.calls c join history.documents d using (document_id, run_id)
where c.mode <> 'local' and c.status = 'ok' and d.full_call_input_tokens > 0 and d.full_call_output_tokens > 0
group by c.model having count(*) >= ?
"""
