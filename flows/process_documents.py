"""The flow `process-documents`: one batch of documents, from a source to settled rows in a store.

First everything is read, and settled where nothing has to be asked (flows.reading); then models are asked about the
rest (flows.climbing). With the address of a Dask scheduler its workers read; settling, spending and history stay here.

The store, not Prefect, keeps what was done: there are no retries and no cached results here. Nothing waits for the
Prefect server until everything is published, so a server that dies takes no result with it.
"""

import shutil
import time
from itertools import islice

from prefect import flow, runtime
from prefect.task_runners import ThreadPoolTaskRunner

from flows.artifacts import create_artifacts
from flows.climbing import climb, collect, tell_of_budget, tell_of_tier
from flows.cluster import connected, require_dask
from flows.keys import keys
from flows.logs import logged
from flows.observer import OBSERVER
from flows.parameters import RunParameters
from flows.progress import Progress
from flows.reading import MOST_AHEAD, read_and_settle, readers_of
from flows.recorded import opaque, publish, recorded
from flows.summary import RunSummary, summarize
from routing.bars import under_promise
from tasks.discover import Seen, check_source, discover
from tasks.history import OrderList
from tasks.labels import labels_of
from tasks.paying import paying
from tasks.prices import price_list
from tasks.rows import RunContext
from tasks.run_record import RunRecord
from tasks.settlement import Settlement
from tasks.spend.asked import Run
from tasks.store.store import Store


def flow_run_name() -> str:
    """`inbox 2026-11-23 02:00`: the last part of the source and when the run starts (UTC)."""
    source = RunParameters.model_validate(runtime.flow_run.parameters["batch"]).source
    return f"{source.rstrip('/').rpartition('/')[2] or source} {runtime.flow_run.scheduled_start_time:%Y-%m-%d %H:%M}"


@flow(
    name="process-documents",
    description="Reads, checks and settles a batch of documents; the results are in the store's tables.",
    flow_run_name=flow_run_name,
    task_runner=ThreadPoolTaskRunner(max_workers=MOST_AHEAD),  # type: ignore[arg-type]  # futures are invariant in Prefect
)
def process_documents(batch: RunParameters) -> RunSummary:
    """Process the documents of `batch.source` into the store.

    Raises `ConfigurationError`, `SourceError` and `ClusterError` before anything is written, `StoreError`,
    `WorkerError` and `ClusterError` later: then the run is `failed` in the store, and what was settled stays.
    """
    began = time.monotonic()
    OBSERVER.get().began()
    policy = batch.load_policy()
    prices, orders = price_list(policy), OrderList.open(policy.finance.orders_file)
    check_source(batch.place)
    with connected(batch.dask, batch.place) as cluster, Store.open(batch.store_path) as store:
        policy = under_promise(policy, labels_of(store.query, policy))
        record = RunRecord(batch.place, policy.hash, prices.version, batch.budget_usd, runtime.flow_run.id)
        run = Run(record.run_id, policy, prices, batch.budget_usd)
        context = RunContext(record.run_id, record.run_date, policy, prices)
        with paying(store, run, keys(policy), tell_of_budget, tell_of_tier) as paid:
            settlement = Settlement(store, context, batch.spool, orders, paid)
            seen = Seen(batch.store_path, batch.place, policy.limits, settlement.settled_of)
            files = discover(batch.place, policy.limits, batch.spool, [batch.store_path], seen)
            asking = paid.asking if paid else None
            progress = Progress(batch, settlement, began)
            with logged(record.run_id), recorded(record, store, settlement.tally), progress:
                if asking:
                    collect(asking)
                with readers_of(batch, run, cluster, asking.ascent.folder if asking else None) as readers:
                    read_and_settle(islice(files, batch.limit), settlement, readers, cluster, began)
                if asking:
                    climb(settlement, asking)
        shutil.rmtree(batch.spool, ignore_errors=True)
        summary = summarize(record.run_id, batch.place, store, settlement.tally, time.monotonic() - began)
        publish(opaque(store))  # last: a question after it would wait until another ledger is up to date
    OBSERVER.get().published(summary)
    create_artifacts(summary)
    return summary


def check_parameters(batch: RunParameters) -> None:
    """Raises `ConfigurationError` and `SourceError` as the flow would, without a server and before anything is done."""
    policy = batch.load_policy()
    price_list(policy)
    OrderList.open(policy.finance.orders_file)
    check_source(batch.place)
    if batch.dask:
        require_dask()
