"""`ledgerline estimate`: what a run would cost, in words or as JSON."""

import json
import sys

from flows.parameters import RunParameters
from tasks.estimate import Estimate, estimate
from tasks.prices import price_list


def print_estimate(parameters: RunParameters, as_json: bool) -> None:
    """Read the documents with the free readers and print what the rest would cost."""
    policy = parameters.load_policy()
    print("reading with the free readers; nothing is spent or written ...", file=sys.stderr)
    result = estimate(
        parameters.place,
        parameters.store_path,
        policy,
        price_list(policy),
        parameters.processes,
        parameters.limit,
        parameters.budget_usd,
    )
    print(json.dumps(_as_json(result)) if as_json else _text(result))


def _as_json(result: Estimate) -> dict[str, object]:
    return {
        "documents": result.documents,
        "known": result.known,
        "outcomes": dict(result.outcomes),
        "climbing": result.climbing,
        "reasons": dict(result.reasons.most_common()),
        "active_tiers": list(result.tiers) if result.any_active else [],
        "tiers": list(result.tiers),
        "asked": dict(result.asked),
        "deferred": result.deferred,
        "low_usd": float(result.low_usd),
        "expected_usd": float(result.expected_usd),
        "high_usd": float(result.high_usd),
        "human_usd": float(result.human_usd),
        "premium_everywhere_usd": float(result.premium_everywhere_usd),
    }


def _text(result: Estimate) -> str:
    settled = result.outcomes
    reasons = "\n".join(f"    {count:>7,}  {reason}" for reason, count in result.reasons.most_common())
    return f"""
{result.documents:,} documents

  {result.known:>7,}  are settled already, or copies: they cost nothing
  {settled["accepted"]:>7,}  would be accepted by the free readers
  {settled["duplicate"]:>7,}  are duplicates
  {settled["rejected"]:>7,}  can't be read at all
  {result.climbing:>7,}  would climb to a model or a person, because of (one may have several reasons)
{reasons}

Paid models        ${result.expected_usd:,.2f} expected, ${result.low_usd:,.2f} to ${result.high_usd:,.2f}
                   {_asked(result)}
                   from every document settled by its first call to every one going through all tiers; no cache
{_keys(result)}
People             {settled["review"]:,} documents in any case, and what the models do not settle
Premium-everywhere ${result.premium_everywhere_usd:,.2f} (estimate: one call per new document to the dearest model)"""


def _asked(result: Estimate) -> str:
    asked = (
        ", ".join(f"{count:,} to {tier} first" for tier, count in result.asked.items()) or "no document is worth a call"
    )
    waits = f"; {result.deferred:,} wait, the budget is too small for them" if result.deferred else ""
    return asked + waits


def _keys(result: Estimate) -> str:
    if result.any_active:
        return f"                   with a key now: {', '.join(result.tiers)}"
    return f"""                   no key is set now, so a run would pay nothing, and people would look at all of them:
                   about ${result.human_usd:,.2f} at the policy's minutes and wage"""
