"""What others do with the same batch: each policy returns what is accepted; all else is paid at the premium price.

A policy gets the batch in an order that is random among equals, a quality target, the chance with which it may be
missed, and a generator; it may look at the loss of an item only by paying for its premium answer.
"""

from collections.abc import Callable
from math import exp, lgamma

import numpy as np

from bench.recorded import Batch
from routing.batch_promise import Items, Mask, deliver
from routing.loss_order import Floats, LossModel

Policy = Callable[[Batch, float, float, np.random.Generator], Mask]

_SHARE, _MOST = 0.2, 500
"""Labels of the blind tests: a fifth of the batch, at most 500 (FIELD.md section 3)."""

_THRESHOLDS = 20
"""Thresholds that BARGAIN tries by default; the hypergeometric test tries as many."""


def ours(batch: Batch, target: float, chance: float, random: np.random.Generator) -> Mask:
    """The product's method with all that is recorded beforehand."""
    model = LossModel(len(batch.loss), batch.confidence, batch.kinds, batch.numbers)
    return _deliver(model, batch, target, chance, random)


def ours_by_confidence(batch: Batch, target: float, chance: float, random: np.random.Generator) -> Mask:
    """The product's method with nothing but the confidence."""
    return _deliver(LossModel(len(batch.loss), batch.confidence), batch, target, chance, random)


def _deliver(model: LossModel, batch: Batch, target: float, chance: float, random: np.random.Generator) -> Mask:
    price = batch.cheap_cost if batch.cheap_cost.min() > 0 else None  # long for the cheap model, long for the other
    return deliver(model, batch.allowed(target), chance, lambda items: batch.loss[items], random, price).accepted


def empirical(batch: Batch, target: float, chance: float, random: np.random.Generator) -> Mask:
    """The lowest threshold at which the labelled share looks good enough."""
    order, labelled = _blind(batch, random)
    seen, losses = np.cumsum(labelled), np.cumsum(labelled & batch.loss[order])
    unseen = np.arange(1, len(order) + 1) - seen
    good = np.flatnonzero(losses / np.maximum(seen, 1) * unseen <= batch.allowed(target))
    return _accept(order, labelled, int(good[-1]) + 1 if good.size else 0)


def count_test(batch: Batch, target: float, chance: float, random: np.random.Generator) -> Mask:
    """The exact count test, all thresholds at once, on a blind sample (FIELD.md section 3)."""
    order, labelled = _blind(batch, random)
    items, labels, allowed = len(order), int(labelled.sum()), batch.allowed(target)
    if allowed + 1 > items - labels:  # so many are not left unlabelled
        return _accept(order, labelled, items)
    count, total = -1, 0.0
    while count < labels:
        total += exp(
            _log_choose(allowed + count + 1, count + 1)
            + _log_choose(items - allowed - count - 2, labels - count - 1)
            - _log_choose(items, labels)
        )
        if total > chance:
            break
        count += 1
    found = np.flatnonzero(labelled & batch.loss[order])
    if count < 0:
        return np.zeros(items, bool)
    return _accept(order, labelled, int(found[count]) if count < len(found) else items)


def hypergeometric_test(batch: Batch, target: float, chance: float, random: np.random.Generator) -> Mask:
    """Thresholds from the strictest on, each tested exactly while all before it passed; sampled losses not credited."""
    order, labelled = _blind(batch, random)
    bad, depth = batch.allowed(target) + 1, 0
    for end in np.linspace(0, len(order), _THRESHOLDS + 1).astype(int)[1:]:
        labels, losses = int(labelled[:end].sum()), int((labelled & batch.loss[order])[:end].sum())
        if end >= bad and _hypergeometric(int(end), bad, labels, losses) > chance:
            break
        depth = int(end)
    return _accept(order, labelled, depth)


