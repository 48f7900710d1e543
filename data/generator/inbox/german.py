"""Papers from Germany, Austria and Switzerland."""

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
    terms="Zahlbar innerhalb von 30 Tagen ohne Abzug. Bei Zahlung innerhalb von 10 Tagen gewähren wir 2 % Skonto "
    "auf den Rechnungsbetrag.",
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
        line("Schaltschrank 800 × 2000 × 400 mm, bestückt laut SL-114", "1", "4860.00", "20", article="SCH-800"),
        line("Monteurstunden Elektrotechnik", "46.5", "71.00", "20", "HUR", "AZ-01"),
        line("Kabel NYY-J 5 × 6 mm²", "135", "4.18", "20", "MTR", "NYY-506"),
    ),
    allowance=Decimal(3),
    terms="Zahlbar binnen 14 Tagen netto Kassa.",
)

POWER = Invoice(
    number="VB-2026-0044187",
    issue_date=date(2026, 10, 6),
    due_date=date(2026, 10, 26),
    seller=VENDORS["elmenau"],
    buyer=BUYERS["DE"],
    locale=LOCALES["de-DE"],
    references=(("customer_number", "700 118 442"), ("period", "01.07. – 30.09.2026"), ("contact", "Team Gewerbe")),
    lines=(
        line("Strom Gewerbe, Arbeitspreis HT", "18420", "0.2384", "19", "KWH"),
        line("Strom Gewerbe, Arbeitspreis NT", "6105", "0.1962", "19", "KWH"),
        line("Grundpreis Strom", "3", "24.50", "19", "MON"),
        line("Trinkwasser", "212", "2.14", "7"),
    ),
    paid=Decimal("6150.00"),
    note="Verbrauchsstelle: Am Neuen Kai 41, Halle 2. Zählernummer 1 EMH00 4471 9920, abgelesen am 30.09.2026.",
    terms="Bitte überweisen Sie den Betrag unter Angabe Ihrer Kundennummer. Ihre Abschläge bleiben unverändert bei "
    "2.050,00 € monatlich.",
)

PLANTS = Invoice(
    number="44871",
    issue_date=date(2026, 10, 20),
    seller=VENDORS["hoefling"],
    buyer=BUYERS["DE"],
    locale=LOCALES["de-DE"],
    references=(("delivery_date", "17.10.2026"),),
    lines=(
        line("Ficus lyrata, ca. 180 cm, mit Übertopf", "3", "148.00", "7"),
        line("Schnittblumen-Abonnement Empfang, Oktober", "4", "32.50", "7"),
        line("Pflegegang Innenraumbegrünung", "5.5", "46.00", "19", "HUR"),
    ),
    terms="Bitte zahlen Sie den Rechnungsbetrag innerhalb von 14 Tagen ohne Abzug.",
)

COMPRESSOR = Invoice(
    number="41207",
    issue_date=date(2026, 10, 15),
    due_date=date(2026, 11, 14),
    seller=VENDORS["bergmoos"],
    buyer=BUYERS["CH"],
    locale=LOCALES["de-CH"],
    references=(("customer_number", "2284"), ("contact", "R. Achermann")),
    lines=(
        line("Schraubenkompressor BM-22, Jahresservice inkl. Filtersatz", "1", "1480.00", "8.1"),
        line("Ölwechsel synthetisch, 18 Liter", "18", "16.80", "8.1", "LTR"),
        line("Arbeitszeit Servicetechniker", "6.5", "148.00", "8.1", "HUR"),
        line("Anfahrtspauschale Zone 2", "1", "95.00", "8.1"),
    ),
    terms="Zahlbar innert 30 Tagen netto.",
)

SEMINAR = Invoice(
    number="R-11873",
    issue_date=date(2026, 10, 23),
    due_date=date(2026, 11, 22),
    seller=VENDORS["alpenblick"],
    buyer=BUYERS["CH"],
    locale=LOCALES["de-CH"],
    references=(("project", "Führungskreis H&V"), ("period", "20. – 22.10.2026")),
    lines=(
        line("Übernachtung Einzelzimmer inkl. Frühstück", "28", "189.00", "3.8", "DAY"),
        line("Tagungspauschale ganztags", "42", "94.00", "8.1"),
        line("Apéro riche, Terrasse", "14", "48.50", "8.1"),
    ),
    terms="Zahlbar innert 30 Tagen netto. Kurtaxen sind inbegriffen.",
)


def documents() -> list[Document]:
    """All of them."""
    blue, green = Style(wording=0), Style(VERA, HexColor("#0f766e"))
    red = Style(accent=HexColor("#b91c1c"))
    return [
        paper("inbox/2026-10/Rechnung 2026-0815.pdf", TOOLS, "din5008", blue),
        paper("inbox/2026-10/Gutschrift GS-2026-031.pdf", CORRECTION, "din5008", blue),
        paper("inbox/2026-10/NL-261001-7734.pdf", HOSTING, "minimal", green),
        paper(
            "inbox/2026-10/Tannhof AR-26-1187 Schaltschränke.pdf",
            PANELS,
            "din5008",
            Style(TIMES, HexColor("#7a1f1f"), 1),
        ),
        paper("inbox/2026-10/Stadtwerke Elmenau Q3.pdf", POWER, "utility", Style(accent=HexColor("#0369a1"))),
        paper("inbox/2026-10/Rechnung Gärtnerei Höfling.pdf", PLANTS, "craft", Style(TIMES, HexColor("#3f6212"), 1)),
        paper("inbox/2026-10/QR-Rechnung 41207 Bergmoos.pdf", COMPRESSOR, "swiss", red),
        paper("inbox/2026-10/Alpenblick_R-11873.pdf", SEMINAR, "sideband", Style(accent=HexColor("#374151"))),
    ]
