"""Papers from the Netherlands and Sweden."""

from datetime import date

from reportlab.lib.colors import HexColor

from data.generator.invoices import Invoice, line
from data.generator.locales import LOCALES
from data.generator.paper import paper
from data.generator.sheet import COURIER, VERA, Style
from data.generator.truth import Document
from data.generator.vendors import BUYERS, VENDORS

PRINTING = Invoice(
    number="20260977",
    issue_date=date(2026, 10, 13),
    due_date=date(2026, 11, 12),
    seller=VENDORS["ijsselkade"],
    buyer=BUYERS["NL"],
    locale=LOCALES["nl-NL"],
    references=(("customer_number", "D-3318"), ("project", "Beursstand Hannover")),
    lines=(
        line("Brochure A4, 24 pagina's, 150 grams mat", "2500", "0.92", "21"),
        line("Roll-up banner 85 x 200 cm", "4", "74.50", "21"),
        line("Vakboek drukwerkbegeleiding", "2", "39.95", "9"),
    ),
    terms="Wij verzoeken u het bedrag binnen 30 dagen over te maken onder vermelding van het factuurnummer.",
)

CLIMATE = Invoice(
    number="2026.1182",
    issue_date=date(2026, 10, 28),
    due_date=date(2026, 11, 11),
    seller=VENDORS["oostpoort"],
    buyer=BUYERS["NL"],
    locale=LOCALES["nl-NL"],
    purchase_order="IO-88120",
    references=(("period", "week 42 en 43"),),
    lines=(
        line("Onderhoud luchtbehandelingskast dak west", "2", "385.00", "21", article="LBK-2"),
        line("Monteur koeltechniek", "11.5", "68.50", "21", "HUR", "UUR-M"),
        line("Koudemiddel R32", "4.2", "38.75", "21", "KGM", "R32"),
        line("Voorrijkosten", "2", "47.50", "21", article="VRK"),
    ),
    terms="14 dagen netto",
)

BOATYARD = Invoice(
    number="10442",
    issue_date=date(2026, 10, 22),
    due_date=date(2026, 11, 21),
    seller=VENDORS["fjallbacka"],
    buyer=BUYERS["SE"],
    locale=LOCALES["sv-SE"],
    purchase_order="SE-4471",
    references=(("customer_number", "1188"), ("contact", "Åsa Lindqvist")),
    lines=(
        line("Svetsning rostfritt rör, enligt ritning R-220", "32", "845.00", "25", "HUR", "SV-01"),
        line("Plåt EN 1.4404, 3 mm, 1500 x 3000", "6", "4280.00", "25", article="PL-4404"),
        line("Transport Göteborg", "1", "1250.00", "25", article="FRAKT"),
    ),
    terms="Betalningsvillkor 30 dagar netto. Dröjsmålsränta enligt räntelagen.",
)


def documents() -> list[Document]:
    """All of them."""
    return [
        paper("inbox/2026-10/factuur 20260977.pdf", PRINTING, "sideband", Style(VERA, HexColor("#7c2d12"))),
        paper(
            "inbox/2026-10/Oostpoort_factuur_2026.1182.pdf",
            CLIMATE,
            "french",
            Style(accent=HexColor("#0e7490"), wording=1),
        ),
        paper("inbox/2026-10/Faktura 10442 Fjällbacka.pdf", BOATYARD, "ledger", Style(COURIER)),
    ]
