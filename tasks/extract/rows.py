"""The rows under the head of a table, read line by line, with what speaks for one that was lost."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from itertools import product

from tasks.extract.columns import Head, names_columns
from tasks.extract.layout import Line, Span, key_of
from tasks.extract.sheet import Sheet
from tasks.extract.tables import words
from tasks.extract.values import Amount

_TOTALS = ("net_total", "tax_total", "gross_total", "amount_due")
_CENT = Decimal("0.01")
_WRAP = 2.5  # line heights within which the next line still belongs to a description
_ALIGNED = 0.8  # line heights by which an amount may stand off the edge of its column
_STEPS = (1, 10, 100)  # by which positions are counted

Numbers = dict[str, tuple[Decimal, Amount]]


@dataclass
class Row:
    """A row in the making: its lines, its position, the number of each column, the parts of its description."""

    lines: list[Line]
    position: int | None = None
    numbers: dict[str, Decimal] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)

    @property
    def amount(self) -> Decimal | None:
        """The net amount."""
        return self.numbers.get("net_amount")


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


@dataclass
class TableReader:
    """Takes the lines of a document from the head of its table on, one after the other."""

    sheet: Sheet
    head: Head
    edge: Edge | None
    rows: list[Row] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    closed: bool = False
    total: Decimal = Decimal(0)

    def take(self, line: Line, last_on_page: bool) -> None:
        """Reads one line: a row, what belongs to the row above, a sum, or nothing of the table. `last_on_page`: no
        amount follows in that column of the page."""
        numbers = numbers_of(self.sheet, self.head, line, self.edge)
        if multiplied(numbers):
            self._row(line, numbers)
        elif self._is_carried(line, numbers, last_on_page):
            self._carried(line, numbers["net_amount"][0])
        elif self._is_end(line, numbers):
            self.closed = self.closed or bool(self.rows)
        elif self.closed or (numbers.keys() == {"net_amount"} and _begins(line, "included")):
            return
        elif "net_amount" in numbers:
            self._row(line, numbers)
        else:
            self._other(line, numbers)

    def repeat(self) -> None:
        """The head stands there once more: the table goes on."""
        self.closed = False

    def _is_end(self, line: Line, numbers: Numbers) -> bool:
        """Whether a sum, or the head of another table, ends the rows."""
        sums_up = len(self.rows) > 1 and "quantity" not in numbers and self._sums_up(numbers)
        return sums_up or is_sum(self.sheet, line) or (bool(self.rows) and names_columns(line))

    def _sums_up(self, numbers: Numbers) -> bool:
        return "net_amount" in numbers and numbers["net_amount"][0] == self.total

    def _is_carried(self, line: Line, numbers: Numbers, last_on_page: bool) -> bool:
        """Whether the sum so far is taken over: at a page's edge, by a word for it or by the amount alone."""
        if not self.rows or "net_amount" not in numbers or "quantity" in numbers:
            return False
        first_on_page = self.rows[-1].lines[-1].page < line.page
        named = is_named(line, "carried")
        return (named and self._sums_up(numbers)) or (
            (first_on_page or last_on_page) and (named or (len(self.rows) > 1 and self._sums_up(numbers)))
        )

    def _carried(self, line: Line, stated: Decimal) -> None:
        if abs(stated - self.total) > _CENT:
            self.doubts.append(f"page {line.page} carries {stated}, the rows before it make {self.total}")
            self.total = stated

    def _row(self, line: Line, numbers: Numbers) -> None:
        position = self._position(line)
        bare = bool(self.rows) and position is None and self.rows[-1].amount is None and self._goes_on(line)
        row = self.rows[-1] if bare else Row([], position)
        if not bare:
            self.rows.append(row)
        row.lines.append(line)
        row.numbers |= {name: value for name, (value, _) in numbers.items()}
        row.words += self._description(line, numbers)
        self.total += numbers["net_amount"][0]

    def _other(self, line: Line, numbers: Numbers) -> None:
        position = self._position(line)
        if position is not None and position == self._next_position():
            self.rows.append(Row([line], position, {}, self._description(line, numbers)))
        elif self.rows and self._goes_on(line):
            self.rows[-1].words += self._description(line, numbers)
            self.rows[-1].lines.append(line)

    def _next_position(self) -> int | None:
        """The position that must follow, where the last two rows, or the first, tell how they are counted."""
        known = [row.position for row in self.rows[-2:] if row.position is not None]
        if not self.rows:
            return 1
        if len(known) < min(len(self.rows), 2):
            return None
        return 2 * known[-1] - known[-2] if len(known) > 1 else 2 * known[0]

    def _position(self, line: Line) -> int | None:
        """The number that a line begins with, left of the description and in no column of numbers."""
        token = line.tokens[0]
        text = token.text.rstrip(".)")
        column = self.head.column_of(token.box[0], token.box[2]).name
        left = token.box[0] < self.head.left_of("description") - 0.5 * line.height
        named = column == "position" or (column in ("other", "description") and left)
        return int(text) if named and text.isdecimal() and len(text) < 7 else None

    def _goes_on(self, line: Line) -> bool:
        last = self.rows[-1].lines[-1]
        return last.page == line.page and line.box[1] - last.box[3] <= _WRAP * last.height

    def _description(self, line: Line, numbers: Numbers) -> list[str]:
        """The words of the line that stand under the head of the description and are none of its numbers."""
        taken = {i for _, amount in numbers.values() for i in range(amount.span.start, amount.span.end)}
        if self._position(line) is not None:
            taken.add(0)
        found = []
        for phrase in line.phrases:
            free = [line.tokens[i] for i in range(phrase.start, phrase.end) if i not in taken]
            if free and self.head.column_of(free[0].box[0], free[-1].box[2]).name == "description":
                found.append(" ".join(token.text for token in free))
        return found


