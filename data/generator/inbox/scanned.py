"""Invoices that came by post, by fax and as a photograph."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import LETTER

from data.generator.inbox.anglo import FASTENERS
from data.generator.inbox.german import PLANTS
from data.generator.inbox.northern import BOATYARD
from data.generator.invoices import Invoice, line
from data.generator.layouts import Drawn, draw_invoice
from data.generator.locales import LOCALES
from data.generator.scans import Wear, fax, jpeg, pages, photographed, png, scan_pdf, scanned
from data.generator.sheet import PRINTED_MONO, PRINTED_SANS, PRINTED_SERIF, Sheet, Style
from data.generator.truth import Document, stated
from data.generator.vendors import BUYERS, VENDORS
from data.generator.words import Words

CALIBRATION = Invoice(
    number="PC-24418",
    issue_date=date(2026, 10, 20),
    due_date=date(2026, 11, 19),
    seller=VENDORS["pennine"],
    buyer=BUYERS["GB"],
    locale=LOCALES["en-GB"],
    purchase_order="HVL/5533",
    references=(("customer_number", "HV-02"),),
    lines=(
        line("Calibration of digital calliper 150 mm, certificate", "14", "22.50", "20", article="CAL-DC"),
        line("Calibration of torque wrench, 40-200 Nm", "6", "48.00", "20", article="CAL-TW"),
        line("Collection and return", "1", "35.00", "20", article="COLL"),
    ),
    terms="Payment due within 30 days of the date of this invoice.",
)

LABELS = Invoice(
    number="26-3381",
    issue_date=date(2026, 10, 21),
    due_date=date(2026, 11, 20),
    seller=VENDORS["lakeshore"],
    buyer=BUYERS["US"],
    locale=LOCALES["en-US"],
    purchase_order="HV-20957",
    references=(("customer_number", "HALDEN"),),
    lines=(
        line("Polyester rating plates, 2 x 3 in, black on silver", "1500", "0.34", "8", article="RP-23"),
        line("Warning labels, triangle, 50 mm, roll of 500", "4", "61.50", "8", article="WL-T50"),
        line("Plate charge", "2", "45.00", "8", article="PLATE"),
    ),
    terms="Net 30",
)

GARDEN = replace(
    PLANTS,
    number="44902",
    issue_date=date(2026, 10, 27),
    references=(("delivery_date", "24.10.2026"),),
    lines=(
        line("Herbstbepflanzung Eingang, Heide und Gräser", "1", "286.00", "7"),
        line("Heckenschnitt und Abfuhr", "7.5", "46.00", "19", "HUR"),
        line("Entsorgung Grünschnitt", "2", "38.00", "19"),
    ),
)

REPAIRS = replace(
    BOATYARD,
    number="10487",
    issue_date=date(2026, 10, 29),
    due_date=date(2026, 11, 28),
    purchase_order="SE-4480",
    lines=tuple(
        line(f"Reparation durkplåt sektion {section}", str(hours), "845.00", "25", "HUR", f"RD-{section:02}")
        for section, hours in enumerate(
            (
                3,
                2,
                4,
                2,
                6,
                3,
                2,
                5,
                4,
                3,
                2,
                2,
                4,
                3,
                6,
                2,
                3,
                5,
                2,
                4,
                3,
                2,
                6,
                4,
                2,
                3,
                5,
                2,
                4,
                3,
                2,
                4,
                6,
                3,
                2,
                5,
                3,
                4,
                2,
                3,
                6,
                2,
            ),
            1,
        )
    )
    + tuple(
        line(f"Plåt EN 1.4404, {thick} mm", "2", price, "25", article=f"PL-{thick}")
        for thick, price in ((2, "2140.00"), (3, "3180.00"), (4, "4250.00"), (5, "5390.00"), (6, "6480.00"))
    ),
)

COUNTER_SALE = replace(
    FASTENERS,
    number="10517",
    issue_date=date(2026, 10, 23),
    due_date=date(2026, 11, 22),
    purchase_order="HV-20963",
    lines=(
        line('Clevis pin 3/8 x 2", stainless', "120", "1.18", "7.5", article="CP-038-2S"),
        line('Retaining ring 1", external', "250", "0.22", "7.5", article="RR-100-E"),
        line("Anti-seize compound, 1 lb brush top", "8", "19.95", "7.5", article="AS-1LB"),
    ),
    allowance=Decimal(2),
)

NAVY = Style(PRINTED_SANS, HexColor("#1d3557"), 2, LETTER)


def _received(sheet: Sheet, invoice: Invoice, words: Words) -> None:
    """The stamp of the post room: one more date that is none of the invoice's."""
    canvas, ink = sheet.canvas, HexColor("#27408b")
    canvas.saveState()
    canvas.translate(400, sheet.height - 172)
    canvas.rotate(4)
    canvas.setStrokeColor(ink)
    canvas.setFillColor(ink)
    canvas.setLineWidth(1.4)
    canvas.rect(0, 0, 112, 40)
    for y, size, text in ((26, 11, "EINGEGANGEN"), (9, 11, "29. Okt. 2026")):
        canvas.setFont(sheet.style.face.bold, size)
        canvas.drawCentredString(56, y, text)
    canvas.restoreState()


