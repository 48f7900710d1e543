"""The best plans for a few documents: all that no other plan beats in both spend and gain (Nemhauser and Ullmann 1969).

They are made without regard to a budget, which then picks the best that it can pay: so more budget never gains less.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.menu import NANO, Integers, Menus

_PLANS = 20_000  # plans kept at most: with more, no further document is taken in
_DOCUMENTS = 40


@dataclass(frozen=True, slots=True)
class ExactPlan:
    """The column of each document that does not take its free one; what they spend and gain, in nano-dollars."""

    columns: dict[str, int]
    spend_nano: int
    gain_nano: int


@dataclass(frozen=True, slots=True)
class _Plans:
    """Plans for the documents so far by rising spend and gain: the plan before it, and what the last document takes."""

    spend: Integers
    gain: Integers
    before: NDArray[np.intp]
    column: NDArray[np.intp]


def exact(chunks: Iterable[Menus], document_ids: Sequence[str], budget_nano: int) -> ExactPlan:
    """The best plan within the budget for the first of the documents, as many as can be planned exactly."""
    wanted = document_ids[:_DOCUMENTS]
    rows = _rows(chunks, set(wanted))
    stages = [_Plans(*np.zeros((4, 1), np.int64))]
    for document_id in wanted:
        stage = _with_document(stages[-1], *rows[document_id])
        if len(stage.spend) > _PLANS:
            break
        stages.append(stage)
    best = int(np.searchsorted(stages[-1].spend, budget_nano, side="right")) - 1
    return ExactPlan(_columns(stages, best, wanted), int(stages[-1].spend[best]), int(stages[-1].gain[best]))


def _rows(chunks: Iterable[Menus], wanted: set[str]) -> dict[str, tuple[Integers, Integers, NDArray[np.intp]]]:
    """Spend, gain and column of each document's paid courses that gain anything."""
    rows = {}
    for menus in chunks:
        for row, document_id in enumerate(menus.ids):
            if document_id in wanted:
                gain = menus.loss[row, menus.free[row]] - menus.loss[row]
                column = np.flatnonzero((gain > 0) & (menus.spend[row] > 0))
                nano = np.rint(gain[column] * NANO).astype(np.int64)
                rows[document_id] = menus.spend[row, column], nano, column
    return rows


def _with_document(plans: _Plans, spend: Integers, gain: Integers, column: NDArray[np.intp]) -> _Plans:
    """All plans with one document more, without those that spend as much as another and gain no more."""
    courses = len(spend) + 1
    each_spend = np.concatenate([plans.spend, *(plans.spend + more for more in spend)])
    each_gain = np.concatenate([plans.gain, *(plans.gain + more for more in gain)])
    each_before = np.tile(np.arange(len(plans.spend)), courses)
    each_column = np.repeat(np.concatenate([[-1], column]), len(plans.spend))
    order = np.lexsort((-each_gain, each_spend))
    sorted_gain = each_gain[order]
    best_before = np.concatenate([[-1], np.maximum.accumulate(sorted_gain)[:-1]])
    kept = order[sorted_gain > best_before]
    return _Plans(each_spend[kept], each_gain[kept], each_before[kept], each_column[kept])


def _columns(stages: Sequence[_Plans], at: int, document_ids: Sequence[str]) -> dict[str, int]:
    """What each document takes in the plan `at` of the last stage."""
    columns: dict[str, int] = {}
    for stage, document_id in zip(reversed(stages[1:]), reversed(document_ids[: len(stages) - 1]), strict=True):
        if stage.column[at] >= 0:
            columns[document_id] = int(stage.column[at])
        at = int(stage.before[at])
    return columns
