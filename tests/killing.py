"""Runs with paid calls, killed at random moments and started again to the end: for a test and a bench.

A run here is all that `process-documents` does but reading and Prefect: the documents were examined once, so that a
kill costs a second and falls where money is spent.
"""

import multiprocessing
import random
import shutil
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

from paid_runs import KEYS, SAMPLES, policy_file, stand_in_settings
from paying import entries
from standin import in_process

from flows.parameters import load_policy
from routing.errors import DocumentError
from tasks.discover import discover
from tasks.examine import examine
from tasks.held import folder_of
from tasks.paying import paying
from tasks.prices import price_list
from tasks.rows import RunContext
from tasks.run_record import RunRecord
from tasks.settlement import Settlement
from tasks.spend import batches
from tasks.spend.asked import Run
from tasks.store.query import query_ledger
from tasks.store.store import Store
from tasks.store.verify import verify
from tasks.triage import Chunk

CHUNK = 8
PASSES = 40
LATENCY = 0.4


@dataclass(frozen=True)
class Scene:
    """Documents that were examined, with their readings, and the policy that asks about them."""

    examined: list
    kept: Path
    policy: Path


@dataclass(frozen=True)
class Ended:
    """What a store holds in the end, and what it took: kills, unknown calls, passes."""

    kills: int
    unknown: int
    passes: int


def scene(folder: Path, provider, count: int, batch: bool) -> Scene:
    """`count` text documents of the samples, examined once."""
    rules_file = policy_file(folder, provider, batch=batch)
    rules, kept = load_policy(str(rules_file)), folder / "kept"
    kept.mkdir()
    files = [f for f in discover(str(SAMPLES / "docs" / "inbox"), rules.limits, folder / "spool") if not f.problem]
    read = partial(examine, policy=rules, keeping=kept)
    examined: list = []
    for file in files:
        with suppress(DocumentError):
            examined.append(replace(read(file), calls=()))
        if len(examined) == count:
            break
    return Scene(examined, kept, rules_file)


def run_once(scene: Scene, store_folder: Path, asks=None) -> None:
    """One run to its end: collect, settle what is sure, ask about the rest, settle it; `asks` is set when it asks."""
    batches._FOUND_WITHIN = timedelta(seconds=1)  # the stand-in lists at once what it has
    rules = load_policy(str(scene.policy))
    prices = price_list(rules)
    with Store.open(store_folder) as store:
        record = RunRecord("samples", rules.hash, prices.version, None, None)
        context, run = RunContext(record.run_id, record.run_date, rules, prices), Run(record.run_id, rules, prices)
        with paying(store, run, KEYS, lambda mark: None, lambda *off: None) as paid:
            settlement = Settlement(store, context, store_folder / "spool", None, paid)
            record.begin(store)
            paid.asking.collect()
            for number in range(0, len(scene.examined), CHUNK):
                chunk = settlement.plan([d.file for d in scene.examined[number : number + CHUNK]])
                settlement.settle(chunk, _examined_again(scene, chunk, folder_of(store_folder)))
            if asks:
                asks.set()
            for climbers in paid.asking.chunks(settlement.candidates, CHUNK):
                settlement.settle_climbed(paid.asking.up(climbers))
            record.finish(store, settlement.tally)
        store.publish()


def _examined_again(scene: Scene, chunk: Chunk, held: Path) -> list:
    """What the reading processes would find out and keep."""
    new = {file.document_id for file in chunk.new}
    for document in scene.examined:
        if document.file.document_id in new and document.kept:
            shutil.copy(scene.kept / f"{document.file.document_id}.pickle", held)
    return [document for document in scene.examined if document.file.document_id in new]


def run_killed(scene: Scene, store: Path, chance: random.Random, seconds: float, kills: int) -> Ended:
    """Run until nothing waits any more. The first runs are killed, each at a moment of its own: one half anywhere
    within `seconds`, the other half while they ask."""
    context = multiprocessing.get_context("fork")
    for passes in range(1, PASSES + kills):
        asks = context.Event()
        process = context.Process(target=run_once, args=(scene, store, asks))
        process.start()
        if passes <= kills:
            if passes % 2:
                asks.wait(60)
            time.sleep(chance.uniform(0, 4 * LATENCY if passes % 2 else seconds))
            process.kill()
        process.join()
        if passes > kills:
            assert process.exitcode == 0, "a run that nobody killed failed"
            if not waiting(store):
                return Ended(kills, sum(e.state == "unknown" for e in entries(store)), passes)
            time.sleep(0.3)
    raise AssertionError(f"something still waits after {PASSES} runs")


def waiting(store: Path) -> bool:
    """Whether any document waits for another run."""
    return bool(rows(store, "select 1 from documents where outcome = 'deferred'"))


def rows(store: Path, sql: str) -> list:
    return list(query_ledger(store, sql)[1])


def results(store: Path) -> tuple[list, list, list]:
    """What became of every document, what was read, and which way it went."""
    return (
        rows(store, "select document_id, outcome, tier, reason, confidence from documents order by all"),
        rows(store, "select document_id, field, value, state, confidence, tier from fields order by all"),
        rows(store, "select document_id, step, action, from_tier, to_tier from decisions order by all"),
    )


def check_books(store: Path, bill: dict, ended: Ended, at_once: int) -> None:
    """Every billed call is one answer of the ledger at the same price, or one of those that are shown as unknown."""
    assert [law for law in verify(store) if not law.passed] == []
    calls = entries(store)
    answered = {e.provider_request_id: e for e in calls if e.state == "answered"}
    unknown = Counter(e.intent.request_hash for e in calls if e.state == "unknown")
    assert max(Counter(e.intent.request_hash for e in calls if e.state == "answered").values(), default=0) <= 1
    assert sum(unknown.values()) <= ended.kills * at_once
    lost = Counter()
    for call in bill["calls"]:
        if entry := answered.pop(call["call_id"], None):
            assert entry.cost_usd == Decimal(call["usd"])
        else:
            lost[call["request_hash"]] += 1
    assert not answered, "the ledger has answers that nobody billed"
    assert all(unknown[name] >= count for name, count in lost.items()), "billed twice, and not shown as unknown"
    booked = rows(store, "select sum(cost_usd) from calls where mode <> 'local' and status <> 'unknown'")[0][0] or 0
    sure = sum((e.cost_usd for e in calls if e.state == "answered"), Decimal(0))
    assert booked == sure


def episode(folder: Path, seed: int, kills: int, count: int, batch: bool, tiers: int = 2) -> Ended:
    """One store under so many kills, held against one that nobody disturbed."""
    chance = random.Random(seed)
    how = stand_in_settings(latency_seconds=LATENCY, batch_seconds=0.2 if batch else 0.0, seed=seed)
    with in_process(how) as provider:
        (folder / "calm").mkdir(parents=True)
        calm = scene(folder / "calm", provider, count, batch)
        began = time.monotonic()
        run_killed(calm, folder / "calm" / "store", chance, 0.0, 0)
        seconds = time.monotonic() - began
    with in_process(how) as provider:
        (folder / "wild").mkdir()
        wild = scene(folder / "wild", provider, count, batch)
        ended = run_killed(wild, folder / "wild" / "store", chance, 1.1 * seconds, kills)
        check_books(folder / "wild" / "store", provider.bill, ended, at_once=32 * tiers)
    assert results(folder / "wild" / "store") == results(folder / "calm" / "store")
    return ended
