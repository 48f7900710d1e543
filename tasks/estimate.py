"""What a run would cost and why, from the free readers alone: nothing is spent, nothing is written."""

import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path

import numpy as np

from routing.bars import under_promise
from routing.decide import case_of, decide
from routing.plan import plan
from routing.policy import BatchPromise, Limits, Policy
from routing.prices import PriceList
from routing.records import Records
from tasks.climb.ascent import Ascent
from tasks.climb.climber import Candidate, Climber
from tasks.climb.promised import choose
from tasks.discover import discover
from tasks.documents import SourceFile
from tasks.examining import Examining
from tasks.fields import catalogue
from tasks.history import History
from tasks.labels import labels_of
from tasks.records import records_of
from tasks.rows import RunContext, full_call_of
from tasks.settle import Settled, settle
from tasks.spend.asked import Run
from tasks.store.query import Query, open_current, query_of
from tasks.triage import is_settled
from tasks.workers import WorkerPool

_CHUNK = 200


@dataclass(slots=True)
class Estimate:
    """What the free readers say of a source, and what a plan makes of it; money in US dollars.

    `known` documents are settled already, or copies of others, and cost nothing. `outcomes` is what becomes of the rest
    without new calls, `asked` counts the documents that a plan would ask about, by their first tier, and `deferred`
    those that the budget is too small for. `tiers` are the paid ones that the plan reckons with: those with a key now,
    or all of them where none has one (`any_active` is false then).

    `low_usd`: each of the asked is settled by its first call. `expected_usd`: some climb on, as often as their tiers
    fail by the policy and by what they did before. `high_usd`: each goes through every tier above its first.
    `human_usd` is what people would cost without any paid tier. `reasons` counts why documents are not settled.
    """

    documents: int = 0
    known: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    deferred: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    tiers: tuple[str, ...] = ()
    any_active: bool = False
    low_usd: Decimal = Decimal(0)
    expected_usd: Decimal = Decimal(0)
    high_usd: Decimal = Decimal(0)
    human_usd: Decimal = Decimal(0)
    premium_everywhere_usd: Decimal = Decimal(0)

    @property
    def climbing(self) -> int:
        """Documents that the free readers can't settle."""
        return self.outcomes["review"] + self.asked.total() + self.deferred


def estimate(
    source: str,
    store: Path,
    policy: Policy,
    prices: PriceList,
    workers: int,
    limit: int | None = None,
    budget_usd: Decimal | None = None,
) -> Estimate:
    """Read every new document in `source` with the free readers, and plan what the rest would cost.

    Raises `SourceError`, `WorkerError`.
    """
    paid = [tier for tier in policy.tiers if tier.paid]
    active = [tier for tier in policy.active_tiers(dict(os.environ)) if tier.paid]
    total = Estimate(tiers=tuple(tier.name for tier in active or paid), any_active=bool(active))
    history, candidates = History(policy.finance), list[Candidate]()
    with tempfile.TemporaryDirectory(prefix="ledgerline-") as spool, _ledger(store) as query:
        if query:
            policy = under_promise(policy, labels_of(query, policy))
        context = RunContext("estimate", datetime.now(UTC).date(), policy, prices)
        run = Run("estimate", policy, prices, budget_usd)
        fields, records = catalogue(policy.fields_file), records_of(query) if query else Records()
        ascent = Ascent(run, total.tiers, fields, Path(spool), records)
        files = islice(discover(source, policy.limits, Path(spool), skip=[store]), limit)
        seen = _settled_ids(query, policy.limits) if query else set()
        with WorkerPool(workers, policy.limits, Examining(policy)) as pool:
            while chunk := list(islice(files, _CHUNK)):
                total.documents += len(chunk)
                new = _unseen(chunk, seen)
                total.known += len(chunk) - len(new)
                climbers = [Climber(replace(document, kept=True)) for document in pool.run(new)]
                settled = settle(climbers, history, context, datetime.now(UTC), ascent)
                candidates += settled.candidates
                _add(total, climbers, settled, context)
    _plan(total, candidates, policy, budget_usd)
    return total


