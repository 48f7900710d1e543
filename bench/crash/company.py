"""Others at work on the same store or source: a second run, a reader who never closes the ledger."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from bench.crash.faults import Fault
from bench.crash.program import check
from bench.crash.scene import Episode

_HELD = "is held by another run"

_READER = """
import sys, duckdb
ledger = duckdb.connect(sys.argv[1], read_only=sys.argv[2] == "read")
def look():
    print(ledger.sql("select count(*), sum(hash(document_id)) from documents").fetchall(), flush=True)
look()
sys.stdin.read()
look()
"""


def same_store(episode: Episode) -> None:
    """Two commands on one store: one of them is refused, and says why."""
    others = ["run", "run", "rebuild"] + (["collect-batches"] if episode.policy else [])
    first = episode.start("run")
    time.sleep(episode.chance.random() * (episode.scene.start_seconds + episode.scene.seconds))
    second = episode.start(episode.chance.choice(others))
    for ended in (first.wait(), second.wait()):
        if ended.status:
            ended.check_failed(_HELD, "has no Parquet files")
            episode.hits["refused"] += 1
    episode.settle()


def same_source(episode: Episode) -> None:
    """Two stores with one source: neither knows of the other."""
    other = replace(episode, store=episode.folder / "other")
    first, second = episode.start("run"), other.start("run")
    first.wait().check_done()
    second.wait().check_done()
    episode.settle()
    other.settle()


def reader(episode: Episode) -> None:
    """The ledger stays open, for reading or (by mistake) for writing, while runs publish new ones."""
    episode.run("run", "--limit", str(episode.chance.randint(1, 20))).check_done()
    with _reading(episode, episode.chance.choice(["read", "read", "write"])):
        episode.run("run").check_done()
        episode.run("rebuild").check_done()
        episode.run("run").check_done()
    episode.settle()


@contextmanager
def _reading(episode: Episode, how: str) -> Iterator[None]:
    """Somebody has the ledger open; what they see does not change."""
    ledger: Path = episode.store / "ledger.duckdb"
    command = [sys.executable, "-c", _READER, str(ledger), how]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout and process.stdin
    try:
        before = process.stdout.readline()
        yield
        process.stdin.close()
        after = process.stdout.readline()
        check(before and before == after, f"the reader saw {before!r}, then {after!r}")
        episode.hits[how] += 1
    finally:
        process.kill()
        process.wait()


FAULTS = (
    Fault("two on one store", same_store, ("free", "sync")),
    Fault("two on one source", same_source),
    Fault("reader stays", reader),
)
