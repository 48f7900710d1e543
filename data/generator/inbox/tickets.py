"""Till receipts: two as the shop mailed them, one as somebody photographed it."""

from datetime import date
from decimal import Decimal

from data.generator.layouts import Drawn
from data.generator.locales import LOCALES
from data.generator.receipts import Receipt, draw_receipt
from data.generator.scans import jpeg, pages, photographed
from data.generator.sheet import COURIER, PRINTED_MONO, Style
from data.generator.truth import Document
from data.generator.vendors import VENDORS

GROCERIES = Receipt(
    seller=VENDORS["tilly"],
    locale=LOCALES["de-DE"],
    issue_date=date(2026, 10, 16),
    time="17:42",
    number="8841",
    items=(
        ("Kaffee Crema 1 kg", 2, "12.99", "7"),
        ("H-Milch 1,5 % 1 l", 6, "1.09", "7"),
        ("Mineralwasser Kasten", 3, "5.49", "19"),
        ("Pfand Kasten", 3, "3.30", "19"),
        ("Spülmaschinentabs", 1, "8.95", "19"),
    ),
    extra=("Terminal 6104 4471  Trace 009114", "Kasse 2  Bediener 7"),
)

COFFEE = Receipt(
    seller=VENDORS["bluebird"],
    locale=LOCALES["en-US"],
    issue_date=date(2026, 10, 14),
    time="8:17 AM",
    number="117",
    items=(
        ("Flat white, oat", 2, "5.25", "7.5"),
        ("Almond croissant", 2, "4.50", "7.5"),
        ("House blend 12 oz", 1, "18.00", "7.5"),
    ),
    tax_included=False,
    tip=Decimal("5.00"),
    extra=("Auth 04471B",),
)

LUNCH = Receipt(
    seller=VENDORS["marmite"],
    locale=LOCALES["fr-FR"],
    issue_date=date(2026, 10, 19),
    time="13:48",
    number="00417",
    items=(
        ("Menu du jour", 3, "19.50", "10"),
        ("Quenelle de brochet", 1, "17.80", "10"),
        ("Eau minérale 1 L", 2, "4.90", "10"),
        ("Verre Saint-Joseph", 3, "6.50", "20"),
        ("Café", 4, "2.20", "10"),
    ),
    extra=("Table 12  -  4 couverts",),
)


def _receipt(path: str, receipt: Receipt, drawn: Drawn, payload: bytes, text_layer: bool) -> Document:
    return Document(
        path,
        payload,
        doc_type="receipt",
        layout="samples:receipt",
        language=receipt.locale.language,
        vendor=receipt.seller.name,
        text_layer=text_layer,
        fields=receipt.stated(drawn.shown),
    )


def documents() -> list[Document]:
    """All of them."""
    till = draw_receipt(GROCERIES, Style(COURIER, size=(226, 330)))
    cafe = draw_receipt(COFFEE, Style(size=(216, 286), wording=0))
    bistro = draw_receipt(LUNCH, Style(PRINTED_MONO, size=(226, 322)))
    photo = photographed(pages(bistro.pdf, 240)[0], 19, (1200, 1600), 3.5)
    return [
        _receipt("belege/Kassenbon Tilly 16.10.pdf", GROCERIES, till, till.pdf, True),
        _receipt("belege/bluebird receipt.pdf", COFFEE, cafe, cafe.pdf, True),
        _receipt("belege/IMG_20261019_134902.jpg", LUNCH, bistro, jpeg(photo, 72), False),
    ]
