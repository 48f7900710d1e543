"""Papers from the United States, Britain and India."""

from datetime import date
from decimal import Decimal

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import LETTER

from data.generator.invoices import Invoice, line
from data.generator.locales import LOCALES
from data.generator.paper import paper
from data.generator.sheet import TIMES, Style
from data.generator.truth import Document
from data.generator.vendors import BUYERS, VENDORS

FASTENERS = Invoice(
    number="10482",
    issue_date=date(2026, 10, 13),
    due_date=date(2026, 11, 12),
    seller=VENDORS["prairie"],
    buyer=BUYERS["US"],
    locale=LOCALES["en-US"],
    purchase_order="HV-20931",
    references=(("customer_number", "C-1177"), ("contact", "D. Okafor")),
    lines=(
        line('Hex cap screw 1/2-13 x 2", grade 8, zinc yellow', "500", "0.62", "7.5", article="HCS8-050-200"),
        line('Flat washer 1/2", USS, hardened', "1000", "0.085", "7.5", article="FW-050-H"),
        line('Wedge anchor 5/8 x 6", 304 stainless', "40", "6.95", "7.5", article="WA-0625-6S"),
        line("Threadlocker, medium strength, 250 ml", "6", "38.40", "7.5", article="TL-243-250"),
    ),
    terms="Net 30",
    note="Claims for shortage must be made within 5 days of receipt. 1.5% per month on past-due balances.",
)

SUBSCRIPTION = Invoice(
    number="4F2A9C1D-0007",
    issue_date=date(2026, 10, 1),
    due_date=date(2026, 10, 31),
    seller=VENDORS["tallgrass"],
    buyer=BUYERS["US"],
    locale=LOCALES["en-US"],
    lines=(
        line("Team plan, 18 seats\nOct 1 – Oct 31, 2026", "18", "29.00"),
        line("Additional event volume, per 100k events", "7", "12.50"),
    ),
    note="Pay online with card or ACH at billing.tallgrass.example. Questions? Reply to your billing e-mail.",
)

FREIGHT = Invoice(
    number="CF-118420",
    issue_date=date(2026, 10, 19),
    due_date=date(2026, 11, 3),
    seller=VENDORS["copperline"],
    buyer=BUYERS["US"],
    locale=LOCALES["en-US"],
    references=(("delivery_note", "BOL 7741-0926"), ("delivery_date", "10/14/2026")),
    lines=(
        line("LTL Memphis TN to Columbus OH, class 85, 6 pallets", "1", "1284.00", article="LTL-085"),
        line("Fuel surcharge", "1", "231.12", article="FSC"),
        line("Liftgate at delivery", "1", "75.00", article="LFT-D"),
        line("Detention, per half hour", "3", "42.50", article="DET"),
    ),
    terms="Net 15",
    note="Freight charges are due within 15 days under 49 CFR 377.203.",
)

PACKAGING = Invoice(
    number="NP-60417",
    issue_date=date(2026, 10, 16),
    due_date=date(2026, 11, 15),
    seller=VENDORS["northgate"],
    buyer=BUYERS["GB"],
    locale=LOCALES["en-GB"],
    purchase_order="HVL/5518",
    references=(("customer_number", "HAL004"), ("delivery_note", "D118-2204")),
    lines=(
        line("Double wall carton 457 x 305 x 305 mm, bundle of 15", "40", "18.95", "20", "XBX", "DW-457"),
        line("Kraft paper roll 900 mm x 225 m", "8", "27.60", "20", article="KR-900"),
        line("Stretch film 500 mm, 17 micron", "36", "5.45", "20", article="SF-500"),
        line("Packing instructions booklet, printed", "200", "0.38", "0", article="BK-A5"),
    ),
    allowance=Decimal(5),
    terms="Payment strictly 30 days from date of invoice.",
)

TOOLING = Invoice(
    number="DT/26-27/0388",
    issue_date=date(2026, 10, 24),
    due_date=date(2026, 11, 23),
    seller=VENDORS["deccan"],
    buyer=BUYERS["IN"],
    locale=LOCALES["en-IN"],
    purchase_order="HVI-PO-1190",
    references=(("delivery_note", "DC-2214"), ("delivery_date", "23-10-2026"), ("customer_number", "H-031")),
    lines=(
        line("Progressive press tool, 4 station, D2 steel", "1", "385000.00", "18", article="8207"),
        line("Drill jig plate with hardened bushes", "6", "14250.00", "18", article="8207"),
        line("CNC machining, job work", "38", "1150.00", "18", "HUR", "9988"),
    ),
    terms="30 days",
    note="We declare that this invoice shows the actual price of the goods described and that all particulars are true "
    "and correct.",
)


def documents() -> list[Document]:
    """All of them."""
    navy = Style(accent=HexColor("#1d3557"), wording=2, size=LETTER)
    violet = Style(accent=HexColor("#5b3df5"), wording=2, size=LETTER)
    return [
        paper("inbox/2026-10/INV-10482.pdf", FASTENERS, "american", navy),
        paper("inbox/2026-10/Invoice-4F2A9C1D-0007.pdf", SUBSCRIPTION, "minimal", violet),
        paper("inbox/2026-10/Copperline CF-118420.pdf", FREIGHT, "remittance", Style(TIMES, wording=2, size=LETTER)),
        paper("inbox/2026-10/Northgate NP-60417.pdf", PACKAGING, "british", Style(TIMES, HexColor("#14532d"), 1)),
        paper("inbox/2026-10/TAX INVOICE DT-26-27-0388.pdf", TOOLING, "indian", Style(wording=3)),
    ]
