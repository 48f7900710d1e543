"""What another policy, price list, line-up of models or budget would have made of past documents.

Every document is decided again on the evidence that the free readers had of it, and those that a model is in question
for are planned as one batch. What models would have answered nobody knows: it is forecast from the records of how they
mended, and given with the range that these records leave open.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import islice
from math import inf, sqrt

import numpy as np

from routing.decide import case_of, decide, is_weighed
from routing.evidence import Evidence
from routing.menu import NANO, Case, Floats, Menus
from routing.options import chances, options
from routing.plan import Choice, Plan, plan
from routing.policy import Policy
from routing.prices import PriceList, Usage, cost
from routing.records import Chance, Records

_CHUNK = 2_000
_Z90 = 1.645


@dataclass(frozen=True, slots=True)
class Past:
    """One document as an earlier run had it: the evidence before any model was asked, and what became of it.

    `full_call` is the estimate of one call on the whole document, None where it was not noted. `went` says where it
    went first: `accepted`, `deferred`, or the tier. `alone`: in the end no person had to look. `wrong` is what a person
    found who looked at it later on, None where nobody did. Money in US dollars.
    """

    evidence: Evidence
    full_call: Usage | None
    went: str
    alone: bool
    calls_usd: Decimal
    people_usd: Decimal
    wrong: bool | None


@dataclass(slots=True)
class Estimated:
    """A sum that is forecast: its expected value, and what it would be if models mended as little or as much as the
    records leave open (nine times in ten). `variance` is that of chance for given shares, `most` can't be passed."""

    mean: float = 0.0
    poor: float = 0.0
    good: float = 0.0
    variance: float = 0.0
    most: float = 0.0

    def add(self, worlds: Sequence[Floats], chance: bool = False) -> None:
        """Add up the documents of a chunk, as expected, poor and good; `chance`: each of them is one or zero."""
        mean, poor, good = worlds
        self.mean += float(mean.sum())
        self.poor += float(poor.sum())
        self.good += float(good.sum())
        self.variance += float((mean * (1 - mean)).sum()) if chance else 0.0
        self.most += len(mean) if chance else 0.0

    def add_certain(self, amount: float) -> None:
        """Add what does not depend on any model."""
        self.mean, self.poor, self.good = self.mean + amount, self.poor + amount, self.good + amount
        self.most += amount

    @property
    def low(self) -> float:
        """The lower end of the range."""
        return max(0.0, min(self.poor, self.good, self.mean) - _Z90 * sqrt(self.variance))

    @property
    def high(self) -> float:
        """The upper end of the range."""
        return min(self.most, max(self.poor, self.good, self.mean) + _Z90 * sqrt(self.variance))


@dataclass(slots=True)
class Replay:
    """What the documents would have become, added up over runs; `moves` counts (where it went, where it would go).

    `then_*` is how it was, without `then_` how it would be: documents settled without a person, paid calls and people
    in US dollars, documents that would be wrong in the end; those left to the next run count for none of them.
    `unpriced` documents had no size noted, so that no model could be in question for them. Of those accepted at once a
    person looked at `looked_at` and found `found_wrong`.
    """

    documents: int = 0
    then_alone: int = 0
    then_calls_usd: Decimal = Decimal(0)
    then_people_usd: Decimal = Decimal(0)
    moves: Counter[tuple[str, str]] = field(default_factory=Counter)
    alone: Estimated = field(default_factory=Estimated)
    calls_usd: Estimated = field(default_factory=Estimated)
    people_usd: Estimated = field(default_factory=lambda: Estimated(most=inf))
    wrong: Estimated = field(default_factory=Estimated)
    bound_gap_usd: Decimal = Decimal(0)
    unpriced: int = 0
    looked_at: int = 0
    found_wrong: int = 0


@dataclass(frozen=True, slots=True)
class Setting:
    """What the documents are decided by; `usage_share` is what a model's calls really take of a full call's tokens."""

    policy: Policy
    prices: PriceList
    records: Records
    budget_usd: Decimal | None
    usage_share: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def prices_of(self, past: Past) -> dict[str, Decimal]:
        """What one call on the document would cost at each paid tier, in US dollars; nothing where its size is unknown.

        All tiers of the policy are taken to be active.
        """
        if past.full_call is None:
            return {}
        return {tier.name: self._price(tier.name, past.full_call) for tier in self.policy.tiers if tier.paid}

    def _price(self, name: str, full_call: Usage) -> Decimal:
        tier = next(tier for tier in self.policy.tiers if tier.name == name)
        sent, received = self.usage_share.get(tier.model or "", (1.0, 1.0))
        thinking = 0 if tier.model in self.usage_share else tier.thinking_tokens // 2
        usage = Usage(
            input_tokens=round(sent * full_call.input_tokens),
            output_tokens=round(received * full_call.output_tokens) + thinking,
        )
        return cost(usage, self.prices.of(name, "batch" if tier.batch else "sync"))


