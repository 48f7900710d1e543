"""SIGKILL at random moments of runs that pay: a few of the kills of bench/kill_calls.py."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def test_killed_runs_end_as_if_they_had_not_been_killed():
    """Sync and batch: one outcome a document, the same results, and books that agree with the bill, call by call."""
    command = [
        sys.executable,
        "-m",
        "bench.kill_calls",
        "--kills",
        "6",
        "--each",
        "3",
        "--documents",
        "6",
        "--seed",
        "1",
    ]
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("all books agree") == 2
