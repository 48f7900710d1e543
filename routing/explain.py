"""A decision on the scales again: what each course would have cost, and what would have turned it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from routing.menu import NANO, Action, Case, Menus, Option

_STEPS = 60
_FAR = 1000.0  # times more or less: what turns a decision only beyond that does not turn it


@dataclass(frozen=True, slots=True)
class Weighed:
    """One course of a document as it was weighed; US dollars on average, calls that may have to follow included."""

    action: Action
    tier: str | None
    spend_usd: float
    loss_usd: float


@dataclass(frozen=True, slots=True)
class Turn:
    """What would have turned a decision: `what` at the value `at` instead of `now`, and then it would be `then`."""

    what: str
    now: float
    at: float
    then: Weighed


def weigh(case: Case, dollar_worth: float = 0.0) -> list[Weighed]:
    """The courses that were open, the best one first. A dollar of calls counts `dollar_worth` more than a dollar."""
    menus = Menus([case], may_wait=True)
    loss, spend = menus.loss[0], menus.spend[0] / NANO
    order = np.argsort(loss + dollar_worth * spend, kind="stable")
    return [_weighed(case, int(i), float(spend[i]), float(loss[i])) for i in order if np.isfinite(loss[i])]


def turns(case: Case, dollar_worth: float = 0.0) -> list[Turn]:
    """What would have turned the decision, one thing at a time: the loss, the price of the tier, its chance to mend."""
    best = weigh(case, dollar_worth)[0]
    found = [
        _turn(
            "what a wrong document costs",
            float(case.loss_usd),
            lambda x: replace(case, loss_usd=_money(x)),
            best,
            dollar_worth,
        )
    ]
    option = next((option for option in case.options if option.tier == best.tier and option.paid), None)
    if option:
        found += [
            _turn(
                f"the price of {option.tier}",
                float(option.price_usd),
                lambda x: _with(case, replace(option, price_usd=_money(x))),
                best,
                dollar_worth,
            ),
            _turn(
                f"the chance that {option.tier} mends it",
                option.p_mend,
                lambda x: _with(case, replace(option, p_mend=min(1.0, x))),
                best,
                dollar_worth,
            ),
        ]
    return [turn for turn in found if turn is not None]


def _turn(what: str, now: float, changed: Callable[[float], Case], best: Weighed, worth: float) -> Turn | None:
    """The nearest value, up or down, at which another course is best; None where there is none in sight."""
    if now <= 0:
        return None
    candidates = []
    for far in (now * _FAR, now / _FAR):
        if _differs(weigh(changed(far), worth)[0], best):
            at = _nearest(now, far, lambda x: _differs(weigh(changed(x), worth)[0], best))
            candidates.append(Turn(what, now, at, weigh(changed(at), worth)[0]))
    return min(candidates, key=lambda turn: max(turn.at / now, now / turn.at), default=None)


def _nearest(same: float, other: float, differs: Callable[[float], bool]) -> float:
    """By bisection on the logarithm, the value nearest to `same` that differs."""
    for _ in range(_STEPS):
        middle = (same * other) ** 0.5
        same, other = (same, middle) if differs(middle) else (middle, other)
    return other


def _differs(one: Weighed, other: Weighed) -> bool:
    return (one.action, one.tier) != (other.action, other.tier)


def _with(case: Case, option: Option) -> Case:
    return replace(case, options=tuple(option if old.tier == option.tier else old for old in case.options))


def _weighed(case: Case, column: int, spend: float, loss: float) -> Weighed:
    if 0 < column <= len(case.options):
        option = case.options[column - 1]
        return Weighed("escalate" if option.paid else "review", option.tier, spend, loss)
    return Weighed("accept" if column == 0 else "defer", None, spend, loss)


def _money(amount: float) -> Decimal:
    return Decimal(f"{amount:.9f}")
