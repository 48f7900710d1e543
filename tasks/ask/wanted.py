"""What to ask about a document: only what is in doubt where that suffices, everything where it does not."""

from collections.abc import Iterator
from dataclasses import dataclass

from routing.fields import Catalogue
from routing.policy import Acceptance
from tasks.documents import Examined, Field

TOTALS = ("currency", "net_total", "tax_total", "gross_total", "amount_due")
"""Asked together: they are right together or not at all."""

_IMPLICATED = {
    "amounts_add_up": TOTALS,
    "amount_due_adds_up": TOTALS,
    "one_currency": TOTALS,
    "lines_add_up": ("net_total",),
    "iban_valid": ("iban",),
    "vat_id_valid": ("seller_vat_id", "buyer_vat_id"),
    "dates_in_order": ("issue_date", "due_date"),
}
"""The fields that a failing check puts in doubt."""

_LINE_CHECKS = frozenset({"lines_add_up", "rows_complete"})
_MOST_OF = 0.5  # of a type's fields: where more are in doubt, all are asked


@dataclass(frozen=True, slots=True)
class Ask:
    """What is wanted of a document. Requests with the same `Ask` begin with the same prompt.

    `doc_types` are the types to choose from, none where the type is not in doubt.
    """

    fields: tuple[str, ...]
    doc_types: tuple[str, ...] = ()
    line_items: bool = False


def wanted(document: Examined, acceptance: Acceptance, catalogue: Catalogue) -> Ask:
    """What the document has to be asked about: everything where its type or most of its fields are in doubt."""
    if document.doc_type not in catalogue.doc_types or document.doc_type_confidence < acceptance.doc_type_confidence:
        return Ask(tuple(catalogue.fields), tuple(catalogue.doc_types), _lines_in_doubt(document, catalogue))
    names = catalogue.fields_of(document.doc_type)
    doubtful = set(_doubtful(document, acceptance, catalogue))
    if len(doubtful) > _MOST_OF * len(names):
        doubtful = set(names)
    return Ask(tuple(name for name in names if name in doubtful), (), _lines_in_doubt(document, catalogue))


def known(document: Examined, ask: Ask, acceptance: Acceptance) -> tuple[Field, ...]:
    """What is certain and not asked, for the model to go by. What is asked is never shown: agreement of two readers is
    evidence only as long as neither has seen the other's answer."""
    if ask.doc_types:
        return ()
    sure = acceptance.confidence
    return tuple(f for f in document.fields if f.state == "found" and f.confidence >= sure and f.name not in ask.fields)


def _doubtful(document: Examined, acceptance: Acceptance, catalogue: Catalogue) -> Iterator[str]:
    keys = catalogue.key_fields_of(document.doc_type)
    enough = acceptance.confidence ** (1 / max(len(keys), 1))  # each, for all of them to reach it
    unsure = [name for name in keys if _confidence(document, name) < enough]
    unsought = [name for name in catalogue.fields_of(document.doc_type) if document.field(name) is None]
    failed = [check.name for check in document.checks if check.passed is False]
    for name in (*unsure, *unsought, *(name for check in failed for name in _IMPLICATED.get(check, ()))):
        yield from TOTALS if name in TOTALS else (name,)


def _confidence(document: Examined, name: str) -> float:
    field = document.field(name)
    return field.confidence if field and field.state == "found" else 0.0


def _lines_in_doubt(document: Examined, catalogue: Catalogue) -> bool:
    known_type = catalogue.doc_types.get(document.doc_type)
    has_lines = known_type is None or known_type.line_items
    return has_lines and any(check.passed is False and check.name in _LINE_CHECKS for check in document.checks)
