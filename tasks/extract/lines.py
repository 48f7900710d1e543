"""Line items from the table on the pages: over any number of pages, with what speaks for a row that was lost."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from tasks.documents import LineItem
from tasks.extract.columns import Head, find_heads
from tasks.extract.headless import guessed_head
from tasks.extract.layout import Line
from tasks.extract.rows import Row, TableReader, agrees, edge_of, numbers_of
from tasks.extract.sheet import Sheet

_SURE, _PLAIN, _DOUBTFUL = 0.9, 0.6, 0.3
"""Confidence of a row whose quantity and price make its amount, of one without both, of one that contradicts itself."""

_MOSTLY = 0.8  # share of rows that must have a position for gaps to mean something


@dataclass(frozen=True, slots=True)
class LineTable:
    """The line items of a document; `doubts` says what speaks for a lost row, `sums` are the amounts printed outside
    the rows: where the sum of the lines must be found."""

    items: tuple[LineItem, ...] = ()
    doubts: tuple[str, ...] = ()
    sums: frozenset[Decimal] = frozenset()


def line_table(sheet: Sheet) -> LineTable:
    """The line items of the document; none where neither a table head nor arithmetic tells the columns."""
    heads = find_heads(sheet.layout)
    readers = [reader for group in _groups(heads) if (reader := _read(sheet, group, heads)).rows]
    guess = guessed_head(sheet) if not any(_holds(reader) for reader in readers) else None
    if guess:
        readers = [_read(sheet, [guess], [guess])]
    for reader in readers:
        reader.rows = _without_empty(reader)
    rows = _before_taxes(sheet, [row for reader in readers for row in reader.rows])
    if not any(row.amount is not None for row in rows):
        return LineTable()
    doubts = [doubt for reader in readers for doubt in (*reader.doubts, *_gaps(reader.rows))]
    return LineTable(tuple(_item(number, row) for number, row in enumerate(rows, 1)), tuple(doubts), _sums(sheet, rows))


def _without_empty(reader: TableReader) -> list[Row]:
    """The rows without those of which nothing but a position was found: the foot of a page, or a lost row, of which
    the gap in the positions tells."""
    return [row for row in reader.rows if row.amount is not None or {"quantity", "unit_price"} & row.numbers.keys()]


def _before_taxes(sheet: Sheet, rows: list[Row]) -> list[Row]:
    """The rows without those at the end that have neither quantity nor price where the rows before them already make a
    sum that is printed elsewhere: taxes and totals under the table."""
    if all("quantity" not in row.numbers for row in rows):
        return rows
    kept = len(rows)
    while kept and not {"quantity", "unit_price"} & rows[kept - 1].numbers.keys():
        kept -= 1
    total = abs(sum((row.amount or Decimal(0) for row in rows[:kept]), Decimal(0)))
    return rows[:kept] if total in _sums(sheet, rows[:kept]) else rows


def _groups(heads: Sequence[Head]) -> list[list[Head]]:
    """The heads of each table: those that repeat its first one."""
    groups: list[list[Head]] = []
    for head in heads:
        same = [group for group in groups if head.repeats(group[0])]
        if same:
            same[0].append(head)
        else:
            groups.append([head])
    return groups


def _read(sheet: Sheet, group: Sequence[Head], heads: Sequence[Head]) -> TableReader:
    """The table of these heads, among all `heads` of the document."""
    reader = TableReader(sheet, group[0], edge_of(sheet, group[0]))
    stretches = _stretches(sheet, group, heads)
    last = _last_amounts(sheet, reader, [line for stretch in stretches for line in stretch])
    for stretch in stretches:
        reader.repeat()
        for line in stretch:
            reader.take(line, line.number in last)
    return reader


def _stretches(sheet: Sheet, group: Sequence[Head], heads: Sequence[Head]) -> list[Sequence[Line]]:
    """The lines under each head of the group, up to the next head; what stands above that on its page is no row."""
    lines = sheet.layout.lines
    found: list[Sequence[Line]] = []
    for head, below in zip(heads, [*heads[1:], None], strict=True):
        end = below.first if below else len(lines)
        page = lines[end].page if below else 0
        while page > lines[head.first].page and lines[end - 1].page == page:
            end -= 1
        if head in group:
            found.append(lines[head.last + 1 : end])
    return found


def _last_amounts(sheet: Sheet, reader: TableReader, lines: Sequence[Line]) -> set[int]:
    """The lines with the last amount of each page."""
    last = {
        line.page: line.number for line in lines if "net_amount" in numbers_of(sheet, reader.head, line, reader.edge)
    }
    return set(last.values())


def _holds(reader: TableReader) -> bool:
    """Whether no more than a third of the rows contradict themselves."""
    amounts = [row for row in reader.rows if row.amount is not None]
    return bool(amounts) and 3 * sum(_contradicts(row) for row in amounts) <= len(amounts)


def _contradicts(row: Row) -> bool:
    quantity, price, amount = (row.numbers.get(name) for name in ("quantity", "unit_price", "net_amount"))
    return quantity is not None and price is not None and amount is not None and not agrees(quantity, price, amount)


def _gaps(rows: Sequence[Row]) -> Iterator[str]:
    """Positions that are missing where nearly all rows have one and they are counted in even steps."""
    positions = [row.position for row in rows if row.position is not None]
    if len(positions) < max(2.0, _MOSTLY * len(rows)):
        return
    steps = Counter(b - a for a, b in pairwise(positions))
    step, times = steps.most_common(1)[0]
    if step < 1 or times < _MOSTLY * len(positions) - 1:
        return
    for before, after in zip([positions[0] - step if positions[0] > step else 0, *positions], positions, strict=False):
        if after > before + step:
            yield f"no row {before + step} to {after - step}"


def _sums(sheet: Sheet, rows: Sequence[Row]) -> frozenset[Decimal]:
    taken = {line.number for row in rows for line in row.lines}
    return frozenset(
        abs(value)
        for number, amounts in sheet.amounts.items()
        if number not in taken
        for amount in amounts
        if amount.exact and (value := sheet.value_of(amount)) is not None
    )


def _item(number: int, row: Row) -> LineItem:
    quantity, price = row.numbers.get("quantity"), row.numbers.get("unit_price")
    return LineItem(
        line=number,
        description=" ".join(row.words) or None,
        quantity=quantity,
        unit_price=price,
        net_amount=row.amount,
        tax_rate=row.numbers.get("tax_rate"),
        page=row.lines[0].page,
        confidence=_confidence(row),
    )


def _confidence(row: Row) -> float:
    if row.amount is None or _contradicts(row):
        return _DOUBTFUL
    return _SURE if {"quantity", "unit_price"} <= row.numbers.keys() else _PLAIN
