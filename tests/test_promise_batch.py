"""A batch under a promise: the count test is exact, the order is learned, no more losses than allowed get through."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.batch_promise import deliver
from routing.count_test import broken_chance, rising_rates
from routing.loss_order import LossModel

shapes = st.lists(st.floats(1, 50), min_size=1, max_size=8).map(lambda steps: tuple(np.cumsum(steps)))


def batch(random, items=400, kinds=True):
    """Items whose losses fall with confidence, and are far more frequent in one kind than in the other."""
    confidence = random.beta(5, 1, items)
    kind = random.integers(0, 2, items)
    losses = random.random(items) < (1 - confidence) * np.where(kind, 1.6, 0.1)
    return LossModel(items, confidence, kind[:, None] if kinds else None), losses


def run(model, losses, allowed, chance, seed=0, price=None):
    return deliver(model, allowed, chance, lambda items: losses[items], np.random.default_rng(seed), price)


def test_equal_rates_are_the_negative_binomial_count_test():
    """P(fewer than 3 of the losses found before the 11th is missed), summed by hand."""
    rate, allowed = 0.2, 10
    by_hand = sum(math.comb(allowed + d, d) * rate**d * (1 - rate) ** (allowed + 1) for d in range(3))
    assert broken_chance(np.full(3, rate), allowed) == pytest.approx(by_hand, rel=1e-12)


def test_one_rate_and_no_loss_allowed_is_the_coin_itself():
    """The promise is broken if the first loss is not looked at."""
    assert broken_chance(np.array([0.9]), 0) == pytest.approx(0.1)


@given(st.integers(0, 3000), st.floats(0.01, 0.5), shapes)
@settings(max_examples=60, deadline=None)
def test_rates_rise_as_shaped_and_use_the_chance_up(allowed, chance, shape):
    """Odds in proportion, never more than the chance, and hardly less."""
    rates = rising_rates(allowed, chance, shape)
    odds = rates / (1 - rates)
    assert np.allclose(odds / odds[0], np.array(shape) / shape[0], rtol=1e-4)
    assert 0.999 * chance <= broken_chance(rates, allowed) <= chance


@given(st.integers(1, 500), st.floats(0.02, 0.4), shapes)
@settings(max_examples=40, deadline=None)
def test_a_stricter_promise_looks_at_more(allowed, chance, shape):
    """Fewer losses allowed, or a smaller chance of more: higher rates."""
    rates = rising_rates(allowed, chance, shape)
    assert (rising_rates(allowed - 1, chance, shape) >= rates).all()
    assert (rising_rates(allowed, chance / 2, shape) >= rates).all()


def test_rates_are_exact_whatever_the_order():
    """A million coins: the share of runs with more losses unseen than allowed is the computed one."""
    random = np.random.default_rng(0)
    rates = rising_rates(20, 0.1, (1.0, 2.0, 3.0, 4.0, 5.0))
    unseen = sum(random.geometric(rate, 200_000) - 1 for rate in rates)
    assert (unseen > 20).mean() == pytest.approx(0.1, abs=0.003)


BATCHES = {
    "losses where the model was surest": lambda random: np.arange(300) < 60,
    "losses anywhere": lambda random: random.random(300) < 0.3,
    "losses in one lump": lambda random: (np.arange(300) > 100) & (np.arange(300) < 170),
    "nothing but losses": lambda random: np.ones(300, bool),
}


@pytest.mark.parametrize("losses_of", BATCHES.values(), ids=BATCHES)
@pytest.mark.parametrize("allowed", [3, 30])
def test_promise_holds_whatever_the_batch_is_like(losses_of, allowed):
    """In 150 runs each, more losses than allowed are delivered in no more than one of ten (and chance)."""
    confidence = np.linspace(1, 0, 300)
    broken = 0
    for seed in range(150):
        losses = losses_of(np.random.default_rng(seed))
        done = run(LossModel(300, confidence, (np.arange(300) % 3)[:, None]), losses, allowed, 0.1, seed)
        broken += (losses & done.accepted).sum() > allowed
    assert broken <= 150 * 0.1 + 3 * math.sqrt(150 * 0.1 * 0.9)


def test_promise_would_not_hold_with_the_empirical_threshold():
    """The same batches break it in every second run where a blind share of labels is taken at its word."""
    broken = 0
    for seed in range(200):
        random = np.random.default_rng(seed)
        losses = random.random(300) < 0.3
        seen = random.random(300) < 0.2
        share = np.cumsum(losses & seen) / 0.2 * 0.8
        broken += (losses & ~seen)[: np.searchsorted(share, 31)].sum() > 30
    assert broken > 60


def test_every_item_is_bought_at_most_once_and_delivered_once():
    """What is labelled is not accepted, and nothing is labelled twice."""
    model, losses = batch(np.random.default_rng(1))
    bought = []

    def buy(items):
        bought.extend(items.tolist())
        return losses[items]

    done = deliver(model, 20, 0.1, buy, np.random.default_rng(1))
    assert len(bought) == len(set(bought)) == done.labels
    assert not done.accepted[bought].any()
    assert 0 < done.accepted.sum() < len(losses)


def test_the_same_seed_decides_the_same():
    """Nothing but the generator that is passed in is random."""
    results = [run(*batch(np.random.default_rng(2)), 20, 0.1, seed=7).accepted for _ in range(2)]
    assert (results[0] == results[1]).all()


def test_kinds_that_differ_save_premium_answers():
    """Where one kind is good, most of it is accepted, which confidence alone would not have told."""
    saved = {}
    for kinds in (True, False):
        accepted = [run(*batch(np.random.default_rng(s), kinds=kinds), 10, 0.1, s).accepted.sum() for s in range(30)]
        saved[kinds] = np.mean(accepted)
    assert saved[True] > 1.15 * saved[False]


def test_near_perfect_answers_are_accepted_after_few_labels():
    """Fifty thousand items with three losses, 2% allowed: fewer than one label in a hundred items."""
    random = np.random.default_rng(3)
    losses = np.zeros(50_000, bool)
    losses[random.choice(50_000, 3, replace=False)] = True
    done = run(LossModel(50_000, 1 - 0.5 * random.random(50_000) ** 400), losses, 1000, 0.1)
    assert done.accepted.sum() + done.labels == 50_000
    assert done.labels < 500


@pytest.mark.parametrize("items", [1, 2, 5, 30])
@pytest.mark.parametrize("allowed", [0, 1, 30])
def test_small_batches_come_out_whole(items, allowed):
    """One document or thirty, no loss allowed or as many as there are."""
    losses = np.arange(items) % 2 == 0
    done = run(LossModel(items), losses, allowed, 0.1)
    assert len(done.accepted) == items
    if allowed >= items:
        assert done.accepted.all() and done.labels == 0


def test_where_nothing_tells_items_apart_the_promise_holds():
    """No confidence, no kinds, and many losses allowed: the rates need not rise then, and there may be many."""
    losses = np.random.default_rng(3).random(2000) < 0.12
    delivered = [int(losses[run(LossModel(2000), losses, 200, 0.1, seed).accepted].sum()) for seed in range(20)]
    assert sum(found > 200 for found in delivered) <= 5
    assert max(delivered) > 100


def test_dear_answers_are_saved_first():
    """Of two equally risky items the one with the dearer premium answer is accepted sooner."""
    random = np.random.default_rng(4)
    price = np.where(np.arange(400) % 2, 3.0, 1.0)
    losses = random.random(400) < 0.2
    accepted = np.array([run(LossModel(400), losses, 15, 0.1, s, price).accepted for s in range(20)])
    assert accepted[:, price > 2].mean() > 1.2 * accepted[:, price < 2].mean()


@given(st.lists(st.floats(0, 1), min_size=3, max_size=40))
@settings(max_examples=60, deadline=None)
def test_more_confidence_never_means_more_losses(confidence):
    """Whatever the labels say, within a kind the order follows confidence."""
    model = LossModel(len(confidence), np.array(confidence), np.zeros((len(confidence), 1), int))
    labelled = np.arange(len(confidence)) % 2 == 0
    model.learn(labelled, np.array(confidence) > 0.5)
    chances = model.chances()[np.argsort(confidence)]
    assert all(later <= earlier + 1e-12 for earlier, later in pairwise(chances))


def test_a_few_odd_labels_do_not_derail_the_fit():
    """Sure answers that are wrong and unsure ones that are right: chances stay chances, far from certainty."""
    confidence = np.array([1 - 1e-9] * 10 + [0.5] * 10)
    model = LossModel(20, confidence, (np.arange(20) % 4)[:, None])
    for seen in range(1, 21):
        model.learn(np.arange(20) < seen, np.arange(20) < 10)
    assert ((model.chances() > 0.05) & (model.chances() < 0.95)).all()


def test_unknown_numbers_and_confidences_are_no_obstacle():
    """Columns may have gaps, or nothing in them at all."""
    numbers = np.array([[1.0, np.nan], [np.nan, np.nan], [3.0, np.nan]])
    assert np.isfinite(LossModel(3, np.array([0.0, 1.0, 0.5]), None, numbers).chances()).all()
