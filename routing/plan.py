"""The whole batch at once: which document is accepted, asked of which tier, seen by a person, or left to wait.

Each document has a menu of courses (`routing.menu`): what each would cost in calls, and what it would cost its owner
in all. Of every document the course is taken that makes the sum over the batch smallest within the budget for calls.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from routing.menu import Action, Case, Course, menu


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
    """The choice for every document of a batch, and what is expected of it. Money in US dollars.

    `expected_cost_usd` is what the calls will cost, never above the budget. `expected_loss_usd` is what the batch will
    cost its owner in all: calls, people's minutes, waiting, and the errors that remain. No plan within the budget has
    an expected loss below `expected_loss_usd - bound_gap_usd`.
    """

    choices: dict[str, Choice]
    expected_cost_usd: Decimal
    expected_loss_usd: Decimal
    bound_gap_usd: Decimal


def plan(cases: Iterable[Case], budget_usd: Decimal | None) -> Plan:
    """The best choice for every case within `budget_usd` for calls; None is no limit.

    The order of `cases` does not matter, and nothing is random: the same cases always get the same plan. No call is
    planned whose gain is below its price, however much budget is left.
    """
    batch = sorted(cases, key=lambda case: case.document_id)
    menus = {case.document_id: menu(case, may_wait=budget_usd is None or budget_usd > 0) for case in batch}
    chosen = {document_id: _free(courses) for document_id, courses in menus.items()}
    left = budget_usd
    for course, document_id in _upgrades(menus):
        spend = course.spend_usd
        if left is not None and spend > left:
            continue
        if chosen[document_id].spend_usd == 0:
            chosen[document_id] = course
            left = None if left is None else left - spend
    best = {document_id: min(courses, key=lambda c: c.loss_usd) for document_id, courses in menus.items()}
    loss = sum((course.loss_usd for course in chosen.values()), Decimal(0))
    return Plan(
        choices={i: _choice(i, course, menus[i], best[i]) for i, course in chosen.items()},
        expected_cost_usd=sum((course.spend_usd for course in chosen.values()), Decimal(0)),
        expected_loss_usd=loss,
        bound_gap_usd=loss - sum((course.loss_usd for course in best.values()), Decimal(0)),
    )


def _free(courses: tuple[Course, ...]) -> Course:
    return min((course for course in courses if course.spend_usd == 0), key=lambda course: course.loss_usd)


def _upgrades(menus: dict[str, tuple[Course, ...]]) -> list[tuple[Course, str]]:
    """Of each document the paid course that gains most, those first that gain most for a dollar."""
    found = []
    for document_id, courses in menus.items():
        free, best = _free(courses), min(courses, key=lambda course: course.loss_usd)
        if best.spend_usd > 0:
            found.append(((free.loss_usd - best.loss_usd) / best.spend_usd, best, document_id))
    return [(course, document_id) for _, course, document_id in sorted(found, key=lambda f: (-f[0], f[2]))]


def _choice(document_id: str, course: Course, courses: tuple[Course, ...], best: Course) -> Choice:
    gain = _free(courses).loss_usd - course.loss_usd
    return Choice(
        document_id, course.action, course.tier, course.cost_usd, course.spend_usd, gain, _reason(course, gain, best)
    )


def _reason(course: Course, gain: Decimal, best: Course) -> str:
    if course.action == "escalate":
        return f"pays: {course.tier} costs {course.cost_usd:.4f} USD and saves {gain:.2f} USD on average"
    if course.action == "defer":
        return (
            f"over_budget: {best.tier} would save {course.loss_usd - best.loss_usd:.2f} USD, what is left is too little"
        )
    return "best_without_calls: no call gains more than it costs" if course == best else "over_budget: a call would pay"
