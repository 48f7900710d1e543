"""The crash laboratory on a few documents: paying runs that are killed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent


def test_what_is_killed_loses_nothing(prefect_environment, tmp_path):
    """It was killed, and no law broken; the seed is one of a scene that pays."""
    log = tmp_path / "log.jsonl"
    command = [sys.executable, "-m", "bench.crash", "kill", "--seed", "1", "--kills", "3", "--documents", "6"]
    done = subprocess.run(
        [*command, "--log", log], cwd=ROOT, env=prefect_environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = [json.loads(line) for line in log.read_text().splitlines()]
    assert [each["fault"] for each in told] == ["kill"]
    assert all(each["outcome"] == "held" and each["hits"] for each in told)


def test_a_fault_that_nobody_knows_is_refused():
    command = [sys.executable, "-m", "bench.crash", "earthquake"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "no such fault: earthquake" in done.stderr
