"""Line items from the table on the pages: columns by their heads, wrapped descriptions, tables over several pages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from tasks.documents import LineItem
from tasks.extract.columns import Head, find_heads
from tasks.extract.conventions import amount_readings
from tasks.extract.layout import Line
from tasks.extract.sheet import Sheet
from tasks.extract.values import Amount

_SURE, _PLAIN, _DOUBTFUL = 0.9, 0.6, 0.3
"""Confidence of a row whose quantity and price make its amount, of one without both, of one that contradicts itself."""

_TOTALS = ("net_total", "tax_total", "gross_total", "amount_due")
_CENT = Decimal("0.01")
_WRAP = 2.5  # line heights within which the next line still belongs to a description


@dataclass
class _Row:
    """A row in the making: the number of each column, the parts of its description, its last line."""

    line: Line
    numbers: dict[str, Decimal] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)


def line_items(sheet: Sheet) -> tuple[LineItem, ...]:
    """The line items of the document; none where no table head names a column of amounts."""
    heads = find_heads(sheet.layout)
    rows = [row for head, lines in _tables(sheet, heads) for row in _rows(sheet, head, lines)]
    rows = _before_sum(rows)
    return tuple(_item(number, row) for number, row in enumerate(rows, 1))


def _tables(sheet: Sheet, heads: Sequence[Head]) -> Iterator[tuple[Head, list[Line]]]:
    """Each head with the lines under it, up to the totals or the next head; without totals the next page goes on."""
    starts = {head.line.number for head in heads}
    for head in heads:
        lines: list[Line] = []
        for line in sheet.layout.lines[head.line.number + 1 :]:
            if line.number in starts or _is_total(sheet, line) or line.page > head.line.page + 1:
                break
            if line.page > head.line.page and any(h.line.page == line.page for h in heads):
                break
            lines.append(line)
        yield head, lines


def _is_total(sheet: Sheet, line: Line) -> bool:
    """Whether a label of a total opens one of the line's phrases and an amount follows, or several labels do: the head
    of a table of totals."""
    labels = [
        label for label in sheet.labels.get(line.number, ()) if label.opens and label.sure and label.names[0] in _TOTALS
    ]
    amounts = sheet.amounts.get(line.number, ())
    return len(labels) > 1 or any(amounts and amounts[-1].span.start >= label.span.end for label in labels)


def _rows(sheet: Sheet, head: Head, lines: Sequence[Line]) -> Iterator[_Row]:
    row: _Row | None = None
    last = head.line
    for line in lines:
        numbers = _numbers(sheet, head, line)
        words = _description(sheet, head, line, numbers)
        if "net_amount" in numbers:
            if row:
                yield row
            row = _Row(line, {name: value for name, (value, _) in numbers.items()}, [words] if words else [])
        elif row and words and _goes_on(last, line):
            row.words.append(words)
        last = line
    if row:
        yield row


def _before_sum(rows: list[_Row]) -> list[_Row]:
    """The rows before one that only sums them up, whatever it is called."""
    total = Decimal(0)
    for i, row in enumerate(rows):
        amount = row.numbers["net_amount"]
        if i > 1 and amount == total and "quantity" not in row.numbers:
            return rows[:i]
        total += amount
    return rows


def _numbers(sheet: Sheet, head: Head, line: Line) -> dict[str, tuple[Decimal, Amount]]:
    """The numbers of a line by column; an amount must show cents where it stands for money."""
    found: dict[str, tuple[Decimal, Amount]] = {}
    for amount in sheet.amounts.get(line.number, ()):
        name = head.column_of(amount.span.x0, amount.span.x1).name
        if name in ("description", "other") or name in found:
            continue
        if name == "net_amount" and not (amount.exact or amount.mark or head.has("unit_price")):
            continue
        value = _value(sheet, amount)
        if value is not None and (name == "tax_rate" or not amount.percent):
            found[name] = (value, amount)
    return found


def _value(sheet: Sheet, amount: Amount) -> Decimal | None:
    readings = amount_readings(amount.raw, sheet.conventions)
    if len(readings) != 1:
        return None
    return -readings[0] if amount.negative else readings[0]


def _description(sheet: Sheet, head: Head, line: Line, numbers: dict[str, tuple[Decimal, Amount]]) -> str:
    taken = {i for _, amount in numbers.values() for i in range(amount.span.start, amount.span.end)}
    return " ".join(
        phrase.text
        for phrase in line.phrases
        if not taken.intersection(range(phrase.start, phrase.end))
        and head.column_of(phrase.x0, phrase.x1).name == "description"
    )


def _goes_on(last: Line, line: Line) -> bool:
    return last.page == line.page and line.box[1] - last.box[3] <= _WRAP * last.height


def _item(number: int, row: _Row) -> LineItem:
    quantity, price, amount = (row.numbers.get(name) for name in ("quantity", "unit_price", "net_amount"))
    return LineItem(
        line=number,
        description=" ".join(row.words) or None,
        quantity=quantity,
        unit_price=price,
        net_amount=amount,
        tax_rate=row.numbers.get("tax_rate"),
        page=row.line.page,
        confidence=_confidence(quantity, price, amount),
    )


def _confidence(quantity: Decimal | None, price: Decimal | None, amount: Decimal | None) -> float:
    if quantity is None or price is None or amount is None:
        return _PLAIN
    return _SURE if abs(abs(quantity * price) - abs(amount)) <= max(_CENT, abs(amount) * _CENT) else _DOUBTFUL
