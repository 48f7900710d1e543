"""The head of a table of line items: which columns there are, and where each stands."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from tasks.extract.layout import COLUMN_GAP, Layout, Line, key_of
from tasks.extract.tables import words

_LONGEST = 5  # tokens that the head of one column may have
_HEAD_ROWS = 2.2  # line heights within which the second row of a head follows
_NUMBERS = ("quantity", "unit_price", "net_amount", "tax_rate")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name (`description`, `net_amount`, ..., `other`) and the x-range of its head."""

    name: str
    x0: float
    x1: float


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a table: its columns from left to right, and the last line it takes up."""

    columns: tuple[Column, ...]
    line: Line

    def column_of(self, x0: float, x1: float) -> Column:
        """The column under whose head something from `x0` to `x1` stands, the nearest where none is above it."""
        return min(self.columns, key=lambda c: (max(c.x0 - x1, x0 - c.x1, 0.0), _offset(c, x0, x1)))

    def has(self, name: str) -> bool:
        """Whether there is a column of that name."""
        return any(column.name == name for column in self.columns)


def find_heads(layout: Layout) -> list[Head]:
    """The table heads of the document, in reading order: a long table has one on every page."""
    heads: list[Head] = []
    taken = -1
    for line in layout.lines:
        if line.number <= taken:
            continue
        head = _head_at(layout, line)
        if head:
            heads.append(head)
            taken = head.line.number
    return heads


@cache
def _names() -> dict[str, str]:
    table = words("columns")
    return {key_of(word): name for name in reversed(table) for word in table[name]}


def _head_at(layout: Layout, line: Line) -> Head | None:
    columns = list(_columns(line))
    last = line
    if len(columns) < 2:
        return None
    for below in layout.below(line, _HEAD_ROWS):
        added = [c for c in _columns(below) if not any(_overlap(c, known) for known in columns)]
        if _has_digits(below) or not added:
            break
        columns += added
        last = below
    columns = _with_amounts(sorted(columns, key=lambda c: c.x0))
    names = {column.name for column in columns}
    if "net_amount" not in names or ("description" not in names and len(names & {*_NUMBERS}) < 3):
        return None
    if len(names) < 3:
        return None
    return Head(tuple(columns), last)


def _has_digits(line: Line) -> bool:
    return any(c.isdigit() for token in line.tokens for c in token.text)


def _with_amounts(columns: list[Column]) -> list[Column]:
    """The columns with one of amounts: the rightmost of those that are called an amount, or all a price. Another
    "amount" is a price where there is none, a quantity left of the prices (`Amount  Product  Price  Total`)."""
    named = {column.name for column in columns}
    wanted = "net_amount" if "net_amount" in named else "unit_price"
    called = [i for i, column in enumerate(columns) if column.name == wanted]
    if len(called) > 1:
        rest = "unit_price" if "unit_price" not in named or wanted == "unit_price" else "quantity"
        for i in called:
            columns[i] = replace(columns[i], name="net_amount" if i == called[-1] else rest)
    return columns


def _columns(line: Line) -> Iterator[Column]:
    at = 0
    while at < len(line.tokens):
        end, name = _longest(line, at)
        if name:
            yield Column(name, line.tokens[at].box[0], line.tokens[end - 1].box[2])
        at = end if name else at + 1


def _longest(line: Line, at: int) -> tuple[int, str]:
    key, found = "", (at + 1, "")
    for end in range(at, min(at + _LONGEST, len(line.tokens))):
        if end > at and line.tokens[end].gap > COLUMN_GAP:
            break
        key += line.tokens[end].key
        if key in _names():
            found = (end + 1, _names()[key])
    return found


def _overlap(a: Column, b: Column) -> bool:
    return a.x0 < b.x1 and b.x0 < a.x1


def _offset(column: Column, x0: float, x1: float) -> float:
    """How far the nearer of the edges is from that of the head: columns are set flush left or right."""
    return min(abs(column.x0 - x0), abs(column.x1 - x1))
