"""The whole batch at once: which document is accepted, asked of which tier, seen by a person, or left to wait.

Each document has a menu of courses (`routing.menu`): what each would cost in calls, and what it would cost its owner
in all. Of every document the course is taken that makes the sum over the batch smallest within the budget for calls
(`routing.knapsack`). A plan holds no more than a price for a dollar of the budget and the few documents at the margin:
what becomes of a document follows from it and the document alone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from routing.knapsack import Solution, solve
from routing.menu import NANO, Action, Case, Floats, Menus

_CHUNK = 20_000


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to become of one document next. Money in US dollars.

    `tier` is where it goes, None where it is accepted or waits. `cost_usd` is the price of that step, `spend_usd` what
    it and the paid calls that may have to follow are expected to cost, `gain_usd` what the step is expected to save its
    owner against the best that can be done without a paid call. `dollar_worth` is what a dollar of the budget had to
    save at least to be spent, 0 where there is budget for all that pays. `reason` says it in words.
    """

    document_id: str
    action: Action
    tier: str | None
    cost_usd: Decimal
    spend_usd: Decimal
    gain_usd: Decimal
    reason: str
    dollar_worth: float = 0.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of every document of a batch, and what is expected of it. Money in US dollars.

    `expected_cost_usd` is what the calls will cost, never above the budget. `expected_loss_usd` is what the batch will
    cost its owner in all: calls, people's minutes, waiting, and the errors that remain. No plan within the budget has
    an expected loss below `expected_loss_usd - bound_gap_usd`. `dollar_worth` is what a dollar more would save, about.
    """

    solution: Solution
    may_wait: bool
    expected_cost_usd: Decimal
    expected_loss_usd: Decimal
    bound_gap_usd: Decimal

    @property
    def dollar_worth(self) -> float:
        """What a dollar of the budget has to save at least to be spent; 0 where there is budget for all that pays."""
        return self.solution.dollar_worth

    def choice(self, case: Case) -> Choice:
        """What is to become of one document of the batch."""
        return next(self.choices([case]))

    def choices(self, cases: Iterable[Case]) -> Iterator[Choice]:
        """What is to become of these documents of the batch, in their order."""
        for chunk in _chunks(cases):
            menus = Menus(chunk, self.may_wait)
            for row, column in enumerate(self.solution.courses(menus).tolist()):
                yield _choice(chunk[row], menus, row, column, self.dollar_worth)


def plan(cases: Iterable[Case], budget_usd: Decimal | None) -> Plan:
    """The plan that loses least on the batch while its calls cost at most `budget_usd`; None is no limit.

    `cases` are gone through several times: a list, or what starts anew each time; no more than a chunk of them is kept.
    Their order does not matter and nothing is random: the same cases always get the same plan. No call is planned whose
    gain is below its price, however much budget is left. A budget of 0 is one that will be 0 next time, too: nothing
    waits for it. Raises ValueError for a case that may neither be accepted nor go to a person.
    """
    if iter(cases) is cases:
        raise TypeError("plan goes through the cases several times: pass a list, not an iterator")
    may_wait = budget_usd is None or budget_usd > 0
    budget = None if budget_usd is None else int(budget_usd * NANO)
    solution = solve(lambda: (Menus(chunk, may_wait) for chunk in _chunks(cases)), budget)
    return Plan(solution, may_wait, _usd(solution.spent_nano), _usd(solution.lost_nano), _usd(solution.gap_nano))


def _chunks(cases: Iterable[Case]) -> Iterator[list[Case]]:
    rest = iter(cases)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk


def _choice(case: Case, menus: Menus, row: int, column: int, worth: float) -> Choice:
    option = case.options[column - 1] if 0 < column <= len(case.options) else None
    action: Action = "accept" if column == 0 else "defer"
    if option is not None:
        action = "escalate" if option.paid else "review"
    gain = float(menus.loss[row, menus.free[row]] - menus.loss[row, column])
    return Choice(
        document_id=case.document_id,
        action=action,
        tier=option.tier if option else None,
        cost_usd=option.price_usd if option else Decimal(0),
        spend_usd=_usd(int(menus.spend[row, column])),
        gain_usd=_usd(round(gain * NANO)),
        reason=_reason(case, action, gain, int(menus.loss[row].argmin()), menus.loss[row], column, worth),
        dollar_worth=worth,
    )


def _reason(case: Case, action: Action, gain: float, best: int, loss: Floats, column: int, worth: float) -> str:
    """Why this course, in words, after the rules and doubts that a decision names first."""
    if action == "escalate":
        option = case.options[column - 1]
        return f"pays: {option.tier} costs {option.price_usd:.4f} USD, saves {gain:.2f} USD on average"
    if best == column:
        return "no_call_pays: none saves more than it costs"
    tier, saved = case.options[best - 1].tier, float(loss[column] - loss[best])
    return f"over_budget: {tier} would save {saved:.2f} USD, a dollar of the budget has to save {worth:.2f}"


def _usd(nano: int) -> Decimal:
    return Decimal(nano) / NANO
