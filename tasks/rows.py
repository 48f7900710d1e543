"""Results as rows of the ledger: what was read and decided, in the columns of data/sql/schema.sql."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from routing.estimate import full_call
from routing.policy import Policy
from routing.prices import PriceList, Usage
from tasks.documents import Check, Examined, Field, LineItem, PageReading, SourceFile
from tasks.evidence import value_at_stake
from tasks.fields import catalogue

Row = dict[str, Any]
Rows = dict[str, list[Row]]


@dataclass(frozen=True)
class RunContext:
    """What the rows of one run have in common."""

    run_id: str
    run_date: date
    policy: Policy
    prices: PriceList

    @cached_property
    def policy_hash(self) -> str:
        """Of all settings at once, which takes longer than a row does."""
        return self.policy.hash


@dataclass(frozen=True, slots=True)
class Original:
    """The document whose bytes an exact copy has: where it was first seen and what became of it."""

    file_name: str
    outcome: str
    reason: str


def document_row(document: Examined, run: RunContext, settled_at: datetime) -> Row:
    """The row of a document that was read, without outcome, reason and tier."""
    keys = catalogue(run.policy.fields_file).key_fields_of(document.doc_type)
    usage = full_call_of(document, run.policy)
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
        "sensitivity": document.sensitivity,
        "label": run.policy.budgets.label_of(document.file.source, document.file.file_name),
        "warnings": list(document.warnings),
    }


def full_call_of(document: Examined, policy: Policy) -> Usage:
    """The tokens of one full-schema call on the document: what premium-everywhere is reckoned from."""
    return full_call(document.characters, document.images, len(document.line_items), policy.estimate)


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


def rejected_row(document: Examined, run: RunContext, settled_at: datetime) -> Row:
    """The row of a document that could not be read."""
    code, detail = document.problem or ("", "")
    row = _file(document.file, run, settled_at) | {"pages": document.page_count, "warnings": list(document.warnings)}
    return row | {"outcome": "rejected", "reason": f"{code}: {detail}", "tier": "local"}


def copy_row(file: SourceFile, original: Original, run: RunContext, settled_at: datetime) -> Row:
    """The row of a file whose bytes are those of another document."""
    row = _file(file, run, settled_at) | {"tier": "local", "duplicate_of": file.document_id}
    if original.outcome == "rejected":
        return row | {"outcome": "rejected", "reason": original.reason}
    if original.outcome == "deferred":
        return row | {"outcome": "deferred", "reason": f"deferred: exact copy of {original.file_name}, which waits"}
    return row | {"outcome": "duplicate", "reason": f"duplicate: exact copy of {original.file_name}"}


def field_row(document: Examined, field: Field, run: RunContext) -> Row:
    """The row of one of the document's fields."""
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


def line_row(document: Examined, line: LineItem, run: RunContext) -> Row:
    """The row of one of its line items."""
    names = ("line", "description", "quantity", "unit_price", "net_amount", "tax_rate", "page", "confidence")
    return {"document_id": document.file.document_id, "run_id": run.run_id} | {n: getattr(line, n) for n in names}


def check_row(document: Examined, check: Check, run: RunContext) -> Row:
    """The row of one check of it."""
    return {
        "document_id": document.file.document_id,
        "check": check.name,
        "passed": check.passed,
        "detail": check.detail,
        "run_id": run.run_id,
    }


def page_reading_row(document: Examined, read: PageReading, run: RunContext) -> Row:
    """The row of how its page was read without its XML."""
    return {
        "document_id": document.file.document_id,
        "doc_type": read.doc_type,
        "text_source": read.text_source,
        "confidence": read.confidence,
        "wrong": list(read.wrong),
        "run_id": run.run_id,
    }


def local_call_rows(document: Examined, run: RunContext) -> list[Row]:
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
