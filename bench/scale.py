"""How a run grows with the documents: seconds, memory of each process, bytes of the store, and the second run.

    .venv/bin/python -m bench.scale [1000 10000 100000] [--workers 2] [--folder DIR]

Each size is a folder of generated e-invoices (UBL) of many sellers, with copies and broken files among them, that goes
through the real `ledgerline run` into a new store, and then through it again, unchanged. Then the store itself: what it
takes to publish one more row, to open it, to verify and to rebuild it. Between two sizes, the exponent of the time over
the documents (1 is linear) and the growth of the memory.
"""

import argparse
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # not this folder: its routing.py would hide the package

from bench.family import Family
from data.generator.companies import drawn_company
from data.generator.einvoices import xml
from data.generator.invoices import Invoice, line
from data.generator.locales import LOCALES
from data.generator.vendors import BUYERS
from tasks.store.store import Store, rebuild
from tasks.store.verify import verify

ROOT = Path(__file__).resolve().parent.parent
PER_FOLDER = 1000
PER_SELLER = 50
NUMBER, DAY = "R-0000000", date(2026, 1, 1)
COPIES, BROKEN = 0.05, 0.01  # shares of exact copies, and of files that break off


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: what it printed, its seconds by the clock and of processors, start and server included, and the peak
    resident memory in MB by what the process is for."""

    result: dict
    wall_seconds: float
    cpu_seconds: float
    peaks: dict[str, float]


@dataclass(frozen=True, slots=True)
class Size:
    """What so many documents took."""

    documents: int
    first: Measured
    again: Measured


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", type=int, nargs="*", default=[1000, 10_000], help="documents, ascending")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="where sources and stores are made and kept; else a temporary one")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ledgerline-scale-") as scratch:
        measured = [report(args.folder or Path(scratch), documents, args.workers) for documents in args.sizes]
    for smaller, larger in pairwise(measured):
        compare(smaller, larger)


def report(folder: Path, documents: int, workers: int) -> Size:
    """Make so many documents, process them twice, look at the store, and say what all of it took."""
    source, store = folder / f"source-{documents}", folder / f"store-{documents}"
    if not source.exists():
        write_source(source, documents)
        time.sleep(2.5)  # what was just written is never taken for unchanged
    first, again = run(source, store, workers), run(source, store, workers)
    print(f"\n{documents:,} documents, {workers} workers: {first.result['outcomes']}")
    for name, each in (("first run", first), ("again, unchanged", again)):
        peaks = ", ".join(f"{role} {mb:,.0f}" for role, mb in sorted(each.peaks.items()))
        print(
            f"  {name:18}{each.result['seconds']:9.1f} s in the flow,{each.wall_seconds:8.1f} s in all,"
            f"{each.cpu_seconds:8.1f} s of processors; MB: {peaks}"
        )
    kept = {file: file.stat().st_size for file in store.rglob("*") if file.is_file()}
    parquet = [size for file, size in kept.items() if file.suffix == ".parquet"]
    ledger = kept[store / "ledger.duckdb"]
    print(f"  store: {sum(kept.values()) / 1e6:,.1f} MB, of it {len(parquet):,} Parquet files with "
          f"{sum(parquet) / 1e6:,.1f} MB; ledger.duckdb {ledger / 1e6:,.1f} MB")  # fmt: skip
    print("  " + ", ".join(f"{name} {seconds:.2f} s" for name, seconds in of_store(store)))
    return Size(documents, first, again)


def of_store(store: Path) -> Iterator[tuple[str, float]]:
    """What a store of that size takes for what is done with it."""
    with Store.open(store) as opened:
        now = datetime.now(UTC)
        row = {"run_id": "bench", "source": "bench", "started_at": now, "finished_at": now, "status": "completed"}
        opened.write("bench", now.date(), {"runs": [row | {"documents": 0}]})
        yield "publish one more row", timed(opened.publish)
    yield "open", timed(lambda: Store.open(store).close())
    yield "verify", timed(lambda: require_laws(store))
    yield "rebuild", timed(lambda: rebuild(store))


def require_laws(store: Path) -> None:
    broken = [law.name for law in verify(store) if not law.passed]
    if broken:
        sys.exit(f"broken laws: {broken}")


def timed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def compare(smaller: Size, larger: Size) -> None:
    """How time and memory grew from one size to the next."""
    more = math.log(larger.documents / smaller.documents)
    print(f"\nfrom {smaller.documents:,} to {larger.documents:,} documents")
    for name in ("first", "again"):
        less, most = getattr(smaller, name), getattr(larger, name)
        clock = math.log(most.result["seconds"] / less.result["seconds"]) / more
        processors = math.log(most.cpu_seconds / less.cpu_seconds) / more
        grown = ", ".join(f"{role} {mb / less.peaks[role] - 1:+.0%}" for role, mb in sorted(most.peaks.items()))
        print(f"  {name:6} time in the flow ~ documents^{clock:.2f}, of processors ^{processors:.2f}; memory: {grown}")


def run(source: Path, store: Path, workers: int) -> Measured:
    """`ledgerline run` as a process of its own, watched for memory."""
    command = [sys.executable, "-m", "flows", "run", str(source), "--store", str(store), "--workers", str(workers)]
    started, cpu = time.perf_counter(), cpu_of_children()
    process = subprocess.Popen([*command, "--json"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    family = Family(process.pid)
    output, errors = process.communicate()
    if process.returncode != 0:
        sys.exit(errors.decode(errors="replace")[-2000:])
    return Measured(json.loads(output), time.perf_counter() - started, cpu_of_children() - cpu, family.peaks)


def cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def write_source(source: Path, documents: int, seed: int = 1) -> None:
    """So many files, the same for the same `seed`."""
    chance = Random(seed)
    papers = [paper(Random(f"{seed}-{seller}")) for seller in range(max(documents // PER_SELLER, 20))]
    written: list[Path] = []
    for number in range(documents):
        folder = source / f"{number // PER_FOLDER:04d}"
        folder.mkdir(parents=True, exist_ok=True)
        data = invoice(chance.choice(papers), number)
        fate = chance.random()
        if fate < COPIES and written:
            data = chance.choice(written).read_bytes()
        elif fate < COPIES + BROKEN:
            data = data[: len(data) // 2]
        written.append(folder / f"{number:07d}.xml")
        written[-1].write_bytes(data)


def paper(chance: Random) -> bytes:
    """An invoice of a seller of its own, to be numbered."""
    lines = [line("Wartung", str(chance.randrange(1, 9)), f"{chance.randrange(5, 900)}.50", "19") for _ in range(3)]
    seller = drawn_company(chance, "DE")
    return xml(Invoice(NUMBER, DAY, seller, BUYERS["DE"], LOCALES["de-DE"], tuple(lines)), "ubl-2.1")


def invoice(paper: bytes, number: int) -> bytes:
    """The paper with a number and a date of its own."""
    day = DAY + timedelta(days=number % 300)
    return paper.replace(NUMBER.encode(), f"R-{number:07d}".encode()).replace(str(DAY).encode(), str(day).encode())


if __name__ == "__main__":
    main()
