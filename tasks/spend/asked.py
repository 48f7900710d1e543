"""What is asked in a run, under which prices and budgets; and what can come of it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from routing.budget import Scope, scopes
from routing.policy import Policy, Tier
from routing.prices import Mode, PriceList, most
from tasks.ask.types import ModelRequest, RawAnswer
from tasks.spend.entry import Entry, Intent


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of a request: an `answer`; or why its document `waits` for the next run; or why it never will be
    answered (`failed`). Exactly one of them; `fault` is a stable word for the latter two."""

    answer: RawAnswer | None = None
    waits: str = ""
    failed: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """What all calls of one run have in common. `budget_usd` is what was asked for this run, None for no limit."""

    run_id: str
    policy: Policy
    prices: PriceList
    budget_usd: Decimal | None = None

    def tier(self, name: str) -> Tier:
        """The policy's tier of that name."""
        return next(tier for tier in self.policy.tiers if tier.name == name)

    def scopes(self, label: str, at: datetime) -> tuple[Scope, ...]:
        """The budgets that a call made `at` (UTC) for a document with `label` has to fit."""
        return scopes(self.policy.budgets, self.run_id, self.budget_usd, label, at)

    def intent(self, request: ModelRequest, mode: Mode, at: datetime, batch_id: str | None = None) -> Intent:
        """The request as it stands in the journal, with the most that it can cost."""
        prices, tier = self.prices.of(request.tier, mode), self.tier(request.tier)
        return Intent(
            request_hash=request.request_hash,
            document_id=request.document_id,
            run_id=self.run_id,
            tier=request.tier,
            provider=tier.priced_as[0],
            model=request.model,
            mode=mode,
            reserved_usd=most(request.worst, prices, tier.answer_seconds),
            prices=prices,
            price_version=self.prices.version,
            started_at=at,
            batch_id=batch_id,
        )


def of_standing(entry: Entry) -> Asked:
    """What comes of a request that the journal does not let be sent (again)."""
    if entry.answer is not None:
        return Asked(answer=entry.answer)
    what = f"{entry.intent.tier}: {entry.fault}: {entry.detail}"
    if entry.state == "failed":
        return Asked(failed=what, fault=entry.fault)
    if entry.state == "unknown":
        return Asked(failed=f"{what}; asked for the last time, because each may have been billed", fault="unknown_fate")
    if entry.intent.mode == "batch":
        sent = f"{entry.intent.started_at:%Y-%m-%d %H:%M}"
        return Asked(waits=f"{entry.intent.tier}: its batch of {sent} UTC is not answered yet", fault="batch_pending")
    return Asked(waits=f"{entry.intent.tier}: the same request is on its way", fault="on_its_way")