def _add(total: Estimate, climbers: Iterable[Climber], settled: Settled, run: RunContext) -> None:
    """Count what is settled without a call."""
    for row in settled.rows["documents"]:
        total.outcomes[row["outcome"]] += 1
        if row["outcome"] == "review":
            _count_reason(total, row["reason"], run.policy)
    for climber in climbers:
        if not climber.document.problem:
            usage = full_call_of(climber.document, run.policy)
            total.premium_everywhere_usd += run.prices.dearest(usage)


def _plan(total: Estimate, candidates: list[Candidate], policy: Policy, budget_usd: Decimal | None) -> None:
    """Count what a plan makes of the others, and what that costs; those first that the batch promise decides on."""
    covered = [each for each in candidates if each.covered_usd is not None]
    if policy.batch_promise and covered:
        _add_promised(total, covered, policy.batch_promise)
    candidates = [each for each in candidates if each.covered_usd is None]
    cases = [case_of(each.evidence, policy, each.options) for each in candidates]
    chosen = plan(cases, budget_usd)
    total.expected_usd += chosen.expected_cost_usd
    for candidate, choice in zip(candidates, chosen.choices(cases), strict=True):
        decision = decide(candidate.evidence, policy, options=candidate.options, choice=choice)
        _count_reason(total, decision.reason, policy)
        if decision.action == "escalate":
            paid = [option for option in candidate.options if option.paid]
            first = [option.tier for option in paid].index(str(decision.to_tier))
            total.asked[str(decision.to_tier)] += 1
            total.low_usd += paid[first].price_usd
            total.high_usd += sum((option.price_usd for option in paid[first:]), Decimal(0))
        elif decision.action == "defer":
            total.deferred += 1
        else:
            total.outcomes["accepted" if decision.action == "accept" else "review"] += 1


def _add_promised(total: Estimate, covered: Sequence[Candidate], promise: BatchPromise) -> None:
    """What the promise's tier would read, if documents differ as often as their confidence says."""
    random = np.random.default_rng(0)
    differ = random.random(len(covered)) > np.array([each.evidence.p_right for each in covered])
    unseen = choose(covered, promise, "estimate", lambda places: differ[places]).accepted
    total.outcomes["accepted"] += int(unseen.sum())
    total.asked[promise.tier] += int((~unseen).sum())
    price = sum(
        (each.covered_usd or Decimal(0) for each, alone in zip(covered, unseen, strict=True) if not alone), Decimal(0)
    )
    total.low_usd, total.expected_usd, total.high_usd = (
        usd + price for usd in (total.low_usd, total.expected_usd, total.high_usd)
    )
    total.reasons["promised"] += int((~unseen).sum())


def _count_reason(total: Estimate, reason: str, policy: Policy) -> None:
    total.human_usd += policy.human.look_usd
    total.reasons.update({part.partition(":")[0] for part in reason.split("; ")} - _OF_THE_PLAN)


_OF_THE_PLAN = {"pays", "no_call_pays", "over_budget"}


def _unseen(chunk: Iterable[SourceFile], seen: set[str]) -> list[SourceFile]:
    """Those of `chunk` whose bytes were not seen before; from now on they were."""
    new = []
    for file in chunk:
        if file.document_id not in seen:
            seen.add(file.document_id)
            new.append(file)
    return new


@contextmanager
def _ledger(store: Path) -> Iterator[Query | None]:
    """Questions to the store's published ledger; None where there is none."""
    if not (store / "ledger.duckdb").is_file():
        yield None
        return
    with open_current(store) as ledger:
        yield query_of(ledger)


def _settled_ids(query: Query, limits: Limits) -> set[str]:
    """The documents that the store has settled."""
    rows = query("select document_id, outcome, if(outcome = 'rejected', reason, '') from documents", [])
    return {document_id for document_id, outcome, reason in rows if is_settled(outcome, reason, limits)}
