"""A wholesaler's collective invoice: three pages, sums carried forward."""

from datetime import date
from decimal import Decimal

from data.generator.invoices import Invoice, Line
from data.generator.locales import LOCALES
from data.generator.paper import paper
from data.generator.sheet import COURIER, Style
from data.generator.truth import Document
from data.generator.vendors import BUYERS, VENDORS

STOCK = (
    ("KP-80A4", "Kopierpapier A4 80 g, weiß, 500 Blatt", "4.39"),
    ("KP-80A3", "Kopierpapier A3 80 g, weiß, 500 Blatt", "9.15"),
    ("OR-80GR", "Ordner 80 mm, grau", "2.19"),
    ("OR-50BL", "Ordner 50 mm, blau", "2.09"),
    ("TB-0100", "Trennblätter, 100 Stück", "3.45"),
    ("KL-1902", "Klebefilm 19 mm x 33 m", "0.89"),
    ("PO-7676", "Haftnotizen 76 x 76 mm, gelb", "0.74"),
    ("KS-M10B", "Kugelschreiber M, blau", "0.58"),
    ("MK-EDS4", "Marker Rundspitze, 4er-Set", "5.95"),
    ("TO-HP26", "Toner schwarz, 26A kompatibel", "64.90"),
    ("TO-CF41", "Toner cyan, 410X kompatibel", "78.50"),
    ("UM-C5FB", "Versandtaschen C5 mit Fenster, 500 Stück", "18.75"),
    ("UM-B4HK", "Versandtaschen B4, haftklebend, 250 Stück", "27.30"),
    ("ET-A424", "Etiketten A4, 24 je Blatt, 100 Blatt", "11.60"),
    ("LM-A4GL", "Laminierfolien A4 glänzend, 100 Stück", "12.95"),
    ("SC-21ED", "Schere 21 cm, Edelstahl", "4.15"),
    ("HE-2406", "Heftklammern 24/6, 1000 Stück", "0.49"),
    ("BX-ARCH", "Archivbox 100 mm, 20er-Pack", "23.80"),
    ("WB-REIN", "Whiteboard-Reiniger 250 ml", "3.99"),
)
BRANCHES = ("Empfang", "Einkauf", "Konstruktion", "Versand", "Halle 2", "Betriebsrat", "Ausbildung")


def _lines() -> tuple[Line, ...]:
    """76 withdrawals: each branch goes through the stock in its own stride."""
    withdrawals = []
    for number in range(76):
        article, description, price = STOCK[(number * 7) % len(STOCK)]
        quantity = Decimal(1 + (number * 5) % 9)
        branch = BRANCHES[number * len(BRANCHES) // 76]
        withdrawals.append(Line(f"{description} ({branch})", quantity, Decimal(price), Decimal(19), "C62", article))
    return tuple(withdrawals)


OFFICE = Invoice(
    number="SR-2026-10-118",
    issue_date=date(2026, 10, 31),
    due_date=date(2026, 11, 30),
    seller=VENDORS["papierhaus"],
    buyer=BUYERS["DE"],
    locale=LOCALES["de-DE"],
    references=(("customer_number", "23 1077"), ("period", "Oktober 2026")),
    lines=_lines(),
    allowance=Decimal("2.5"),
    terms="Sammelrechnung über alle Entnahmen des Monats. Zahlbar innerhalb von 30 Tagen netto.",
)


def documents() -> list[Document]:
    """The one."""
    return [paper("inbox/2026-10/Sammelrechnung Oktober 2026.pdf", OFFICE, "ledger", Style(COURIER))]