def replay(past: Iterable[Past], setting: Setting, total: Replay) -> None:
    """Decide the documents of one run again, and add them to `total`. `past` is gone through several times."""
    weighed = _Weighed(past, setting)
    the_plan = plan(weighed, setting.budget_usd)
    total.bound_gap_usd += the_plan.bound_gap_usd
    total.calls_usd.most += inf if setting.budget_usd is None else float(setting.budget_usd)
    for chunk in _chunks(past):
        _add_chunk(chunk, setting, the_plan, total)


class _Weighed:
    """The cases of those documents that a model is in question for, made anew each time they are gone through."""

    def __init__(self, past: Iterable[Past], setting: Setting) -> None:
        self._past, self._setting = past, setting

    def __iter__(self) -> Iterator[Case]:
        return (case for document in self._past if (case := weighed_case(document, self._setting)))


def weighed_case(past: Past, setting: Setting) -> Case | None:
    """The document as a plan sees it; None where no model is in question."""
    open_to_it = options(past.evidence, setting.policy, setting.prices_of(past), setting.records)
    if not is_weighed(past.evidence, setting.policy, open_to_it):
        return None
    return case_of(past.evidence, setting.policy, open_to_it)


def _add_chunk(chunk: list[Past], setting: Setting, the_plan: Plan, total: Replay) -> None:
    weighed: list[tuple[Past, Case]] = []
    for past in chunk:
        total.documents += 1
        total.then_alone += past.alone
        total.then_calls_usd += past.calls_usd
        total.then_people_usd += past.people_usd
        total.unpriced += past.full_call is None
        if case := weighed_case(past, setting):
            weighed.append((past, case))
        else:
            _add_settled(past, setting, total)
    if weighed:
        _add_weighed(weighed, setting, the_plan, total)


def _add_settled(past: Past, setting: Setting, total: Replay) -> None:
    decision = decide(past.evidence, setting.policy)
    accepted = decision.action == "accept"
    total.moves[past.went, "accepted" if accepted else decision.to_tier or ""] += 1
    total.alone.add_certain(accepted)
    total.people_usd.add_certain(float(decision.expected_cost_usd))
    missed = 1.0 if accepted else setting.policy.human.expected_miss_share
    wrong = np.array([(1 - past.evidence.p_right) * missed])
    total.wrong.add([wrong] * 3, chance=True)
    _add_label(past, accepted, total)


def _add_weighed(weighed: list[tuple[Past, Case]], setting: Setting, the_plan: Plan, total: Replay) -> None:
    """What is forecast of documents that models are in question for: as expected, and at both ends of the records."""
    cases = [case for _, case in weighed]
    ranges = [chances(past.evidence, setting.policy, setting.prices_of(past), setting.records) for past, _ in weighed]
    worlds = [
        Menus([_in_world(case, each, end) for case, each in zip(cases, ranges, strict=True)], the_plan.may_wait)
        for end in ("mean", "low", "high")
    ]
    rows, columns = np.arange(len(cases)), the_plan.solution.courses(worlds[0])
    settled, look = columns < worlds[0].waiting, float(setting.policy.human.look_usd)
    total.alone.add([settled * world.alone[rows, columns] for world in worlds], chance=True)
    total.calls_usd.add([world.spend[rows, columns] / NANO for world in worlds])
    total.people_usd.add([settled * (1 - world.alone[rows, columns]) * look for world in worlds])
    total.wrong.add([settled * world.wrong[rows, columns] for world in worlds], chance=True)
    for (past, _), choice in zip(weighed, the_plan.choices(cases), strict=True):
        total.moves[past.went, _where(choice)] += 1
        _add_label(past, choice.action == "accept", total)


def _add_label(past: Past, accepted: bool, total: Replay) -> None:
    if accepted and past.wrong is not None:
        total.looked_at += 1
        total.found_wrong += past.wrong


def _in_world(case: Case, mends: Mapping[str, Chance], end: str) -> Case:
    """The case with each model's chance to mend at one end of its range."""
    return replace(
        case,
        options=tuple(
            replace(option, p_mend=getattr(mends[option.tier], end)) if option.paid else option
            for option in case.options
        ),
    )


def _where(choice: Choice) -> str:
    return choice.tier or {"accept": "accepted"}.get(choice.action, "deferred")


def _chunks(past: Iterable[Past]) -> Iterator[list[Past]]:
    rest = iter(past)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk
