"""The promise: of what is accepted, at most so much is wrong, with so much confidence, whatever the documents are like.

Night after night labelled outcomes arrive: answers of people, audits, trusted XML. From them a threshold of confidence
is chosen for each kind of document, such that the error among documents at or above it is at most `max_accepted_error`,
and the chance that any threshold ever chosen is too low is at most 1 - `confidence`.

Theorem. Let a level t be *bad* if documents of the group with confidence >= t are wrong with a probability of at least
e = `max_accepted_error`, given the past. For a fixed bet b in [0, 1/(1-e)] the wealth

    W(t) = product over the labelled outcomes at or above t of  1 + b * weight * (e - wrong),    wrong in {0, 1}

is a non-negative supermartingale wherever t is bad: a document is labelled with a known chance c, and its weight is
least / c, where `least` is the smallest chance of a label in the group in that run; so its factor is on average
1 + b * least * (e - P(wrong)) <= 1. So is any average of such wealths over several bets. By Ville's inequality it ever
reaches 1/a with probability at most a: however often one looks, whenever one stops (Waudby-Smith and Ramdas,
"Estimating means of bounded random variables by betting", JRSS B 2024).

Many levels: they are tested in a fixed order, each only while all before it have passed. The first bad one in the order
would have to pass, so that one level's chance covers all (fixed-sequence testing: Maurer 1995; Angelopoulos et al.,
"Learn then Test", 2021). Such a row may begin at any level, with its own share of the chance: half of it for the level
in the middle of the group's first labels, where most rows will get somewhere, and the rest in equal parts. That choice
looks at confidences only, never at outcomes. The g-th group gets 1 / (g (g+1)) of the chance, which adds up to all.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEVELS = (0.999, 0.998, 0.995, 0.99, 0.98, 0.97, 0.95, 0.92, 0.88, 0.8, 0.6, 0.0)
"""Thresholds that may be chosen, strictest first. Fixed: a grid made from the outcomes would void the promise."""

POOL = "*"
"""The group of all kinds that do not have labels enough of their own."""

_ALTERNATIVES = np.array([0.0, 0.1, 0.25, 0.4, 0.6, 0.8])
"""Each bet is the best one if the true error were this share of what is allowed."""

_STAKES = np.array([0.4, 0.15, 0.15, 0.1, 0.1, 0.1])
"""What of the first money goes to each bet."""

_FIRST = 100
"""Labels of a group whose confidences (not outcomes) say at which level its main row of tests begins."""


@dataclass(frozen=True, slots=True)
class Promise:
    """At most `max_accepted_error` (a share) of what is accepted is wrong, with probability `confidence`."""

    max_accepted_error: float
    confidence: float

    def __post_init__(self) -> None:
        if not (0 < self.max_accepted_error < 1 and 0 < self.confidence < 1):
            raise ValueError(f"a promise needs shares between 0 and 1, got {self}")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One labelled document: its confidence before the label, and whether it was right.

    `kind` is what documents are told apart by, say class and way of reading. `chance` is that with which it was chosen
    for the label: the audit share for one that would have been accepted, 1 for one that a person had to see anyway.
    `least` is the smallest chance that a document of its kind had in its `run`, labelled or not: the audit share where
    some were accepted, 1 where all had to be looked at.
    """

    kind: str
    confidence: float
    right: bool
    run: str = ""
    chance: float = 1.0
    least: float = 1.0


@dataclass(frozen=True, slots=True)
class Prospect:
    """A level of confidence that has not passed, and how many more labels of weight 1 at or above it would let it pass.

    `labels_missing` is expected, not promised: it supposes that the share of errors stays what it was. None where that
    share is too high for any number of labels.
    """

    confidence: float
    labels_missing: int | None


@dataclass(frozen=True, slots=True)
class Threshold:
    """From which confidence on a group's documents are accepted, and what it rests on.

    `confidence` is None where no level has passed: nothing is accepted yet. `labels` and `wrong` count the outcomes at
    or above it (all of the group's, where it is None). `prospects` are the lower levels (all, where it is None),
    strictest first: what more labels would buy.
    """

    group: str
    confidence: float | None
    labels: int
    wrong: int
    prospects: tuple[Prospect, ...]

    def accepts(self, confidence: float) -> bool:
        """Whether a document of that confidence is accepted without anybody looking."""
        return self.confidence is not None and confidence >= self.confidence


def thresholds(outcomes: Iterable[Outcome], promise: Promise) -> dict[str, Threshold]:
    """The threshold of each kind that stands alone, and of the `POOL` of all others. `outcomes` as they arrived.

    A kind stands alone once it has `labels_to_stand_alone`, whatever they say, and takes them with it; the pool of the
    kinds that remain is then another group. After an alarm of drift, pass only what was labelled since.
    """
    arrived = list(outcomes)
    return {
        group.name: _threshold(group, [o for o in arrived if (o.kind in group.kinds) == group.alone], promise)
        for group in _groups(arrived, promise)
    }


def threshold_of(kind: str, chosen: Mapping[str, Threshold]) -> Threshold:
    """The threshold that holds for a kind: its own, or the pool's."""
    return chosen.get(kind, chosen[POOL])


def labels_to_stand_alone(promise: Promise) -> int:
    """Labels from which on a kind is judged by its own: thrice what a faultless pool would need, so that most pass."""
    return math.ceil(3 * math.log(2 / (1 - promise.confidence)) / promise.max_accepted_error)


