"""One slice of inputs: taken in like any folder, read by the pool, settled into a store, and what came of it."""

import shutil
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import psutil

from bench.fuzz.inputs import Corpus
from routing.policy import Policy
from tasks.discover import discover
from tasks.documents import Examined, SourceFile
from tasks.prices import price_list
from tasks.rows import RunContext
from tasks.run_record import RunRecord
from tasks.settlement import Settlement
from tasks.store.store import Store
from tasks.store.verify import verify
from tasks.workers import WorkerPool

CHUNK = 200
LATE_SECONDS = 5.0  # beyond the bound: to end a process, on a busy machine
_LATE, _LOST, _BUG = "document_seconds", "the reading process died", "reader failed"


@dataclass
class Findings:
    """What came of inputs: how many, by outcome and reason; and the numbers of those that found something.

    `bugs`: failed with an error that is none of ours. `lost`: ended their reading process. `bounded`: ended at the
    time limit. `late`: were not ended by then. `crashes`: broke the run itself. `laws`: broken laws of the store.
    `memory`: of the run and of its reading processes by their id, after so many inputs in MB.
    """

    inputs: int = 0
    documents: int = 0
    seconds: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)
    bugs: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    lost: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    bounded: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    slowest: list[tuple[float, str]] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)
    laws: list[str] = field(default_factory=list)
    memory: dict[int, list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))

    @property
    def clean(self) -> bool:
        """Whether nothing was found that has to be mended."""
        return not (self.bugs or self.late or self.crashes or self.laws)


class Slices:
    """Slices of inputs through one pool of `workers`, each into a store of its own below `scratch`."""

    def __init__(self, corpus: Corpus, policy: Policy, pool: WorkerPool, workers: int, scratch: Path) -> None:
        self._corpus, self._policy, self._pool, self._scratch = corpus, policy, pool, scratch
        self._threads = ThreadPoolExecutor(workers)
        self.findings = Findings()

    def run(self, first: int, count: int) -> None:
        """The inputs from number `first` on."""
        began, source = time.monotonic(), self._scratch / "source"
        shutil.rmtree(self._scratch, ignore_errors=True)
        source.mkdir(parents=True)
        for number in range(first, first + count):
            (source / f"{number:012}").write_bytes(self._corpus.input(number))
        try:
            self._settle_all(source)
        except Exception:  # noqa: BLE001 - what breaks a run is what we are looking for
            self.findings.crashes.append(f"inputs {first} to {first + count - 1}: {traceback.format_exc()}")
        self.findings.inputs += count
        self.findings.seconds += time.monotonic() - began

    def _settle_all(self, source: Path) -> None:
        store_folder, spool = self._scratch / "store", self._scratch / "spool"
        prices = price_list(self._policy)
        record = RunRecord(str(source), self._policy.hash, prices.version, None, None)
        with Store.open(store_folder) as store:
            context = RunContext(record.run_id, record.run_date, self._policy, prices)
            settlement = Settlement(store, context, spool)
            record.begin(store)
            files = discover(str(source), self._policy.limits, spool)
            while part := list(islice(files, CHUNK)):
                (chunk,) = settlement.plan(part, CHUNK)
                settlement.settle(chunk, self._examined(chunk.new))
            record.finish(store, settlement.tally)
            store.publish()
        self.findings.documents += settlement.tally.documents
        self.findings.outcomes.update(settlement.tally.outcomes)
        self.findings.laws += [f"{law.name}: {law.detail}" for law in verify(store_folder) if not law.passed]

    def _examined(self, files: Sequence[SourceFile]) -> list[Examined]:
        examined = list(self._threads.map(self._examine, files))
        for document in examined:
            self._tell(document)
        self._measure_memory()
        return examined

    def _examine(self, file: SourceFile) -> Examined:
        began = time.monotonic()
        [examined] = self._pool.run([file])
        seconds, name = time.monotonic() - began, file.file_name
        self.findings.slowest = sorted([*self.findings.slowest, (seconds, name)], reverse=True)[:10]
        if seconds > self._policy.limits.document_seconds + LATE_SECONDS:
            self.findings.late.append(name)
        return examined

    def _tell(self, examined: Examined) -> None:
        code, detail = examined.problem or ("", "")
        self.findings.outcomes[f"rejected: {code}"] += bool(code)
        if _BUG in detail:
            self.findings.bugs[detail[:100]].append(examined.file.file_name)
        if _LOST in detail:
            self.findings.lost[detail].append(examined.file.file_name)
        if detail.startswith(_LATE):
            self.findings.bounded.append(examined.file.file_name)

    def _measure_memory(self) -> None:
        own = psutil.Process()
        for process in (own, *own.children()):
            try:
                self.findings.memory[process.pid].append((self.findings.inputs, process.memory_info().rss / 1e6))
            except psutil.NoSuchProcess:
                continue
