"""What all documents that climb in a run have in common: tiers to ask, prices, records, where readings lie."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from routing.estimate import full_call
from routing.evidence import Evidence
from routing.fields import Catalogue
from routing.menu import Option
from routing.options import options
from routing.policy import Policy
from routing.prices import PriceList, Usage, cost
from routing.records import Records
from tasks.documents import Examined
from tasks.spend.asked import Run


@dataclass(frozen=True, slots=True)
class Ascent:
    """The paid tiers of a run that are `active`, and what it takes to weigh them for a document.

    `records` is what their models did before, `folder` where readings of documents that climb are kept.
    """

    run: Run
    active: tuple[str, ...]
    catalogue: Catalogue
    folder: Path
    records: Records = field(default_factory=Records)

    def options(
        self, document: Examined, evidence: Evidence, from_tier: str = "local", answered: Collection[str] = ()
    ) -> tuple[Option, ...]:
        """The tiers that the document may go to from there; those that have `answered` already cost nothing more."""
        prices = expected_prices(document, self.run.policy, self.run.prices, self.active)
        prices |= dict.fromkeys(prices.keys() & set(answered), Decimal(0))
        return options(evidence, self.run.policy, prices, self.records, from_tier)

    def promised_price(self, document: Examined, answered: Collection[str]) -> Decimal | None:
        """US dollars for reading the document with the tier of the batch promise, nothing if it has `answered` already;
        None where nothing of the kind is promised."""
        if self.run.policy.batch_promise is None:
            return None
        tier = self.run.policy.batch_promise.tier
        prices = expected_prices(document, self.run.policy, self.run.prices, [tier])
        return Decimal(0) if tier in answered else prices[tier]


def expected_prices(document: Examined, policy: Policy, prices: PriceList, tiers: Iterable[str]) -> dict[str, Decimal]:
    """US dollars for a call on the whole document, by tier; by batch where the tier takes them."""
    usage = full_call(document.characters, document.images, len(document.line_items), policy.estimate)
    wanted = set(tiers)
    return {
        tier.name: cost(
            Usage(usage.input_tokens, 0, 0, usage.output_tokens + tier.thinking_tokens // 2),
            prices.of(tier.name, "batch" if tier.batch else "sync"),
        )
        for tier in policy.tiers
        if tier.name in wanted
    }