def best_threshold(batch: Batch, target: float, chance: float, random: np.random.Generator) -> Mask:
    """An oracle: the lowest threshold on confidence that keeps the target, known for nothing."""
    order = _by_confidence(batch, random)
    depth = np.searchsorted(np.cumsum(batch.loss[order]), batch.allowed(target), side="right")
    return _accept(order, np.zeros(len(order), bool), int(depth))


def oracle(batch: Batch, target: float, chance: float, random: np.random.Generator) -> Mask:
    """An oracle that knows each loss and escalates only the dearest that the target does not allow... for nothing."""
    losses = np.flatnonzero(batch.loss)
    kept = losses[np.argsort(-batch.premium_cost[losses])][: batch.allowed(target)]
    accepted = ~batch.loss
    accepted[kept] = True
    return accepted


def bargain(batch: Batch, target: float, chance: float, random: np.random.Generator) -> Mask:
    """BARGAIN_A (SIGMOD 2025) as published on PyPI, with its default settings."""
    from BARGAIN import BARGAIN_A, Oracle, Proxy

    class CheapModel(Proxy):
        def reset(self) -> None: ...

        def get_preds_and_scores(self, indxs: Items, data_records: Items) -> tuple[Items, Floats]:
            return np.asarray(data_records), scores[np.asarray(indxs, int)]

    class PremiumModel(Oracle):
        def reset(self) -> None: ...

        def is_answer_correct(self, indxs: Items, data_records: Items, proxy_output_at_indxs: Items) -> Floats:
            bought[np.asarray(indxs, int)] = True
            return 1.0 - loss[np.asarray(indxs, int)]

        def get_pred(self, data_records: Items, indxs: Items) -> Items:
            bought[np.asarray(indxs, int)] = True
            return np.asarray(data_records)

    order = random.permutation(len(batch.loss))
    loss, bought = batch.loss[order], np.zeros(len(order), bool)
    scores = random.random(len(order)) if batch.confidence is None else batch.confidence[order]
    seed = int(random.integers(2**31))
    policy = BARGAIN_A(CheapModel(), PremiumModel(), target=target, delta=chance, verbose=False, seed=seed)
    with np.errstate(all="ignore"):
        policy.process(np.arange(len(order)))
    accepted = np.zeros(len(order), bool)
    accepted[order] = ~bought
    return accepted


POLICIES: dict[str, Policy] = {
    "ledgerline": ours,
    "ledgerline, confidence only": ours_by_confidence,
    "BARGAIN_A": bargain,
    "exact count test, 20% blind": count_test,
    "exact hypergeometric test": hypergeometric_test,
    "empirical threshold": empirical,
    "best threshold (oracle)": best_threshold,
    "oracle": oracle,
}


def _by_confidence(batch: Batch, random: np.random.Generator) -> Items:
    shuffled = random.permutation(len(batch.loss))
    if batch.confidence is None:
        return shuffled
    return shuffled[np.argsort(-batch.confidence[shuffled], kind="stable")]


def _blind(batch: Batch, random: np.random.Generator) -> tuple[Items, Mask]:
    """The order, and along it which items are labelled."""
    items = len(batch.loss)
    labelled = np.zeros(items, bool)
    labelled[random.choice(items, min(_MOST, max(1, int(_SHARE * items))), replace=False)] = True
    return _by_confidence(batch, random), labelled


def _accept(order: Items, labelled: Mask, depth: int) -> Mask:
    """Of the first `depth` in the order, those that are not labelled."""
    accepted = np.zeros(len(order), bool)
    accepted[order[:depth]] = ~labelled[:depth]
    return accepted


def _hypergeometric(items: int, bad: int, labels: int, losses: int) -> float:
    """P(at most so many losses among the labels) where so many of the items are bad."""
    least = max(0, labels - (items - bad))
    whole = _log_choose(items, labels)
    return sum(
        exp(_log_choose(bad, k) + _log_choose(items - bad, labels - k) - whole)
        for k in range(least, min(losses, bad, labels) + 1)
    )


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) if 0 <= k <= n else float("-inf")