def numbers_of(sheet: Sheet, head: Head, line: Line, edge: Edge | None) -> Numbers:
    """The numbers of a line by column: those that multiply, else those next to the heads of their columns. An amount
    must stand at the edge of its column, where it has one."""
    found: dict[str, list[tuple[Decimal, Amount]]] = {}
    for name, amount in _by_column(sheet, head, line):
        value = sheet.value_of(amount)
        if value is not None and not (name == "net_amount" and edge and not edge.takes(amount)):
            found.setdefault(name, []).append((value, amount))
    nearest = {name: min(several, key=lambda each: head.off(name, each[1].span)) for name, several in found.items()}
    return nearest | next(_products(found), {})


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


def is_sum(sheet: Sheet, line: Line) -> bool:
    """Whether a label of a total opens one of the line's phrases and an amount follows, or several labels do: the head
    of a table of totals."""
    amounts = sheet.amounts.get(line.number, ())
    if amounts and is_named(line, "sum"):
        return True
    labels = [a for a in sheet.labels.get(line.number, ()) if a.opens and a.sure and a.names[0] in _TOTALS]
    return len(labels) > 1 or any(amounts and amounts[-1].span.start >= label.span.end for label in labels)


def is_named(line: Line, kind: str) -> bool:
    """Whether a phrase of the line is, but for numbers, a word of that kind (of data/rows.toml)."""
    return any(_letters(phrase) in _keys(kind) for phrase in line.phrases)


def agrees(quantity: Decimal, price: Decimal, amount: Decimal) -> bool:
    """Whether quantity times price is the amount, as exactly as the price is printed."""
    unit = Decimal(1).scaleb(min(int(price.as_tuple().exponent), 0)) if price else _CENT
    return abs(abs(quantity * price) - abs(amount)) <= _CENT + abs(quantity) * unit / 2


def multiplied(numbers: Numbers) -> bool:
    """Whether quantity, price and amount are there and agree: a row, whatever it says."""
    if not {"quantity", "unit_price", "net_amount"} <= numbers.keys():
        return False
    quantity, price, amount = (numbers[name][0] for name in ("quantity", "unit_price", "net_amount"))
    return agrees(quantity, price, amount) and numbers["unit_price"][1].span != numbers["net_amount"][1].span


def _by_column(sheet: Sheet, head: Head, line: Line) -> Iterator[tuple[str, Amount]]:
    for amount in sheet.amounts.get(line.number, ()):
        name = head.column_of(amount.span.x0, amount.span.x1).name
        money = amount.exact or amount.mark or head.has("unit_price")
        number = name in ("quantity", "unit_price") or (name == "net_amount" and money)
        if name == "tax_rate" or (number and not amount.percent):
            yield name, amount


def _densest(places: list[float], slack: float) -> float:
    """The place with most others near it."""
    counts: dict[int, int] = {}
    for x in places:
        counts[round(x / slack)] = counts.get(round(x / slack), 0) + 1
    best = max(counts, key=lambda at: counts[at] + counts.get(at + 1, 0) + counts.get(at - 1, 0))
    near = sorted(x for x in places if abs(x / slack - best) <= 1.5)
    return near[len(near) // 2]


@cache
def _keys(kind: str) -> frozenset[str]:
    return frozenset(key_of(word) for word in words("rows")[kind])


def _letters(phrase: Span) -> str:
    return "".join(token.key for token in phrase.tokens if token.key.isalpha())


def _begins(line: Line, kind: str) -> bool:
    """Whether a phrase of the line begins with a word of that kind."""
    return any(phrase.tokens[0].key in _keys(kind) for phrase in line.phrases)
