"""What is no invoice: purchase orders, a contract, a statement of account, a letter."""

from datetime import date
from pathlib import Path

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import LETTER

from data.generator.invoices import Invoice, line
from data.generator.layouts import Drawn, draw_paper
from data.generator.locales import LOCALES
from data.generator.paper import paper
from data.generator.sheet import GREY, HELVETICA, TIMES, Sheet, Style
from data.generator.truth import Document
from data.generator.vendors import BUYERS, VENDORS
from data.generator.writing import LEFT, flow, rows, signature

TEXTS = Path(__file__).parents[1] / "texts"

CUTTERS = Invoice(
    number="4500018823",
    issue_date=date(2026, 10, 12),
    seller=VENDORS["brandner"],
    buyer=BUYERS["DE"],
    locale=LOCALES["de-DE"],
    doc_type="purchase_order",
    references=(("delivery_date", "02.11.2026"), ("contact", "M. Ewers")),
    lines=(
        line("Wendeschneidplatten CNMG 120408, 10 Stück", "20", "86.40", article="WSP-1204"),
        line("Bohrstange Ø 25 mm, Innenkühlung", "2", "318.00", article="BS-25I"),
    ),
    terms="Lieferung frei Haus. Bitte geben Sie unsere Bestellnummer auf Lieferschein und Rechnung an.",
)

ANCHORS = Invoice(
    number="HV-20963",
    issue_date=date(2026, 10, 20),
    seller=VENDORS["prairie"],
    buyer=BUYERS["US"],
    locale=LOCALES["en-US"],
    doc_type="purchase_order",
    references=(("delivery_date", "10/27/2026"), ("contact", "T. Whitcomb")),
    lines=(
        line('Clevis pin 3/8 x 2", stainless', "120", "1.18", article="CP-038-2S"),
        line('Retaining ring 1", external', "250", "0.22", article="RR-100-E"),
        line("Anti-seize compound, 1 lb brush top", "8", "19.95", article="AS-1LB"),
    ),
    terms="Ship via best way, FOB destination. Packing slip must show our PO number.",
)

STEEP = (
    (0, 2, 6, 30, 16, 30, 10, -4),
    (10, -4, 6, -16, 26, 6, 24, 8),
    (24, 8, 30, -8, 34, 12, 40, 2),
    (40, 2, 46, -6, 52, 16, 60, 0),
    (60, 0, 74, 4, 96, 6, 122, 10),
)
ROUND = (
    (2, 22, -10, -12, 34, -8, 22, 14),
    (22, 14, 16, 26, 30, -10, 40, 4),
    (40, 4, 48, 14, 50, -12, 62, 2),
    (62, 2, 78, 12, 90, -6, 108, -2),
)

LEDGER = (
    ("Date", "Reference", "Charges", "Payments", "Balance"),
    ("01/09/2026", "Balance brought forward", "", "", "2,184.30"),
    ("04/09/2026", "Invoice NP-59870", "1,102.44", "", "3,286.74"),
    ("11/09/2026", "Payment received, thank you", "", "2,184.30", "1,102.44"),
    ("18/09/2026", "Invoice NP-60022", "864.00", "", "1,966.44"),
    ("22/09/2026", "Credit note NC-1180", "", "72.00", "1,894.44"),
    ("29/09/2026", "Invoice NP-60188", "1,510.80", "", "3,405.24"),
)
AGEING = (
    ("Ageing", "", "Current", "30 days", "60 days", "90+ days"),
    ("GBP", "", "2,302.80", "1,102.44", "0.00", "0.00"),
)


def _blocks(name: str) -> list[str]:
    return [" ".join(block.split()) for block in (TEXTS / name).read_text("utf-8").strip().split("\n\n")]


def _agreement(sheet: Sheet) -> None:
    sheet.bottom = sheet.height - 70
    sheet.furniture = _page_number
    sheet.text(sheet.width / 2, 84, "FACILITIES SERVICES AGREEMENT", 15, bold=True, align="centre")
    sheet.text(sheet.width / 2, 104, "Agreement No. LFM/2026/0417", 10, align="centre")
    _page_number(sheet)
    sheet.y = 140
    flow(sheet, _blocks("agreement.txt"), 10.5)
    sheet.room(110)
    for x, name, strokes in ((LEFT, "Larkspur Facilities Management Ltd", STEEP), (320, "Halden & Voss Ltd", ROUND)):
        sheet.rule(x, sheet.y + 54, x + 190)
        signature(sheet, x + 14, sheet.y + 50, strokes)
        sheet.text(x, sheet.y + 12, "Signed for and on behalf of", 9)
        sheet.text(x, sheet.y + 24, name, 9, bold=True)
        sheet.text(x, sheet.y + 66, "Name, title, date", 8, colour=GREY)


