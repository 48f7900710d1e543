"""Decisions as rows of the ledger, and back: a row holds all that it takes to compute the decision again."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from routing.decide import Decision
from routing.menu import Option

Row = dict[str, Any]


def decision_row(document_id: str, step: int, decision: Decision, policy_hash: str, run_id: str) -> Row:
    """The row of a document's `step`-th decision (from 1)."""
    return {
        "document_id": document_id,
        "step": step,
        "action": decision.action,
        "from_tier": decision.from_tier,
        "to_tier": decision.to_tier,
        "p_right": decision.p_right,
        "p_needed": decision.p_needed,
        "value_at_stake": decision.value_at_stake,
        "loss_usd": decision.loss_usd,
        "expected_gain_usd": decision.expected_gain_usd,
        "expected_cost_usd": decision.expected_cost_usd,
        "dollar_worth": decision.dollar_worth,
        "fields": list(decision.fields),
        "options": json.dumps([_as_json(option) for option in decision.options]),
        "reason": decision.reason,
        "policy_hash": policy_hash,
        "run_id": run_id,
    }


def options_of(row: Mapping[str, Any]) -> tuple[Option, ...]:
    """The tiers that were open to the document when the decision of `row` was made; none for a row of old."""
    return tuple(
        Option(**option | {name: Decimal(option[name]) for name in ("price_usd", "waiting_usd")})
        for option in json.loads(row["options"] or "[]")
    )


def _as_json(option: Option) -> dict[str, Any]:
    return {
        "tier": option.tier,
        "price_usd": str(option.price_usd),
        "p_mend": option.p_mend,
        "p_miss": option.p_miss,
        "paid": option.paid,
        "waiting_usd": str(option.waiting_usd),
    }
