"""Line items from the table on the pages: over any number of pages, with what speaks for a row that was lost."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from tasks.documents import Field, LineItem
from tasks.extract.columns import Head, find_heads
from tasks.extract.expected import expected_rows
from tasks.extract.headless import guessed_head
from tasks.extract.layout import Line
from tasks.extract.numbers import edge_of, printed_in
from tasks.extract.rows import Row, TableReader
from tasks.extract.sheet import Sheet
from tasks.extract.summed import summing_rows

_SURE, _PLAIN, _DOUBTFUL = 0.9, 0.6, 0.3
"""Confidence of a row whose quantity and price make its amount, of one without both, of one that contradicts itself."""

_CENT = Decimal("0.01")
_PARTS = 3  # of a line that tell a row from an allowance, which has a name and an amount
_MOSTLY = 0.8  # share of rows that must have a position for gaps to mean something


@dataclass(frozen=True, slots=True)
class LineTable:
    """The line items of a document; `doubts` says what speaks for a lost row, `sums` are the amounts printed outside
    the rows, in reading order: where the sum of the lines must be found. `adjusted` is what allowances and charges
    under the rows add to them."""

    items: tuple[LineItem, ...] = ()
    doubts: tuple[str, ...] = ()
    sums: tuple[Decimal, ...] = ()
    adjusted: Decimal = Decimal(0)


def totals_of(fields: Iterable[Field]) -> frozenset[Decimal]:
    """What the lines may make: the net total, or with prices that include the tax the gross total."""
    return frozenset(abs(Decimal(f.value)) for f in fields if f.name in ("net_total", "gross_total") and f.value)


def line_table(sheet: Sheet, totals: Collection[Decimal] = ()) -> LineTable:
    """The line items of the document, of whose stated `totals` the rows should make one; none where neither a table
    head, nor arithmetic, nor a total tells the columns."""
    heads = find_heads(sheet.layout)
    readers = [reader for group in _groups(heads) if (reader := _read(sheet, group, heads, totals)).rows]
    guess = guessed_head(sheet, totals) if not any(_holds(reader) for reader in readers) else None
    if guess:
        readers = [_read(sheet, [guess], [guess], totals)]
    if not readers:
        readers = _priced(sheet, totals)
    for reader in readers:
        reader.rows = _without_empty(reader)
    rows = _alone(sheet, [row for reader in readers for row in reader.rows], totals)
    doubts = [doubt for reader in readers for doubt in (*reader.doubts, *_gaps(reader.rows))]
    adjusted = Decimal(0)
    if _sum_of(rows) not in totals:
        summing = _without_taxes(sheet, summing_rows(sheet, totals))
        if _adjusts(sheet, rows, summing):
            adjusted = _signed_sum(summing) - _signed_sum(rows)
        elif summing and len(summing) >= len(rows):
            rows, doubts = summing, []
    rows = [row for row in rows if not _is_total(sheet, row, totals)]
    if not any(row.amount is not None for row in rows):
        return LineTable(doubts=tuple(expected_rows(sheet, totals)))
    sure = abs(_signed_sum(rows) + adjusted) in totals
    misread = not sure and _is_misread(rows, readers)
    items = [_item(n, row, misread or (not sure and _lacks_cents(row, totals))) for n, row in enumerate(rows, 1)]
    return LineTable(tuple(items), tuple(doubts), _sums(sheet, rows), adjusted)


def _priced(sheet: Sheet, totals: Collection[Decimal]) -> list[TableReader]:
    """The table whose only money is a price in each row, where these prices make a total: those of all rows, or of the
    rows that are filled in best, where others tell what was not delivered."""
    heads = find_heads(sheet.layout, priced=True)
    for reader in (_read(sheet, group, heads, totals) for group in _groups(heads)):
        filled = [_filled(reader.head, row) for row in reader.rows]
        for least in sorted(set(filled)):
            charged = [row for row, cells in zip(reader.rows, filled, strict=True) if cells >= least]
            if _sum_of(charged) in totals:
                reader.rows = charged
                return [reader]
    return []


def _filled(head: Head, row: Row) -> int:
    """Under how many of the heads something stands in the row."""
    return len({head.column_of(token.box[0], token.box[2]) for token in row.lines[0].tokens})


def _adjusts(sheet: Sheet, rows: Sequence[Row], summing: Sequence[Row]) -> bool:
    """Whether the rows make a printed sum, and those that make a total are the same with allowances and charges: what
    has as many parts as a row is one that was missed."""
    lines = {line.number for row in summing for line in row.lines}
    same = bool(rows) and all(lines & {line.number for line in row.lines} for row in rows if row.amount)
    if not same or not _is_printed(_sum_of(rows), _sums(sheet, rows)):
        return False
    taken = {line.number for row in rows for line in row.lines}
    parts = min(len(row.lines[0].phrases) for row in rows)
    return parts < _PARTS or all(len(r.lines[0].phrases) < parts for r in summing if r.lines[0].number not in taken)


def _without_empty(reader: TableReader) -> list[Row]:
    """The rows without those of which nothing but a position was found: the foot of a page, or a lost row, of which
    the gap in the positions tells."""
    return [row for row in reader.rows if row.amount is not None or {"quantity", "unit_price"} & row.numbers.keys()]


def _alone(sheet: Sheet, rows: list[Row], totals: Collection[Decimal]) -> list[Row]:
    """The rows without taxes, totals and payments under the table, and without parts of the rows above them."""
    rows = _before_totals(_before_taxes(sheet, rows), totals)
    whole = [row for row in rows if not row.included]
    return whole if _sum_of(whole) in totals else rows


def _before_taxes(sheet: Sheet, rows: list[Row]) -> list[Row]:
    """The rows without those at the end that have neither quantity nor price where the rows before them already make a
    sum that is printed elsewhere, or which are a rate, printed in them, of the rows before them."""
    kept = len(rows)
    while kept and not {"quantity", "unit_price"} & rows[kept - 1].numbers.keys():
        kept -= 1
    if kept and _is_printed(_sum_of(rows[:kept]), _sums(sheet, rows[:kept])):
        return rows[:kept]
    return _without_taxes(sheet, rows)


def _without_taxes(sheet: Sheet, rows: list[Row]) -> list[Row]:
    while len(rows) > 1 and _is_tax(sheet, rows[-1], _sum_of(rows[:-1])):
        rows = rows[:-1]
    return rows


def _is_tax(sheet: Sheet, row: Row, net: Decimal) -> bool:
    """Whether the amount of a row without quantity and price is a rate that it names, of the rows before it."""
    if row.amount is None or {"quantity", "unit_price"} & row.numbers.keys():
        return False
    rates = [value for value, amount in printed_in(sheet, row.lines) if amount.percent]
    return any(rate and abs(abs(row.amount) - net * rate / 100) <= _CENT for rate in rates)


def _before_totals(rows: list[Row], totals: Collection[Decimal]) -> list[Row]:
    """The rows without those at the end whose numbers do not multiply, where the rows before make a stated total."""
    if _sum_of(rows) in totals:
        return rows
    for kept in range(len(rows) - 1, 0, -1):
        if rows[kept].explained:
            break
        if _sum_of(rows[:kept]) in totals:
            return rows[:kept]
    return rows


def _sum_of(rows: Sequence[Row]) -> Decimal:
    return abs(_signed_sum(rows))


def _is_total(sheet: Sheet, row: Row, totals: Collection[Decimal]) -> bool:
    """Whether what was taken for a row is the only place where a total is stated."""
    if row.amount is None or {"quantity", "unit_price"} & row.numbers.keys():
        return False
    return abs(row.amount) in totals and not _is_printed(abs(row.amount), _sums(sheet, [row]))


def _signed_sum(rows: Sequence[Row]) -> Decimal:
    return sum((row.amount or Decimal(0) for row in rows), Decimal(0))


def _is_printed(total: Decimal, sums: Collection[Decimal]) -> bool:
    return total in sums or -total in sums


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


def _read(sheet: Sheet, group: Sequence[Head], heads: Sequence[Head], totals: Collection[Decimal]) -> TableReader:
    """The table of these heads, among all `heads` of the document."""
    reader = TableReader(sheet, group[0], edge_of(sheet, group[0]), totals)
    stretches = _stretches(sheet, group, heads)
    last = _last_amounts(reader, [line for stretch in stretches for line in stretch])
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


def _last_amounts(reader: TableReader, lines: Sequence[Line]) -> set[int]:
    """The lines with the last amount of each page."""
    last = {line.page: line.number for line in lines if "net_amount" in reader.numbers(line)}
    return set(last.values())


def _holds(reader: TableReader) -> bool:
    """Whether the rows have what the head announces, and no more than a third of them contradict themselves."""
    amounts = [row for row in reader.rows if row.amount is not None]
    contradicting = sum(_contradicts(row) for row in amounts)
    return bool(amounts) and 3 * contradicting <= len(amounts) and not _is_misread(reader.rows, [reader])


def _contradicts(row: Row) -> bool:
    return {"quantity", "unit_price", "net_amount"} <= row.numbers.keys() and not row.explained


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


def _sums(sheet: Sheet, rows: Sequence[Row]) -> tuple[Decimal, ...]:
    taken = {line.number for row in rows for line in row.lines}
    return tuple(
        value
        for number, amounts in sheet.amounts.items()
        if number not in taken
        for amount in amounts
        if amount.exact and (value := sheet.value_of(amount)) is not None
    )


def _item(number: int, row: Row, doubtful: bool) -> LineItem:
    quantity, price = row.numbers.get("quantity"), row.numbers.get("unit_price")
    return LineItem(
        line=number,
        description=" ".join(row.words) or None,
        quantity=quantity,
        unit_price=price,
        net_amount=row.amount,
        tax_rate=row.numbers.get("tax_rate"),
        page=row.lines[0].page,
        confidence=_confidence(row, doubtful),
    )


def _confidence(row: Row, doubtful: bool) -> float:
    if row.explained:
        return _SURE
    return _DOUBTFUL if doubtful or row.amount is None or _contradicts(row) else _PLAIN


def _lacks_cents(row: Row, totals: Collection[Decimal]) -> bool:
    """Whether the amount is a bare number where totals show cents."""
    return row.amount is not None and _places(row.amount) == 0 and any(_places(total) for total in totals)


def _places(amount: Decimal) -> int:
    return -int(amount.as_tuple().exponent)


def _is_misread(rows: Sequence[Row], readers: Sequence[TableReader]) -> bool:
    """Whether heads announce quantities and prices which hardly any row has."""
    announced = any(reader.head.has("quantity") and reader.head.has("unit_price") for reader in readers)
    return announced and 2 * sum(row.explained for row in rows) < len(rows)
