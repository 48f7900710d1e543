"""What can be done with one document next, and what each would cost: in calls, and its owner in all.

A document that is right with probability p, and costs `loss_usd` if it is wrong and nobody notices, costs on average

    accepted as it is    (1 - p) x loss
    sent to a tier       price + waiting + m x (1 - p) x s x loss + (1 - m) x whatever is best after it

where m is the chance that the tier settles it, and s the chance that an error outlives the tier that settled it. A
person always settles it. What one tier can't mend is hard for the next one too: a better tier is taken to mend all that
a poorer one does, so after one with m = 0.8 failed, one with m = 0.9 mends half of what is left. So a cheap tier that
only adds its price to that of the tier after it is passed over, and nothing is asked whose price is above its savings.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Action = Literal["accept", "escalate", "review", "defer"]

_NANO_DOLLAR = Decimal("0.000000001")


@dataclass(frozen=True, slots=True)
class Option:
    """One tier that a document may go to.

    `price_usd` is what this document's request is expected to cost there, or minutes times wage. `paid`: a provider
    bills it, so that it counts against the budget; what is not paid is a person. `p_mend` is the chance that it settles
    the document, 1 for a person; `p_miss` the chance that an error in a document that it settles is still there.
    `waiting_usd` is what waiting for its answer costs.
    """

    tier: str
    price_usd: Decimal
    p_mend: float
    p_miss: float
    paid: bool
    waiting_usd: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Case:
    """One document that a plan decides on.

    `p_right` is the probability that it is right, `loss_usd` what it costs if it is wrong and nobody notices.
    `acceptable`: policy, promise and rules allow that it is accepted as it is. `options` are the tiers it may go to, in
    the order of the cascade, a person's among them. `required` is the tier that a rule demands next, None where none
    does. `waiting_usd` is what it costs to leave the document to the next run.
    """

    document_id: str
    p_right: float
    loss_usd: Decimal
    acceptable: bool
    options: tuple[Option, ...]
    required: str | None = None
    waiting_usd: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Course:
    """One thing that can be done with a document next; US dollars, on average.

    `cost_usd` is the price of the step itself, `spend_usd` that of all calls that a provider bills on this course, and
    `loss_usd` what the course costs the document's owner in all: calls, minutes, waiting, and the error that remains.
    """

    action: Action
    tier: str | None
    cost_usd: Decimal
    spend_usd: Decimal
    loss_usd: Decimal


def menu(case: Case, may_wait: bool = True) -> tuple[Course, ...]:
    """All that can be done with the document next, the tiers in their order.

    `may_wait`: the next run will have money, so leaving the document to it is a course as well, where a call would pay.
    Raises ValueError for a case that may neither be accepted nor go to a person: it would have no end.
    """
    accepted = Course("accept", None, Decimal(0), Decimal(0), _usd(_error(case) * case.loss_usd))
    end = [accepted] if case.acceptable and case.required is None else []
    courses = [*end, *_tiers(case, end, 0, Decimal(0))]
    if case.required is not None:
        courses = [course for course in courses if course.tier == case.required]
    if not courses:
        raise ValueError(f"document {case.document_id} may neither be accepted nor go to a tier that it needs")
    best = _best(courses)
    if best.spend_usd > 0 and (may_wait or case.required is not None):
        courses.append(Course("defer", None, Decimal(0), Decimal(0), best.loss_usd + case.waiting_usd))
    return tuple(courses)


def _tiers(case: Case, end: list[Course], start: int, failed: Decimal) -> list[Course]:
    """Going to each of the options from `start` on, where a tier that mends the share `failed` has failed."""
    return [_course(case, end, number, failed) for number in range(start, len(case.options))]


def _course(case: Case, end: list[Course], number: int, failed: Decimal) -> Course:
    """Asking the tier of one option, and after it, where it does not settle the document, what is best then."""
    option = case.options[number]
    mends = Decimal(repr(option.p_mend))
    after = [*end, *_tiers(case, end, number + 1, max(failed, mends))]
    chance = max(Decimal(0), (mends - failed) / (1 - failed)) if option.paid and failed < 1 else mends
    if not after and option.paid:
        raise ValueError(f"document {case.document_id} may neither be accepted nor go to a person")
    then = _best(after) if after else Course("review", None, Decimal(0), Decimal(0), Decimal(0))
    missed = chance * _error(case) * Decimal(repr(option.p_miss)) * case.loss_usd
    spend = option.price_usd if option.paid else Decimal(0)
    return Course(
        action="escalate" if option.paid else "review",
        tier=option.tier,
        cost_usd=option.price_usd,
        spend_usd=_usd(spend + (1 - chance) * then.spend_usd),
        loss_usd=_usd(option.price_usd + option.waiting_usd + missed + (1 - chance) * then.loss_usd),
    )


def _best(courses: list[Course]) -> Course:
    """The course that costs the owner least; of equal ones the first."""
    return min(courses, key=lambda course: course.loss_usd)


def _error(case: Case) -> Decimal:
    return 1 - Decimal(repr(case.p_right))


def _usd(amount: Decimal) -> Decimal:
    return amount.quantize(_NANO_DOLLAR)
