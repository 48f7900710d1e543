"""A batch, a promise, and as few premium answers as possible: what is accepted, what is labelled, what is escalated.

All items of the batch have a cheap answer. To label an item is to buy the premium answer: it is delivered, and it shows
whether the cheap one was a loss. At most `allowed` losses may be delivered. Items are visited from the least likely
loss on, by an order that is learned from the labels; the coins of routing/count_test.py decide which of them are
labelled, and that theorem is the proof: whatever the batch is like, more than `allowed` losses are delivered with a
probability of at most `chance`. When the last rate is used up, all that was not visited is escalated.

What would be escalated anyway costs nothing to label now. So labels are bought there first, to learn the order, and
only where the items will not be accepted even if three times fewer of them are losses than the model believes.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.count_test import rising_rates
from routing.loss_order import Floats, LossModel

Items = NDArray[np.int64]
Mask = NDArray[np.bool_]

_KEPT_BACK = 0.93
"""The share of the allowed chance that is used: one that is used up looks broken in every other thousand of nights."""

_SHAPES = (
    *(tuple(float(step) for step in range(1, steps + 1)) for steps in (1, 2, 3, 5, 8, 13, 20)),
    *(tuple(growth**step for step in range(steps)) for growth, steps in ((2.0, 10), (4.0, 6), (8.0, 4), (16.0, 3))),
)
"""In what proportions the odds of the rates may rise: slowly where the threshold lies among losses; steeply where
hardly a loss is expected and it is enough to be sure of that."""

_FLAT_SHAPES = tuple((1.0,) * steps for steps in (10, 20, 40, 80))
"""Not at all, where nothing is known beforehand that makes one item more risky than another."""

_ROUNDS = 20
"""In so many parts the batch is visited; after each the order is learned anew."""

_PILOT = 8
"""Labels of the worst items, and as many of the worse half, before anything else is known."""

_DOUBT = 3.0
"""By what factor the model may overstate losses before labels bought as free turn out not to be."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """Of each item of the batch: whether the cheap answer is delivered. All others got the premium answer.

    `labelled` are those whose premium answers were bought to decide, `rounds` says how often labels were waited for.
    """

    accepted: Mask
    labelled: Mask
    rounds: int

    @property
    def labels(self) -> int:
        """How many premium answers were bought to decide."""
        return int(self.labelled.sum())


def deliver(
    model: LossModel,
    allowed: int,
    chance: float,
    buy: Callable[[Items], Mask],
    random: np.random.Generator,
    price: Floats | None = None,
) -> Delivered:
    """Choose what is accepted such that more than `allowed` losses are delivered with at most that `chance`.

    `model` is of this batch and has not learned from it yet. `buy` takes the positions of items, buys their premium
    answers, and says which of the cheap ones were losses. `price` is what each premium answer is expected to cost, all
    the same where None; an item is visited the sooner, the fewer losses it risks for what it saves.
    """
    desk = _Desk(model, buy, random, price)
    if allowed >= desk.items:
        return Delivered(np.ones(desk.items, bool), desk.labelled, 0)
    desk.pilot()
    rates = _plan(*desk.outlook(), allowed, _KEPT_BACK * chance, flat=not model.by_confidence)
    while desk.found < len(rates) and desk.waiting().size:
        desk.label_hopeless(float((1 / rates[desk.found :]).sum()) * _DOUBT)
        desk.visit(desk.waiting()[: max(desk.items // _ROUNDS, 10)], rates)
    return Delivered(desk.accepted, desk.labelled, desk.rounds)


class _Desk:
    """The batch while it is being decided: what is labelled, what is accepted, how many losses the coins have found."""

    def __init__(
        self, model: LossModel, buy: Callable[[Items], Mask], random: np.random.Generator, price: Floats | None
    ) -> None:
        self.items = len(model.chances())
        self.accepted = np.zeros(self.items, bool)
        self.labelled = np.zeros(self.items, bool)
        self.found = self.rounds = 0
        self._losses = np.zeros(self.items, bool)
        self._model, self._buy = model, buy
        self._price = np.ones(self.items) if price is None else price / price.mean()
        self._coins = random.random(self.items)
        self._ties = 1e-9 * random.random(self.items)

    def waiting(self) -> Items:
        """Items neither labelled nor accepted, those first that risk least for what they save."""
        left = np.flatnonzero(~self.labelled & ~self.accepted)
        risk = self._model.chances() / self._price + self._ties
        return np.asarray(left[np.argsort(risk[left])])

    def outlook(self) -> tuple[Floats, Floats]:
        """P(loss) and price of the waiting items, in their order."""
        order = self.waiting()
        return self._model.chances()[order], self._price[order]

    def pilot(self) -> None:
        """A first few labels: of the worst items, and spread over the worse half."""
        order = self.waiting()
        few = min(_PILOT, max(2, self.items // 100))
        worse = order[self.items // 2 : -few]
        self._label(np.concatenate([order[-few:], worse[:: max(1, len(worse) // few)][:few]]))
        self._learn()

    def label_hopeless(self, reach: float) -> None:
        """Label some of the items that come after the next `reach` expected losses: they will be escalated anyway."""
        order = self.waiting()
        hopeless = order[np.searchsorted(np.cumsum(self._model.chances()[order]), reach) :]
        some = min(len(hopeless) // 3, max(self.items // _ROUNDS, 10))
        if some:
            self._label(hopeless[-some:])
            self._learn()

    def visit(self, items: Items, rates: Floats) -> None:
        """Toss the coins of these items in their order, until there are no more rates.

        The order stays as it is whatever is found among them: a coin that has been seen must not move its item.
        """
        while items.size and self.found < len(rates):
            looked_at = items[self._coins[items] < rates[self.found]]
            self._label(looked_at)
            losses = np.flatnonzero(self._losses[items] & (self._coins[items] < rates[self.found]))
            end = losses[0] + 1 if losses.size else len(items)
            self.accepted[items[:end]] = ~self.labelled[items[:end]]
            items, self.found = items[end:], self.found + bool(losses.size)
        self._learn()

    def _label(self, items: Items) -> None:
        new = items[~self.labelled[items]]
        if new.size:
            self._losses[new] = self._buy(new)
            self.labelled[new] = True
            self.rounds += 1

    def _learn(self) -> None:
        self._model.learn(self.labelled, self._losses)


def _plan(chances: Floats, price: Floats, allowed: int, chance: float, flat: bool) -> Floats:
    """The rates that are expected to cost least if the model is right about the items, given in their order."""
    shapes = [shape for shape in _SHAPES if len(shape) <= 1 + 2 * allowed**0.5]  # more steps than that buy nothing
    shapes += [shape for shape in _FLAT_SHAPES if flat and len(shape) <= allowed]
    plans = (rising_rates(allowed, chance, shape) for shape in shapes)
    return min(plans, key=lambda rates: _expected_cost(chances, price, rates))


def _expected_cost(chances: Floats, price: Floats, rates: Floats) -> float:
    """What the premium answers are expected to cost: losses are met in proportion to their chances."""
    losses = np.append(0.0, np.cumsum(np.maximum(chances, 1e-6)))
    spent = np.append(0.0, np.cumsum(price))
    met = np.cumsum(_CLOCKS[:, : len(rates)] / rates, axis=1)
    ends = np.interp(met, losses, spent)
    visited = np.diff(ends, axis=1, prepend=0.0)
    return float(((visited * rates).sum(axis=1) + spent[-1] - ends[:, -1]).mean())


_CLOCKS = np.random.default_rng(0).exponential(size=(200, max(map(len, (*_SHAPES, *_FLAT_SHAPES)))))
"""Exponential variates, always the same: plans are compared on equal luck."""
