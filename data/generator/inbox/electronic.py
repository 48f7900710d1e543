"""E-invoices: hybrids with XML inside the PDF, and XML alone."""

from dataclasses import replace
from datetime import date
from typing import Any

from reportlab.lib.colors import HexColor

from data.generator.einvoices import hybrid, xml
from data.generator.inbox.german import CORRECTION
from data.generator.invoices import Invoice, line
from data.generator.layouts import draw_invoice
from data.generator.locales import LOCALES
from data.generator.sheet import VERA, Style
from data.generator.truth import Document, line_item, stated
from data.generator.vendors import BUYERS, VENDORS

CARRIER = Invoice(
    number="FX-2026-00311",
    issue_date=date(2026, 10, 12),
    due_date=date(2026, 11, 11),
    seller=VENDORS["meridien"],
    buyer=BUYERS["FR"],
    locale=LOCALES["fr-FR"],
    purchase_order="CF-30455",
    references=(("customer_number", "C-08812"),),
    lines=(
        line("Messagerie Lyon – Aubagne, 12 palettes", "12", "48.50", "20", article="MSG-13"),
        line("Affrètement camion complet Aubagne – Le Havre", "1", "1385.00", "20", article="AFF-FTL"),
        line("Surcharge gazole octobre 2026", "1", "117.40", "20", article="SG-10"),
    ),
    terms="30 jours nets par virement",
)

CLEANING = Invoice(
    number="R26-5521",
    issue_date=date(2026, 10, 30),
    due_date=date(2026, 11, 13),
    seller=VENDORS["lindenhof"],
    buyer=BUYERS["DE"],
    locale=LOCALES["de-DE"],
    references=(("customer_number", "4711-HV"), ("period", "Oktober 2026")),
    lines=(
        line("Unterhaltsreinigung Verwaltungsgebäude, Pauschale", "1", "1860.00", "19", "MON", "UR-01"),
        line("Glasreinigung innen und außen", "640", "1.15", "19", "MTK", "GR-02"),
        line("Sonderreinigung Halle 2 nach Umbau", "14.5", "34.80", "19", "HUR", "SR-07"),
    ),
    terms="Zahlbar innerhalb von 14 Tagen ohne Abzug.",
)

HAULAGE = Invoice(
    number="2026-104410",
    issue_date=date(2026, 10, 26),
    due_date=date(2026, 11, 9),
    seller=VENDORS["weserlog"],
    buyer=BUYERS["DE"],
    locale=LOCALES["de-DE"],
    purchase_order="4500018830",
    lines=(
        line("Stückgut Bremen – Hamburg, 4 Sendungen", "4", "86.00", "19", article="SG-HH"),
        line("Lagerung Palettenplatz, Oktober", "22", "9.80", "19", article="LG-PP"),
        line("Zollabfertigung Ausfuhr", "2", "65.00", "19", article="ZA-EX"),
    ),
    terms="14 Tage netto",
)

SPARES = Invoice(
    number="OT-26-07730",
    issue_date=date(2026, 10, 9),
    due_date=date(2026, 11, 8),
    seller=VENDORS["oostpoort"],
    buyer=BUYERS["NL"],
    locale=LOCALES["nl-NL"],
    purchase_order="IO-88077",
    lines=(
        line("Luchtfilter F7, 592 x 592", "12", "31.40", "21", article="F7-592"),
        line("V-snaar SPA 1250", "6", "14.95", "21", article="SPA-1250"),
        line("Handleiding onderhoud, gedrukt", "2", "18.00", "9", article="HB-OND"),
    ),
    terms="30 dagen netto",
)

RETURNED = replace(
    CORRECTION,
    number="CN-26-0098",
    issue_date=date(2026, 10, 28),
    seller=VENDORS["lindenhof"],
    references=(("invoice_reference", "R26-5410"),),
    lines=(line("Gutschrift Glasreinigung September, nicht ausgeführt", "640", "1.15", "19", "MTK"),),
    terms="",
)


def _hybrid(path: str, invoice: Invoice, layout: str, style: Style) -> Document:
    drawn = draw_invoice(invoice, layout, style)
    inside = _inside(invoice)
    visible = stated(invoice, drawn.shown)
    return Document(
        path,
        hybrid(invoice, drawn),
        doc_type=invoice.doc_type,
        layout=f"samples:{layout}",
        language=invoice.locale.language,
        vendor=invoice.seller.name,
        pages=drawn.pages,
        embedded_xml=True,
        fields=inside,
        not_visible=tuple(name for name in inside if name not in visible),
    )


def _alone(path: str, invoice: Invoice, flavour: str) -> Document:
    root = {
        "factur-x": "CrossIndustryInvoice",
        "ubl-2.1": "CreditNote" if invoice.doc_type == "credit_note" else "Invoice",
    }
    return Document(
        path,
        xml(invoice, flavour),
        doc_type=invoice.doc_type,
        layout=f"xml:{root[flavour]}",
        language=invoice.locale.language,
        vendor=invoice.seller.name,
        pages=0,
        text_layer=False,
        embedded_xml=True,
        fields=_inside(invoice),
    )


def _inside(invoice: Invoice) -> dict[str, Any]:
    return {**invoice.values, "line_items": [line_item(item) for item in invoice.lines]}


def documents() -> list[Document]:
    """All of them."""
    return [
        _hybrid("e-rechnung/FX-2026-00311.pdf", CARRIER, "french", Style(VERA, HexColor("#1e3a8a"))),
        _hybrid("e-rechnung/Rechnung R26-5521 (ZUGFeRD).pdf", CLEANING, "din5008", Style(VERA, HexColor("#4d7c0f"), 2)),
        _alone("e-rechnung/xrechnung_2026-104410.xml", HAULAGE, "ubl-2.1"),
        _alone("e-rechnung/OT-26-07730_cii.xml", SPARES, "factur-x"),
        _alone("e-rechnung/creditnote CN-26-0098.xml", RETURNED, "ubl-2.1"),
    ]
