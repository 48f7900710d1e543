"""The flow `process-documents`: one batch of documents, from a source to settled rows in a store.

Documents go through in chunks, a task run for each chunk and step. One chunk is settled while the next is being read,
and chunks are settled in the order of discovery, so the result does not depend on timing and memory stays flat.

The store, not Prefect, keeps what was done: there are no retries and no cached results here. Nothing waits for the
Prefect server until everything is published, so a server that dies takes no result with it.
"""

import shutil
import time
from collections import deque
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice

from prefect import flow, get_run_logger, runtime, task
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture
from prefect.task_runners import ThreadPoolTaskRunner

from flows.artifacts import create_artifacts
from flows.climbing import climb, collect, tell_of_budget, tell_of_tier
from flows.keys import keys
from flows.observer import OBSERVER
from flows.parameters import RunParameters
from flows.recorded import opaque, publish, recorded
from flows.summary import RunSummary, summarize
from routing.bars import under_promise
from tasks.discover import discover
from tasks.documents import Examined, SourceFile
from tasks.examine import examine
from tasks.history import OrderList
from tasks.labels import labels_of
from tasks.paying import Asking, paying
from tasks.prices import price_list
from tasks.rows import RunContext
from tasks.run_record import RunRecord
from tasks.settlement import Settlement
from tasks.spend.asked import Run
from tasks.store.store import Store
from tasks.triage import Chunk
from tasks.workers import WorkerPool

CHUNK = 200
"""Documents in a chunk: a task run costs tens of milliseconds, too much for one document, nothing for 200."""

AHEAD = 2
"""Chunks being read at a time: the second keeps all processes busy while the last documents of the first are read."""

InFlight = deque[tuple[Chunk, PrefectFuture[list[Examined]]]]


def flow_run_name() -> str:
    """`inbox 2026-11-23 02:00`: the last part of the source and when the run starts (UTC)."""
    source = RunParameters.model_validate(runtime.flow_run.parameters["batch"]).source
    return f"{source.rstrip('/').rpartition('/')[2] or source} {runtime.flow_run.scheduled_start_time:%Y-%m-%d %H:%M}"


@flow(
    name="process-documents",
    description="Reads, checks and settles a batch of documents; the results are in the store's tables.",
    flow_run_name=flow_run_name,
    task_runner=ThreadPoolTaskRunner(max_workers=AHEAD),  # type: ignore[arg-type]  # futures are invariant in Prefect
)
def process_documents(batch: RunParameters) -> RunSummary:
    """Process the documents of `batch.source` into the store.

    Raises `ConfigurationError` and `SourceError` before anything is written, `StoreError` and `WorkerError` later: then
    the run is `failed` in the store, and what was settled stays.
    """
    began = time.monotonic()
    OBSERVER.get().began()
    policy, spool = batch.load_policy(), batch.store_path / "work" / "spool"
    prices, orders = price_list(policy), OrderList.open(policy.finance.orders_file)
    files = discover(batch.place, policy.limits, spool, skip=[batch.store_path])
    with Store.open(batch.store_path) as store:
        policy = under_promise(policy, labels_of(store.query, policy))
        record = RunRecord(batch.place, policy.hash, prices.version, batch.budget_usd, runtime.flow_run.id)
        run = Run(record.run_id, policy, prices, batch.budget_usd)
        context = RunContext(record.run_id, record.run_date, policy, prices)
        with paying(store, run, keys(policy), tell_of_budget, tell_of_tier) as paid:
            settlement = Settlement(store, context, spool, orders, paid)
            with recorded(record, store, settlement.tally):
                asking = paid.asking if paid else None
                _read_all(islice(files, batch.limit), settlement, batch.processes, run, asking, began)
                if asking:
                    climb(settlement, asking)
        shutil.rmtree(spool, ignore_errors=True)
        publish(opaque(store))
        summary = summarize(record.run_id, batch.place, store, settlement.tally, time.monotonic() - began)
    OBSERVER.get().published(summary)
    create_artifacts(summary)
    return summary


def check_parameters(batch: RunParameters) -> None:
    """Raises `ConfigurationError` and `SourceError` as the flow would, without a server and before anything is done."""
    policy = batch.load_policy()
    price_list(policy)
    OrderList.open(policy.finance.orders_file)
    discover(batch.place, policy.limits, batch.store_path / "work" / "spool", skip=[batch.store_path])


@task(task_run_name="read chunk {number}", cache_policy=NO_CACHE)
def examine_chunk(number: int, files: tuple[SourceFile, ...], pool: WorkerPool) -> list[Examined]:
    """Let the free readers find out all they can about the new documents of a chunk."""
    return pool.run(files)


@task(task_run_name="settle chunk {number}", cache_policy=NO_CACHE)
def settle_chunk(number: int, settlement: Settlement, chunk: Chunk, examined: list[Examined]) -> None:
    """Decide what becomes of the documents of a chunk, and store it."""
    settlement.settle(chunk, examined)


def _read_all(
    files: Iterator[SourceFile],
    settlement: Settlement,
    processes: int,
    run: Run,
    asking: Asking | None,
    began: float,
) -> None:
    """Settle whatever can be settled without a new call; before that, take in what batches have been answered."""
    if asking:
        collect(asking)
    folder = asking.ascent.folder if asking else None
    read = partial(examine, policy=run.policy, keeping=folder)
    with WorkerPool(processes, run.policy.limits, read, [folder] if folder else []) as pool:
        _process(files, settlement, pool, began)
        if pool.held:
            get_run_logger().info("reading processes are held %s", pool.held)


def _process(files: Iterator[SourceFile], settlement: Settlement, pool: WorkerPool, began: float) -> None:
    """Read up to `AHEAD` chunks at a time, settle them in order."""
    reading: InFlight = deque()
    for part in _chunks(files):
        chunk = settlement.plan(part)
        reading.append((chunk, examine_chunk.submit(chunk.number, opaque(chunk.new), opaque(pool))))
        if len(reading) == AHEAD:
            _settle_next(reading, settlement, began)
    while reading:
        _settle_next(reading, settlement, began)


def _settle_next(reading: InFlight, settlement: Settlement, began: float) -> None:
    chunk, future = reading.popleft()
    settle_chunk(chunk.number, opaque(settlement), opaque(chunk), opaque(future.result()))
    seconds = time.monotonic() - began
    get_run_logger().info("%d documents settled after %.0f s", settlement.tally.documents, seconds)
    OBSERVER.get().progressed(settlement.tally, seconds)


def _chunks(files: Iterable[SourceFile]) -> Iterator[list[SourceFile]]:
    iterator = iter(files)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk
