"""The sums that budgets are held against, kept in the same transaction as the calls that make them up."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from decimal import Decimal

from routing.budget import WARNING_PERCENT, Mark, Scope
from routing.errors import BudgetError
from tasks.spend.entry import nano, usd


def reserve(db: sqlite3.Connection, scopes: Sequence[Scope], amount: Decimal) -> None:
    """Set `amount` aside in every scope, or in none. Raises `BudgetError` for the first that it does not fit."""
    for scope in scopes:
        if scope.limit_usd is not None:
            in_flight, spent = _sums(db, scope.name)
            left = max(scope.limit_usd - in_flight - spent, Decimal(0))
            if amount > left:
                raise BudgetError(scope.name, scope.limit_usd, left, in_flight, amount)
    for scope in scopes:
        db.execute(_ADD, (scope.name, nano(amount), 0))


def settle(db: sqlite3.Connection, scopes: Iterable[Scope], reserved: Decimal, cost: Decimal) -> list[Mark]:
    """Take `cost` in the place of what was `reserved`; the scopes that pass their warning by it."""
    marks = []
    for scope in scopes:
        (spent,) = db.execute(_ADD, (scope.name, -nano(reserved), nano(cost))).fetchone()
        if scope.limit_usd and _passes(scope.limit_usd, usd(spent) - cost, usd(spent)):
            marks.append(Mark(scope, WARNING_PERCENT, usd(spent)))
    return marks


def dump(scopes: Iterable[Scope]) -> str:
    """Scopes as a call's row keeps them."""
    return json.dumps([[s.name, None if s.limit_usd is None else str(s.limit_usd)] for s in scopes])


def load(text: str) -> tuple[Scope, ...]:
    """Scopes from a call's row."""
    return tuple(Scope(name, None if limit is None else Decimal(limit)) for name, limit in json.loads(text))


def counted(db: sqlite3.Connection, scope: str) -> Decimal:
    """What is spent or reserved in a scope, in US dollars."""
    return sum(_sums(db, scope), Decimal(0))


def _sums(db: sqlite3.Connection, scope: str) -> tuple[Decimal, Decimal]:
    """What is reserved in a scope, and what is spent."""
    row = db.execute("select reserved, spent from totals where scope = ?", (scope,)).fetchone()
    return (usd(row[0]), usd(row[1])) if row else (Decimal(0), Decimal(0))


def _passes(limit: Decimal, before: Decimal, after: Decimal) -> bool:
    warning = limit * WARNING_PERCENT / 100
    return before < warning <= after


_ADD = """
insert into totals (scope, reserved, spent) values (?, ?, ?)
on conflict (scope) do update set reserved = reserved + excluded.reserved, spent = spent + excluded.spent
returning spent
"""
