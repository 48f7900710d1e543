"""How one document writes numbers and dates: told by its own numbers and dates, else by the country that it shows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tasks.parse.dates import DayMonthOrder, dates, infer_order
from tasks.parse.money import Marks, amounts, infer_marks, parse_amount

COUNTRY_SIGNS = (
    ("US", r"\b(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]),? +\d{5}(?:-\d{4})?\b|\bU\.?S\.?A\b|United States"),
    ("MY", r"\bRM ?\d|(?i:SDN\.? ?BHD|Malaysia|\bMYR\b|GST (?:ID|Reg|No)|\bJalan\b|\bJln\b|Selangor|Kuala Lumpur)"),
    ("IN", r"₹|\bINR\b|\bGSTIN\b|\bIndia\b|Pvt\.? Ltd|\bRs\.? ?\d"),
    ("AU", r"\bABN\b|Australia|\bBSB\b|Pty\.? Ltd"),
    ("SG", r"Singapore|Pte\.? Ltd"),
    ("GB", r"£|\bGBP\b|United Kingdom|\bGB\d{9}\b|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b"),
    ("DE", r"€|\bEUR\b|\b[A-Z]{2}\d{2}(?: ?\d{4}){3,}"),
)  # fmt: skip
"""What on a page shows the country whose order of day and month it follows; one country of the euro stands for all."""

_LANGUAGE_WORDS = {
    "de": frozenset(
        [
            "der",
            "die",
            "das",
            "und",
            "mit",
            "für",
            "bei",
            "ist",
            "sind",
            "rechnung",
            "betrag",
            "netto",
            "bitte",
            "vom",
            "nr",
            "seite",
            "menge",
            "datum",
        ]
    ),
    "fr": frozenset(
        [
            "le",
            "la",
            "les",
            "des",
            "du",
            "et",
            "pour",
            "avec",
            "sur",
            "facture",
            "montant",
            "est",
            "votre",
            "vous",
            "par",
            "page",
            "quantité",
            "date",
            "numéro",
        ]
    ),
    "es": frozenset(
        [
            "el",
            "los",
            "las",
            "del",
            "y",
            "para",
            "con",
            "por",
            "factura",
            "importe",
            "su",
            "fecha",
            "cantidad",
            "número",
            "total",
            "página",
        ]
    ),
    "it": frozenset(
        [
            "il",
            "della",
            "di",
            "e",
            "per",
            "con",
            "fattura",
            "importo",
            "data",
            "quantità",
            "numero",
            "totale",
            "pagina",
            "gli",
            "sono",
        ]
    ),
    "nl": frozenset(
        [
            "de",
            "het",
            "een",
            "en",
            "van",
            "met",
            "voor",
            "uw",
            "factuur",
            "bedrag",
            "datum",
            "aantal",
            "btw",
            "totaal",
            "pagina",
            "nummer",
        ]
    ),
    "pt": frozenset(
        [
            "o",
            "os",
            "da",
            "do",
            "e",
            "para",
            "com",
            "por",
            "fatura",
            "valor",
            "data",
            "quantidade",
            "número",
            "total",
            "página",
            "não",
        ]
    ),
    "en": frozenset(
        [
            "the",
            "of",
            "and",
            "for",
            "to",
            "with",
            "invoice",
            "amount",
            "date",
            "is",
            "your",
            "due",
            "total",
            "from",
            "page",
            "by",
            "quantity",
            "number",
        ]
    ),
}


@dataclass(frozen=True, slots=True)
class Conventions:
    """The number marks and the date order of one document, None where nothing tells; `by_dates` whether its own dates
    told the order."""

    marks: Marks | None
    order: DayMonthOrder | None
    by_dates: bool


def conventions_of(numbers: Sequence[str], days: Sequence[str], text: str) -> Conventions:
    """The conventions of a document with these amounts and dates as printed."""
    own = infer_order(days)
    return Conventions(infer_marks(numbers), own or infer_order((), _language(text), _country(text)), own is not None)


def amount_readings(raw: str, conventions: Conventions) -> tuple[Decimal, ...]:
    """The values that an amount can have here: one where the document's marks decide."""
    value = parse_amount(raw, conventions.marks)
    return (value,) if value is not None else amounts(raw)


def date_readings(raw: str, conventions: Conventions) -> tuple[date, ...]:
    """The days that a date can mean here: one where the document's order decides."""
    return dates(raw, conventions.order)


def _country(text: str) -> str | None:
    return next((country for country, sign in COUNTRY_SIGNS if re.search(sign, text)), None)


def _language(text: str) -> str | None:
    words = re.findall(r"[^\W\d_]+", text.casefold())[:1500]
    counts = {language: sum(word in known for word in words) for language, known in _LANGUAGE_WORDS.items()}
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] >= 3 else None
