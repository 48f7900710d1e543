"""Papers from Germany and Austria."""

from datetime import date
from decimal import Decimal

from reportlab.lib.colors import HexColor

from data.generator.invoices import Invoice, line
from data.generator.locales import LOCALES
from data.generator.paper import paper
from data.generator.sheet import TIMES, VERA, Style
from data.generator.truth import Document
from data.generator.vendors import BUYERS, VENDORS

TOOLS = Invoice(
    number="2026-0815",
    issue_date=date(2026, 10, 14),
    due_date=date(2026, 11, 13),
    seller=VENDORS["brandner"],
    buyer=BUYERS["DE"],
    locale=LOCALES["de-DE"],
    purchase_order="4500018774",
    references=(
        ("customer_number", "10418"),
        ("delivery_note", "LS-88214"),
        ("delivery_date", "09.10.2026"),
        ("contact", "Frau Ewers"),
    ),
    lines=(
        line("Spannzangensatz ER32, 18-teilig, 3–20 mm", "2", "189.00", "19", article="SZ-3218"),
        line("VHM-Schaftfräser Ø 8 mm, 4 Schneiden, TiAlN-beschichtet", "12", "24.85", "19", article="FR-0804T"),
        line("Kühlschmierstoff Blasomet B 20, Kanister 20 l", "3", "142.50", "19", article="KS-20B"),
        line("Messuhr 0–10 mm, Ablesung 0,01 mm, DIN 878", "1", "67.40", "19", article="MU-1001"),
        line("Frachtkostenanteil", "1", "18.50", "19", article="FRACHT"),
    ),
    terms="Zahlbar innerhalb von 30 Tagen ohne Abzug. Bei Zahlung innerhalb von 10 Tagen gewähren wir 2 % Skonto auf den Rechnungsbetrag.",
)

CORRECTION = Invoice(
    number="GS-2026-031",
    issue_date=date(2026, 10, 22),
    seller=VENDORS["brandner"],
    buyer=BUYERS["DE"],
    locale=LOCALES["de-DE"],
    references=(("invoice_reference", "2026-0815"), ("customer_number", "10418")),
    doc_type="credit_note",
    lines=(line("Rückgabe VHM-Schaftfräser Ø 8 mm, beschädigt geliefert", "4", "24.85", "19", article="FR-0804T"),),
    terms="Der Betrag wird mit Ihrer nächsten Zahlung verrechnet.",
)

HOSTING = Invoice(
    number="NL-261001-7734",
    issue_date=date(2026, 10, 1),
    due_date=date(2026, 10, 15),
    seller=VENDORS["nordlicht"],
    buyer=BUYERS["DE"],
    locale=LOCALES["de-DE"],
    references=(("customer_number", "K-204418"), ("period", "01.10.2026 – 31.10.2026")),
    lines=(
        line("Managed Server M (8 vCPU, 32 GB RAM)", "2", "119.00", "19", "MON"),
        line("Backup-Speicher 2 TB, Standort Kiel", "1", "38.90", "19", "MON"),
        line("Wildcard-Zertifikat halden-voss.example", "1", "14.50", "19", "MON"),
    ),
    terms="Der Betrag wird per Überweisung erbeten. Verwendungszweck: NL-261001-7734.",
)

PANELS = Invoice(
    number="AR-26/1187",
    issue_date=date(2026, 10, 19),
    due_date=date(2026, 11, 2),
    seller=VENDORS["tannhof"],
    buyer=BUYERS["AT"],
    locale=LOCALES["de-AT"],
    purchase_order="B-7719",
    references=(("project", "Umbau Halle 3"), ("period", "05.10. – 16.10.2026")),
    lines=(
        line(
            "Schaltschrank 800 × 2000 × 400 mm, bestückt laut Stückliste SL-114",
            "1",
            "4860.00",
            "20",
            article="SCH-800",
        ),
        line("Monteurstunden Elektrotechnik", "46.5", "71.00", "20", "HUR", "AZ-01"),
        line("Kabel NYY-J 5 × 6 mm²", "135", "4.18", "20", "MTR", "NYY-506"),
    ),
    allowance=Decimal(3),
    terms="Zahlbar binnen 14 Tagen netto Kassa.",
)


def documents() -> list[Document]:
    """All of them."""
    blue, green, slate = Style(wording=0), Style(VERA, HexColor("#0f766e")), Style(TIMES, HexColor("#7a1f1f"), 1)
    return [
        paper("inbox/2026-10/Rechnung 2026-0815.pdf", TOOLS, "din5008", blue),
        paper("inbox/2026-10/Gutschrift GS-2026-031.pdf", CORRECTION, "din5008", blue),
        paper("inbox/2026-10/NL-261001-7734.pdf", HOSTING, "minimal", green),
        paper("inbox/2026-10/Tannhof AR-26-1187 Schaltschränke.pdf", PANELS, "din5008", slate),
    ]
