"""The best use of a budget over a batch: of each document one course, so that the batch loses least within the budget.

This is the multiple-choice knapsack problem. Its Lagrangian relaxation puts a price on a dollar of the budget, and
then every document can be decided by itself: of its courses only those on the upper convex hull of (spend, gain) are
ever best, and going up the hull step by step each step gains less for a dollar than the one before (Sinha and Zoltners,
"The multiple-choice knapsack problem", Operations Research 1979). So all steps of all documents are taken in the order
of what they gain for a dollar, as long as they fit; a step that does not fit is passed over. If the first of those
could be taken in part, no plan could gain more: that is the reported bound.

A small budget may be left unspent to a good part by that order. So the documents that gain most for a dollar are also
planned exactly (`routing.exact`), and the better of the two plans counts.

More budget never gains less. In the order: where two budgets part for the first time, the larger one takes a step for
which the smaller has too little left, and all that this can still buy gains less for a dollar than that step. The exact
plans are made without regard to the budget, which then picks among them.

A batch is gone through chunk by chunk, twice; what is kept of a large one is a histogram of the steps by their gain for
a dollar and the steps in the bin where the budget ends. (If a great many documents were all alike, that would be them.)
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.exact import exact
from routing.menu import NANO, Floats, Integers, Menus

Chunks = Callable[[], Iterable[Menus]]
"""Goes through the batch anew at each call."""

_MANTISSA_BITS = 14  # of the gain for a dollar that tell bins apart: they are 0.006% wide
_FIRST_BIN = (1023 - 40) << _MANTISSA_BITS  # for 2^-40 dollars; what is outside is in the outermost bins
_BINS = 80 << _MANTISSA_BITS
_FEW = 20_000  # steps that are kept in memory


@dataclass(frozen=True)
class Solution:
    """Which course each document takes: up all steps in a bin above `bin`, unless it is among the `exceptions`.

    `spent_nano` is what the calls are expected to cost, `lost_nano` what the batch costs its owner in all, both in
    nano-dollars. `dollar_worth` is what a dollar of the budget has to save to be spent, 0 where all that pays is
    bought. No plan within the budget loses less than this one by more than `gap_nano`.
    """

    bin: int
    exceptions: Mapping[str, int]
    spent_nano: int
    lost_nano: int
    gap_nano: int = 0
    dollar_worth: float = 0.0

    def courses(self, menus: Menus) -> NDArray[np.intp]:
        """The column that each document takes."""
        chosen = menus.free.copy()
        for step in _steps(menus):
            taken = step.bins > self.bin
            chosen[step.row[taken]] = step.column[taken]
        for row, document_id in enumerate(menus.ids):
            chosen[row] = self.exceptions.get(document_id, chosen[row])
        return chosen


def solve(chunks: Chunks, budget_nano: int | None) -> Solution:
    """The courses that lose least in all while their calls cost `budget_nano` at most; None is no limit."""
    survey = _Survey()
    for menus in chunks():
        survey.add(menus)
    if budget_nano is None or survey.spend <= budget_nano:
        return Solution(-1, {}, survey.spend, survey.free_loss - survey.gain)
    if survey.few is None:
        return _large(chunks, survey, budget_nano)
    steps = _in_order(survey.few)
    taken = _take(steps, budget_nano, Solution(_BINS, {}, 0, survey.free_loss))
    best = exact(chunks(), list(dict.fromkeys(step.document_id for step in steps)), budget_nano)
    lost = survey.free_loss - best.gain_nano
    if lost >= taken.lost_nano:
        return taken
    gap = taken.gap_nano - (taken.lost_nano - lost)
    return Solution(_BINS, best.columns, best.spend_nano, lost, max(0, gap), taken.dollar_worth)


def _large(chunks: Chunks, survey: "_Survey", budget: int) -> Solution:
    """All steps above the bin in which the budget ends, and of those in it and just below what still fits."""
    top = _BINS - 1 - int((survey.spends[::-1].cumsum() > budget).argmax())
    low = top - max(0, int((survey.counts[top::-1].cumsum() <= _FEW).sum()) - 1)
    steps = (
        kept
        for menus in chunks()
        for number, step in enumerate(_steps(menus))
        for kept in _kept(menus, number, step, low, top)
    )
    above = slice(top + 1, None)
    spent, gained = int(survey.spends[above].sum()), int(survey.gains[above].sum())
    return _take(_in_order(steps), budget, Solution(top, {}, spent, survey.free_loss - gained))


@dataclass(frozen=True, slots=True)
class _Step:
    """The next step up the hull of those documents that have one: `row` of the menus, to which column, what it spends
    and gains more (nano-dollars), and what it gains for a dollar."""

    row: NDArray[np.intp]
    column: NDArray[np.intp]
    spend: Integers
    gain: Integers
    slope: Floats

    @property
    def bins(self) -> Integers:
        """The bin of each step: the leading bits of what it gains for a dollar."""
        leading = self.slope.view(np.int64) >> (52 - _MANTISSA_BITS)
        return np.asarray(np.clip(leading - _FIRST_BIN, 0, _BINS - 1))


def _steps(menus: Menus) -> Iterable[_Step]:
    """The first step of each document, then the second of those that have one, and so on."""
    row, at = np.arange(len(menus.ids)), menus.free
    before = np.full(len(row), np.inf)
    while len(row):
        more = menus.spend[row] - menus.spend[row, at][:, None]
        gain = menus.loss[row, at][:, None] - menus.loss[row]
        slope = np.divide(gain, more / NANO, out=np.zeros_like(gain), where=(more > 0) & (gain > 0))
        each, column = np.arange(len(row)), slope.argmax(axis=1)
        steepest = np.minimum(slope[each, column], before)
        up = steepest > 0
        spend, gained = more[each, column][up], np.rint(gain[each, column][up] * NANO).astype(np.int64)
        row, at, before = row[up], column[up], steepest[up]
        if len(row):
            yield _Step(row, at, spend, gained, before)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A step in memory."""

    slope: float
    document_id: str
    number: int
    column: int
    spend: int
    gain: int


