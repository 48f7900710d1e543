"""The rows under the head of a table, read line by line, with what speaks for one that was lost."""

from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from tasks.extract.columns import Head, names_columns
from tasks.extract.layout import Line, Span, keys_of
from tasks.extract.numbers import Edge, Numbers, explained, multiplied, numbers_of, printed_in
from tasks.extract.sheet import Sheet
from tasks.extract.tables import words

_TOTALS = ("net_total", "tax_total", "gross_total", "amount_due")
_CENT = Decimal("0.01")
_WRAP = 2.5  # line heights within which the next line still belongs to a description
_STEPS = (1, 10, 100)  # by which positions are counted


@dataclass
class Row:
    """A row in the making: the lines with its numbers, its position, the number of each column, the parts of its
    description, and the last line that belongs to it.

    `explained`: its quantity and price make its amount. `included`: it says that it is a part of the row above.
    """

    lines: list[Line]
    position: int | None = None
    numbers: dict[str, Decimal] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    last: Line | None = None
    explained: bool = False
    included: bool = False

    @property
    def amount(self) -> Decimal | None:
        """The net amount."""
        return self.numbers.get("net_amount")


@dataclass
class TableReader:
    """Takes the lines of a document from the head of its table on, one after the other.

    `total` is what the rows make so far, `section` what those since the last sum of a section do; `totals` are what the
    document states: what ends the table, not a section.
    """

    sheet: Sheet
    head: Head
    edge: Edge | None
    totals: Collection[Decimal] = ()
    rows: list[Row] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    closed: bool = False
    between: bool = False
    total: Decimal = Decimal(0)
    section: Decimal = Decimal(0)
    _numbers: dict[int, Numbers] = field(default_factory=dict, init=False, repr=False)

    def take(self, line: Line, last_on_page: bool) -> None:
        """Reads one line: a row, what belongs to the row above, a sum, or nothing of the table. `last_on_page`: no
        amount follows in that column of the page."""
        numbers = self.numbers(line)
        if multiplied(numbers):
            self._row(line, numbers)
        elif self._is_carried(line, numbers, last_on_page):
            self._carried(line, numbers["net_amount"][0])
        elif self._ends_section(line, numbers):
            self.closed, self.between, self.section = True, True, Decimal(0)
        elif self._is_end(line, numbers):
            self.closed, self.between = self.closed or bool(self.rows), False
        elif self.between and "net_amount" not in numbers:  # the title of the next section
            self.repeat()
        elif self.closed or (numbers.keys() == {"net_amount"} and _begins(line, "included")):
            return
        elif "net_amount" in numbers:
            self._row(line, numbers)
        else:
            self._other(line, numbers)

    def numbers(self, line: Line) -> Numbers:
        """The numbers of a line by column."""
        if line.number not in self._numbers:
            self._numbers[line.number] = numbers_of(self.sheet, self.head, line, self.edge)
        return self._numbers[line.number]

    def repeat(self) -> None:
        """The head stands there once more: the table goes on."""
        self.closed = self.between = False

    def _ends_section(self, line: Line, numbers: Numbers) -> bool:
        """Whether the line says what the rows since the last such line make, and that is no total of the document."""
        if not self.section or abs(self.section) in self.totals:
            return False
        if is_sum(self.sheet, line):
            return any(value == self.section for value, _ in printed_in(self.sheet, [line]))
        if "net_amount" not in numbers or numbers["net_amount"][0] != self.section:
            return False
        return len(line.phrases) < min(len(row.lines[0].phrases) for row in self.rows if row.amount is not None)

    def _is_end(self, line: Line, numbers: Numbers) -> bool:
        """Whether a sum, or the head of another table, ends the rows."""
        sums_up = len(self.rows) > 1 and "quantity" not in numbers and self._sums_up(numbers)
        return sums_up or is_sum(self.sheet, line) or (bool(self.rows) and names_columns(line))

    def _sums_up(self, numbers: Numbers) -> bool:
        if "net_amount" not in numbers:
            return False
        stated = numbers["net_amount"][0]
        return stated == self.total or (self.total != self.section and abs(stated) in self.totals)

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
        row.last = line
        row.numbers |= {name: value for name, (value, _) in numbers.items()}
        row.words += self._description(line, numbers)
        row.explained = explained(row.numbers, printed_in(self.sheet, row.lines))
        row.included = row.included or _begins(line, "included")
        self.total += numbers["net_amount"][0]
        self.section += numbers["net_amount"][0]

    def _other(self, line: Line, numbers: Numbers) -> None:
        position = self._position(line)
        if position is not None and position == self._next_position():
            self.rows.append(Row([line], position, {}, self._description(line, numbers)))
        elif self.rows and self._goes_on(line):
            self.rows[-1].words += self._description(line, numbers)
            self.rows[-1].last = line

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
        last = self.rows[-1].last or self.rows[-1].lines[-1]
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


@cache
def _keys(kind: str) -> frozenset[str]:
    return frozenset(key for word in words("rows")[kind] for key in keys_of(word))


def _letters(phrase: Span) -> str:
    return "".join(token.key for token in phrase.tokens if token.key.isalpha())


def _begins(line: Line, kind: str) -> bool:
    """Whether a phrase of the line begins with a word of that kind."""
    return any(phrase.tokens[0].key in _keys(kind) for phrase in line.phrases)
