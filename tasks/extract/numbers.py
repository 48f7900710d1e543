"""The numbers of a line of a table by their columns, and whether quantity and price make the amount."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise, product

from tasks.extract.columns import Head
from tasks.extract.layout import COLUMN_GAP, Line, Span
from tasks.extract.sheet import Sheet
from tasks.extract.values import Amount

_CENT = Decimal("0.01")
_ALIGNED = 0.8  # line heights by which an amount may stand off the edge of its column

Numbers = dict[str, tuple[Decimal, Amount]]


@dataclass(frozen=True, slots=True)
class Edge:
    """Where the amounts of a column stand: at `x`, by their right or left edge, give or take `slack`; `cents` whether
    nearly all of them show cents, or a currency."""

    x: float
    right: bool
    slack: float
    cents: bool

    def takes(self, amount: Amount) -> bool:
        """Whether the amount may be one of the column."""
        return self.off(amount.span) <= self.slack and (amount.exact or amount.mark is not None or not self.cents)

    def off(self, span: Span) -> float:
        """How far a span stands off the edge."""
        return abs((span.x1 if self.right else span.x0) - self.x)


def numbers_of(sheet: Sheet, head: Head, line: Line, edge: Edge | None) -> Numbers:
    """The numbers of a line by column: those that multiply, else those next to the heads of their columns. An amount
    must stand at the edge of its column, where it has one."""
    found: dict[str, list[tuple[Decimal, Amount]]] = {}
    for name, amount in _by_column(sheet, head, line):
        value = sheet.value_of(amount)
        if value is not None:
            found.setdefault(name, []).append((value, amount))
    if not found:
        return {}
    products = sorted(_products(found), key=lambda each: not each["net_amount"][1].exact)
    if edge and "net_amount" in found:
        found["net_amount"] = [each for each in found["net_amount"] if edge.takes(each[1])]
    nearest = {name: min(few, key=lambda each: head.off(name, each[1].span)) for name, few in found.items() if few}
    return nearest | (products[0] if products else {})


def _products(found: dict[str, list[tuple[Decimal, Amount]]]) -> Iterator[Numbers]:
    """Each choice of quantity, price and amount that multiplies."""
    names = ("quantity", "unit_price", "net_amount")
    for choice in product(*(found.get(name, ()) for name in names)):
        if agrees(choice[0][0], choice[1][0], choice[2][0]):
            yield dict(zip(names, choice, strict=True))


def edge_of(sheet: Sheet, head: Head) -> Edge | None:
    """The edge that most amounts under the head share; None where there are too few to tell."""
    rows = [numbers_of(sheet, head, line, None) for line in sheet.layout.lines[head.last + 1 :]]
    sure = [row for row in rows if multiplied(row)]
    rows = sure if len(sure) > 1 else [row for row in rows if "net_amount" in row]
    amounts = [row["net_amount"][1] for row in rows]
    spans = [amount.span for amount in amounts]
    cents = 5 * sum(amount.exact or amount.mark is not None for amount in amounts) >= 4 * len(amounts)
    if len(spans) < 2:
        return None
    slack = _ALIGNED * head.height
    edges = [
        Edge(_densest([span.x1 if right else span.x0 for span in spans], slack), right, slack, cents)
        for right in (True, False)
    ]
    best = max(edges, key=lambda edge: sum(edge.off(span) <= slack for span in spans))
    return best if 2 * sum(best.off(span) <= slack for span in spans) > len(spans) else None


def agrees(quantity: Decimal, price: Decimal, amount: Decimal) -> bool:
    """Whether quantity times price is the amount, as exactly as the price is printed."""
    unit = Decimal(1).scaleb(min(int(price.as_tuple().exponent), 0)) if price else _CENT
    return abs(abs(quantity * price) - abs(amount)) <= _CENT + abs(quantity) * unit / 2


def explained(numbers: dict[str, Decimal], printed: Sequence[tuple[Decimal, Amount]]) -> bool:
    """Whether quantity and price make the amount: alone, or with a rate or another amount that is `printed` in the row
    added or taken off (a tax, a discount)."""
    if not {"quantity", "unit_price", "net_amount"} <= numbers.keys():
        return False
    quantity, price, amount = (numbers[name] for name in ("quantity", "unit_price", "net_amount"))
    if agrees(quantity, price, amount):
        return True
    base = abs(quantity * price)
    others = [(value, each) for value, each in printed if each.percent or (each.exact and value not in (price, amount))]
    changes = [base * value / 100 if each.percent else value for value, each in others]
    return any(abs(base + sign * abs(change) - abs(amount)) <= 2 * _CENT for change in changes for sign in (1, -1))


def printed_in(sheet: Sheet, lines: Sequence[Line]) -> list[tuple[Decimal, Amount]]:
    """The numbers of these lines that can be told."""
    amounts = [amount for line in lines for amount in sheet.amounts.get(line.number, ())]
    return [(value, amount) for amount in amounts if (value := sheet.value_of(amount)) is not None]


def multiplied(numbers: Numbers) -> bool:
    """Whether quantity, price and amount are there and agree: a row, whatever it says."""
    if not {"quantity", "unit_price", "net_amount"} <= numbers.keys():
        return False
    quantity, price, amount = (numbers[name][0] for name in ("quantity", "unit_price", "net_amount"))
    return agrees(quantity, price, amount) and numbers["unit_price"][1].span != numbers["net_amount"][1].span


def _by_column(sheet: Sheet, head: Head, line: Line) -> Iterator[tuple[str, Amount]]:
    for amount in _amounts_of(sheet, line):
        name = head.column_of(amount.span.x0, amount.span.x1).name
        money = amount.exact or amount.mark or head.has("unit_price")
        number = name in ("quantity", "unit_price") or (name == "net_amount" and money)
        if name == "tax_rate" or (number and not amount.percent):
            yield name, amount


def _amounts_of(sheet: Sheet, line: Line) -> Iterator[Amount]:
    """The amounts of a line; of a scan also those whose decimal mark was not seen (`16 85`)."""
    amounts = sheet.amounts.get(line.number, ())
    yield from amounts
    for whole, cents in pairwise(amounts) if sheet.ocr else ():
        near = whole.span.end == cents.span.start and line.tokens[cents.span.start].gap <= COLUMN_GAP
        if near and whole.raw.isdecimal() and cents.raw.isdecimal() and len(cents.raw) == 2:
            span = Span(line, whole.span.start, cents.span.end)
            yield Amount(span, f"{whole.raw}.{cents.raw}", whole.mark, cents.percent, whole.negative)


def _densest(places: list[float], slack: float) -> float:
    """The place with most others near it."""
    counts: dict[int, int] = {}
    for x in places:
        counts[round(x / slack)] = counts.get(round(x / slack), 0) + 1
    best = max(counts, key=lambda at: counts[at] + counts.get(at + 1, 0) + counts.get(at - 1, 0))
    near = sorted(x for x in places if abs(x / slack - best) <= 1.5)
    return near[len(near) // 2]
