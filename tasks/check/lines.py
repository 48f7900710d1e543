"""Line items held against the totals of their document, and against the page that they were read from."""

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal

from tasks.check.rates import usual_rates
from tasks.documents import Check, LineItem
from tasks.extract.lines import LineTable

_CENT = Decimal("0.01")
_COINS = Decimal("0.05")  # the smallest coin where totals are rounded to one

_STEPS = 6  # allowances and charges between the sum of the lines and a total
_ROW_IN_DOUBT = 0.5  # a row below this is rather misread than wrong


def lines(values: Mapping[str, str], table: LineTable, shown: frozenset[Decimal]) -> tuple[Check, ...]:
    """lines_add_up, rows_complete; `shown` are the amounts on the pages and in the XML."""
    added = _lines_add_up(values, table, shown)
    return (added, _rows_complete(table, added))


def _lines_add_up(values: Mapping[str, str], table: LineTable, shown: frozenset[Decimal]) -> Check:
    """The lines make the net total, or the gross total with or without the tax; or they make a sum outside the rows
    from which a stated discount or charge leads to one of them."""
    name = "lines_add_up"
    stated = [abs(Decimal(values[total])) for total in ("net_total", "gross_total") if total in values]
    amounts = [item.net_amount for item in table.items if item.net_amount is not None]
    if not stated or not amounts:
        return Check(name, None, "needs a total and lines with amounts")
    total = abs(sum(amounts, Decimal(0)) + table.adjusted)
    holds = (
        _makes(total, _wanted(values), _tolerance(amounts), table)
        or _leads_to(total, stated, table, shown)
        or _taxed(values, table)
    )
    if not holds and _misread(table.items):
        return Check(name, None, "too many rows contradict themselves: the table is misread")
    wanted = " or ".join(str(each) for each in stated)
    return Check(name, holds, f"{len(amounts)} lines sum to {total}, stated {wanted}")


def _wanted(values: Mapping[str, str]) -> list[Decimal]:
    """What the lines may make: the net total, the gross total, or this without its tax."""
    net, tax, gross = (abs(Decimal(values.get(name, "0"))) for name in ("net_total", "tax_total", "gross_total"))
    return [each for each in (net, gross, gross - tax) if each > 0]


def _makes(total: Decimal, wanted: Sequence[Decimal], tolerance: Decimal, table: LineTable) -> bool:
    """To the rounding of the rows, or to one of a few cents that is printed, as where cash has no small coins."""
    offs = [abs(total - each) for each in wanted]
    return any(off <= tolerance or (off <= _COINS and _printed(off, table.sums)) for off in offs)


def _leads_to(total: Decimal, stated: Sequence[Decimal], table: LineTable, shown: frozenset[Decimal]) -> bool:
    """Whether the sum of the lines is printed, and some of the amounts behind it lead to a stated total."""
    if not any(item.page for item in table.items):  # in XML the sum of the lines (BT-106) stands beside the totals
        return total in shown
    return _walks_to(total, stated, table.sums)


def _taxed(values: Mapping[str, str], table: LineTable) -> bool:
    """Whether the gross total is the lines and the tax that they name, or one usual rate of tax on all of them: also
    where neither net total nor tax is printed."""
    gross = abs(Decimal(values.get("gross_total", "0")))
    rates = [item.tax_rate for item in table.items]
    lines = sum((item.net_amount or Decimal(0) for item in table.items), table.adjusted)
    named = sum((item.net_amount or Decimal(0)) * (item.tax_rate or Decimal(0)) / 100 for item in table.items)
    own = None not in rates and not table.adjusted and abs(abs(lines + named) - gross) <= _CENT * (1 + len(rates))
    return bool(gross) and (own or any(abs(abs(lines) * (100 + rate) / 100 - gross) <= _CENT for rate in usual_rates()))


def _walks_to(total: Decimal, stated: Sequence[Decimal], sums: Sequence[Decimal]) -> bool:
    starts = [at for at, value in enumerate(sums) if abs(value) == total]
    for at in starts:
        for end in range(at + 2, min(at + _STEPS + 2, len(sums))):
            steps = [each for each in sums[at + 1 : end] if abs(each) < total]  # what is more is another section's sum
            if abs(sums[end]) in stated and abs(sums[end]) - total in _changes(steps):
                return True
    return False


def _changes(steps: Sequence[Decimal]) -> set[Decimal]:
    """What some of the steps, added or taken off, come to."""
    found = {Decimal(0)}
    for step in steps:
        found |= {each + signed for each in found for signed in (step, -step)}
    return found


def _printed(amount: Decimal, sums: Sequence[Decimal]) -> bool:
    return amount in sums or -amount in sums


def _tolerance(amounts: Sequence[Decimal]) -> Decimal:
    """What rounding may add up to where only the total is rounded: rarely more than a cent for the root of the number
    of rows; and less than the smallest row, which might be missing."""
    smallest = min((abs(amount) for amount in amounts if amount), default=Decimal(0))
    return max(2 * _CENT, min(_CENT * (1 + math.isqrt(len(amounts))), smallest / 2))


def _rows_complete(table: LineTable, added: Check) -> Check:
    """Nothing on the page speaks for a lost row, or the rows make the total all the same."""
    if not table.items:
        lost = "; ".join(table.doubts)
        return Check("rows_complete", False if lost else None, lost or "no line items were found")
    if added.passed:
        return Check("rows_complete", True, f"{len(table.items)} rows")
    bare = [f"no amount in row {item.line}" for item in table.items if item.net_amount is None]
    doubts = [*(["most of them misread"] if _misread(table.items) else []), *table.doubts, *bare]
    return Check("rows_complete", not doubts, "; ".join((f"{len(table.items)} rows", *doubts[:5])))


def _misread(items: Sequence[LineItem]) -> bool:
    doubtful = sum(
        item.page is not None and item.net_amount is not None and item.confidence < _ROW_IN_DOUBT for item in items
    )
    return 3 * doubtful > len(items)
