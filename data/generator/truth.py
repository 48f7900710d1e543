"""What is known of each document, in the form of one line of `truth.jsonl`."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from data.generator.invoices import Invoice, Line

DOCUMENTS = "docs"
"""The folder of the documents, beside `truth.jsonl`."""


@dataclass(frozen=True)
class Document:
    """A file of the sample folder and its truth. `payload` are its bytes; `outcome` is what a person would expect of a
    run, `reason` why in a word or two. A document inside a mail or archive has the path
    `container/name`, and `container` are the bytes of the whole. `boxes` tell where each field is printed, as lists of
    page, x0, y0, x1, y1 in points from the top left; papers of one `wording` say things the same way."""

    path: str
    payload: bytes
    doc_type: str
    layout: str
    language: str
    vendor: str | None
    outcome: str = "accepted"
    reason: str = "clear"
    pages: int = 1
    text_layer: bool = True
    embedded_xml: bool = False
    fields: dict[str, Any] = field(default_factory=dict)
    extra_fields: dict[str, Any] = field(default_factory=dict)
    not_visible: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    image_copy_of: str | None = None
    doc_type_ok: tuple[str, ...] = ()
    container: bytes | None = None
    boxes: dict[str, list[list[float]]] = field(default_factory=dict)
    wording: str = ""

    @property
    def file(self) -> tuple[str, bytes]:
        """Path and bytes of the file it lies in."""
        return (self.path, self.payload) if self.container is None else (self.path.rpartition("/")[0], self.container)

    @property
    def document_id(self) -> str:
        """SHA-256 of the bytes."""
        return hashlib.sha256(self.payload).hexdigest()

    def row(self) -> dict[str, Any]:
        """The line of `truth.jsonl`."""
        row = {
            "document_id": self.document_id,
            "path": f"{DOCUMENTS}/{self.path}",
            "source": "ledgerline-samples",
            "format": self.path.rpartition(".")[2].lower(),
            "pages": self.pages,
            "bytes": len(self.payload),
            "text_layer": self.text_layer,
            "embedded_xml": self.embedded_xml,
            "image_copy_of": self.image_copy_of,
            "layout": self.layout,
            "vendor": self.vendor,
            "language": self.language,
            "real_world": "generated sample",
            "stylesheet": False,
            "doc_type": self.doc_type,
            "doc_type_ok": list(self.doc_type_ok or (self.doc_type,)),
            "truth_source": "generator",
            "complete": bool(self.fields),
            "fields": self.fields,
            "extra_fields": self.extra_fields,
            "weak_fields": {},
            "not_visible": list(self.not_visible),
            "notes": list(self.notes),
            "expected_outcome": self.outcome,
            "expected_reason": self.reason,
        }
        return row | ({"wording": self.wording, "boxes": self.boxes} if self.wording else {})


def stated(invoice: Invoice, shown: Collection[str]) -> dict[str, Any]:
    """The fields that a paper showing `shown` states. The amount due is the gross total where it says nothing else."""
    visible = {*shown, "amount_due"} if "gross_total" in shown else set(shown)
    fields: dict[str, Any] = {name: value for name, value in invoice.values.items() if name in visible}
    if "line_items" in shown:
        fields["line_items"] = [line_item(item) for item in invoice.lines]
    return fields


def line_item(item: Line) -> dict[str, str]:
    """One line as the truth writes it."""
    return {
        "description": item.description.replace("\n", " "),
        "quantity": str(item.quantity),
        "unit": item.unit,
        "unit_price": str(item.unit_price),
        "line_total": str(item.net_amount),
        "tax_rate": str(item.tax_rate),
    }
