"""Which budgets a paid call counts against, and how far each may go."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from routing.spending import Budget, Budgets

WARNING_PERCENT = 80
"""From this share of a budget on somebody should be told."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What one budget sums up, such as all calls of a day. `limit_usd` None does not bind, but is summed up as well:
    a limit that is set later counts what was spent before."""

    name: str
    limit_usd: Decimal | None


@dataclass(frozen=True, slots=True)
class Mark:
    """A budget that has reached `percent` of its limit: 80, or 100 when a call did not fit any more."""

    scope: Scope
    percent: int
    spent_usd: Decimal


def scopes(budgets: Budgets, run_id: str, run_usd: Decimal | None, label: str, at: datetime) -> tuple[Scope, ...]:
    """Every budget that a call made `at` (UTC) for a document with `label` has to fit.

    `run_usd` is what was asked for this run; together with the policy's own limit for a run the smaller one holds.
    """
    share: Budget | None = next((share for share in budgets.labels if share.label == label), None)
    limits = [run_usd, budgets.run_usd]
    everything = Budget(
        run_usd=min((limit for limit in limits if limit is not None), default=None),
        day_usd=budgets.day_usd,
        month_usd=budgets.month_usd,
    )
    return (*_of(everything, "", run_id, at), *(_of(share or Budget(), label, run_id, at) if label else ()))


def _of(budget: Budget, label: str, run_id: str, at: datetime) -> tuple[Scope, ...]:
    suffix = f" {label}" if label else ""
    return (
        Scope(f"run {run_id}{suffix}", budget.run_usd),
        Scope(f"day {at:%Y-%m-%d}{suffix}", budget.day_usd),
        Scope(f"month {at:%Y-%m}{suffix}", budget.month_usd),
    )
