"""SIGKILL at random moments of runs that pay; bench/kill_calls.py is the long form of it."""

import importlib

import pytest
from killing import episode

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("batch", [False, True], ids=["sync", "batch"])
def test_killed_runs_end_as_if_they_had_not_been_killed(tmp_path, batch):
    """One outcome a document, the same results, and books that agree with the bill, call by call."""
    for name in ("openai", "anthropic", "tasks.climb.climb"):  # before any fork, so that a kill falls into the run
        importlib.import_module(name)
    ended = episode(tmp_path, seed=1, kills=3, count=6, batch=batch)
    assert ended.passes > ended.kills
