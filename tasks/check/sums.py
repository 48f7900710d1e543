"""Arithmetic of the totals of one document."""

from collections.abc import Mapping
from decimal import Decimal

from tasks.check.rates import usual_rates
from tasks.documents import Check
from tasks.extract.totals import adds_up

_ROUNDING = Decimal("0.02")


def sums(values: Mapping[str, str], shown: frozenset[Decimal]) -> tuple[Check, ...]:
    """amounts_add_up, amount_due_adds_up; `shown` are the amounts on the pages and in the XML."""
    return (_amounts(values, shown), _amount_due(values, shown))


def _amounts(values: Mapping[str, str], shown: frozenset[Decimal]) -> Check:
    """Net and tax make the gross total, to two cents of rounding.

    Where the rest is an amount that is printed (another tax), or the tax is said to be in the net, nothing is proved.
    Without the tax, the rest must be printed or be a usual rate.
    """
    name = "amounts_add_up"
    net, tax, gross = (_money(values, name) for name in ("net_total", "tax_total", "gross_total"))
    if net is None or gross is None:
        return Check(name, None, "needs net, tax and gross total")
    if tax is None:
        return _without_tax(abs(net), abs(gross), shown)
    detail = f"{net} + {tax} = {net + tax}, stated {gross}"
    if adds_up(net, tax, gross):
        return Check(name, True, detail)
    rest = abs(gross) - abs(net) - abs(tax)
    if rest not in (0, -abs(tax)) and rest in shown - {abs(net), abs(tax), abs(gross)}:
        return Check(name, None, f"{detail}: {rest} more is printed")
    if rest == -abs(tax) and abs(net) - abs(tax) in shown:
        return Check(name, None, f"{detail}: the net total includes the tax")
    return Check(name, False, detail)


def _without_tax(net: Decimal, gross: Decimal, shown: frozenset[Decimal]) -> Check:
    rest = gross - net
    if rest in shown or rest == 0 or any(abs(net * rate / 100 - rest) <= _ROUNDING for rate in usual_rates()):
        return Check("amounts_add_up", None, "needs net, tax and gross total")
    return Check("amounts_add_up", False, f"{net} and no tax, stated {gross}: nothing printed makes the difference")


def _amount_due(values: Mapping[str, str], shown: frozenset[Decimal]) -> Check:
    """The amount due is the gross total, or differs by an amount that is stated: paid, owed before, withheld. Where
    both make a printed amount it is rather the change of what was given: nothing is proved."""
    gross, due = _money(values, "gross_total"), _money(values, "amount_due")
    if gross is None or due is None:
        return Check("amount_due_adds_up", None, "needs gross total and amount due")
    off = abs(abs(gross) - abs(due))
    detail = f"gross total {gross}, amount due {due}"
    if off <= _ROUNDING or off in shown:
        return Check("amount_due_adds_up", True, detail)
    given = abs(gross) + abs(due)
    return Check("amount_due_adds_up", None if given in shown else False, detail)


def _money(values: Mapping[str, str], name: str) -> Decimal | None:
    return Decimal(values[name]) if name in values else None
