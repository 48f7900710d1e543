"""`ledgerline replay`: what another policy would have made of past runs, in words or as JSON."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from flows.parameters import load_policy
from routing.replay import Estimated
from tasks.prices import price_list
from tasks.replay import Replayed, replay_store
from tasks.score import upper_bound


def print_replay(store: Path, policy_file: str, budget_usd: Decimal | None, as_json: bool) -> None:
    """Decide the runs of the store again and print what would have changed, with ranges, and what nobody can tell."""
    policy = load_policy(policy_file)
    budget = policy.budgets.run_usd if budget_usd is None else budget_usd
    result = replay_store(store, policy, price_list(policy), budget)
    print(json.dumps(_as_json(result)) if as_json else "\n".join(_text(result)))


def _as_json(result: Replayed) -> dict[str, Any]:
    total = result.total
    return {
        "runs": result.runs,
        "documents": total.documents,
        "then": {
            "alone": total.then_alone,
            "calls_usd": float(total.then_calls_usd),
            "people_usd": float(total.then_people_usd),
        },
        "now": {
            "alone": _range(total.alone),
            "calls_usd": _range(total.calls_usd),
            "people_usd": _range(total.people_usd),
            "wrong": _range(total.wrong),
        },
        "moves": [{"went": went, "goes": goes, "documents": n} for (went, goes), n in total.moves.most_common()],
        "bound_gap_usd": float(total.bound_gap_usd),
        "limits": list(_limits(result)),
    }


def _range(sum_of: Estimated) -> dict[str, float]:
    return {"expected": sum_of.mean, "low": sum_of.low, "high": sum_of.high}


def _text(result: Replayed) -> Iterator[str]:
    total, setting = result.total, result.setting
    budget = "no limit to calls" if setting.budget_usd is None else f"{setting.budget_usd:,.2f} USD for calls a run"
    yield f"\n{total.documents:,} documents of {result.runs:,} runs, decided again by policy {setting.policy.hash}:"
    yield f"{budget}, prices of {setting.prices.version}"
    yield f"\n{'':<32}{'as it was':>14}{'by this policy':>18}   nine times in ten"
    rows = (
        ("settled without a person", f"{total.then_alone:,}", total.alone, ",.0f"),
        ("paid calls, USD", f"{total.then_calls_usd:,.2f}", total.calls_usd, ",.2f"),
        ("people, USD", f"{total.then_people_usd:,.2f}", total.people_usd, ",.2f"),
        ("wrong in the end", "-", total.wrong, ",.1f"),
    )
    for name, then, now, form in rows:
        yield f"  {name:<30}{then:>14}{now.mean:>18{form}}   {now.low:{form}} to {now.high:{form}}"
    yield "\nWhere documents go first:"
    for (went, goes), count in sorted(total.moves.items(), key=lambda move: (-move[1], move[0])):
        yield f"  {count:>8,}  {went if went == goes else f'{went} -> {goes}'}"
    if total.looked_at:
        bound = upper_bound(total.found_wrong, total.looked_at)
        yield f"\nPeople looked at {total.looked_at:,} of those accepted at once: {total.found_wrong:,} were wrong."
        yield f"If chosen at random, they show with 95% confidence that at most {bound:.1%} of such are."
    if setting.budget_usd is not None:
        yield f"\nNo plan within the budget costs {total.bound_gap_usd:,.4f} USD less in all than this one."
    yield "\nWhat these records can't tell:"
    yield from (f"- {limit}" for limit in _limits(result))


def _limits(result: Replayed) -> Iterator[str]:
    policy = result.setting.policy
    if policy.batch_promise:
        yield f"what [batch_promise] accepts hangs on answers of {policy.batch_promise.tier}: decided as without it"
    for tier in result.never_asked:
        yield (
            f"{tier.name} ({tier.model}) was never asked here: that it settles {tier.expected_mend_share:.0%} of the "
            f"fields it is asked for is what the policy expects, no outcome"
        )
    for tier in policy.tiers:
        if answers := result.answers.get(tier.model or "", 0):
            yield f"{tier.name} ({tier.model}) is known by {answers:,} answers on fields in doubt"
    if result.total.unpriced:
        yield f"{result.total.unpriced:,} documents had no size noted: no model was in question for them"
    if result.skipped:
        yield f"{result.skipped:,} documents were decided by a version that did not note what it went by: left out"
    yield "whether a probability is right is as good as the readers' calibration; see `ledgerline score`"
    yield "duplicates and rejected documents stay what they were; every paid tier is taken to have its key"
