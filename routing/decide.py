"""What becomes of a document: accepted, or seen by a human, and why. Rules first, then its confidence."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from routing.policy import Policy, Tier

Action = Literal["accept", "escalate", "review", "defer"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the free readers found out about one document, as far as a decision needs it.

    `confidence` is the probability that every key field is right; None for a document whose class has no key fields,
    which is judged by `doc_type_confidence` instead. `failed_checks` are (name, detail); `doubtful_fields` say which
    key fields are in doubt and why, for the person who will look. `value_at_stake` is in US dollars, None if unknown.
    """

    doc_type: str
    doc_type_confidence: float
    confidence: float | None
    failed_checks: tuple[tuple[str, str], ...]
    doubtful_fields: tuple[str, ...]
    value_at_stake: Decimal | None


@dataclass(frozen=True, slots=True)
class Decision:
    """One routing decision, with all that is needed to retrace it. Money in US dollars.

    `expected_gain_usd` is what accepting as is would lose on average, (1 - p_right) x value at stake; None where the
    value is not known. `expected_cost_usd` is the price of the tier that it goes to.
    """

    action: Action
    from_tier: str
    to_tier: str | None
    p_right: float
    value_at_stake: Decimal | None
    expected_gain_usd: Decimal | None
    expected_cost_usd: Decimal
    reason: str


def decide(evidence: Evidence, policy: Policy, from_tier: str = "local") -> Decision:
    """Accept the document, or hand it to the human tier with every reason that speaks for it."""
    p_right = evidence.doc_type_confidence if evidence.confidence is None else evidence.confidence
    reasons = (*_broken_rules(evidence, policy), *_doubts(evidence, policy))
    human = _human_tier(policy)
    return Decision(
        action="review" if reasons else "accept",
        from_tier=from_tier,
        to_tier=human.name if reasons else None,
        p_right=p_right,
        value_at_stake=evidence.value_at_stake,
        expected_gain_usd=None if evidence.value_at_stake is None else _share(1 - p_right, evidence.value_at_stake),
        expected_cost_usd=human_price(human) if reasons else Decimal(0),
        reason="; ".join(reasons) if reasons else _why_accepted(evidence, policy),
    )


def human_price(tier: Tier) -> Decimal:
    """What one look by a human costs in US dollars: minutes times wage."""
    minutes, wage = tier.minutes_per_document or Decimal(0), tier.usd_per_hour or Decimal(0)
    return minutes * wage / 60


def _human_tier(policy: Policy) -> Tier:
    return next(tier for tier in policy.tiers if tier.kind == "human")


def _broken_rules(evidence: Evidence, policy: Policy) -> list[str]:
    rules = [f"{name}: {detail}" for name, detail in evidence.failed_checks]
    limit = policy.review.value_above_usd
    if evidence.value_at_stake is not None and evidence.value_at_stake >= limit:
        rules.append(f"high_value: worth {evidence.value_at_stake:,.0f} USD, a human looks from {limit:,.0f} USD on")
    return rules


def _doubts(evidence: Evidence, policy: Policy) -> list[str]:
    if evidence.confidence is None:
        needed = policy.acceptance.doc_type_confidence
        if evidence.doc_type_confidence >= needed:
            return []
        return [f"doubtful_type: {evidence.doc_type} at {evidence.doc_type_confidence:.2f}, {needed:.2f} is needed"]
    needed = policy.acceptance.confidence
    if evidence.confidence >= needed:
        return []
    named = f" ({', '.join(evidence.doubtful_fields)})" if evidence.doubtful_fields else ""
    return [f"doubtful_fields: confidence {evidence.confidence:.2f}, {needed:.2f} is needed{named}"]


def _why_accepted(evidence: Evidence, policy: Policy) -> str:
    if evidence.confidence is None:
        return f"confident: {evidence.doc_type} at {evidence.doc_type_confidence:.3f}, no key fields"
    return f"confident: every key field right at {evidence.confidence:.3f}, {policy.acceptance.confidence} is needed"


def _share(p: float, amount: Decimal) -> Decimal:
    return (Decimal(repr(p)) * amount).quantize(Decimal("0.01"))
