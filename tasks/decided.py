"""Decisions as rows of the ledger, and back: a row holds all that it takes to compute the decision again."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from routing.decide import Decision
from routing.menu import Case, Option

Row = dict[str, Any]


def decision_row(document_id: str, step: int, decision: Decision, policy_hash: str, run_id: str) -> Row:
    """The row of a document's `step`-th decision (from 1)."""
    case = decision.case
    return {
        "document_id": document_id,
        "step": step,
        "action": decision.action,
        "from_tier": decision.from_tier,
        "to_tier": decision.to_tier,
        "p_right": case.p_right,
        "p_needed": decision.p_needed,
        "acceptable": case.acceptable,
        "required_tier": case.required,
        "value_at_stake": decision.value_at_stake,
        "loss_usd": case.loss_usd,
        "waiting_usd": case.waiting_usd,
        "expected_gain_usd": decision.expected_gain_usd,
        "expected_cost_usd": decision.expected_cost_usd,
        "dollar_worth": decision.dollar_worth,
        "fields": list(decision.fields),
        "options": json.dumps([_as_json(option) for option in case.options]),
        "reason": decision.reason,
        "policy_hash": policy_hash,
        "run_id": run_id,
    }


def case_of_row(row: Mapping[str, Any]) -> Case | None:
    """The document as the decision of `row` weighed it; None for a row of a version that did not note it."""
    if row["loss_usd"] is None or row["acceptable"] is None:
        return None
    return Case(
        document_id=row["document_id"],
        p_right=row["p_right"],
        loss_usd=row["loss_usd"],
        acceptable=row["acceptable"],
        options=tuple(_option(option) for option in json.loads(row["options"] or "[]")),
        required=row["required_tier"],
        waiting_usd=row["waiting_usd"],
    )


def _option(option: Mapping[str, Any]) -> Option:
    money = {name: Decimal(option[name]) for name in ("price_usd", "waiting_usd")}
    return Option(**{**option, **money})


def _as_json(option: Option) -> dict[str, Any]:
    return {
        "tier": option.tier,
        "price_usd": str(option.price_usd),
        "p_mend": option.p_mend,
        "p_miss": option.p_miss,
        "paid": option.paid,
        "waiting_usd": str(option.waiting_usd),
    }