def _image(path: str, invoice: Invoice, layout: str, drawn: Drawn, payload: bytes) -> Document:
    return Document(
        path,
        payload,
        doc_type=invoice.doc_type,
        layout=f"samples:{layout}",
        language=invoice.locale.language,
        vendor=invoice.seller.name,
        pages=drawn.pages,
        text_layer=False,
        fields=stated(invoice, drawn.shown),
    )


def resent(original: Document) -> Document:
    """The printed and scanned `FASTENERS`, whose mailed `original` is in the inbox as well."""
    drawn = draw_invoice(FASTENERS, "american", NAVY)
    wear = Wear(tilt=-0.7, noise=0.05)
    document = _image(
        "scans/scan_0007.pdf", FASTENERS, "american", drawn, scan_pdf(scanned(drawn.pdf, wear, 7), wear.dpi)
    )
    return replace(
        document, outcome="duplicate", reason="same invoice scanned", image_copy_of=original.document_id[:12]
    )


def documents() -> list[Document]:
    """All but the re-sent one."""
    skewed, clean = Wear(tilt=1.6, blur=0.6, noise=0.1), Wear(dpi=140, tilt=-0.4, noise=0.03)
    post = draw_invoice(CALIBRATION, "british", Style(PRINTED_SERIF, HexColor("#3b0764"), 1))
    garden = draw_invoice(GARDEN, "craft", Style(PRINTED_SERIF, HexColor("#3f6212"), 1), _received)
    labels = draw_invoice(LABELS, "remittance", Style(PRINTED_SANS, wording=2, size=LETTER))
    telefax = draw_invoice(REPAIRS, "ledger", Style(PRINTED_MONO))
    counter = draw_invoice(COUNTER_SALE, "american", NAVY)
    photo = photographed(pages(counter.pdf, 150)[0], 71, (1500, 2000), -2.2)
    return [
        _image("scans/scan_0001.pdf", CALIBRATION, "british", post, scan_pdf(scanned(post.pdf, skewed, 1), skewed.dpi)),
        _image("scans/scan_0002.pdf", GARDEN, "craft", garden, scan_pdf(scanned(garden.pdf, Wear(tilt=-1.1), 2), 150)),
        _image("scans/scan_0003.png", LABELS, "remittance", labels, png(scanned(labels.pdf, clean, 3)[0])),
        _image(
            "scans/fax_20261029.tif",
            REPAIRS,
            "ledger",
            telefax,
            fax(scanned(telefax.pdf, Wear(200, 0.5, 0.5, 0.02), 4), 200),
        ),
        _image("scans/IMG_4471.jpg", COUNTER_SALE, "american", counter, jpeg(photo, 70)),
    ]
