"""Documents per second by kind of document, cold start, memory peak and where the time goes.

    .venv/bin/python -m bench.speed [--documents ../shared/invoices] [--workers 2] [--limit N]

Each group is one `ledgerline run` into a new store, as a user would start it. Then text PDFs go through warm reading
processes, which is what a run does from its second chunk on; documents of which a page needs OCR are counted apart.
Bare pdfium and bare pypdf read the text of the same PDFs in this process, beside it.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb
import psutil
import pypdf
import pypdfium2

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # not this folder: its routing.py would hide the package

from routing.policy import parse_policy
from tasks.documents import SourceFile
from tasks.examine import examine
from tasks.store.parts import file_sha256
from tasks.workers.pool import WorkerPool

ROOT = Path(__file__).resolve().parent.parent
POLICY = ROOT / "data" / "policy.toml"
WARM = 20  # documents after which models and word lists are loaded in every process


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: what it printed, its wall time in seconds, its peak memory in MB: all processes, the largest one."""

    result: dict
    seconds: float
    peak_mb: float
    process_mb: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=Path, default=ROOT.parent / "shared" / "invoices")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--limit", type=int, help="documents of each group at most")
    args = parser.parse_args()
    groups = grouped(args.documents, args.limit)
    with tempfile.TemporaryDirectory(prefix="ledgerline-bench-") as scratch:
        first = {name: files for name, files in groups.items() if files}
        report_cold_start(Path(scratch), next(iter(first.values()))[0], args.workers)
        for name, files in first.items():
            report_group(Path(scratch) / name, name, files, args.workers)
    report_warm(groups["text"], args.workers)
    report_bare(groups["text"])


def grouped(documents: Path, limit: int | None) -> dict[str, list[Path]]:
    """The documents by how they are read: e-invoice XML, PDF with a text layer, picture."""
    groups: dict[str, list[Path]] = {"xml": [], "text": [], "image": []}
    for line in (documents / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        name = "xml" if row["format"] == "xml" else "text" if row["text_layer"] else "image"
        groups[name].append(documents / row["path"])
    return {name: files[:limit] for name, files in groups.items()}


def report_cold_start(scratch: Path, file: Path, workers: int) -> None:
    """One document in a new store, then the same again: what a run costs before it does anything."""
    for what in ("cold start, one document", "again, nothing new"):
        measured = run(scratch / "cold", file, workers)
        print(f"{what:34}{measured.seconds:8.1f} s")


def report_group(folder: Path, name: str, files: list[Path], workers: int) -> None:
    inbox = folder / "inbox"
    inbox.mkdir(parents=True)
    for file in files:
        shutil.copy(file, inbox)
    measured = run(folder / "store", inbox, workers)
    again = run(folder / "store", inbox, workers)
    rate = len(files) / measured.result["seconds"]
    print(
        f"\n{name}: {len(files)} documents, {measured.result['seconds']:.1f} s in the flow, {rate:.1f} documents/s "
        f"with {workers} workers; {measured.seconds:.1f} s in all; again {again.seconds:.1f} s"
    )
    print(f"  memory peak {measured.peak_mb:,.0f} MB over all processes, {measured.process_mb:,.0f} MB in one")
    for stage, share in stage_shares(folder / "store", measured.result["seconds"] * workers).items():
        print(f"  {stage:30}{share:7.1%} of the workers' time")


def stage_shares(store: Path, worker_seconds: float) -> dict[str, float]:
    """The share of all worker time that each stage took; the rest is checking, settling, storing and waiting."""
    with duckdb.connect(str(store / "ledger.duckdb"), read_only=True) as ledger:
        rows = ledger.execute(
            "select stage, sum(latency_ms) / 1000 from calls group by stage order by 2 desc"
        ).fetchall()
    shares = {stage: seconds / worker_seconds for stage, seconds in rows}
    return shares | {"checks, storage, orchestration": 1 - sum(shares.values())}


def report_warm(files: list[Path], workers: int) -> None:
    """Documents per second of reading processes that have their models loaded, by stage and in all."""
    policy = parse_policy(POLICY.read_text(encoding="utf-8"), POLICY.name)
    sources = [SourceFile(file_sha256(file), file.name, "bench", str(file), file.stat().st_size) for file in files]
    with WorkerPool(workers, policy.limits, partial(examine, policy=policy)) as pool:
        pool.run(sources[:WARM])
        examined = pool.run(sources[WARM:] or sources)
    text = [each for each in examined if each.text_source == "text" and not each.images]
    print(f"\nwarm: {len(text)} documents by their text layer alone, {len(examined) - len(text)} others in between")
    took = {stage: sum(each.seconds[stage] for each in text) for stage in text[0].seconds}
    for stage, seconds in (*took.items(), ("all four", sum(took.values()))):
        print(f"  {stage:32}{len(text) * workers / seconds:8.1f} documents/s with {workers} workers")


def run(store: Path, source: Path, workers: int) -> Measured:
    """`ledgerline run` as a process of its own, watched for memory."""
    command = [sys.executable, "-m", "flows", "run", str(source), "--store", str(store), "--workers", str(workers)]
    started = time.perf_counter()
    process = subprocess.Popen([*command, "--json"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    peaks = [0.0, 0.0]
    watcher = threading.Thread(target=watch, args=(process.pid, peaks), daemon=True)
    watcher.start()
    output, _ = process.communicate()
    seconds = time.perf_counter() - started
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    return Measured(json.loads(output), seconds, *peaks)


def watch(pid: int, peaks: list[float]) -> None:
    """Keep the largest resident memory of a process and its children, together and of one, in MB."""
    while psutil.pid_exists(pid):
        try:
            family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
            sizes = [member.memory_info().rss / 1e6 for member in family]
        except psutil.Error:
            continue
        peaks[:] = max(peaks[0], sum(sizes)), max(peaks[1], *sizes)
        time.sleep(0.2)


def report_bare(files: list[Path]) -> None:
    """Text of the same PDFs by the bare libraries, one process, nothing else done."""
    print()
    for name, read in (("pdfium", pdfium_text), ("pypdf", pypdf_text)):
        started = time.perf_counter()
        for file in files:
            read(file)
        rate = len(files) / (time.perf_counter() - started)
        print(f"bare {name:29}{rate:8.1f} documents/s in one process")


def pdfium_text(file: Path) -> int:
    with pypdfium2.PdfDocument(file) as document:
        return sum(len(page.get_textpage().get_text_range()) for page in document)


def pypdf_text(file: Path) -> int:
    return sum(len(page.extract_text()) for page in pypdf.PdfReader(file).pages)


if __name__ == "__main__":
    main()
