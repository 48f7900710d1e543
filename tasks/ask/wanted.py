"""What to ask about a document: only what is in doubt where that suffices, everything where it does not."""

from collections.abc import Collection
from dataclasses import dataclass

from routing.fields import Catalogue
from routing.policy import Acceptance
from tasks.documents import Examined, Field

TOTALS = ("currency", "net_total", "tax_total", "gross_total", "amount_due")
"""Asked together: they are right together or not at all."""

DOC_TYPE, LINE_ITEMS = "doc_type", "line_items"
"""What is no field, among the names that `routing.evidence.Evidence.open_fields` lists."""

_MOST_OF = 0.5  # of a type's fields: where more are in doubt, all are asked


@dataclass(frozen=True, slots=True)
class Ask:
    """What is wanted of a document. Requests with the same `Ask` begin with the same prompt.

    `doc_types` are the types to choose from, none where the type is not in doubt.
    """

    fields: tuple[str, ...]
    doc_types: tuple[str, ...] = ()
    line_items: bool = False


def wanted(document: Examined, open_fields: Collection[str], catalogue: Catalogue) -> Ask:
    """What the document has to be asked about, by the names of what is in doubt (`Evidence.open_fields`).

    Totals go together. Everything is asked where the type or most of its fields are in doubt; the key fields, for a
    second reading of them, where nothing is. What our own readers do not look for is always asked.
    """
    line_items = LINE_ITEMS in open_fields
    if DOC_TYPE in open_fields or document.doc_type not in catalogue.doc_types:
        return Ask(tuple(catalogue.fields), tuple(catalogue.doc_types), line_items)
    names = catalogue.fields_of(document.doc_type)
    doubted = set(open_fields) or set(catalogue.key_fields_of(document.doc_type))
    doubted |= {name for name in names if document.field(name) is None}
    if doubted & set(TOTALS):
        doubted |= set(TOTALS)
    asked = tuple(name for name in names if name in doubted)
    return Ask(names if len(asked) > _MOST_OF * len(names) else asked, (), line_items)


def known(document: Examined, ask: Ask, acceptance: Acceptance) -> tuple[Field, ...]:
    """What is certain and not asked, for the model to go by. What is asked is never shown: agreement of two readers is
    evidence only as long as neither has seen the other's answer."""
    if ask.doc_types:
        return ()
    sure = acceptance.confidence
    return tuple(f for f in document.fields if f.state == "found" and f.confidence >= sure and f.name not in ask.fields)
