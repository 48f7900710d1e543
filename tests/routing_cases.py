"""Documents on the scales, for the tests of routing: as a plan sees them, and as evidence."""

from dataclasses import replace
from decimal import Decimal
from importlib.resources import files
from random import Random

from routing.evidence import Evidence
from routing.menu import Case, Option
from routing.options import options
from routing.policy import parse_policy
from routing.records import Records

POLICY = parse_policy((files("data") / "policy.toml").read_text(encoding="utf-8"), "data/policy.toml")
SURE = Evidence("invoice", 0.99, 0.995, (), (), Decimal("1200.00"))
ASKED = replace(SURE, confidence=0.6, document_id="d", open_fields=("issue_date",))
PRICES = {"cheap": Decimal("0.004"), "premium": Decimal("0.05")}

PERSON = Option("human", Decimal("2.25"), p_mend=1.0, p_miss=0.02, paid=False)
CHEAP = Option("cheap", Decimal("0.004"), p_mend=0.6, p_miss=0.02, paid=True)
PREMIUM = Option("premium", Decimal("0.05"), p_mend=0.9, p_miss=0.02, paid=True)
DOUBTFUL = Case("d", 0.5, Decimal(30), acceptable=False, options=(CHEAP, PREMIUM, PERSON), waiting_usd=Decimal(1))


def options_of(evidence, policy=POLICY, prices=PRICES, from_tier="local"):
    """The tiers open to a document where nothing was ever asked before."""
    return options(evidence, policy, prices, Records(), from_tier)


class ManyCases:
    """So many documents in doubt, made anew each time they are gone through: none is kept."""

    def __init__(self, number, seed=7):
        self.number, self.seed = number, seed

    def __iter__(self):
        random = Random(self.seed)
        for number in range(self.number):
            price = Decimal(random.randint(5, 400)).scaleb(-4)
            cheap = replace(CHEAP, price_usd=price, p_mend=random.uniform(0.3, 0.9))
            options = (cheap, replace(PREMIUM, price_usd=10 * price), PERSON)
            yield replace(DOUBTFUL, document_id=f"{number:07}", p_right=random.random(), options=options)
