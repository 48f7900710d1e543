"""Written numbers and their marks: every reading that a notation allows, and the document's own convention.

Of ours, because price-parser and dateparser decide the separators silently and Babel needs to be told the locale.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

MAX_DIGITS = 15
"""Longer runs of digits are identifiers, not amounts."""

_SAME = str.maketrans(dict.fromkeys("’‘ʼ′`´＇", "'") | dict.fromkeys("−–—‐‑‒﹣－", "-"))
_FRACTION = r"(?:(?P<mark>[.,])(?P<fraction>\d{1,6}|-{1,2}))?"
_GROUPED = re.compile(
    r"(?P<whole>[1-9]\d{0,2}(?P<group>[., '])\d{3}(?:(?P=group)\d{3})*|[1-9]\d?(?:,\d\d)+,\d{3})" + _FRACTION
)
"""Thousands in threes, or the Indian way: `1,23,456`."""
_PLAIN = re.compile(r"(?P<whole>0+|[1-9]\d*)" + _FRACTION)
_NO_WHOLE = re.compile(r"(?P<mark>[.,])(?P<fraction>\d{2})")


@dataclass(frozen=True, slots=True)
class Marks:
    """How a document writes numbers: its `decimal` mark (`.` or `,`), and what separates thousands: `.`, `,`, a space,
    `'`, or None where it never shows."""

    decimal: str
    grouping: str | None = None


@dataclass(frozen=True, slots=True)
class NumberReading:
    """One thing that a written number can mean, and the marks that it then uses (None where it shows none)."""

    value: Decimal
    decimal: str | None
    grouping: str | None


def canonical(text: str) -> str:
    """`text` with one character for each meaning: ASCII digits, plain spaces, `-` for every dash, `'` for every
    apostrophe. Raised digits and fractions (`12⁵⁰`, `½`) are kept as they are, so that they are never read as plain.
    """
    plain = text.translate(_SAME)
    if not plain.isascii():
        plain = "".join(c if c.isdigit() and not c.isdecimal() else _character(c) for c in plain)
    return " ".join(plain.split())


def read_number(number: str) -> tuple[NumberReading, ...]:
    """Every reading of an unsigned number in its canonical form; empty where it is none.

    `1.234` has two readings, `1.234,56`, `12,5` and `1'234` have one; `12,-` is a round 12.
    """
    if sum(c.isdigit() for c in number) > MAX_DIGITS:
        return ()
    return tuple(dict.fromkeys(_readings(number)))


def choose(readings: tuple[NumberReading, ...], marks: Marks | None) -> Decimal | None:
    """The value where there is one reading, or one that agrees with the document's `marks`; None where it is open."""
    if len(readings) > 1 and marks:
        readings = tuple(r for r in readings if _agrees(r, marks))
    return readings[0].value if len(readings) == 1 else None


def common_marks(numbers: Iterable[tuple[NumberReading, ...]]) -> Marks | None:
    """The marks that all numbers with one reading agree on; None without evidence, or where they contradict."""
    certain = [readings[0] for readings in numbers if len(readings) == 1]
    groupings = {r.grouping for r in certain if r.grouping}
    decimals = {r.decimal for r in certain if r.decimal} | {_other(g) for g in groupings if g in ".,"}
    if len(decimals) != 1:
        return None
    return Marks(decimals.pop(), groupings.pop() if len(groupings) == 1 else None)


def _readings(number: str) -> Iterator[NumberReading]:
    if hit := _GROUPED.fullmatch(number):
        grouping = hit["group"] or ","
        if hit["mark"] != grouping:
            yield NumberReading(_decimal(hit["whole"].replace(grouping, ""), hit["fraction"]), hit["mark"], grouping)
    if hit := _PLAIN.fullmatch(number):
        yield NumberReading(_decimal(hit["whole"], hit["fraction"]), hit["mark"], None)
    if hit := _NO_WHOLE.fullmatch(number):
        yield NumberReading(_decimal("0", hit["fraction"]), hit["mark"], None)


def _decimal(whole: str, fraction: str | None) -> Decimal:
    return Decimal(f"{whole}.{fraction}" if fraction and fraction.isdecimal() else whole)


def _agrees(reading: NumberReading, marks: Marks) -> bool:
    if reading.decimal:
        return reading.decimal == marks.decimal
    return reading.grouping != marks.decimal and (marks.grouping or reading.grouping) == reading.grouping


def _other(mark: str) -> str:
    return "," if mark == "." else "."


def _character(char: str) -> str:
    return str(unicodedata.decimal(char)) if char.isdecimal() else unicodedata.normalize("NFKC", char)
