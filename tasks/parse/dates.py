"""Dates as printed, into days of the calendar; where day and month could be swapped, both readings are told.

Of ours, because dateparser and dateutil decide `03/04/2024` silently. Numbers come first, then names of months.
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import Literal

from tasks.parse.months import months_of_name, weekday_names
from tasks.parse.numbers import canonical

DayMonthOrder = Literal["dmy", "mdy", "ymd"]
"""What comes first in an all-numeric date. `ymd` matters for short years only: `24-03-15`."""

EARLIEST, LATEST = 1970, 2100
"""Years outside are a misreading, not a date on a business document."""

_CLOCK = r"\d{1,2}[:h.]\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AaPp]\.?[Mm]\.?)?"
_ZONE = r"(?:Z|UTC|GMT|CES?T|[+-]\d\d:?\d\d|Uhr|hrs?|h)"
_TIME = re.compile(rf"(?:[ T,]|,? ?(?:at|um|à|kl\.?) )\(?{_CLOCK}\)?(?: ?{_ZONE})?$")
_YEAR_FIRST = re.compile(
    r"(\d{4})(?: ?([-/.]) ?(\d{1,2}) ?\2 ?(\d{1,2})\.?|(\d\d)(\d\d)| ?[年년] ?(\d{1,2}) ?[月월] ?(\d{1,2}) ?[日일])"
)
_YEAR_LAST = re.compile(r"(\d{1,2}) ?([-/.]) ?(\d{1,2}) ?\2 ?'?(\d{4}|\d{2})")
_PARTS = re.compile(r"[^\W\d_]+|\d+")
_BETWEEN = re.compile(r"[\s.,/'-]*")
_FILLERS = frozenset({
    "the", "of", "le", "de", "del", "di", "el", "il", "den", "am", "d", "o", "a", "st", "nd", "rd", "th", "er", "º",
    "ª", "e", "ten", "m", "gada", "r", "roku", "г", "година",
})  # fmt: skip

_MONTH_FIRST = frozenset({"US", "PR", "GU", "AS", "VI", "FM", "MH", "PW"})
_YEAR_FIRST_COUNTRIES = frozenset({"JP", "CN", "KR", "TW", "HU", "SE", "LT", "MN"})
_MIXED = frozenset({"CA", "PH", "ZA", "KE", "GH"})
_YEAR_FIRST_LANGUAGES = frozenset({"ja", "zh", "ko", "hu", "sv", "lt", "mn"})


def dates(text: str, order: DayMonthOrder | None = None) -> tuple[date, ...]:
    """Every day that `text`, one date with or without weekday and time, can mean: none, one or two.

    `order` is the document's; it decides only what is open without it. Two-digit years are 1970 to 2069.
    """
    plain = _TIME.sub("", canonical(text)).strip(" ,")
    if hit := _YEAR_FIRST.fullmatch(plain):
        year, month, day = (int(part) for part in hit.groups() if part and part.isdigit())
        return _days((year, month, day))
    if hit := _YEAR_LAST.fullmatch(plain):
        return _numeric(hit[1], hit[3], hit[4], order or ("dmy" if hit[2] == "." else None))
    return _textual(plain)


def parse_date(text: str, order: DayMonthOrder | None = None) -> date | None:
    """The day that `text` means; None where it is no plausible date, or where it could be two (`03/04/2024`)."""
    readings = dates(text, order)
    return readings[0] if len(readings) == 1 else None


def infer_order(texts: Iterable[str], language: str | None = None, country: str | None = None) -> DayMonthOrder | None:
    """The order of a document's numeric dates: by the dates that can only be read one way, else by its country
    (ISO 3166), else by its language (`de`, `en-GB`; plain `en` says nothing). None where its dates contradict."""
    shown = {order for text in texts if (order := _order_shown(text))}
    if shown:
        return shown.pop() if len(shown) == 1 else None
    language, _, region = (language or "").partition("-")
    if place := (country or region).upper():
        return _order_of_country(place)
    if language in _YEAR_FIRST_LANGUAGES:
        return "ymd"
    return "dmy" if language and language != "en" else None


def _order_shown(text: str) -> DayMonthOrder | None:
    """The order that one date proves: a number over 12, or dots (nobody writes month.day.year)."""
    hit = _YEAR_LAST.fullmatch(_TIME.sub("", canonical(text)).strip(" ,"))
    if not hit:
        return None
    first, second = int(hit[1]), int(hit[3])
    if first <= 12 < second:
        return "mdy"
    return "dmy" if second <= 12 and (first > 12 or hit[2] == ".") else None


def _order_of_country(country: str) -> DayMonthOrder | None:
    if country in _MIXED:
        return None
    if country in _MONTH_FIRST:
        return "mdy"
    return "ymd" if country in _YEAR_FIRST_COUNTRIES else "dmy"


def _numeric(first: str, second: str, third: str, order: DayMonthOrder | None) -> tuple[date, ...]:
    a, b, year = int(first), int(second), _year(third)
    by_order = {"dmy": _days((year, b, a)), "mdy": _days((year, a, b))}
    if len(third) == 2 and (order == "ymd" or a > 31):
        by_order = {"ymd": _days((_year(first), b, int(third)))}
    return by_order.get(order or "", ()) or tuple(dict.fromkeys(day for days in by_order.values() for day in days))


def _textual(plain: str) -> tuple[date, ...]:
    """Dates with the month's name, in any order that leaves no doubt which number is the day."""
    if _PARTS.sub("", plain) != "".join(_BETWEEN.findall(_PARTS.sub("", plain))):
        return ()
    parts = _meaningful([part.lower() for part in _PARTS.findall(plain)])
    shape = "".join("n" if part.isdecimal() else "m" for part in parts)
    if shape not in ("nmn", "mnn", "nnm"):
        return ()
    first, last = (part for part in parts if part.isdecimal())
    if len(first) == 4 and shape != "mnn":
        first, last = last, first
    elif shape == "nnm":
        return ()
    months = months_of_name()[parts[shape.index("m")]]
    return _days(*((_year(last), month, int(first)) for month in months)) if len(first) <= 2 else ()


def _meaningful(parts: list[str]) -> list[str]:
    """Numbers and names of months; the rest must be a weekday, an article or an ordinal's ending, or all is refused."""
    months = [part for part in parts if part in months_of_name()]
    if len(months) > 1 and parts[0] in weekday_names():  # French `mar. 5 mars 2024`: mardi
        parts = parts[1:]
    kept = [part for part in parts if part.isdecimal() or part in months_of_name()]
    rest = [part for part in parts if part not in kept]
    return kept if all(part in _FILLERS or part in weekday_names() for part in rest) else []


def _year(digits: str) -> int:
    """The year that two or four digits mean; three are none."""
    if len(digits) != 2:
        return int(digits) if len(digits) == 4 else 0
    return int(digits) + (1900 if int(digits) >= EARLIEST % 100 else 2000)


def _days(*candidates: tuple[int, int, int]) -> tuple[date, ...]:
    """The candidates (year, month, day) that are in the calendar and plausible."""
    found = []
    for year, month, day in candidates:
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    return tuple(day for day in found if EARLIEST <= day.year <= LATEST)
