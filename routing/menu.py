"""What can be done with a document next, and what each course would cost: in calls, and its owner in all.

A document that is right with probability p, and costs `loss` if it is wrong and nobody notices, costs on average

    accepted as it is    (1 - p) x loss
    sent to a tier       price + waiting + m x (1 - p) x s x loss + (1 - m) x whatever is best after it

where m is the chance that the tier settles it, and s the chance that an error outlives the tier that settled it. A
person always settles it. What one tier can't mend is hard for the next one too: a better tier is taken to mend all that
a poorer one does, so after one with m = 0.8 failed, one with m = 0.9 mends half of what is left. So a cheap tier that
only adds its price to that of the tier after it is passed over, and nothing is asked whose price is above its savings.
"""

from collections.abc import Sequence
from dataclasses import dataclass
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
    is the column of the best course without any paid call.
    """

    def __init__(self, cases: Sequence[Case], may_wait: bool) -> None:
        """The menus of `cases`. `may_wait`: the next run will have money, so that it may pay to wait for it.

        Raises ValueError for a case that may neither be accepted nor go to a person: it would have no end.
        """
        self.ids = [case.document_id for case in cases]
        self._tiers = _Tiers(cases)
        required = np.array([case.required is not None for case in cases], dtype=bool)
        closed = np.array([not case.acceptable for case in cases], dtype=bool) | required
        self._end = np.zeros(len(cases)), np.where(closed, np.inf, self._tiers.error_usd)
        courses = [self._end, *self._from(0, np.zeros(len(cases)))]
        spend, loss = (np.stack(columns, axis=1) for columns in zip(*courses, strict=True))
        if required.any():
            loss[:, 1:][required[:, None] & ~self._tiers.of_rule(cases)] = np.inf
        self.spend, self.loss = _with_waiting(spend, loss, cases, required | may_wait)
        without_call = np.where(self.spend == 0, self.loss, np.inf)
        self.free: NDArray[np.intp] = without_call.argmin(axis=1)
        endless = np.isinf(without_call.min(axis=1))
        if endless.any():
            which = self.ids[int(endless.argmax())]
            raise ValueError(f"document {which} may neither be accepted nor go to a person")

    def _from(self, start: int, failed: Floats) -> list[tuple[Floats, Floats]]:
        """Spend and loss of going to each option from `start` on, where a tier that mends the share `failed` failed."""
        return [self._to(number, failed) for number in range(start, self._tiers.width)]

    def _to(self, number: int, failed: Floats) -> tuple[Floats, Floats]:
        tier = self._tiers
        mends, paid = tier.mend[:, number], tier.paid[:, number]
        left = np.maximum(0.0, mends - failed) / np.where(failed < 1, 1 - failed, 1.0)
        chance = np.where(paid, left, mends)
        then_spend, then_loss = reduce(_better, [self._end, *self._from(number + 1, np.maximum(failed, mends))])
        missed = chance * tier.miss[:, number] * tier.error_usd
        with np.errstate(invalid="ignore"):  # never the rest of what always ends here
            rest = np.where(chance < 1, (1 - chance) * then_loss, 0.0)
        loss = tier.price[:, number] + tier.waiting[:, number] + missed + rest
        spend = np.where(paid, tier.price[:, number], 0.0) + (1 - chance) * then_spend
        return spend, np.where(tier.there[:, number], loss, np.inf)


class _Tiers:
    """The options of some cases as arrays: a row for each case, a column for each option; and what errors cost."""

    def __init__(self, cases: Sequence[Case]) -> None:
        counts = np.array([len(case.options) for case in cases], dtype=int)
        self._options = [option for case in cases for option in case.options]
        self.width = int(counts.max(initial=0))
        self.there = np.arange(self.width) < counts[:, None]
        self.price, self.waiting = self._grid("price_usd"), self._grid("waiting_usd")
        self.mend, self.miss = self._grid("p_mend"), self._grid("p_miss")
        self.paid = self._grid("paid") > 0
        self.error_usd = np.array([(1 - case.p_right) * float(case.loss_usd) for case in cases])

    def of_rule(self, cases: Sequence[Case]) -> NDArray[np.bool_]:
        """Where an option is the one that a rule demands."""
        required = np.zeros(self.there.shape, dtype=bool)
        required[self.there] = [option.tier == case.required for case in cases for option in case.options]
        return required

    def _grid(self, attribute: str) -> Floats:
        values = np.zeros(self.there.shape)
        values[self.there] = np.fromiter(map(attrgetter(attribute), self._options), float, len(self._options))
        return values


def _better(one: tuple[Floats, Floats], other: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Of each row the course that loses less; of equal ones the first."""
    worse = other[1] < one[1]
    return np.where(worse, other[0], one[0]), np.where(worse, other[1], one[1])


def _with_waiting(
    spend: Floats, loss: Floats, cases: Sequence[Case], may_wait: NDArray[np.bool_]
) -> tuple[Integers, Floats]:
    """The same in nano-dollars, with waiting as the last course: open where the best course is one that is paid for."""
    nano = np.ceil(spend * NANO).astype(np.int64)
    best, rows = loss.argmin(axis=1), np.arange(len(cases))
    waiting = np.array([float(case.waiting_usd) for case in cases])
    wait = np.where(may_wait & (nano[rows, best] > 0), loss[rows, best] + waiting, np.inf)
    return np.column_stack((nano, np.zeros(len(cases), np.int64))), np.column_stack((loss, wait))
