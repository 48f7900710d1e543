"""Where faults happen: documents, policy, provider, and the results of a run that nobody disturbed."""

import shutil
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

import paid_runs
from standin import StandIn

from bench.crash.ledgers import Results, check_bill, check_same, check_settled_once, results, waiting
from bench.crash.program import Ended, Program, Running, check
from flows.server import free_port

AT_ONCE = 64
"""Calls that can be in flight: as many as the policy's two paid tiers allow."""

LATENCY = 0.3
_NO_CACHE = 10**9  # what a provider's cache saves depends on when a call is made
_RUNS = 12
_FREE = ("e-rechnung/*.xml", "inbox/2026-11/*", "inbox/2026-10/*.pdf")


@dataclass
class Scene:
    """A source, free or with paid tiers. `reference` is what becomes of it, `start_seconds` how long an undisturbed run
    takes to its first trace in the store, `seconds` from there to its end."""

    name: str
    folder: Path
    program: Program
    batch: bool | None = None
    port: int = field(default_factory=free_port)
    reference: Results = field(default_factory=dict)
    start_seconds: float = 0.0
    seconds: float = 0.0

    @property
    def source(self) -> Path:
        return self.folder / "source"

    def prepare(self, count: int) -> "Scene":
        """Lay out the source and compute the reference."""
        lay_out(self.source, count)
        with self.episode(self.folder / "calm", Random(0)) as calm:
            running = calm.start("run", fresh={})
            running.until(lambda: calm.seen("parquet/runs/*/*.parquet"))
            self.start_seconds = time.monotonic() - running.began
            running.wait().check_done()
            self.seconds = time.monotonic() - running.began - self.start_seconds
            if waiting(calm.store):
                calm.settle(compare=False)
            calm.check_laws()
            self.reference = results(calm.store)
        return self

    @contextmanager
    def episode(self, folder: Path, chance: Random) -> Iterator["Episode"]:
        """A new store under `folder`, with a source, a provider and a bill of its own."""
        source = folder / "source"
        shutil.copytree(self.source, source)
        program = replace(self.program, folder=folder)
        if self.batch is None:
            yield Episode(self, folder, source, folder / "store", program, chance)
            return
        settings = paid_runs.stand_in_settings(latency_seconds=LATENCY, batch_seconds=0.2 if self.batch else 0.0)
        models = {name: replace(model, cache_from_tokens=_NO_CACHE) for name, model in settings.models.items()}
        with StandIn(replace(settings, models=models), self.port) as provider:
            policy = paid_runs.policy_file(folder, provider, batch=self.batch)
            paid = replace(program, environment={**program.environment, **paid_runs.KEYS})
            yield Episode(self, folder, source, folder / "store", paid, chance, policy, provider)


@dataclass
class Episode:
    """A store of a scene under one fault. Its commands are forked, or in `fresh` processes with that in their
    environment. `hits` counts what was hit, `kills` the kills and what else ended a run at any moment."""

    scene: Scene
    folder: Path
    source: Path
    store: Path
    program: Program
    chance: Random
    policy: Path | None = None
    provider: StandIn | None = None
    fresh: Mapping[str, str] | None = None
    hits: Counter[str] = field(default_factory=Counter)
    kills: int = 0

    def start(self, command: str, *more: str, fresh: Mapping[str, str] | None = None) -> Running:
        """A command on this store: `run`, `rebuild`, `verify`, `collect-batches`; in a `fresh` process with that in its
        environment, or a forked one."""
        words = [command, *([str(self.source)] if command == "run" else []), "--store", str(self.store)]
        if self.policy and command in ("run", "collect-batches"):
            words += ["--policy", str(self.policy)]
        if command == "run":
            words += ["--workers", "2", "--json"]
        return self.program.start([*words, *more], self.fresh if fresh is None else fresh)

    def run(self, command: str, *more: str) -> Ended:
        """The same to its end."""
        return self.start(command, *more).wait()

    def settle(self, compare: bool = True) -> None:
        """Finish without disturbance, and check all that must hold then."""
        for _ in range(_RUNS):
            self.run("run").check_done()
            if not waiting(self.store):
                break
            time.sleep(0.3)
        check(not waiting(self.store), f"something still waits after {_RUNS} runs")
        self.check_laws()
        check_settled_once(self.store)
        if compare:
            check_same(results(self.store), self.scene.reference)
        if self.provider:
            check_bill(self.store, self.provider.bill, self.kills * AT_ONCE)

    def check_laws(self) -> None:
        """Raises `BrokenError` where `ledgerline verify` finds a law broken."""
        ended = self.run("verify")
        check(ended.status == 0, ended.told)

    def seen(self, pattern: str) -> bool:
        """Whether anything in the store looks like `pattern`."""
        return any(True for _ in self.store.glob(pattern))


def lay_out(source: Path, count: int) -> None:
    """`count` of the samples that are quick to read: e-invoices, text PDFs, a mail, an archive, a copy, troubles."""
    found = [file for pattern in _FREE for file in sorted((paid_runs.SAMPLES / "docs").glob(pattern)) if file.is_file()]
    for file in found[:count]:
        place = source / file.relative_to(paid_runs.SAMPLES / "docs")
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, place)
