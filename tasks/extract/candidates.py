"""Everything on the pages that may be a header field's value, before anybody has asked for its label."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tasks.extract.labelled import clean, day_value
from tasks.extract.layout import COLUMN_GAP, Span
from tasks.extract.names import name_text
from tasks.extract.sheet import Sheet

Kind = Literal["number", "day", "amount", "name"]

FIELDS: dict[Kind, tuple[str, ...]] = {
    "number": ("invoice_number", "purchase_order_number"),
    "day": ("issue_date", "due_date"),
    "amount": ("net_total", "tax_total", "gross_total", "amount_due"),
    "name": ("seller_name", "buyer_name"),
}
"""The fields that are chosen among the candidates of each kind."""

_MOST = 60  # candidates of a kind; a document with more keeps its first ones and its last twenty
_LAST = 20
_NUMBER = re.compile(r"(?=.*\d)[A-Z0-9][A-Z0-9._/\\*–-]{1,29}", re.IGNORECASE)
_AMOUNT = re.compile(r"\d{1,3}(?:[.,]\d{3})*[.,]\d{2}|.*[%€$£@]|https?:.*|www\..*", re.IGNORECASE)
_PREFIX = re.compile(r"[A-Z]{1,6}[-/.]?")


@dataclass(frozen=True, slots=True)
class Spot:
    """A value, normalised as a field's would be, and where it stands."""

    value: str
    span: Span


def candidates(sheet: Sheet, kind: Kind) -> list[Spot]:
    """The candidates of one kind, in reading order; the same value may stand in several places."""
    spots = list(_FINDERS[kind](sheet))
    return spots if len(spots) <= _MOST else [*spots[: _MOST - _LAST], *spots[-_LAST:]]


def _numbers(sheet: Sheet) -> Iterator[Spot]:
    for line in sheet.layout.lines:
        dated = {i for d in sheet.dates.get(line.number, ()) for i in range(d.span.start, d.span.end)}
        for i, token in enumerate(line.tokens):
            text = clean(token.text)
            if i in dated or not _NUMBER.fullmatch(text) or _AMOUNT.fullmatch(text):
                continue
            yield Spot(text, Span(line, i, i + 1))
            if i and token.gap <= COLUMN_GAP and _PREFIX.fullmatch(line.tokens[i - 1].text):
                span = Span(line, i - 1, i + 1)
                yield Spot(clean(span.text), span)


def _days(sheet: Sheet) -> Iterator[Spot]:
    for found in sheet.dates.values():
        yield from (Spot(value, dated.span) for dated in found if (value := day_value(sheet, dated)))


def _amounts(sheet: Sheet) -> Iterator[Spot]:
    for found in sheet.amounts.values():
        for amount in found:
            value = sheet.value_of(amount)
            if value is not None and not amount.percent and (amount.exact or amount.mark):
                yield Spot(f"{value:f}", amount.span)


def _names(sheet: Sheet) -> Iterator[Spot]:
    lines = sheet.layout.lines
    outer = tuple(dict.fromkeys((lines[0].page, lines[-1].page))) if lines else ()
    found = [sheet.names_on(page) for page in outer] + [sheet.stacked_on(page) for page in outer]
    yield from (Spot(name_text(span), span) for spans in found for span in spans)


_FINDERS = {"number": _numbers, "day": _days, "amount": _amounts, "name": _names}
