"""Papers from France, Spain and Italy."""

from datetime import date

from reportlab.lib.colors import HexColor

from data.generator.invoices import Invoice, line
from data.generator.locales import LOCALES
from data.generator.paper import paper
from data.generator.sheet import Style
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
    note="Pénalités de retard : 3 fois le taux d'intérêt légal. Indemnité forfaitaire pour frais de recouvrement : 40 €. "
    "Pas d'escompte pour paiement anticipé.",
)


def documents() -> list[Document]:
    """All of them."""
    return [paper("inbox/2026-10/facture_F2026-1093.pdf", MACHINING, "french", Style(accent=HexColor("#8a3b12")))]
