"""Mutated documents, a few of the many that `python -m bench.fuzz` reads: nothing breaks but they themselves."""

from functools import partial
from pathlib import Path

import pytest

from bench.fuzz.__main__ import fuzzed_policy
from bench.fuzz.inputs import Corpus
from bench.fuzz.readers import examine_input
from bench.fuzz.slices import Slices
from tasks.workers import WorkerPool

SAMPLES = Path(__file__).parent.parent / "data" / "samples" / "docs"
INPUTS = 80


@pytest.fixture(scope="module")
def corpus():
    return Corpus.of([SAMPLES])


def test_an_input_is_made_again_by_its_number(corpus):
    """So that what was found can be found again; and numbers make different inputs."""
    again = Corpus.of([SAMPLES])
    made = [corpus.input(number) for number in range(100)]
    assert made == [again.input(number) for number in range(100)]
    assert len(set(made)) > 95


def test_mutated_documents_break_nothing(corpus, tmp_path):
    """Each ends in one outcome; no error is unforeseen, no bound is passed, and every law of the store holds."""
    policy = fuzzed_policy(20.0)
    with WorkerPool(1, policy.limits, partial(examine_input, policy=policy)) as pool:
        slices = Slices(corpus, policy, pool, 1, tmp_path / "slice")
        slices.run(1, INPUTS)
    found = slices.findings
    assert found.clean, found
    assert found.documents >= INPUTS
    assert found.outcomes["rejected: corrupt"] and found.outcomes["accepted"] and found.outcomes["review"]
