"""How fast documents are read, where the time goes, and what other libraries need for the same files.

    flock /tmp/bench.lock .venv/bin/python -m bench.speed [--documents ../shared/invoices] [--workers 2] [--limit N]
                                                          [--light 2000] [--only text,start,groups,light]

Four parts, each by itself with `--only`:

- `text`: PDFs with a text layer through warm reading processes, which is what a run does from its second chunk on, by
  stage; beside them bare pdfium, bare pypdf and invoice2data (`uv pip install --group bench`) over the same files in as
  many processes. Documents of which a page needs OCR are left out, in all of them.
- `start`: what a run and a query cost before they do anything, with a server of the run's own and with one that runs.
- `groups`: one `ledgerline run` into a new store for each kind of document, as a user would start it.
- `light`: a run over so many small PDFs, none of which needs OCR: the share of it that is neither reading nor deciding.

On a busy machine only the processor's time and ratios within one run mean anything.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import cycle, islice
from pathlib import Path

import duckdb

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # not this folder: its routing.py would hide the package

from bench.bare import Pace, available, pace_of, timed
from bench.family import Family
from flows.server import OwnServer
from routing.policy import parse_policy
from tasks.documents import Examined, SourceFile
from tasks.examining import Examining
from tasks.workers import WorkerPool

ROOT = Path(__file__).resolve().parent.parent
POLICY = ROOT / "data" / "policy.toml"

SMALL_BYTES = 60_000  # of a light document, at most
PARTS = ("text", "start", "groups", "light")


@dataclass(frozen=True, slots=True)
class Measured:
    """One command: what it printed, its wall time in seconds, its processes."""

    printed: str
    seconds: float
    family: Family

    @property
    def result(self) -> dict:
        """What `--json` printed."""
        return json.loads(self.printed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=Path, default=ROOT.parent / "shared" / "invoices")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--limit", type=int, help="documents of each group at most")
    parser.add_argument("--light", type=int, default=2000, help="documents of the run that is to show the overhead")
    parser.add_argument("--only", type=lambda text: text.split(","), default=PARTS, help=f"some of {','.join(PARTS)}")
    args = parser.parse_args()
    groups = {name: files for name, files in grouped(args.documents, args.limit).items() if files}
    with tempfile.TemporaryDirectory(prefix="ledgerline-bench-") as scratch:
        if "text" in args.only:
            report_text(groups["text"], args.workers)
        if "start" in args.only:
            report_start(Path(scratch), groups["text"][0])
        if "groups" in args.only:
            for name, files in groups.items():
                report_group(Path(scratch) / name, name, files, args.workers)
        if "light" in args.only:
            report_light(Path(scratch) / "light", groups["text"], args.light, args.workers)


def grouped(documents: Path, limit: int | None) -> dict[str, list[Path]]:
    """The documents by how they are read: e-invoice XML, PDF with a text layer, picture."""
    groups: dict[str, list[Path]] = {"xml": [], "text": [], "image": []}
    for line in (documents / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        name = "xml" if row["format"] == "xml" else "text" if row["text_layer"] else "image"
        groups[name].append(documents / row["path"])
    return {name: files[:limit] for name, files in groups.items()}


def report_text(files: list[Path], workers: int) -> None:
    """Documents per second by stage and in all, and beside what other libraries need for them."""
    examined, ours = warm(files, workers)
    alone = [Path(each.file.path) for each in examined]
    print(f"text: {len(alone)} PDFs by their text layer alone, {workers} processes\n")
    print(f"  {'':32}{'documents/s':>12}{'CPU ms each':>14}")
    for stage in examined[0].seconds:
        print(f"  {stage:32}{len(examined) * workers / sum(each.seconds[stage] for each in examined):12.1f}")
    print(f"  {'all of it, warm':32}{ours.per_second:12.1f}{ours.cpu_ms:14.1f}")
    for name, work in available().items():
        bare = pace_of(work, alone, workers)
        ratio = f"ledgerline at {bare.cpu_ms / ours.cpu_ms:.2f} of it by CPU"
        print(f"  {'bare ' + name:32}{bare.per_second:12.1f}{bare.cpu_ms:14.1f}   {ratio}")


def warm(files: list[Path], workers: int) -> tuple[list[Examined], Pace]:
    """What processes with their models loaded make of these PDFs, without those that need OCR, and how fast.

    They are read twice: the first time tells which need OCR, and loads models and words in every process.
    """
    with _pool(workers) as pool:
        text = _of_text_alone(pool, files)
        with timed(len(text)) as found:
            examined = pool.run(text)
    return examined, found[0]


def _pool(workers: int) -> WorkerPool:
    policy = parse_policy(POLICY.read_text(encoding="utf-8"), POLICY.name)
    return WorkerPool(workers, policy.limits, Examining(policy))


def _of_text_alone(pool: WorkerPool, files: list[Path]) -> list[SourceFile]:
    """Those that are read without OCR."""
    known = pool.run([_source(file) for file in files])
    return [each.file for each in known if each.text_source == "text" and not each.images]


def _source(file: Path) -> SourceFile:
    content = file.read_bytes()
    return SourceFile(sha256(content).hexdigest(), file.name, "bench", str(file), len(content))


def report_start(scratch: Path, file: Path) -> None:
    """Runs of one document, and a query."""
    print("\nstart: seconds of one command\n")
    store = scratch / "start"
    for what in ("run, one document, own server", "the same again, nothing new"):
        print(f"  {what:32}{ledgerline('run', file, '--store', store, '--json').seconds:8.1f}")
    server = OwnServer()
    try:
        server.wait_until_ready()
        for what, place in (
            ("run, one document, server runs", scratch / "served"),
            ("the same again, nothing new", store),
        ):
            measured = ledgerline("run", file, "--store", place, "--json", server=server.api_url)
            print(f"  {what:32}{measured.seconds:8.1f}")
    finally:
        server.stop()
    measured = ledgerline("sql", "select count(*) from documents", "--store", store)
    print(f"  {'sql':32}{measured.seconds:8.2f}")


def report_group(folder: Path, name: str, files: list[Path], workers: int) -> None:
    """One run over new documents, and one that finds nothing new."""
    inbox = folder / "inbox"
    inbox.mkdir(parents=True)
    for file in files:
        shutil.copy(file, inbox)
    run = ("run", inbox, "--store", folder / "store", "--workers", workers, "--json")
    measured, again = ledgerline(*run), ledgerline(*run)
    seconds = measured.result["seconds"]
    print(f"\n{name}: {len(files)} documents with {workers} workers\n")
    print(f"  {len(files) / seconds:.1f} documents a second in the flow ({seconds:.1f} s), ", end="")
    print(f"{len(files) / measured.seconds:.1f} with start-up ({measured.seconds:.1f} s); again {again.seconds:.1f} s")
    family = measured.family
    print(f"  memory peak {family.together_mb:,.0f} MB over all processes, {max(family.peaks.values()):,.0f} MB in one")
    for stage, share in shares(folder / "store", seconds * workers).items():
        print(f"  {stage:32}{share:8.1%} of the workers' time")


def report_light(folder: Path, files: list[Path], count: int, workers: int) -> None:
    """The share of a run that is not the reading processes' work on its documents."""
    with _pool(workers) as pool:
        light = _of_text_alone(pool, [file for file in files if file.stat().st_size <= SMALL_BYTES])
    for number, file in enumerate(islice(cycle(light), count)):
        place = folder / "inbox" / f"{number // 500:03}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number:06}.pdf").write_bytes(Path(file.path).read_bytes() + b"\n%% copy %d\n" % number)
    measured = ledgerline("run", folder / "inbox", "--store", folder / "store", "--workers", workers, "--json")
    seconds, used = measured.result["seconds"], measured.family.cpu_seconds
    which = f"of at most {SMALL_BYTES // 1000} kB, {len(light)} different ones"
    print(f"\nlight: {count} text PDFs ({which}) with {workers} workers\n")
    print(f"  {seconds:.1f} s in the flow, {count / seconds:.1f} documents a second; ", end="")
    print(f"memory peak {max(measured.family.peaks.values()):,.0f} MB in one process\n")
    for stage, share in shares(folder / "store", seconds * workers).items():
        print(f"  {stage:32}{share:8.1%} of the workers' time by the clock")
    for role, took in used.items():
        print(f"  {role:32}{took / sum(used.values()):8.1%} of the processors' time ({took:.1f} s)")


def shares(store: Path, worker_seconds: float) -> Mapping[str, float]:
    """The share of all worker time that each stage took; the rest is checking, settling, storing and waiting."""
    with duckdb.connect(str(store / "ledger.duckdb"), read_only=True) as ledger:
        rows = ledger.execute(
            "select stage, sum(latency_ms) / 1000 from calls where mode = 'local' group by stage order by 2 desc"
        ).fetchall()
    found = {stage: seconds / worker_seconds for stage, seconds in rows}
    return found | {"checks, storage, orchestration": 1 - sum(found.values())}


def ledgerline(*arguments: object, server: str = "") -> Measured:
    """A command as a process of its own, watched for memory; `server` is the Prefect server that it reports to."""
    command = [sys.executable, "-m", "flows", *map(str, arguments)]
    environment = {**os.environ, "PREFECT_API_URL": server} if server else _without_server()
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    family = Family(process.pid)
    printed, _ = process.communicate()
    seconds = time.perf_counter() - began
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    return Measured(printed.decode(), seconds, family)


def _without_server() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}


if __name__ == "__main__":
    main()
