"""EXTRACT: header fields and line items of one document, each grounded where it stands."""

from dataclasses import dataclass, field

from tasks.documents import Field, LineItem
from tasks.extract.einvoice import EInvoice
from tasks.extract.header import header_fields
from tasks.extract.lines import LineTable, line_table, totals_of
from tasks.extract.scorer import Scorer, shipped
from tasks.extract.sheet import Sheet

__all__ = ["RULES", "Extracted", "extract"]

RULES = "rules-1, scorer-1"
"""Name and version of the page rules and the trained scorer, as `calls` records them."""

_WITH_FIELDS = frozenset({"invoice", "credit_note", "receipt", "purchase_order"})


@dataclass(frozen=True, slots=True)
class Extracted:
    """The fields and line items of one document, before anybody has judged how sure they are."""

    fields: tuple[Field, ...] = ()
    table: LineTable = field(default_factory=LineTable)

    @property
    def line_items(self) -> tuple[LineItem, ...]:
        """The line items alone."""
        return self.table.items


def extract(sheet: Sheet, doc_type: str, einvoice: EInvoice | None, scorer: Scorer | None = None) -> Extracted:
    """What the e-invoice XML states, else what stands on the pages; nothing for a class without such fields.

    `scorer` is the one that ships, unless another is given.
    """
    if einvoice:
        return Extracted(einvoice.fields, LineTable(einvoice.line_items))
    if doc_type not in _WITH_FIELDS:
        return Extracted()
    fields = header_fields(sheet, doc_type, scorer or shipped())
    return Extracted(fields, line_table(sheet, totals_of(fields)))
