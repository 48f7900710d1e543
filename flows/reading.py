"""The first phase of a run: documents are read, and settled where nothing has to be asked.

They go through in chunks, a task run for each chunk and step. One chunk is settled while others are being read, by
processes of this machine or by a Dask cluster, and chunks are settled in the order of discovery: so the result does not
depend on timing or on who reads, and memory stays flat.
"""

import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture

from flows.cluster import Cluster
from flows.logs import tell_of_chunk
from flows.observer import OBSERVER
from flows.parameters import RunParameters
from flows.recorded import opaque
from tasks.documents import Examined, SourceFile
from tasks.examining import Examining
from tasks.settlement import Settlement
from tasks.spend.asked import Run
from tasks.triage import Chunk
from tasks.workers import WorkerPool

CHUNK = 200
"""Documents in a chunk: a task run costs tens of milliseconds, too much for one document, nothing for 200."""

CHUNK_AWAY = 50
"""Documents in a chunk for a cluster: fewer, so that a small batch keeps several machines busy, too."""

CHUNK_BYTES = 100_000_000
"""Bytes in a chunk, about: fewer documents where they are large, as they may have to travel to another machine."""

QUIET_TOGETHER = 10
"""Chunks that are looked up at once while all is known. The bytes of such a part are those of one chunk, too."""

AHEAD = 2
"""Chunks being read at a time: the second keeps all processes busy while the last documents of the first are read. As
many for each worker of a cluster."""

MOST_AHEAD = 64
"""Chunks that are in memory at most, however large the cluster."""


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of a chunk, as one object: of a list, Prefect remembers each item as long as the flow goes on."""

    examined: list[Examined]


InFlight = deque[tuple[Chunk, PrefectFuture[Read]]]


class Readers(Protocol):
    """Whatever examines a chunk of documents: processes of this machine, or a cluster."""

    @property
    def held(self) -> str:
        """What keeps the reading processes from network, programs and files, as far as is known here."""
        ...

    def run(self, files: Sequence[SourceFile]) -> list[Examined]:
        """Examine `files`; the results come in their order, and a failure is that document's `problem`."""
        ...


def readers_of(
    batch: RunParameters, run: Run, cluster: Cluster | None, keeping: Path | None
) -> AbstractContextManager[Readers]:
    """Who reads for `run`. What a model may be asked about is kept in `keeping`, None where none can be."""
    if cluster:
        return cluster.reading(run.run_id, run.policy, batch.workers, batch.spool, keeping)
    read = Examining(run.policy, keeping)
    return WorkerPool(batch.processes, run.policy.limits, read, [keeping] if keeping else [])


def read_and_settle(
    files: Iterable[SourceFile], settlement: Settlement, readers: Readers, cluster: Cluster | None, began: float
) -> None:
    """Read chunks ahead, as many as keep all busy that read, and settle them in order."""
    reading: InFlight = deque()
    for chunk in _planned(files, settlement, CHUNK_AWAY if cluster else CHUNK):
        if not chunk.new and not chunk.copies:  # no need for two task runs, which cost more than listing it did
            settlement.pass_over(chunk)
            OBSERVER.get().progressed(settlement.tally, time.monotonic() - began)
            continue
        reading.append((chunk, examine_chunk.submit(chunk.number, opaque(chunk.new), opaque(readers))))
        ahead = min(AHEAD * cluster.workers, MOST_AHEAD) if cluster else AHEAD
        while reading and len(reading) >= ahead:
            _settle_next(reading, settlement, began)
    while reading:
        _settle_next(reading, settlement, began)
    if readers.held:
        get_run_logger().info("reading processes are held %s", readers.held)


@task(task_run_name="read chunk {number}", cache_policy=NO_CACHE)
def examine_chunk(number: int, files: tuple[SourceFile, ...], readers: Readers) -> Read:
    """Let the free readers find out all they can about the new documents of a chunk."""
    return Read(readers.run(files))


@task(task_run_name="settle chunk {number}", cache_policy=NO_CACHE)
def settle_chunk(number: int, settlement: Settlement, chunk: Chunk, examined: list[Examined]) -> None:
    """Decide what becomes of the documents of a chunk, and store it."""
    settlement.settle(chunk, examined)
    tell_of_chunk(number, examined)


def _settle_next(reading: InFlight, settlement: Settlement, began: float) -> None:
    chunk, future = reading.popleft()
    settle_chunk(chunk.number, opaque(settlement), opaque(chunk), opaque(future.result().examined))
    seconds = time.monotonic() - began
    get_run_logger().info("%d documents settled after %.0f s", settlement.tally.documents, seconds)
    OBSERVER.get().progressed(settlement.tally, seconds)


def _planned(files: Iterable[SourceFile], settlement: Settlement, most: int) -> Iterator[Chunk]:
    """Chunks of `most` files. After one without news, several are looked up at once: an unchanged folder is passed over
    quickly. After news it is one again: listing more of them would keep the readers waiting."""
    coming, together = iter(files), 1
    while part := _next(coming, most * together):
        chunks = settlement.plan(part, most)
        yield from chunks
        together = 1 if any(chunk.new or chunk.copies for chunk in chunks) else QUIET_TOGETHER


def _next(files: Iterator[SourceFile], most: int) -> list[SourceFile]:
    part, size = list[SourceFile](), 0
    while len(part) < most and size < CHUNK_BYTES and (file := next(files, None)):
        part.append(file)
        size += file.bytes
    return part
