"""The columns of a table without a head that we know: told by rows in which quantity times price is the amount."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from tasks.extract.columns import Column, Head
from tasks.extract.layout import Line
from tasks.extract.numbers import agrees
from tasks.extract.sheet import Sheet
from tasks.extract.values import Amount

_MOST_NUMBERS = 6  # on a line: more are no row of a table
_LEAST = 2  # rows that must multiply
_ALIGNED = 0.8  # line heights
_NAMES = ("quantity", "unit_price", "net_amount")

Factors = tuple[Amount, Amount, Amount]


@dataclass(frozen=True, slots=True)
class _Product:
    line: Line
    factors: Factors


def guessed_head(sheet: Sheet, totals: Collection[Decimal] = ()) -> Head | None:
    """The columns of quantity, price and amount where two rows or more multiply and their amounts are aligned; one row
    will do whose amount is a stated total."""
    products = [_Product(line, found) for line in sheet.layout.lines if (found := _factors(sheet, line))]
    for product in products:
        same = [other for other in products if _aligned(product, other)]
        if len(same) >= _LEAST or sheet.value_of(product.factors[2]) in totals:
            return _head(same)
    return None


def _head(products: Sequence[_Product]) -> Head:
    first = products[0].line
    columns = [_column(name, [p.factors[at] for p in products]) for at, name in enumerate(_NAMES)]
    words = [p.line.tokens[0].box[0] for p in products]
    others = [Column("description", min(words), min(c.x0 for c in columns))] if _has_words(products) else []
    ordered = tuple(sorted([*columns, *others], key=lambda c: c.x0))
    return Head(ordered, first.number - 1, first.number - 1, first.height)


def _column(name: str, amounts: Sequence[Amount]) -> Column:
    return Column(name, min(a.span.x0 for a in amounts), max(a.span.x1 for a in amounts))


def _has_words(products: Sequence[_Product]) -> bool:
    """Whether the rows begin left of their numbers."""
    return all(p.line.tokens[0].box[0] < min(a.span.x0 for a in p.factors) for p in products)


def _aligned(a: _Product, b: _Product) -> bool:
    slack = _ALIGNED * a.line.height
    return all(
        abs(x.span.x1 - y.span.x1) <= slack or abs(x.span.x0 - y.span.x0) <= slack
        for x, y in zip(a.factors, b.factors, strict=True)
    )


def _factors(sheet: Sheet, line: Line) -> Factors | None:
    amounts = [a for a in sheet.amounts.get(line.number, ()) if not a.percent]
    if not 3 <= len(amounts) <= _MOST_NUMBERS or not any(a.exact for a in amounts):
        return None
    return next(_products(sheet, amounts), None)


def _products(sheet: Sheet, amounts: Sequence[Amount]) -> Iterator[Factors]:
    """Quantity, price and their product, the rightmost product first; price and product show cents."""
    for a, b, c in sorted(combinations(amounts, 3), key=lambda three: [-each.span.start for each in reversed(three)]):
        quantity, price = (b, a) if a.exact and not b.exact else (a, b)
        values = [value for each in (quantity, price, c) if (value := sheet.value_of(each))]
        if c.exact and price.exact and len(values) == 3 and agrees(values[0], values[1], values[2]):
            yield quantity, price, c
