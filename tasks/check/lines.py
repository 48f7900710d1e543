"""Line items held against the totals of their document, and against the page that they were read from."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from tasks.documents import Check, LineItem
from tasks.extract.lines import LineTable

_CENT = Decimal("0.01")
_ROW_IN_DOUBT = 0.5  # a row below this is rather misread than wrong


def lines(values: Mapping[str, str], table: LineTable, shown: frozenset[Decimal]) -> tuple[Check, ...]:
    """lines_add_up, rows_complete; `shown` are the amounts on the pages and in the XML."""
    added = _lines_add_up(values, table, shown)
    return (added, _rows_complete(table, added))


def _lines_add_up(values: Mapping[str, str], table: LineTable, shown: frozenset[Decimal]) -> Check:
    """The lines make the net total, the gross total (prices with tax), or a sum outside the rows from which a stated
    discount or charge leads to one of them."""
    name = "lines_add_up"
    stated = [abs(Decimal(values[total])) for total in ("net_total", "gross_total") if total in values]
    amounts = [item.net_amount for item in table.items if item.net_amount is not None]
    if not stated or not amounts:
        return Check(name, None, "needs a total and lines with amounts")
    if _misread(table.items):
        return Check(name, None, "too many rows contradict themselves: the table is misread")
    total = abs(sum(amounts, Decimal(0)))
    tolerance = _CENT * max(2, len(amounts))
    direct = any(abs(total - wanted) <= tolerance for wanted in stated)
    by_xml = not any(item.page for item in table.items)  # there the sum of the lines (BT-106) stands beside the totals
    printed = total in (shown if by_xml else table.sums)
    allowed = printed and (by_xml or any(abs(total - wanted) in table.sums for wanted in stated))
    wanted = " or ".join(str(each) for each in stated)
    return Check(name, direct or allowed, f"{len(amounts)} lines sum to {total}, stated {wanted}")


def _rows_complete(table: LineTable, added: Check) -> Check:
    """Nothing on the page speaks for a lost row, or the rows make the total all the same."""
    if not table.items:
        return Check("rows_complete", None, "no line items were found")
    bare = [f"no amount in row {item.line}" for item in table.items if item.net_amount is None]
    doubts = [*table.doubts, *bare] if not added.passed else []
    return Check("rows_complete", not doubts, "; ".join((f"{len(table.items)} rows", *doubts[:5])))


def _misread(items: Sequence[LineItem]) -> bool:
    doubtful = sum(
        item.page is not None and item.net_amount is not None and item.confidence < _ROW_IN_DOUBT for item in items
    )
    return 3 * doubtful > len(items)
