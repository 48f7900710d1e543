"""Amounts of money and quantities as printed, into exact decimals. One token in, never a sentence."""

import re
from collections.abc import Iterable
from decimal import Decimal

from tasks.parse.currencies import take_currency
from tasks.parse.numbers import Marks, NumberReading, canonical, choose, common_marks, read_number

__all__ = [
    "Marks",
    "amounts",
    "currencies_of",
    "currency_of",
    "infer_marks",
    "parse_amount",
    "parse_percent",
    "parse_quantity",
]

_SIGNED = re.compile(r"(?P<minus>-) ?(?P<a>[^-].*)|\+ ?(?P<b>.+)|\( ?(?P<c>[^-+].*?) ?\)|(?P<d>.*\d) ?-|(?P<e>.+)")


def amounts(text: str) -> tuple[Decimal, ...]:
    """Every value that `text`, one amount with or without sign and currency, can have: none, one or two.

    A minus before or behind and parentheses make it negative. A rate (`19 %`) is no amount.
    """
    money, _ = take_currency(canonical(text))
    return tuple(reading.value for reading in _signed(money)) if money is not None else ()


def parse_amount(text: str, marks: Marks | None = None) -> Decimal | None:
    """The value of one amount (`€ 1.234,56-`); None where it is none, or where `marks` leave it open (`1.234`)."""
    money, _ = take_currency(canonical(text))
    return choose(_signed(money), marks) if money is not None else None


def parse_quantity(text: str, marks: Marks | None = None) -> Decimal | None:
    """The value of one bare number; None where it is none (a currency stands beside it), or where it is open."""
    return choose(_signed(canonical(text)), marks)


def parse_percent(text: str, marks: Marks | None = None) -> Decimal | None:
    """The rate in percent (`7,7 %` is 7.7); None without a percent sign, or where it is open."""
    plain = canonical(text)
    return choose(_signed(plain.strip("% ")), marks) if plain.count("%") == 1 and plain.strip("% ") != plain else None


def infer_marks(texts: Iterable[str]) -> Marks | None:
    """How this document writes numbers, from all its amounts, quantities and rates: `12,50` or `1.234.567` is evidence,
    `1.234` is none. None without evidence, or where it contradicts itself."""
    return common_marks(_readings(canonical(text)) for text in texts)


def currencies_of(text: str) -> tuple[str, ...]:
    """The ISO 4217 codes that the currency beside an amount can mean, the likeliest first; empty without one.

    `€ 5` means one, `$ 5` and `5 kr` several.
    """
    _, currencies = take_currency(canonical(text))
    return currencies


def currency_of(text: str) -> str | None:
    """The ISO 4217 code beside an amount where it can only be one."""
    currencies = currencies_of(text)
    return currencies[0] if len(currencies) == 1 else None


def _readings(text: str) -> tuple[NumberReading, ...]:
    money, _ = take_currency(text.strip("% "))
    return _signed(money) if money is not None else ()


def _signed(text: str) -> tuple[NumberReading, ...]:
    """The readings of a number with its sign. A dash behind the decimal mark (`12,-`) stands for no cents."""
    if readings := read_number(text):
        return readings
    hit = _SIGNED.fullmatch(text)
    if not hit or hit["e"]:
        return ()
    number = hit["a"] or hit["b"] or hit["c"] or hit["d"]
    sign = 1 if hit["b"] else -1
    return tuple(NumberReading(sign * r.value, r.decimal, r.grouping) for r in read_number(number))
