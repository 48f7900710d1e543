"""Names of months and weekdays in the languages of our documents, from the CLDR tables that dateparser ships.

dateparser itself guesses where a date is ambiguous, so only its data is used. Babel has the same names, weighs 33 MB,
and lacks the short forms that people write (`Mrz`, `Sept`).
"""

from functools import cache
from importlib import import_module

LANGUAGES = (
    "en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "nb", "fi", "cs", "sk", "hu", "ro", "tr", "hr",
    "sl", "el", "et", "lv", "lt", "bg",
)  # fmt: skip

_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@cache
def months_of_name() -> dict[str, tuple[int, ...]]:
    """Month by its name or abbreviation, in lower case: two where two languages mean different ones (Polish `listopada`
    is November, Croatian October)."""
    meanings: dict[str, set[int]] = {}
    for language in LANGUAGES:
        for number, month in enumerate(_MONTHS, 1):
            for name in _names(language, month):
                meanings.setdefault(name, set()).add(number)
    return {name: tuple(sorted(numbers)) for name, numbers in meanings.items()}


@cache
def weekday_names() -> frozenset[str]:
    """Names and abbreviations of the weekdays, in lower case."""
    return frozenset(name for language in LANGUAGES for day in _WEEKDAYS for name in _names(language, day))


def _names(language: str, key: str) -> list[str]:
    table = import_module(f"dateparser.data.date_translation_data.{language}").info
    return [name.lower().rstrip(".") for name in table[key]]
