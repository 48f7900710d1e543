"""JUDGE: how sure we are of what was extracted, by the fitted table of data/confidence.toml."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from routing.confidence import ConfidenceTable, FieldSigns, document_confidence, field_confidence
from routing.fields import Catalogue
from tasks.check import check
from tasks.classify import Classified
from tasks.documents import Check, Field, LineItem, Reading
from tasks.extract import Extracted
from tasks.extract.described import extract_described
from tasks.extract.sheet import Sheet
from tasks.fields import shipped

_SPEAK_FOR = {
    "net_total": ("lines_add_up",),
    "gross_total": ("lines_add_up", "amount_due_adds_up"),
    "amount_due": ("lines_add_up", "amount_due_adds_up"),
}
"""The checks that are evidence of a field where they hold."""

_SPEAK_AGAINST = {
    "lines_add_up": ("lines_differ", ("net_total", "gross_total", "amount_due")),
    "amounts_add_up": ("sums_differ", ("net_total", "tax_total", "gross_total", "amount_due")),
    "amount_due_adds_up": ("due_differs", ("gross_total", "amount_due")),
}
"""What it is called where one of them fails, and of which fields it is a sign then."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Fields and lines with their confidence, and the document's: 0 for a class without key fields."""

    fields: tuple[Field, ...]
    line_items: tuple[LineItem, ...]
    confidence: float


def judge(
    classified: Classified, found: Extracted, checks: Sequence[Check], catalogue: Catalogue | None = None
) -> Judged:
    """The probability that each field is right, and that class and key fields all are.

    Which those are is for the `catalogue` to say, the one that ships where none is given.
    """
    signed = with_checks(found.fields, checks)
    fields = tuple(replace(field, confidence=_confidence(field)) for field in signed)
    keys = (catalogue or shipped()).key_fields_of(classified.doc_type)
    return Judged(fields, found.line_items, confidence_of(keys, classified.confidence, fields))


def judge_pages(reading: Reading, sheet: Sheet, classified: Classified, catalogue: Catalogue) -> Judged:
    """The pages read as a document of that class, checked and judged."""
    found = extract_described(sheet, classified.doc_type, None, catalogue)
    return judge(classified, found, check(reading, found.fields, found.table), catalogue)


def with_checks(fields: Sequence[Field], checks: Sequence[Check]) -> tuple[Field, ...]:
    """The fields with what the checks that hold say for them: sums that lead to a total are evidence of it."""
    held = {check.name for check in checks if check.passed}
    values = {field.name: field.value for field in fields}
    if values.get("amount_due") == values.get("gross_total"):  # then there is nothing to add up
        held.discard("amount_due_adds_up")
    failed = [_SPEAK_AGAINST[check.name] for check in checks if check.passed is False and check.name in _SPEAK_AGAINST]
    against = {name: [sign for sign, fields in failed if name in fields] for name in values}
    return tuple(
        replace(
            field,
            evidence=(
                *field.evidence,
                *(c for c in _SPEAK_FOR.get(field.name, ()) if c in held),
                *against[field.name],
            ),
        )
        if field.state == "found"
        else field
        for field in fields
    )


def confidence_of(keys: Sequence[str], type_confidence: float, fields: Sequence[Field]) -> float:
    """The probability that the class and each of its key fields are right, 0 for a class without any.

    An absent field that carries a confidence was looked for by two readers: it is theirs that it is not printed.
    """
    signs = {f.name: FieldSigns(f.state == "found" or f.confidence > 0, f.confidence) for f in fields}
    return document_confidence(keys, type_confidence, signs, table()) or 0.0


@cache
def table() -> ConfidenceTable:
    """The table that ships with this version."""
    return ConfidenceTable(**tomllib.loads((files("data") / "confidence.toml").read_text(encoding="utf-8")))


def _confidence(field: Field) -> float:
    if field.state != "found":
        return 0.0
    return field_confidence(field.name, field.evidence, field.doubts, table())