@dataclass(frozen=True, slots=True)
class _Group:
    """`kinds` are its own one where it stands `alone`; of a pool, those that have left it. `number` counts from 1."""

    name: str
    kinds: frozenset[str]
    alone: bool
    number: int


def _groups(arrived: Sequence[Outcome], promise: Promise) -> list[_Group]:
    enough = labels_to_stand_alone(promise)
    labels: Counter[str] = Counter()
    alone: list[_Group] = []
    pool = _Group(POOL, frozenset(), False, 1)
    for outcome in arrived:
        labels[outcome.kind] += 1
        if labels[outcome.kind] == enough:
            alone.append(_Group(outcome.kind, frozenset({outcome.kind}), True, pool.number + 1))
            pool = _Group(POOL, pool.kinds | {outcome.kind}, False, pool.number + 2)
    return [*alone, pool]


def _threshold(group: _Group, outcomes: Sequence[Outcome], promise: Promise) -> Threshold:
    chance = (1 - promise.confidence) / (group.number * (group.number + 1))
    weights = _weights(outcomes)
    evidence = _Evidence(outcomes, weights, promise.max_accepted_error)
    parts = _parts(outcomes, weights)
    wealth = [evidence.most(level) for level in LEVELS]
    lowest = max(_last_passed(wealth, first, chance * part) for first, part in enumerate(parts))
    labels, wrong = evidence.counts(LEVELS[lowest] if lowest >= 0 else 0.0)
    return Threshold(
        group=group.name,
        confidence=LEVELS[lowest] if lowest >= 0 else None,
        labels=labels,
        wrong=wrong,
        prospects=tuple(
            Prospect(LEVELS[i], evidence.missing(LEVELS[i], chance * max(parts[: i + 1])))
            for i in range(lowest + 1, len(LEVELS))
        ),
    )


def _last_passed(wealth: Sequence[float], first: int, chance: float) -> int:
    """The last level of the unbroken row of passed ones that begins with the `first`; -1 where that one failed."""
    stop = next((i for i in range(first, len(wealth)) if wealth[i] < -math.log(chance)), len(wealth))
    return stop - 1 if stop > first else -1


def _weights(outcomes: Sequence[Outcome]) -> NDArray[np.float64]:
    """How much each outcome counts, as if all documents of the group in a run had been chosen with the least chance."""
    least: dict[str, float] = {}
    for outcome in outcomes:
        least[outcome.run] = min(outcome.least, least.get(outcome.run, 1.0))
    return np.array([least[outcome.run] / outcome.chance for outcome in outcomes])


def _parts(outcomes: Sequence[Outcome], weights: NDArray[np.float64]) -> list[float]:
    """The share of the chance with which a row of tests begins at each level."""
    middle = _middle(outcomes[:_FIRST], weights[:_FIRST])
    return [0.5 + 0.5 / len(LEVELS) if i == middle else 0.5 / len(LEVELS) for i in range(len(LEVELS))]


def _middle(first: Sequence[Outcome], weights: NDArray[np.float64]) -> int | None:
    """The strictest level that half of the first labels reach, by weight; None while there are too few of them."""
    if len(first) < _FIRST:
        return None
    confidence = np.array([outcome.confidence for outcome in first])
    return next(i for i, level in enumerate(LEVELS) if weights[confidence >= level].sum() >= weights.sum() / 2)


class _Evidence:
    """The labelled outcomes of one group as arrays, and what they say of each level."""

    def __init__(self, outcomes: Sequence[Outcome], weights: NDArray[np.float64], allowed: float) -> None:
        self._confidence = np.array([o.confidence for o in outcomes])
        self._wrong = np.array([not o.right for o in outcomes], dtype=float)
        self._weight = weights
        self._allowed = allowed
        self._bets = (1 - _ALTERNATIVES) / (1 - allowed)

    def counts(self, level: float) -> tuple[int, int]:
        """How many outcomes are at or above the level, and how many of them are wrong."""
        above = self._confidence >= level
        return int(above.sum()), int(self._wrong[above].sum())

    def most(self, level: float) -> float:
        """The logarithm of the greatest wealth that betting against the level ever had; 0 before the first bet."""
        return max(0.0, float(self._log_wealth(level).max(initial=0.0)))

    def missing(self, level: float, chance: float) -> int | None:
        """Labels of weight 1 that would be expected to let the level pass; None where none would."""
        wealth = self._log_wealth(level)
        labels, wrong = self.counts(level)
        share = (wrong + 0.5) / (labels + 1 / self._allowed)  # half an error more than seen: it is early to hope for 0
        growth = float(_growth(share, self._allowed, self._bets).max())
        still = -math.log(chance) - (float(wealth[-1]) if wealth.size else 0.0)
        return math.ceil(max(still, 0.0) / growth) if growth > 0 else None

    def _log_wealth(self, level: float) -> NDArray[np.float64]:
        above = self._confidence >= level
        gain = (self._weight * (self._allowed - self._wrong))[above]
        with np.errstate(divide="ignore"):  # the boldest bet loses all with the first error
            wealth = np.cumsum(np.log1p(np.outer(self._bets, gain)), axis=1) + np.log(_STAKES)[:, None]
        return np.asarray(np.logaddexp.reduce(wealth, axis=0))


def _growth(share: float, allowed: float, bets: NDArray[np.float64]) -> NDArray[np.float64]:
    """By how much the logarithm of each bet's wealth grows with a label, if that share of labels is wrong."""
    with np.errstate(divide="ignore"):
        return np.asarray((1 - share) * np.log1p(bets * allowed) + share * np.log1p(-bets * (1 - allowed)))
