"""What can be done with a document next, and what each course would cost: in calls, and its owner in all.

A document that is right with probability p, and costs `loss` if it is wrong and nobody notices, costs on average

    accepted as it is    (1 - p) x loss
    sent to a tier       price + waiting + m x (1 - p) x s x loss + (1 - m) x whatever is best after it

where m is the chance that the tier settles it, and s the chance that an error outlives the tier that settled it. A
person always settles it; what may be accepted as it is goes to no person unless a rule says so. What one tier can't
mend is hard for the next one too: a better tier is taken to mend all that a poorer one does, so after one with m = 0.8
failed, one with m = 0.9 mends half of what is left. So a cheap tier that only adds its price to that of the tier after
it is passed over, and nothing is asked whose price is above its savings.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import reduce
from operator import attrgetter
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Action = Literal["accept", "escalate", "review", "defer"]
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

NANO = 1_000_000_000
"""Nano-dollars in a dollar: what spending is counted in, so that sums are exact."""


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


class Menus:
    """The courses of some documents: a row each, and a column for each course.

    Column 0 is to accept the document, the last one to leave it to the next run, those between are its options in
    their order. `spend` is what the calls of a course are expected to cost, in nano-dollars, those that may have to
    follow included; `loss` what the course costs the owner in all, in US dollars, infinite where it is not open. `free`
    is the column of the best course without any paid call. `alone` is the chance that no person has to look in the end,
    `wrong` the chance that the document is wrong in the end.
    """

    def __init__(self, cases: Sequence[Case], may_wait: bool) -> None:
        """The menus of `cases`. `may_wait`: the next run will have money, so that it may pay to wait for it.

        Raises ValueError for a case that may neither be accepted nor go to a person: it would have no end.
        """
        self.ids = [case.document_id for case in cases]
        required = np.array([case.required is not None for case in cases], dtype=bool)
        closed = np.array([not case.acceptable for case in cases], dtype=bool) | required
        self._tiers = tiers = _Tiers(cases, ~closed)
        nothing, surely = np.zeros(len(cases)), np.ones(len(cases))
        self._end = _Courses(nothing, np.where(closed, np.inf, tiers.p_wrong * tiers.loss), surely, tiers.p_wrong)
        courses = [self._end, *self._from(0, nothing)]
        if required.any():
            courses = [self._end, *self._only_by_rule(courses[1:], cases, required)]
        courses.append(self._left(courses, cases, required | may_wait))
        self.spend: Integers = np.ceil(np.stack([c.spend for c in courses], axis=1) * NANO).astype(np.int64)
        self.loss: Floats = np.stack([course.loss for course in courses], axis=1)
        self.alone: Floats = np.stack([course.alone for course in courses], axis=1)
        self.wrong: Floats = np.stack([course.wrong for course in courses], axis=1)
        self.free: NDArray[np.intp] = np.where(self.spend == 0, self.loss, np.inf).argmin(axis=1)
        self._check_ends()

    @property
    def waiting(self) -> int:
        """The column of leaving the document to the next run."""
        return int(self.loss.shape[1]) - 1

    def _check_ends(self) -> None:
        endless = np.isinf(self.loss[np.arange(len(self.ids)), self.free])
        if endless.any():
            which = self.ids[int(endless.argmax())]
            raise ValueError(f"document {which} may neither be accepted nor go to a person")

    def _from(self, start: int, failed: Floats) -> list["_Courses"]:
        """Going to each option from `start` on, where a tier that mends the share `failed` has failed."""
        return [self._to(number, failed) for number in range(start, self._tiers.width)]

    def _to(self, number: int, failed: Floats) -> "_Courses":
        """Asking one tier, and after it, where it does not settle the document, whatever is best then."""
        tier = self._tiers
        mends, paid, price = tier.mend[:, number], tier.paid[:, number], tier.price[:, number]
        left = np.maximum(0.0, mends - failed) / np.where(failed < 1, 1 - failed, 1.0)
        chance = np.where(paid, left, mends)
        then = reduce(_better, [self._end, *self._from(number + 1, np.maximum(failed, mends))])
        missed = chance * tier.p_wrong * tier.miss[:, number]
        with np.errstate(invalid="ignore"):  # no part of the rest, however dear, where it never comes to that
            rest = np.where(chance < 1, (1 - chance) * then.loss, 0.0)
        loss = price + tier.waiting[:, number] + missed * tier.loss + rest
        return _Courses(
            spend=np.where(paid, price, 0.0) + (1 - chance) * then.spend,
            loss=np.where(tier.open[:, number], loss, np.inf),
            alone=np.where(paid, chance + (1 - chance) * then.alone, 0.0),
            wrong=missed + (1 - chance) * then.wrong,
        )

    def _only_by_rule(
        self, courses: list["_Courses"], cases: Sequence[Case], required: NDArray[np.bool_]
    ) -> list["_Courses"]:
        """The courses of the options; where a rule demands one, all others are closed."""
        closed = required[:, None] & ~self._tiers.of_rule(cases)
        return [
            replace(course, loss=np.where(closed[:, number], np.inf, course.loss))
            for number, course in enumerate(courses)
        ]

    def _left(self, courses: list["_Courses"], cases: Sequence[Case], may_wait: NDArray[np.bool_]) -> "_Courses":
        """Leaving the document to the next run, where the best course is one that is paid for: to be taken then."""
        best = reduce(_better, courses)
        cost = np.array([float(case.waiting_usd) for case in cases])
        loss = np.where(may_wait & (best.spend > 0), best.loss + cost, np.inf)
        return _Courses(np.zeros(len(cases)), loss, best.alone, best.wrong)


@dataclass(frozen=True, slots=True)
class _Courses:
    """One course of every document: calls and all costs in US dollars, and the chances of `Menus`."""

    spend: Floats
    loss: Floats
    alone: Floats
    wrong: Floats


def _better(one: _Courses, other: _Courses) -> _Courses:
    """Of each document the course that loses less; of equal ones the first."""
    worse = other.loss < one.loss
    return _Courses(
        spend=np.where(worse, other.spend, one.spend),
        loss=np.where(worse, other.loss, one.loss),
        alone=np.where(worse, other.alone, one.alone),
        wrong=np.where(worse, other.wrong, one.wrong),
    )


class _Tiers:
    """The options of some cases as arrays: a row for each case, a column for each option; and what is at stake."""

    def __init__(self, cases: Sequence[Case], without_people: NDArray[np.bool_]) -> None:
        counts = np.array([len(case.options) for case in cases], dtype=int)
        self._options = [option for case in cases for option in case.options]
        self.width = int(counts.max(initial=0))
        self.there = np.arange(self.width) < counts[:, None]
        self.price, self.waiting = self._grid("price_usd"), self._grid("waiting_usd")
        self.mend, self.miss = self._grid("p_mend"), self._grid("p_miss")
        self.paid = self._grid("paid") > 0
        self.open = self.there & (self.paid | ~without_people[:, None])
        self.p_wrong = np.array([1 - case.p_right for case in cases])
        self.loss = np.array([float(case.loss_usd) for case in cases])

    def of_rule(self, cases: Sequence[Case]) -> NDArray[np.bool_]:
        """Where an option is the one that a rule demands."""
        required = np.zeros(self.there.shape, dtype=bool)
        required[self.there] = [option.tier == case.required for case in cases for option in case.options]
        return required

    def _grid(self, attribute: str) -> Floats:
        values = np.zeros(self.there.shape)
        values[self.there] = np.fromiter(map(attrgetter(attribute), self._options), float, len(self._options))
        return values
