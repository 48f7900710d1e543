"""The tiers that a document may go to next: what each would cost it, and the chance that it mends it."""

from collections.abc import Collection, Mapping
from decimal import Decimal

from routing.evidence import Evidence
from routing.menu import Option
from routing.policy import Policy, Tier
from routing.records import Chance, Records


def options(
    evidence: Evidence, policy: Policy, prices: Mapping[str, Decimal], records: Records, from_tier: str = "local"
) -> tuple[Option, ...]:
    """The paid tiers above `from_tier` that may see the document and have something to mend in it, and a person.

    `prices` are the expected prices of this document's requests in US dollars, by tier: of those that can be used.
    """
    mends = chances(evidence, policy, prices, records, from_tier)
    paid = [_model(tier, mends[tier.name], policy, prices[tier.name]) for tier in policy.tiers if tier.name in mends]
    return (*paid, person(policy))


def chances(
    evidence: Evidence, policy: Policy, usable: Collection[str], records: Records, from_tier: str = "local"
) -> dict[str, Chance]:
    """The chance to mend the document, for each of the `usable` paid tiers that may be asked after `from_tier`."""
    position = [tier.name for tier in policy.tiers].index(from_tier)
    judged, above = policy.tiers[position], policy.tiers[position + 1 :]
    able = [tier for tier in above if tier.paid and tier.name in usable and evidence.sensitivity in tier.sensitivities]
    names, prior = evidence.open_fields, policy.records.prior_fields
    return {tier.name: records.mended_all(tier, judged, evidence.text_source, names, prior) for tier in able if names}


def person(policy: Policy, people: int = 1) -> Option:
    """A look by so many people, one after the other: each misses its share of what the one before it missed."""
    tier = policy.human
    return Option(
        tier=tier.name,
        price_usd=people * tier.look_usd,
        p_mend=1.0,
        p_miss=tier.expected_miss_share**people,
        paid=False,
        waiting_usd=policy.loss.of_waiting(people * tier.waits_hours),
    )


def _model(tier: Tier, mends: Chance, policy: Policy, price_usd: Decimal) -> Option:
    return Option(
        tier=tier.name,
        price_usd=price_usd,
        p_mend=mends.mean,
        p_miss=tier.expected_miss_share,
        paid=True,
        waiting_usd=policy.loss.of_waiting(tier.batch_hours if tier.batch else tier.waits_hours),
    )
