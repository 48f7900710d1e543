"""The clock steps by days, forward and backward, between runs and during them. Needs Debian's package libfaketime."""

import time
from pathlib import Path

from bench.crash.faults import Fault
from bench.crash.kills import kill, plans
from bench.crash.program import SkippedError
from bench.crash.scene import Episode

_PLACES = ("/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/lib/faketime/libfaketimeMT.so.1")
_DAYS = 40


def steps(episode: Episode) -> None:
    """Runs that are killed or wait for a batch, each on another day, the last ones in the past."""
    clock = episode.folder / "clock"
    episode.fresh = faked(clock)
    for plan in plans(episode.chance, 2, episode.scene.name):
        _step(clock, episode)
        kill(episode, plan)
    _step(clock, episode)
    running = episode.start("run")
    time.sleep(episode.chance.random() * (episode.scene.start_seconds + episode.scene.seconds))
    _step(clock, episode)
    running.wait().check_done()
    _step(clock, episode)
    episode.settle()


def faked(clock: Path) -> dict[str, str]:
    """The environment in which time is what the file `clock` says. Raises `SkippedError` without libfaketime."""
    found = [file for place in _PLACES for file in Path("/").glob(place.lstrip("/"))]
    if not found:
        raise SkippedError("libfaketime is not installed")
    how = {"FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    return how | {"LD_PRELOAD": str(found[0])}


def _step(clock: Path, episode: Episode) -> None:
    made = clock.with_suffix(".new")
    days = episode.chance.randint(-_DAYS, _DAYS)
    made.write_text(f"{days:+d}d")
    made.replace(clock)
    episode.hits["forward" if days > 0 else "backward"] += 1


FAULTS = (Fault("clock steps", steps, ("batch", "free", "sync")),)
