"""Rows told by their sum: a column of amounts that make a total which the document states, whatever stands above it."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from tasks.extract.numbers import agrees
from tasks.extract.rows import Row, is_sum
from tasks.extract.sheet import Sheet
from tasks.extract.values import Amount

_LEAST = 3  # rows that tell a column by their sum alone
_HIGHEST_TAX = Decimal("0.3")  # of two rows one may be the tax of the other: so much of it at most
_ALIGNED = 0.8  # line heights


@dataclass(frozen=True, slots=True)
class _Entry:
    """An amount that may be a row's."""

    value: Decimal
    amount: Amount


def summing_rows(sheet: Sheet, totals: Collection[Decimal]) -> list[Row]:
    """The rows of the longest column that makes one of the totals, which must be printed after them; else none."""
    found = [
        rows
        for column in _columns(list(_entries(sheet, totals)))
        if (rows := [_row(sheet, each) for each in _up_to_total(sheet, column, totals)])
        and (len(rows) >= _LEAST or all(row.explained for row in rows) or _are_described(rows))
    ]
    return max(found, key=len, default=[])


def _are_described(rows: Sequence[Row]) -> bool:
    """Whether two rows that make the total say what of, one right below the other, and none is the other's tax."""
    (upper, lower), amounts = rows, sorted(abs(row.amount or Decimal(0)) for row in rows)
    near = 0 < lower.lines[0].number - upper.lines[0].number <= 2
    return near and all(row.words for row in rows) and amounts[0] > _HIGHEST_TAX * amounts[1]


def _entries(sheet: Sheet, totals: Collection[Decimal]) -> Iterator[_Entry]:
    """Amounts of money that are neither a total nor in a line with the label of one."""
    for line in sheet.layout.lines:
        if is_sum(sheet, line):
            continue
        for amount in sheet.amounts.get(line.number, ()):
            value = sheet.value_of(amount)
            money = (amount.exact or amount.mark) and not amount.percent
            if money and value and abs(value) not in totals:
                yield _Entry(value, amount)


def _columns(entries: Sequence[_Entry]) -> Iterator[list[_Entry]]:
    """Entries that share their right edge, then those that share their left one, from the top down."""
    for right in (True, False):
        columns: dict[int, list[_Entry]] = defaultdict(list)
        for entry in entries:
            span = entry.amount.span
            x, slack = (span.x1 if right else span.x0), max(_ALIGNED * span.line.height, 1e-6)
            near = [at for at, column in columns.items() if abs(_edge(column[-1], right) - x) <= slack]
            columns[near[0] if near else len(columns)].append(entry)
        yield from columns.values()


def _edge(entry: _Entry, right: bool) -> float:
    return entry.amount.span.x1 if right else entry.amount.span.x0


def _up_to_total(sheet: Sheet, column: Sequence[_Entry], totals: Collection[Decimal]) -> list[_Entry]:
    """The entries from the first on that make a total printed below the last of them; none where none do."""
    made = Decimal(0)
    for count, entry in enumerate(column, 1):
        made += entry.value
        if count > 1 and abs(made) in totals and _printed_after(sheet, entry.amount.span.line.number, abs(made)):
            return list(column[:count])
    return []


def _printed_after(sheet: Sheet, number: int, total: Decimal) -> bool:
    return any(
        at > number and any(sheet.value_of(amount) in (total, -total) for amount in amounts)
        for at, amounts in sheet.amounts.items()
    )


def _row(sheet: Sheet, entry: _Entry) -> Row:
    """The row of an amount: the words before it, and quantity and price where they multiply."""
    span = entry.amount.span
    factors = _factors(sheet, entry)
    numbers = {"net_amount": entry.value} | dict(zip(("quantity", "unit_price"), factors, strict=False))
    words = [p.text for p in span.line.phrases if p.end <= span.start and any(c.isalpha() for c in p.text)]
    return Row([span.line], None, numbers, words, explained=bool(factors))


def _factors(sheet: Sheet, entry: _Entry) -> tuple[Decimal, ...]:
    """Quantity and price before an amount that multiply to it; a price shows cents or a currency."""
    before = [
        (value, amount)
        for amount in sheet.amounts[entry.amount.span.line.number]
        if amount.span.end <= entry.amount.span.start and (value := sheet.value_of(amount)) is not None
    ]
    for one, other in combinations(before, 2):
        for (quantity, _), (price, printed) in ((one, other), (other, one)):
            if (printed.exact or printed.mark) and agrees(quantity, price, entry.value):
                return quantity, price
    return ()
