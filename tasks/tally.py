"""The running sums of a run."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from tasks.rows import Rows


@dataclass(slots=True)
class Tally:
    """What became of the documents met so far. `known` of them were settled by earlier runs; money in US dollars."""

    outcomes: Counter[str] = field(default_factory=Counter)
    known: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    cost_usd: Decimal = Decimal(0)
    premium_everywhere_usd: Decimal = Decimal(0)

    @property
    def documents(self) -> int:
        """Documents met: the sum over outcomes."""
        return self.outcomes.total()

    def add_known(self, outcomes: Counter[str]) -> None:
        """Count documents that keep the outcome they have; they cost nothing in this run."""
        self.outcomes += outcomes
        self.known += outcomes.total()

    def add_settled(self, rows: Rows) -> None:
        """Count the rows that a chunk was settled with."""
        for document in rows["documents"]:
            self.outcomes[document["outcome"]] += 1
            self.cost_usd += document["cost_usd"]
            self.premium_everywhere_usd += document["premium_everywhere_usd"]
        self.calls.update(call["tier"] for call in rows.get("calls", ()))
