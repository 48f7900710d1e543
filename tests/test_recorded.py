"""Recorded outcomes: a file becomes a batch, and every policy of the bench routes it."""

import numpy as np
import pandas as pd
import pytest

from bench.peers import POLICIES
from bench.recorded import read_batch

ITEMS = 300


@pytest.fixture
def recorded(tmp_path):
    """A set of three models: the cheapest has confidences that mean something, the dearest is always right."""

    def write(confidence=lambda sure: sure, **columns):
        random = np.random.default_rng(0)
        sure = random.beta(4, 1, ITEMS)
        models = (("small", 0.06, (random.random(ITEMS) < sure) * 1.0), ("middle", 0.3, 0.9), ("large", 1.0, 1.0))
        rows = [
            pd.DataFrame({"item_id": range(ITEMS), "model": model, "score": score, "cost_usd": cost} | columns)
            for model, cost, score in models
        ]
        rows[0]["confidence"] = confidence(sure)
        pd.concat(rows).to_parquet(tmp_path / "set.parquet")
        return read_batch(tmp_path / "set.parquet")

    return write


def test_the_cheapest_is_held_against_the_dearest(recorded):
    """A loss is an item that the dearest model has right and the cheap one wrong; costs are relative to the dearest."""
    batch = recorded(answer=["yes", "no", "?"] * (ITEMS // 3))
    assert (batch.cheap, batch.premium, batch.evidence) == ("small", "large", ("confidence", "answer"))
    assert 0.1 < batch.loss.mean() < 0.4
    assert batch.allowed(0.9) == 30
    assert batch.cost(np.ones(ITEMS, bool)) == pytest.approx(0.06)
    assert batch.cost(np.zeros(ITEMS, bool)) == pytest.approx(1.06)


def test_scores_of_any_scale_and_none_at_all_are_read(recorded):
    """Logits keep their order; without confidences there are none."""
    logits = recorded(confidence=lambda sure: np.log(sure / (1 - sure)))
    assert (np.argsort(logits.confidence) == np.argsort(recorded().confidence)).all()
    assert recorded(confidence=lambda sure: np.nan).confidence is None


@pytest.mark.parametrize("policy", [name for name in POLICIES if name != "BARGAIN_A"])
def test_every_policy_accepts_something_and_none_beats_the_oracle(recorded, policy):
    """The one that knows everything needs the fewest premium answers."""
    batch = recorded()
    best = POLICIES["oracle"](batch, 0.9, 0.1, np.random.default_rng(0)).sum()
    accepted = [POLICIES[policy](batch, 0.9, 0.1, np.random.default_rng(seed)).sum() for seed in range(5)]
    assert 0 < np.mean(accepted) <= best