def _page_number(sheet: Sheet) -> None:
    sheet.text(
        sheet.width / 2, sheet.height - 36, f"– {sheet.page} of {sheet.pages} –", 8.5, align="centre", colour=GREY
    )
    sheet.y = 80


def _statement(sheet: Sheet) -> None:
    seller, buyer = VENDORS["northgate"], BUYERS["GB"]
    sheet.text(LEFT - 12, 62, seller.name, 15, bold=True, colour=sheet.style.accent)
    sheet.lines(LEFT - 12, 76, [", ".join(seller.address), f"{seller.phone}  {seller.email}"], 8.5, colour=GREY)
    sheet.text(540, 62, "STATEMENT OF ACCOUNT", 13, bold=True, align="right")
    sheet.lines(LEFT - 12, 128, [buyer.name, *buyer.address], 10)
    sheet.lines(380, 128, ["Statement date: 30/09/2026", "Account: HAL004", "Terms: 30 days"], 9.5, 1.5)
    sheet.y = 214
    rows(sheet, (80, 190, 70, 70, 70), LEDGER, 9)
    sheet.y += 26
    rows(sheet, (60, 90, 82, 82, 82, 84), AGEING, 9)
    sheet.y += 20
    flow(sheet, ["This is a statement of your account and not an invoice. Please pay against the invoices listed."], 9)


def _letter(sheet: Sheet) -> None:
    seller, buyer = VENDORS["brandner"], BUYERS["DE"]
    sheet.text(sheet.width - LEFT, 60, seller.name, 14, bold=True, align="right", colour=sheet.style.accent)
    sheet.lines(sheet.width - LEFT, 75, [seller.trade, ", ".join(seller.address)], 8, align="right", colour=GREY)
    sheet.lines(LEFT, 150, [buyer.name, "Frau Martina Ewers", *buyer.address], 10.5)
    sheet.text(sheet.width - LEFT, 240, "Arnsberg, 26. Oktober 2026", 10.5, align="right")
    sheet.text(LEFT, 276, "Preisanpassung zum 1. Januar 2027", 12, bold=True)
    sheet.y = 302
    flow(sheet, _blocks("preisanpassung.txt"), 10.5)
    signature(sheet, LEFT, sheet.y + 18, ROUND[:2] + STEEP[3:])
    sheet.text(LEFT, sheet.y + 44, "Jörg Brandner, Geschäftsführer", 10.5)


def _written(path: str, drawn: Drawn, doc_type: str, language: str, vendor: str, ok: tuple[str, ...] = ()) -> Document:
    layout = f"samples:{doc_type}"
    return Document(path, drawn.pdf, doc_type, layout, language, vendor, pages=drawn.pages, doc_type_ok=ok)


def documents() -> list[Document]:
    """All of them."""
    house = Style(accent=HexColor("#334155"), wording=1)
    agreement = draw_paper(
        _agreement, Style(TIMES), "Facilities Services Agreement", "Larkspur Facilities Management Ltd"
    )
    statement = draw_paper(
        _statement, Style(HELVETICA, HexColor("#14532d")), "Statement", "Northgate Packaging Supplies Ltd"
    )
    letter = draw_paper(_letter, Style(), "Preisanpassung", "Brandner Werkzeughandel GmbH")
    return [
        paper("bestellungen/Bestellung 4500018823.pdf", CUTTERS, "order", house),
        paper(
            "bestellungen/PO HV-20963.pdf", ANCHORS, "order", Style(accent=HexColor("#334155"), wording=2, size=LETTER)
        ),
        _written(
            "verträge/Larkspur Facilities Services Agreement.pdf",
            agreement,
            "contract",
            "en",
            "Larkspur Facilities Management Ltd",
        ),
        _written(
            "inbox/2026-10/Statement Sept 2026.pdf", statement, "statement", "en", "Northgate Packaging Supplies Ltd"
        ),
        _written(
            "inbox/2026-10/Preisanpassung 2027.pdf",
            letter,
            "letter",
            "de",
            "Brandner Werkzeughandel GmbH",
            ("letter", "other"),
        ),
    ]
