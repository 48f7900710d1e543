"""SIGKILL, aimed at what the program is doing: several kills of one store, each at a moment of its own."""

import time
from contextlib import suppress
from dataclasses import dataclass
from random import Random

from bench.crash.faults import Fault
from bench.crash.scene import LATENCY, Episode

STARTING, READING, SETTLING, CALLING = "starting", "reading", "settling", "calling"
COLLECTING, PUBLISHING, REBUILDING = "collecting", "publishing", "rebuilding"

KILLS = 10
"""Of one store."""

_ORDER = (STARTING, READING, SETTLING, CALLING, COLLECTING, PUBLISHING, REBUILDING)
_WEIGHTS = {STARTING: 1, READING: 3, SETTLING: 2, CALLING: 3, COLLECTING: 1, PUBLISHING: 2, REBUILDING: 2}
_COMMANDS = {COLLECTING: "collect-batches", REBUILDING: "rebuild"}


@dataclass(frozen=True)
class Plan:
    """One kill: what to wait for, how long to wait then (as a share of how long that takes), and whom to kill."""

    aim: str
    share: float
    whole: bool


def plans(chance: Random, count: int, scene: str) -> list[Plan]:
    """So many kills, the phases in the order in which a store goes through them."""
    never = {"free": (CALLING, COLLECTING), "sync": (COLLECTING,)}.get(scene, ())
    aims = [aim for aim in _ORDER if aim not in never]
    drawn = chance.choices(aims, [_WEIGHTS[aim] for aim in aims], k=count)
    return [Plan(aim, chance.random(), chance.random() < 0.5) for aim in sorted(drawn, key=_ORDER.index)]


class Traces:
    """What a command leaves in the store and with the provider since it was started."""

    def __init__(self, episode: Episode) -> None:
        self._episode = episode
        self._parts = self._found("parquet/*/*/*.parquet")
        self._received = self._calls()
        self._working, self._published = self._inode("work/ledger.duckdb"), self._inode("ledger.duckdb")

    @property
    def anything_stored(self) -> bool:
        """Whether an earlier command left something in the store."""
        return bool(self._parts)

    def of(self, phase: str) -> bool:
        """Whether there is a trace of it."""
        if phase == READING:
            return bool(self._found("parquet/runs/*/*.parquet") - self._parts)
        if phase == SETTLING:
            return bool(self._found("parquet/*/*/*.tmp"))
        if phase == CALLING:
            return self._calls() > self._received
        if phase == PUBLISHING:
            ended = len(self._found("parquet/runs/*/*.parquet") - self._parts) > 1
            return ended or self._inode("ledger.duckdb") != self._published
        if phase == REBUILDING:
            return self._inode("work/ledger.duckdb") != self._working
        return True

    def phase(self, command: str) -> str:
        """What is going on."""
        if command in _COMMANDS.values():
            return next(phase for phase, name in _COMMANDS.items() if name == command)
        return next((phase for phase in (PUBLISHING, SETTLING, CALLING, READING) if self.of(phase)), STARTING)

    def _found(self, pattern: str) -> set[str]:
        return {str(path) for path in self._episode.store.glob(pattern)}

    def _calls(self) -> int:
        return self._episode.provider.received if self._episode.provider else 0

    def _inode(self, name: str) -> int:
        with suppress(FileNotFoundError):
            return (self._episode.store / name).stat().st_ino
        return 0


def kill(episode: Episode, plan: Plan) -> None:
    """Start the command and kill it; it ends by itself where what the plan waits for does not come."""
    traces, command = Traces(episode), _COMMANDS.get(plan.aim, "run")
    if plan.aim == REBUILDING and not traces.anything_stored:
        command = "run"  # there is nothing to rebuild from
    running = episode.start(command)
    if running.until(lambda: traces.of(plan.aim)):
        time.sleep(plan.share * _seconds(episode, plan.aim))
    phase = traces.phase(command)
    if running.over:
        running.wait().check_done()
        return
    running.kill(plan.whole)
    episode.kills += 1
    episode.hits[phase] += 1


def _seconds(episode: Episode, aim: str) -> float:
    """How long it takes, about."""
    start, run = episode.scene.start_seconds, episode.scene.seconds
    lasts = {STARTING: 1.2 * start, READING: run, SETTLING: 0.03, CALLING: 4 * LATENCY, COLLECTING: start + 1}
    return lasts.get(aim, 0.4)


def kill_anywhere(episode: Episode) -> None:
    """Kill it, and let it finish: everything is as if nobody had."""
    for plan in plans(episode.chance, KILLS, episode.scene.name):
        kill(episode, plan)
    episode.settle()


FAULTS = (Fault("kill", kill_anywhere, ("free", "sync", "free", "batch")),)
