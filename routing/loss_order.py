"""Which items are likely to be losses: a small model of what is known of each, learned from the labels as they come.

The order decides what a promise costs, never whether it holds (routing/count_test.py), so a plain model will do: the
log-odds of a loss fall with confidence and differ by kind (say, the answer given, the class, the way of reading), with
a prior that keeps everything at "lower confidence, more losses" until labels say otherwise.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_STEPS = 8
_LEAST_SLOPE = 0.01
"""More confidence never means more losses, whatever a few labels say."""


class LossModel:
    """P(loss) of each item of a batch, before any label and after each `learn`.

    `confidence` (0 to 1) is what the cheap tier says of its own answer, None where it says nothing. `kinds` has a
    column for each way of telling items apart, as small whole numbers; `numbers` one for each further number that is
    known beforehand, of any scale. All are optional, and have one row an item. `by_confidence`: confidence is known.
    """

    def __init__(
        self,
        items: int,
        confidence: Floats | None = None,
        kinds: NDArray[np.int64] | None = None,
        numbers: Floats | None = None,
    ) -> None:
        self.by_confidence = confidence is not None
        self._columns: list[Floats] = []
        self._prior: list[float] = []
        self._spread: list[float] = []
        self._falling: list[tuple[int, int]] = []  # a slope, and the one that it is added to (or itself)
        self._add(np.ones(items), 0.0 if self.by_confidence else -1.0, 1.5)
        rank = None if confidence is None else self._add_confidence(confidence)
        for column in () if kinds is None else kinds.T:
            self._add_kinds(column, rank)
        for column in () if numbers is None else numbers.T:
            self._add(_ranks(column), 0.0, 0.15)
        self._evidence = np.column_stack(self._columns)
        self._mean, self._precision = np.array(self._prior), 1 / np.array(self._spread) ** 2
        self._weights = self._mean.copy()

    def chances(self) -> Floats:
        """P(loss) of each item."""
        return _sigmoid(self._evidence @ self._weights)

    def learn(self, labelled: NDArray[np.bool_], losses: NDArray[np.bool_]) -> None:
        """Fit to the items that are labelled; `losses` is read there only. Newton's method from the last fit."""
        seen, wrong = self._evidence[labelled], losses[labelled]
        for _ in range(_STEPS):
            chance = _sigmoid(seen @ self._weights)
            slope = seen.T @ (chance - wrong) + self._precision * (self._weights - self._mean)
            curve = (seen * (chance * (1 - chance))[:, None]).T @ seen + np.diag(self._precision)
            better = self._downhill(np.linalg.solve(curve, slope), seen, wrong)
            moved, self._weights = np.abs(better - self._weights).max(), better
            if moved < 1e-3:
                break

    def _downhill(self, step: Floats, seen: Floats, wrong: NDArray[np.bool_]) -> Floats:
        """The weights after the step, or after so small a part of it that they fit no worse than before."""
        before = self._misfit(self._weights, seen, wrong)
        for part in (1.0, 0.5, 0.25, 0.1, 0.03):
            weights = self._falling_only(self._weights - part * step)
            if self._misfit(weights, seen, wrong) < before:
                return weights
        return self._weights

    def _misfit(self, weights: Floats, seen: Floats, wrong: NDArray[np.bool_]) -> float:
        log_odds = seen @ weights
        prior = (self._precision * (weights - self._mean) ** 2).sum() / 2
        return float(np.logaddexp(0.0, log_odds).sum() - log_odds[wrong].sum() + prior)

    def _add(self, column: Floats, prior: float, spread: float) -> int:
        self._columns.append(column)
        self._prior.append(prior)
        self._spread.append(spread)
        return len(self._columns) - 1

    def _add_confidence(self, confidence: Floats) -> int:
        sure = np.clip(confidence, 1e-9, 1 - 1e-9)
        for column, prior, spread in ((np.log(sure) - np.log1p(-sure), 0.6, 0.4), (_ranks(confidence), 0.4, 0.7)):
            slope = self._add(-column, prior, spread)
            self._falling.append((slope, slope))
        return slope

    def _add_kinds(self, kinds: NDArray[np.int64], rank: int | None) -> None:
        for kind in np.unique(kinds):
            here = (kinds == kind).astype(float)
            self._add(here, 0.0, 1.2)
            if rank is not None:
                self._falling.append((self._add(here * self._columns[rank], 0.0, 0.7), rank))

    def _falling_only(self, weights: Floats) -> Floats:
        for slope, base in self._falling:
            least = _LEAST_SLOPE - (0.0 if slope == base else weights[base])
            weights[slope] = max(weights[slope], least)
        return weights


def _sigmoid(log_odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -30, 30))))


def _ranks(column: Floats) -> Floats:
    """Ranks with mean 0 and standard deviation 1; equal numbers share theirs, unknown ones stand in the middle."""
    known = np.isfinite(column)
    _, group, size = np.unique(column[known], return_inverse=True, return_counts=True)
    ranks = np.zeros(len(column))
    ranks[known] = (np.cumsum(size) - size / 2)[group] / max(known.sum(), 1) - 0.5
    return np.asarray(ranks * 12**0.5)
