"""Settle a chunk: one outcome per document, with its reason, evidence and cost, as rows for the store."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from routing.decide import Decision, decide, is_covered
from routing.evidence import Evidence
from routing.policy import Policy
from tasks.climb.ascent import Ascent
from tasks.climb.climber import Candidate, Climber
from tasks.decided import decision_row
from tasks.documents import Examined, SourceFile
from tasks.evidence import evidence_of
from tasks.fields import catalogue
from tasks.history import Earlier, History
from tasks.history.keys import key
from tasks.rows import (
    Original,
    Row,
    Rows,
    RunContext,
    check_row,
    copy_row,
    document_row,
    field_row,
    line_row,
    local_call_rows,
    page_reading_row,
    rejected_row,
)
from tasks.sensitivity import NORMAL

_TABLES = ("documents", "fields", "line_items", "checks", "page_readings", "decisions", "calls")


def _no_rows() -> Rows:
    return {name: [] for name in _TABLES}


@dataclass(slots=True)
class Settled:
    """The rows of documents with an outcome, and those that have none yet because a model may mend them."""

    rows: Rows = field(default_factory=_no_rows)
    candidates: list[Candidate] = field(default_factory=list)


def settle(
    climbers: Sequence[Climber],
    history: History,
    run: RunContext,
    settled_at: datetime,
    ascent: Ascent | None = None,
    paid: Mapping[str, Sequence[Row]] | None = None,
) -> Settled:
    """What becomes of the documents, in their order: a duplicate is a duplicate of what came before it.

    `ascent` is given where documents may still climb to a model: they are candidates then. `paid` has the rows of their
    paid calls that are not in the ledger yet, by document_id.
    """
    settled = Settled()
    for climber in climbers:
        document, calls = climber.document, (paid or {}).get(climber.document.file.document_id, ())
        if document.problem:
            row: Row | None = rejected_row(document, run, settled_at)
        elif climber.waits:
            row = _deferred(climber, run, settled_at, settled.rows)
        else:
            row = _settle_read(climber, history, run, settled_at, ascent, settled)
        if row is None:
            continue
        settled.rows["documents"].append(row | {"cost_usd": sum((call["cost_usd"] for call in calls), Decimal(0))})
        settled.rows["calls"] += [*local_call_rows(document, run), *calls]
    return settled


def settle_copies(copies: Iterable[tuple[SourceFile, Original]], run: RunContext, settled_at: datetime) -> Rows:
    """The rows of files whose bytes are those of another document: nothing is read or paid again.

    A copy of a rejected document is rejected for the same reason, one of a document that waits waits with it, any other
    is a duplicate.
    """
    return {"documents": [copy_row(file, original, run, settled_at) for file, original in copies]}


def _deferred(climber: Climber, run: RunContext, settled_at: datetime, rows: Rows) -> Row:
    """It waits for the next run, which reads it again; only its way so far and what it cost are kept."""
    document, decisions = climber.document, climber.decisions
    if not decisions or decisions[-1].action != "defer":
        evidence = evidence_of(document, document.checks, run.policy)
        judged = decide(evidence, run.policy, climber.tier)
        waiting = replace(judged, action="defer", to_tier=None, expected_cost_usd=Decimal(0), reason=climber.waits)
        decisions = (*decisions, waiting)
    rows["decisions"] += _decision_rows(document, decisions, run)
    row = document_row(document, run, settled_at)
    return row | {"outcome": "deferred", "reason": climber.waits, "tier": climber.tier}


def _settle_read(
    climber: Climber,
    history: History,
    run: RunContext,
    settled_at: datetime,
    ascent: Ascent | None,
    settled: Settled,
) -> Row | None:
    """The row of a document that was read; None where it may climb."""
    document, rows = climber.document, settled.rows
    checks = (*document.checks, *history.checks(document))
    original = history.duplicate_of(document)
    evidence = evidence_of(document, checks, run.policy)
    decision = _decided(climber, evidence, run)
    decisions = climber.decisions
    if original and (decision.action == "accept" or (original.accepted and _same_keys(document, original, run.policy))):
        outcome, reason, tier = "duplicate", f"duplicate: {_alike(document, original)}", climber.tier
    else:
        if ascent and document.kept and (candidate := _candidate(climber, evidence, run, ascent)):
            settled.candidates.append(candidate)
            return None
        if original:  # readings in doubt are settled by agreeing with an accepted one in every key field, or not at all
            doubt = f"possible_duplicate: {_alike(document, original)}"
            decision, original = replace(decision, reason=f"{decision.reason}; {doubt}"), None
        outcome, reason = ("accepted" if decision.action == "accept" else "review"), decision.reason
        tier = decision.to_tier or decision.from_tier
        decisions = (*decisions, decision)
    rows["decisions"] += _decision_rows(document, decisions, run)
    rows["fields"] += [field_row(document, field, run) for field in document.fields]
    rows["line_items"] += [line_row(document, line, run) for line in document.line_items]
    rows["checks"] += [check_row(document, check, run) for check in checks]
    if document.page_reading:
        rows["page_readings"].append(page_reading_row(document, document.page_reading, run))
    history.add(document, outcome)
    row = document_row(document, run, settled_at) | {"outcome": outcome, "reason": reason, "tier": tier}
    return row | {"duplicate_of": original.document_id if original else None}


def _decided(climber: Climber, evidence: Evidence, run: RunContext) -> Decision:
    """Accept, or a person: by the rules, and by the plan for the whole batch where it has spoken. A tier that could not
    answer is a reason for neither."""
    decision = decide(evidence, run.policy, climber.tier)
    planned = climber.planned
    promised = planned and planned.action == "accept" and is_covered(evidence, run.policy)
    if planned and (promised or planned.action in ("review", decision.action)):
        decision = planned
    remarks = [climber.failed, _barred(evidence, run) if decision.action == "review" else ""]
    return replace(decision, reason="; ".join([decision.reason, *filter(None, remarks)]))


def _barred(evidence: Evidence, run: RunContext) -> str:
    """Why no model was asked, where the document's class is the reason."""
    paid = [tier for tier in run.policy.tiers if tier.paid]
    if evidence.sensitivity == NORMAL or any(evidence.sensitivity in tier.sensitivities for tier in paid):
        return ""
    return f"{evidence.sensitivity}: no paid tier may see it"


def _candidate(climber: Climber, evidence: Evidence, run: RunContext, ascent: Ascent) -> Candidate | None:
    """The document as a candidate for a model, if asking one pays, or the promise for the batch is to decide."""
    document = climber.document
    options = ascent.options(document, evidence, answered=climber.answered)
    if is_covered(evidence, run.policy):
        price = ascent.promised_price(document, climber.answered)
        return Candidate(document.file.document_id, evidence, options, covered_usd=price)
    if decide(evidence, run.policy, options=options).action not in ("escalate", "defer"):
        return None
    return Candidate(document.file.document_id, evidence, options)


def _decision_rows(document: Examined, decisions: Sequence[Decision], run: RunContext) -> list[Row]:
    document_id = document.file.document_id
    return [decision_row(document_id, step, d, run.policy_hash, run.run_id) for step, d in enumerate(decisions, 1)]


def _same_keys(document: Examined, original: Earlier, policy: Policy) -> bool:
    """Whether every key field reads as it does in the original."""
    names = catalogue(policy.fields_file).key_fields_of(document.doc_type)
    return bool(names) and all(key(document.value(name)) == key(original.fields.get(name)) for name in names)


def _alike(document: Examined, original: Earlier) -> str:
    number = document.value("invoice_number")
    return f"number {number}, seller, date and amount are those of {original.file_name}"
