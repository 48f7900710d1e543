"""What speaks for a table of line items of which no row was found: rows that were expected."""

from collections.abc import Collection, Iterator
from decimal import Decimal

from tasks.extract.columns import find_heads
from tasks.extract.rows import is_sum
from tasks.extract.sheet import Sheet


def expected_rows(sheet: Sheet, totals: Collection[Decimal]) -> Iterator[str]:
    """The head of a table, and amounts with words before them above the stated `totals` that make none of these."""
    for head in find_heads(sheet.layout, priced=True)[:1]:
        line = sheet.layout.lines[head.first]
        yield f"the head of a table on page {line.page} and no row under it"
    loose = list(_loose(sheet, totals)) if totals else []
    if loose:
        yield f"{len(loose)} amounts above the total that are in no row"


def _loose(sheet: Sheet, totals: Collection[Decimal]) -> Iterator[Decimal]:
    """The amounts of lines with words, without a total's label, above the first line that states one of the totals."""
    for line in sheet.layout.lines:
        values = [
            value
            for amount in sheet.amounts.get(line.number, ())
            if (amount.exact or amount.mark) and not amount.percent and (value := sheet.value_of(amount))
        ]
        if any(abs(value) in totals for value in values):
            return
        if values and not is_sum(sheet, line) and any(token.key.isalpha() for token in line.tokens):
            yield values[-1]
