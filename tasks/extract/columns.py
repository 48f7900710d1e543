"""The head of a table of line items: which columns there are, and where each stands."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from tasks.extract.layout import COLUMN_GAP, Layout, Line, Span, key_of, keys_of
from tasks.extract.tables import words

_LONGEST = 5  # tokens that the head of one column may have
_HEAD_ROWS = 2.2  # line heights within which the second row of a head follows
_NUMBERS = ("quantity", "unit_price", "net_amount", "tax_rate")
_NAMED = 0.3  # of a head's width: prose names a column here and there
_ALL = 0.9
_LEADING = 0.8  # line heights between the lines of one head
_WORD_GAP = 0.3  # of the head of the quantities: a space
_PARENTHESES = re.compile(r"\(.+\)")
_SAME_PLACE = 4.0  # line heights by which a head may be shifted on the next page


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name (`description`, `net_amount`, ..., `other`), and the x-range and the foot of its head."""

    name: str
    x0: float
    x1: float
    bottom: float = 0.0


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a table: its columns from left to right, and the numbers of its first and its last line."""

    columns: tuple[Column, ...]
    first: int
    last: int
    height: float

    def column_of(self, x0: float, x1: float) -> Column:
        """The column under whose head something from `x0` to `x1` stands, the nearest where none is above it."""
        return min(self.columns, key=lambda column: _off(column, x0, x1))

    def has(self, name: str) -> bool:
        """Whether there is a column of that name."""
        return any(column.name == name for column in self.columns)

    def left_of(self, name: str) -> float:
        """The left edge of the column of that name, infinite where there is none."""
        return min((column.x0 for column in self.columns if column.name == name), default=float("inf"))

    def off(self, name: str, span: Span) -> tuple[float, float]:
        """How far a span stands off the column of that name: from its x-range, then from its nearer edge."""
        columns = [column for column in self.columns if column.name == name]
        return min(_off(column, span.x0, span.x1) for column in columns)

    def repeats(self, other: "Head") -> bool:
        """Whether this is the same head once more: the same columns in the same places."""
        if [c.name for c in self.columns] != [c.name for c in other.columns]:
            return False
        slack = _SAME_PLACE * self.height
        return all(abs(a.x0 - b.x0) <= slack for a, b in zip(self.columns, other.columns, strict=True))


def find_heads(layout: Layout, *, priced: bool = False) -> list[Head]:
    """The table heads of the document, in reading order: a long table has one on every page. Where `priced`, also those
    without a column of amounts whose price stands for it."""
    heads: list[Head] = []
    for line in layout.lines:
        own = list(_columns(line)) if not heads or line.number > heads[-1].last else []
        if not own:
            continue
        head = _head_at(layout, line, own, [], priced)
        if not head and (wrapped := _wrapped(layout, line)):
            head = _head_at(layout, line, own, wrapped, priced)
        if head:
            heads.append(head)
    return heads


def names_columns(line: Line) -> bool:
    """Whether the line heads some table: two columns or more, and no number."""
    return not _has_digits(line) and len(list(_columns(line))) > 1


@cache
def _names() -> dict[str, str]:
    table = words("columns")
    return {key: name for name in reversed(table) for word in table[name] for key in keys_of(word)}


@cache
def _beginnings() -> frozenset[str]:
    """What the names of columns begin with, and they themselves."""
    return frozenset(name[:length] for name in _names() for length in range(len(name) + 1))


def _head_at(layout: Layout, line: Line, own: Sequence[Column], wrapped: list[Column], priced: bool) -> Head | None:
    columns = wrapped + [c for c in own if not any(_overlap(c, known) for known in wrapped)]
    last = line
    if len(columns) < 2 or not _is_named(line, columns):
        return None
    for below in layout.below(line, _HEAD_ROWS):
        added = [c for c in _columns(below) if not any(_overlap(c, known) for known in columns)]
        if _has_digits(below) or not (_is_named(below, added) or any(below.box[1] < c.bottom for c in wrapped)):
            break
        columns += added
        last = below
    columns = _told_apart(sorted(columns, key=lambda c: c.x0))
    if priced and not any(column.name == "net_amount" for column in columns):
        columns = [replace(c, name="net_amount") if c.name == "unit_price" else c for c in columns]
    if not _heads_items(line, {column.name for column in columns}, columns):
        return None
    return Head(tuple(columns), line.number, last.number, line.height)


def _heads_items(line: Line, names: set[str], columns: Sequence[Column]) -> bool:
    """Whether these columns make line items: amounts of something described, or of a quantity; where there are but two
    columns, nothing else stands in the line."""
    if "net_amount" not in names:
        return False
    if "description" not in names:
        return "quantity" in names and len(names & {*_NUMBERS}) > 2
    return len(names) > 2 or sum(c.x1 - c.x0 for c in columns) >= _ALL * sum(p.x1 - p.x0 for p in line.phrases)


def _is_named(line: Line, columns: Sequence[Column]) -> bool:
    """Whether the columns cover enough of what stands in the line."""
    named, printed = sum(c.x1 - c.x0 for c in columns), sum(phrase.x1 - phrase.x0 for phrase in line.phrases)
    return named >= _NAMED * printed


def _wrapped(layout: Layout, line: Line) -> list[Column]:
    """Columns whose heads stand in two lines or three, one of them perhaps this one (`Unit` over `price`)."""
    cells: list[list[Span]] = []
    for phrase in (phrase for near in _near(layout, line) for phrase in near.phrases):
        x0, x1, over, apart = phrase.x0, phrase.x1, [phrase], []
        for cell in cells:
            if any(p.x0 < x1 and x0 < p.x1 for p in cell):
                over[-1:-1] = cell
            else:
                apart.append(cell)
        cells = [*apart, over]
    found = [(_names().get("".join(t.key for p in cell for t in p.tokens)), cell) for cell in cells if len(cell) > 1]
    return [_column_over(name, cell) for name, cell in found if name]


def _near(layout: Layout, line: Line) -> list[Line]:
    """The line with the one above and the one below it, where they stand close and hold no number."""
    around = layout.lines[max(line.number - 1, 0) : line.number + 2]
    slack = _LEADING * line.height
    return [
        each
        for each in around
        if each is line
        or (
            each.page == line.page
            and not _has_digits(each)
            and each.box[1] - line.box[3] < slack
            and line.box[1] - each.box[3] < slack
        )
    ]


def _column_over(name: str, cell: Sequence[Span]) -> Column:
    bottom = max(phrase.box[3] for phrase in cell)
    return Column(name, min(phrase.x0 for phrase in cell), max(phrase.x1 for phrase in cell), bottom)


def _has_digits(line: Line) -> bool:
    return any(map(str.isdigit, line.text))


def _told_apart(columns: list[Column]) -> list[Column]:
    """The columns with one of each kind: amounts, else prices, are told apart by where they stand; of two prices the
    left one is a unit (`Unit  Rate  Amount`); what is called an item is a description where there is no other."""
    named = {column.name for column in columns}
    item = "position" if "description" in named else "description"
    columns = [replace(c, name=item) if c.name == "item" else c for c in columns]
    columns = _one_amount(columns, "net_amount" if "net_amount" in named else "unit_price")
    prices = [i for i, column in enumerate(columns) if column.name == "unit_price"]
    columns = [replace(c, name="other") if i in prices[:-1] else c for i, c in enumerate(columns)]
    return _with_units(columns)


def _with_units(columns: list[Column]) -> list[Column]:
    """The columns with that of quantities as wide as a word right behind its head reaches: that of their unit."""
    units = {i for i, (a, b) in enumerate(pairwise(columns), 1) if a.name == "quantity" and _follows(a, b)}
    wide = [replace(c, x1=columns[i + 1].x1) if i + 1 in units else c for i, c in enumerate(columns)]
    return [c for i, c in enumerate(wide) if i not in units]


def _follows(quantity: Column, unit: Column) -> bool:
    return unit.name == "other" and unit.x0 - quantity.x1 <= _WORD_GAP * (quantity.x1 - quantity.x0)


def _one_amount(columns: list[Column], called: str) -> list[Column]:
    """The columns with one of amounts: of several called so the last, but the one before a tax that another follows
    (`Net  VAT  Total`). The rest are prices, or quantities (`Amount  Product  Price  Total`), where there are none."""
    named = {column.name for column in columns}
    at = [i for i, column in enumerate(columns) if column.name == called]
    if len(at) < 2:
        return columns
    before_tax = [i for i in at[:-1] if called == "net_amount" and columns[i + 1].name == "tax_rate"]
    amount = before_tax[-1] if before_tax else at[-1]
    missing = [name for name in ("unit_price", "quantity") if name == called or name not in named]
    rest = missing[0] if missing else "other"
    renamed = {i: "net_amount" if i == amount else rest if i < amount else "other" for i in at}
    return [replace(c, name=renamed.get(i, c.name)) for i, c in enumerate(columns)]


def _columns(line: Line) -> Iterator[Column]:
    at, beginnings = 0, _beginnings()
    while at < len(line.tokens):
        if _unit_off(line.tokens[at].text, line.tokens[at].key) not in beginnings:
            at += 1
            continue
        end, name = _longest(line, at)
        while name and end < len(line.tokens) and _PARENTHESES.fullmatch(line.tokens[end].text):  # `Amount (EUR)`
            end += 1
        if name:
            yield Column(name, line.tokens[at].box[0], line.tokens[end - 1].box[2])
        at = end if name else at + 1


def _longest(line: Line, at: int) -> tuple[int, str]:
    key, found = "", (at + 1, "")
    for end in range(at, min(at + _LONGEST, len(line.tokens))):
        if end > at and line.tokens[end].gap > COLUMN_GAP:
            break
        key += _unit_off(line.tokens[end].text, line.tokens[end].key)
        if key not in _beginnings():
            break
        if key in _names():
            found = (end + 1, _names()[key])
    return found


def _unit_off(text: str, key: str) -> str:
    """The key of a head's word without the currency in parentheses behind it (`Amount(RM)`)."""
    return (key_of(text.partition("(")[0]) or key) if "(" in text else key


def _overlap(a: Column, b: Column) -> bool:
    return a.x0 < b.x1 and b.x0 < a.x1


def _off(column: Column, x0: float, x1: float) -> tuple[float, float]:
    """How far something is off the head's x-range, and how far the nearer of its edges is off that of the head: columns
    are set flush left or right."""
    left, right = column.x0, column.x1
    return max(left - x1, x0 - right, 0.0), min(abs(left - x0), abs(right - x1))
