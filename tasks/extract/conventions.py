"""How one document writes numbers and dates: told by its own numbers and dates, else by the country that it shows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from tasks.extract.tables import words
from tasks.parse.dates import DayMonthOrder, dates, infer_order
from tasks.parse.money import Marks, amounts, infer_marks, parse_amount

_LOCALES = words("locales")
US_POSTCODE = re.compile(_LOCALES["us_postcode"])
_COUNTRIES = {country: re.compile(sign) for country, sign in _LOCALES["country"].items()}
_LANGUAGES = {language: frozenset(known) for language, known in _LOCALES["language"].items()}


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
    return _amount_readings(raw, conventions.marks)


@lru_cache(maxsize=50_000)
def _amount_readings(raw: str, marks: Marks | None) -> tuple[Decimal, ...]:
    value = parse_amount(raw, marks)
    return (value,) if value is not None else amounts(raw)


def date_readings(raw: str, conventions: Conventions) -> tuple[date, ...]:
    """The days that a date can mean here: one where the document's order decides."""
    return _date_readings(raw, conventions.order)


@lru_cache(maxsize=20_000)
def _date_readings(raw: str, order: DayMonthOrder | None) -> tuple[date, ...]:
    return dates(raw, order)


def _country(text: str) -> str | None:
    if US_POSTCODE.search(text):
        return "US"
    return next((country for country, sign in _COUNTRIES.items() if sign.search(text)), None)


def _language(text: str) -> str | None:
    shown = re.findall(r"[^\W\d_]+", text.casefold())[:1500]
    counts = {language: sum(map(known.__contains__, shown)) for language, known in _LANGUAGES.items()}
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] >= 3 else None
