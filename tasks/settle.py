"""Settle a chunk: one outcome per document, with its reason, evidence and cost, as rows for the store."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from routing.confidence import KEY_FIELDS
from routing.decide import decide
from routing.estimate import full_call
from routing.policy import Policy
from routing.prices import PriceList
from tasks.decided import decision_row
from tasks.documents import Check, Examined, LineItem, SourceFile
from tasks.evidence import evidence_of, value_at_stake
from tasks.history import Earlier, History
from tasks.history.keys import key

Row = dict[str, Any]
Rows = dict[str, list[Row]]


@dataclass(frozen=True, slots=True)
class RunContext:
    """What the rows of one run have in common."""

    run_id: str
    run_date: date
    policy: Policy
    prices: PriceList


@dataclass(frozen=True, slots=True)
class Original:
    """The document whose bytes an exact copy has: where it was first seen and what became of it."""

    file_name: str
    outcome: str
    reason: str


def settle(examined: Sequence[Examined], history: History, run: RunContext, settled_at: datetime) -> Rows:
    """The rows of a chunk of examined documents, in their order: a duplicate is a duplicate of what came before it."""
    rows: Rows = {name: [] for name in ("documents", "fields", "line_items", "checks", "decisions", "calls")}
    for document in examined:
        if document.problem:
            rows["documents"].append(_rejected(document, run, settled_at))
        else:
            _settle_read(document, history, run, settled_at, rows)
        rows["calls"] += _calls(document, run)
    return rows


def settle_copies(copies: Iterable[tuple[SourceFile, Original]], run: RunContext, settled_at: datetime) -> Rows:
    """The rows of files whose bytes are those of another document: nothing is read or paid again.

    A copy of a rejected document is rejected for the same reason, any other is a duplicate.
    """
    return {"documents": [_copy(file, original, run, settled_at) for file, original in copies]}


def _settle_read(document: Examined, history: History, run: RunContext, settled_at: datetime, rows: Rows) -> None:
    checks = (*document.checks, *history.checks(document))
    original = history.duplicate_of(document)
    decision = decide(evidence_of(document, checks, run.policy), run.policy)
    if original and (decision.action == "accept" or (original.accepted and _same_keys(document, original))):
        outcome, reason, tier = "duplicate", f"duplicate: {_alike(document, original)}", "local"
    else:
        if original:  # readings in doubt are settled by agreeing with an accepted one in every key field, or not at all
            doubt = f"possible_duplicate: {_alike(document, original)}"
            decision, original = replace(decision, reason=f"{decision.reason}; {doubt}"), None
        outcome, reason = ("accepted" if decision.action == "accept" else "review"), decision.reason
        tier = decision.to_tier or decision.from_tier
        rows["decisions"].append(decision_row(document.file.document_id, 1, decision, run.policy.hash, run.run_id))
    row = _document(document, run, settled_at) | {"outcome": outcome, "reason": reason, "tier": tier}
    rows["documents"].append(row | {"duplicate_of": original.document_id if original else None})
    rows["fields"] += [_field(document, i, run) for i in range(len(document.fields))]
    rows["line_items"] += [_line(document, line, run) for line in document.line_items]
    rows["checks"] += [_check(document, check, run) for check in checks]
    history.add(document, outcome)


def _same_keys(document: Examined, original: Earlier) -> bool:
    """Whether every key field reads as it does in the original."""
    names = KEY_FIELDS[document.doc_type]
    return all(key(document.value(name)) == key(original.fields.get(name)) for name in names)


def _alike(document: Examined, original: Earlier) -> str:
    number = document.value("invoice_number")
    return f"number {number}, seller, date and amount are those of {original.file_name}"


def _document(document: Examined, run: RunContext, settled_at: datetime) -> Row:
    keys = KEY_FIELDS.get(document.doc_type)
    usage = full_call(document.characters, document.images, len(document.line_items), run.policy.estimate)
    return _file(document.file, run, settled_at) | {
        "pages": document.page_count,
        "text_source": document.text_source,
        "doc_type": document.doc_type,
        "doc_type_confidence": document.doc_type_confidence,
        "confidence": document.confidence if keys else document.doc_type_confidence,
        "value_at_stake": value_at_stake(document, run.policy),
        "premium_everywhere_usd": run.prices.dearest(usage),
        "full_call_input_tokens": usage.input_tokens,
        "full_call_output_tokens": usage.output_tokens,
        "warnings": list(document.warnings),
    }


def _file(file: SourceFile, run: RunContext, settled_at: datetime) -> Row:
    return {
        "document_id": file.document_id,
        "file_name": file.file_name,
        "source": file.source,
        "container": file.container,
        "bytes": file.bytes,
        "pages": 0,
        "text_source": "none",
        "doc_type": "other",
        "sensitivity": "normal",
        "cost_usd": Decimal(0),
        "premium_everywhere_usd": Decimal(0),
        "run_id": run.run_id,
        "settled_at": settled_at,
        "warnings": [],
    }


def _rejected(document: Examined, run: RunContext, settled_at: datetime) -> Row:
    code, detail = document.problem or ("", "")
    row = _file(document.file, run, settled_at) | {"pages": document.page_count, "warnings": list(document.warnings)}
    return row | {"outcome": "rejected", "reason": f"{code}: {detail}", "tier": "local"}


def _copy(file: SourceFile, original: Original, run: RunContext, settled_at: datetime) -> Row:
    row = _file(file, run, settled_at) | {"tier": "local", "duplicate_of": file.document_id}
    if original.outcome == "rejected":
        return row | {"outcome": "rejected", "reason": original.reason}
    return row | {"outcome": "duplicate", "reason": f"duplicate: exact copy of {original.file_name}"}


def _field(document: Examined, index: int, run: RunContext) -> Row:
    field = document.fields[index]
    x0, y0, x1, y1 = field.box or (None, None, None, None)
    return {
        "document_id": document.file.document_id,
        "field": field.name,
        "value": field.value,
        "raw_text": field.raw_text,
        "page": field.page,
        "x0": x0,
        "y0": y0,
        "x1": x1,
        "y1": y1,
        "xml_path": field.xml_path,
        "confidence": field.confidence,
        "tier": field.tier,
        "state": field.state,
        "evidence": list(field.evidence),
        "doubts": list(field.doubts),
        "run_id": run.run_id,
    }


def _line(document: Examined, line: LineItem, run: RunContext) -> Row:
    names = ("line", "description", "quantity", "unit_price", "net_amount", "tax_rate", "page", "confidence")
    return {"document_id": document.file.document_id, "run_id": run.run_id} | {n: getattr(line, n) for n in names}


def _check(document: Examined, check: Check, run: RunContext) -> Row:
    return {
        "document_id": document.file.document_id,
        "check": check.name,
        "passed": check.passed,
        "detail": check.detail,
        "run_id": run.run_id,
    }


def _calls(document: Examined, run: RunContext) -> list[Row]:
    """A row for each local reader that ran. They cost nothing, and nothing is ever paid for by their hash."""
    document_id = document.file.document_id
    return [
        {
            "call_id": f"{run.run_id}-{document_id[:16]}-{number}",
            "document_id": document_id,
            "run_id": run.run_id,
            "stage": call.stage,
            "tier": "local",
            "provider": "local",
            "model": call.model,
            "mode": "local",
            "reason": "free reading comes first",
            "status": "ok",
            "attempts": 1,
            "input_tokens": 0,
            "cached_input_tokens": 0,
            "cache_write_tokens": 0,
            "output_tokens": 0,
            "price_version": run.prices.version,
            "cost_usd": Decimal(0),
            "started_at": call.started_at,
            "latency_ms": call.latency_ms,
        }
        for number, call in enumerate(document.calls, 1)
    ]
