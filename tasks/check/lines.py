"""Line items held against the totals of their document."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from tasks.documents import Check, LineItem

_CENT = Decimal("0.01")
_ROW_IN_DOUBT = 0.5  # a row below this is rather misread than wrong


def lines(values: Mapping[str, str], items: Sequence[LineItem], shown: frozenset[Decimal]) -> tuple[Check, ...]:
    """lines_add_up, rows_complete; `shown` are the amounts on the pages and in the XML."""
    return (_lines_add_up(values, items, shown), _rows_complete(items))


def _lines_add_up(values: Mapping[str, str], items: Sequence[LineItem], shown: frozenset[Decimal]) -> Check:
    """The lines make the net total, the gross total (prices with tax), or a sum from which a stated discount leads to
    the net total."""
    name = "lines_add_up"
    stated = [abs(Decimal(values[total])) for total in ("net_total", "gross_total") if total in values]
    amounts = [item.net_amount for item in items if item.net_amount is not None]
    if not stated or not amounts or len(amounts) < len(items):
        return Check(name, None, "needs a total and the amount of every line")
    doubtful = sum(item.page is not None and item.confidence < _ROW_IN_DOUBT for item in items)
    if 3 * doubtful > len(items):
        return Check(name, None, f"{doubtful} of {len(items)} rows contradict themselves: the table is misread")
    total = abs(sum(amounts, Decimal(0)))
    tolerance = _CENT * max(2, len(amounts))
    direct = any(abs(total - wanted) <= tolerance for wanted in stated)
    by_xml = not any(item.page for item in items)  # there the sum of the lines (BT-106) is stated beside the totals
    allowed = total in shown and (by_xml or abs(total - stated[0]) in shown)
    wanted = " or ".join(str(each) for each in stated)
    detail = f"{len(amounts)} lines sum to {total}, stated {wanted}"
    return Check(name, direct or allowed, detail)


def _rows_complete(items: Sequence[LineItem]) -> Check:
    """Every row that was told apart has its amount."""
    if not items:
        return Check("rows_complete", None, "no line items were found")
    bare = [str(item.line) for item in items if item.net_amount is None]
    return Check(
        "rows_complete", not bare, f"{len(items)} rows" + (f", no amount in {', '.join(bare)}" if bare else "")
    )
