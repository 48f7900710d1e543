"""Arithmetic within one document: totals, amount due, lines."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from tasks.documents import Check, LineItem
from tasks.extract.totals import adds_up

_CENT = Decimal("0.01")
_ROW_IN_DOUBT = 0.5  # a row below this is rather misread than wrong


def sums(values: Mapping[str, str], lines: Sequence[LineItem]) -> tuple[Check, ...]:
    """amounts_add_up, amount_due_adds_up, lines_add_up, rows_complete."""
    return (_amounts(values), _amount_due(values), _lines(values, lines), _rows(lines))


def _amounts(values: Mapping[str, str]) -> Check:
    """Net and tax make the gross total, to two cents of rounding."""
    net, tax, gross = (_money(values, name) for name in ("net_total", "tax_total", "gross_total"))
    if net is None or gross is None or tax is None:
        return Check("amounts_add_up", None, "needs net, tax and gross total")
    return Check("amounts_add_up", adds_up(net, tax, gross), f"{net} + {tax} = {net + tax}, stated {gross}")


def _amount_due(values: Mapping[str, str]) -> Check:
    """The amount due is the gross total, or no more than that and not negative where something was paid before."""
    gross, due = _money(values, "gross_total"), _money(values, "amount_due")
    if gross is None or due is None:
        return Check("amount_due_adds_up", None, "needs gross total and amount due")
    detail = f"gross total {gross}, amount due {due}"
    return Check("amount_due_adds_up", True if abs(gross - due) <= 2 * _CENT else None, detail)


def _lines(values: Mapping[str, str], lines: Sequence[LineItem]) -> Check:
    """The lines make the net total; or the gross total, where prices are stated with tax."""
    stated = [abs(total) for name in ("net_total", "gross_total") if (total := _money(values, name)) is not None]
    amounts = [line.net_amount for line in lines if line.net_amount is not None]
    if not stated or not amounts or len(amounts) < len(lines):
        return Check("lines_add_up", None, "needs a total and the amount of every line")
    doubtful = sum(line.confidence < _ROW_IN_DOUBT for line in lines)
    if 3 * doubtful > len(lines):
        return Check(
            "lines_add_up", None, f"{doubtful} of {len(lines)} rows contradict themselves: the table is misread"
        )
    total = abs(sum(amounts, Decimal(0)))
    tolerance = _CENT * max(2, len(amounts))
    holds = any(abs(total - wanted) <= tolerance for wanted in stated)
    wanted = " or ".join(str(each) for each in stated)
    return Check("lines_add_up", holds, f"{len(amounts)} lines sum to {total}, stated {wanted}")


def _rows(lines: Sequence[LineItem]) -> Check:
    if not lines:
        return Check("rows_complete", None, "no line items were found")
    bare = [line.line for line in lines if line.net_amount is None]
    return Check("rows_complete", not bare, f"{len(lines)} lines" + (f", no amount in {bare}" if bare else ""))


def _money(values: Mapping[str, str], name: str) -> Decimal | None:
    return Decimal(values[name]) if name in values else None