class _Survey:
    """All steps of a batch added up; nano-dollars. `few` are the steps themselves, None where they are many: then there
    are histograms of them."""

    def __init__(self) -> None:
        self.spend = self.gain = self.free_loss = self.count = 0
        self.few: list[_Kept] | None = []
        self.spends, self.gains, self.counts = (np.zeros(0, np.int64) for _ in range(3))

    def add(self, menus: Menus) -> None:
        """Take in the documents of a chunk."""
        rows = np.arange(len(menus.ids))
        self.free_loss += sum(map(int, np.rint(menus.loss[rows, menus.free] * NANO).tolist()))
        for number, step in enumerate(_steps(menus)):
            self.spend += int(step.spend.sum())
            self.gain += sum(step.gain.tolist())
            self.count += len(step.row)
            if self.few is None:
                self._bin(step.bins, step.spend, step.gain)
            else:
                self.few.extend(_kept(menus, number, step, 0, _BINS - 1))
        if self.few is not None and self.count > _FEW:
            self._become_many()

    def _become_many(self) -> None:
        few, self.few = self.few or [], None
        self.spends, self.gains, self.counts = (np.zeros(_BINS, np.int64) for _ in range(3))
        columns = [np.array(column) for column in zip(*((s.slope, s.spend, s.gain) for s in few), strict=True)]
        nothing = np.zeros(0, np.intp)
        as_step = _Step(nothing, nothing, columns[1], columns[2], columns[0])
        self._bin(as_step.bins, as_step.spend, as_step.gain)

    def _bin(self, bins: Integers, spend: Integers, gain: Integers) -> None:
        np.add.at(self.spends, bins, spend)
        np.add.at(self.gains, bins, gain)
        np.add.at(self.counts, bins, 1)


def _kept(menus: Menus, number: int, step: _Step, low: int, top: int) -> Iterator[_Kept]:
    """The documents' `number`-th steps in the bins from `low` to `top`."""
    for i in np.flatnonzero((step.bins >= low) & (step.bins <= top)).tolist():
        yield _Kept(
            slope=float(step.slope[i]),
            document_id=menus.ids[step.row[i]],
            number=number,
            column=int(step.column[i]),
            spend=int(step.spend[i]),
            gain=int(step.gain[i]),
        )


def _in_order(steps: Iterable[_Kept]) -> list[_Kept]:
    """Those first that gain most for a dollar; equal ones by the document's name."""
    return sorted(steps, key=lambda step: (-step.slope, step.document_id, step.number))


def _take(steps: Sequence[_Kept], budget: int, before: Solution) -> Solution:
    """Take the steps in their order after what was taken `before`, as long as they fit into the budget."""
    chosen: dict[str, int] = {}
    passed_over: set[str] = set()
    spent, lost, worth, bound = before.spent_nano, before.lost_nano, 0.0, 0
    for step in steps:
        if step.document_id in passed_over:
            continue
        if spent + step.spend <= budget:
            spent, lost = spent + step.spend, lost - step.gain
            chosen[step.document_id] = step.column
            continue
        if not passed_over:
            worth, bound = step.slope, lost - math.ceil(step.slope * (budget - spent))
        passed_over.add(step.document_id)
    return Solution(before.bin, chosen, spent, lost, max(0, lost - bound), worth)
