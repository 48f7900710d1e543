"""Papers from France, Spain and Italy."""

from datetime import date

from reportlab.lib.colors import HexColor

from data.generator.invoices import Invoice, line
from data.generator.locales import LOCALES
from data.generator.paper import paper
from data.generator.sheet import TIMES, Style
from data.generator.truth import Document
from data.generator.vendors import BUYERS, VENDORS

MACHINING = Invoice(
    number="F2026-1093",
    issue_date=date(2026, 10, 8),
    due_date=date(2026, 11, 30),
    seller=VENDORS["rouviere"],
    buyer=BUYERS["FR"],
    locale=LOCALES["fr-FR"],
    purchase_order="CF-30418",
    references=(("customer_number", "HALD01"), ("delivery_note", "BL-5580")),
    lines=(
        line("Bride usinée inox 316L, plan 4418-C", "24", "86.40", "20", article="BR-4418"),
        line("Arbre cannelé acier 42CrMo4, traité", "6", "214.75", "20", article="AC-0092"),
        line("Contrôle tridimensionnel avec procès-verbal", "3.5", "68.00", "20", "HUR", "CTRL"),
        line("Emballage et port", "1", "95.00", "20", article="PORT"),
    ),
    terms="45 jours fin de mois par virement",
    note="Pénalités de retard : 3 fois le taux d'intérêt légal. Indemnité forfaitaire pour frais de recouvrement : "
    "40 €. Pas d'escompte pour paiement anticipé.",
)

CATERING = Invoice(
    number="2610-07",
    issue_date=date(2026, 10, 15),
    due_date=date(2026, 11, 14),
    seller=VENDORS["lumiere"],
    buyer=BUYERS["FR"],
    locale=LOCALES["fr-FR"],
    references=(("contact", "Mme Perrin"),),
    lines=(
        line("Plateaux-repas « Saison », réunion du 13 octobre", "32", "21.50", "10"),
        line("Café gourmand", "32", "4.20", "10"),
        line("Vin, Côtes-du-Rhône", "9", "16.00", "20"),
        line("Livraison et mise en place", "1", "60.00", "20"),
    ),
    terms="Règlement à 30 jours.",
)

SHEET_METAL = Invoice(
    number="A-2026-0341",
    issue_date=date(2026, 10, 21),
    due_date=date(2026, 12, 20),
    seller=VENDORS["tramuntana"],
    buyer=BUYERS["ES"],
    locale=LOCALES["es-ES"],
    purchase_order="PC-2217",
    references=(("delivery_note", "1180/26"), ("customer_number", "430118")),
    lines=(
        line("Estructura soporte S275JR, galvanizada en caliente", "14", "318.60", "21", article="ES-275"),
        line("Plegado y corte láser chapa 3 mm", "26.5", "54.00", "21", "HUR", "MO-LAS"),
        line("Bandeja portacables 200 mm", "120", "7.85", "21", "MTR", "BP-200"),
        line("Transporte a obra", "1", "180.00", "21", article="TTE"),
    ),
    terms="Transferencia a 60 días",
    note="De acuerdo con la normativa de protección de datos, le informamos de que sus datos se tratan para la gestión "
    "administrativa y comercial.",
)

BOOKLETS = Invoice(
    number="26/1904",
    issue_date=date(2026, 10, 27),
    due_date=date(2026, 11, 26),
    seller=VENDORS["azahar"],
    buyer=BUYERS["ES"],
    locale=LOCALES["es-ES"],
    references=(("contact", "Lucía Ferrer"),),
    lines=(
        line("Manual técnico A4, 64 páginas, encuadernado", "350", "3.94", "4"),
        line("Carteles de seguridad A2 plastificados", "40", "6.75", "21"),
        line("Diseño y preimpresión", "5", "38.00", "21", "HUR"),
    ),
    terms="Recibo domiciliado a 30 días fecha factura.",
)

TURNING = Invoice(
    number="187/2026",
    issue_date=date(2026, 10, 30),
    due_date=date(2026, 12, 31),
    seller=VENDORS["morandini"],
    buyer=BUYERS["IT"],
    locale=LOCALES["it-IT"],
    purchase_order="OA-0914",
    references=(("delivery_note", "441 del 24/10/2026"), ("customer_number", "C00317")),
    lines=(
        line("Boccola in bronzo B14, Ø 60 H7", "200", "8.45", "22", article="BB-60"),
        line("Albero rettificato C45, lunghezza 420 mm", "48", "31.20", "22", article="AR-420"),
        line("Materiale fornito dal cliente: lavorazione conto terzi", "16", "45.00", "22", "HUR", "LAV"),
        line("Manuale d'uso stampato", "10", "3.50", "4", article="MAN"),
    ),
    terms="Bonifico 60 gg d.f.f.m.",
    note="Contributo CONAI assolto ove dovuto. Merce viaggiante a rischio del committente.",
)


def documents() -> list[Document]:
    """All of them."""
    blue, teal = Style(accent=HexColor("#1e40af")), Style(accent=HexColor("#115e59"), wording=1)
    orange = Style(accent=HexColor("#c2410c"), wording=1)
    return [
        paper("inbox/2026-10/facture_F2026-1093.pdf", MACHINING, "french", Style(accent=HexColor("#8a3b12"))),
        paper("inbox/2026-10/Facture traiteur n° 2610-07.pdf", CATERING, "craft", Style(TIMES, HexColor("#831843"), 1)),
        paper("inbox/2026-10/Factura A-2026-0341.pdf", SHEET_METAL, "southern", orange),
        paper("inbox/2026-10/azahar factura oct.pdf", BOOKLETS, "sideband", teal),
        paper("inbox/2026-10/Fattura 187-2026 Morandini.pdf", TURNING, "southern", blue),
    ]
