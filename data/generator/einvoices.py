"""Electronic invoices: EN 16931 as UBL 2.1 or UN/CEFACT CII, alone or inside a PDF (Factur-X, ZUGFeRD 2)."""

import re
from typing import Any

from facturx import generate_from_binary, generate_xml

from data.generator.invoices import Invoice
from data.generator.layouts import Drawn
from data.generator.vendors import Party

EN16931 = "urn:cen.eu:en16931:2017"
TYPE_CODES = {"invoice": "380", "credit_note": "381"}
CREDIT_TRANSFER = "58"
MADE_AT = b"20261101080000"
"""The time that the PDF claims to have been made, in place of the clock."""


def terms(invoice: Invoice) -> dict[str, Any]:
    """The invoice by EN 16931 term, as factur-x takes it."""
    data: dict[str, Any] = {
        "BT-1": invoice.number,
        "BT-2": invoice.issue_date,
        "BT-3": TYPE_CODES[invoice.doc_type],
        "BT-5": invoice.locale.currency,
        "BT-9": invoice.due_date,
        "BT-13": invoice.purchase_order,
        "BT-20": invoice.terms,
        "BT-24": EN16931,
        "BT-72": invoice.issue_date,
        "BT-81": CREDIT_TRANSFER,
        "BT-84": invoice.seller.iban,
        "BT-86": invoice.seller.bic,
        "BT-106": str(invoice.lines_total),
        "BT-107": str(invoice.allowance_total) if invoice.allowance else "",
        "BT-109": str(invoice.net_total),
        "BT-110": str(invoice.tax_total),
        "BT-112": str(invoice.gross_total),
        "BT-113": str(invoice.paid) if invoice.paid else "",
        "BT-115": str(invoice.amount_due),
        "BG-1": [{"BT-22": invoice.note}] if invoice.note else [],
        "BG-3": [{"BT-25": value} for key, value in invoice.references if key == "invoice_reference"],
        "BG-4": _party(invoice.seller),
        "BG-7": _party(invoice.buyer),
        "BG-20": _allowances(invoice),
        "BG-23": _taxes(invoice),
        "BG-25": _lines(invoice),
    }
    return {term: value for term, value in data.items() if value not in ("", [], None)}


def _party(party: Party) -> dict[str, Any]:
    facts = {
        "name": party.name,
        "vat_identifier": party.vat_id.removesuffix(" MWST"),
        "addr_l1": party.street,
        "postcode": party.postcode,
        "city": party.city,
        "country_code": party.country,
        "einvoicing_addr": party.email,
        "einvoicing_addr_schemeid": "EM" if party.email else "",
    }
    return {key: value for key, value in facts.items() if value}


def _allowances(invoice: Invoice) -> list[dict[str, str]]:
    if not invoice.allowance:
        return []
    (rate,) = invoice.taxable
    return [
        {
            "amount": str(invoice.allowance_total),
            "base_amount": str(invoice.lines_total),
            "rate": str(invoice.allowance),
            "reason": "Discount",
            "reason_code": "95",
            "vat_category_code": "S",
            "vat_rate": str(rate),
        }
    ]


def _taxes(invoice: Invoice) -> list[dict[str, str]]:
    return [
        {"BT-116": str(base), "BT-117": str(invoice.taxes[rate]), "BT-118": "S", "BT-119": str(rate)}
        for rate, base in invoice.taxable.items()
    ]


def _lines(invoice: Invoice) -> list[dict[str, str]]:
    return [
        {
            "BT-126": str(number),
            "BT-129": str(item.quantity),
            "BT-130": item.unit,
            "BT-131": str(item.net_amount),
            "BT-146": str(item.unit_price),
            "BT-151": "S",
            "BT-152": str(item.tax_rate),
            "BT-153": item.description,
            **({"BT-155": item.article} if item.article else {}),
        }
        for number, item in enumerate(invoice.lines, 1)
    ]


def xml(invoice: Invoice, flavour: str) -> bytes:
    """The invoice as `ubl-2.1` or `factur-x` (CII), valid against the standard's schema."""
    return bytes(generate_xml(terms(invoice), flavor=flavour, level="en16931", check_schematron=False))


def hybrid(invoice: Invoice, drawn: Drawn) -> bytes:
    """The drawn PDF with the invoice as CII inside it."""
    metadata = {
        "author": invoice.seller.name,
        "title": f"{invoice.seller.name}: {invoice.number}",
        "subject": invoice.number,
        "keywords": "Factur-X",
    }
    pdf = generate_from_binary(
        drawn.pdf,
        xml(invoice, "factur-x"),
        flavor="factur-x",
        level="en16931",
        pdf_metadata=metadata,
        xmp_compression=False,
    )
    return _timeless(bytes(pdf))


def _timeless(pdf: bytes) -> bytes:
    """`pdf` with every mention of the clock replaced by `MADE_AT`, length for length."""
    stamp = MADE_AT.decode()
    iso = f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}T{stamp[8:10]}:{stamp[10:12]}:{stamp[12:]}".encode()
    pdf = re.sub(rb"(D:|D\\072)20\d{12}", rb"\g<1>" + MADE_AT, pdf)
    return re.sub(rb"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?=\+00:00)", iso, pdf)
