"""Mutated documents through the real reading processes, under the policy's limits, and into a store.

    .venv/bin/python -m bench.fuzz [--inputs 2000] [--first 0] [--seconds 0] [--workers 2] [--document-seconds 20]
    .venv/bin/python -m bench.fuzz --only 4711 [--save FILE]     # that input alone, in this process, with its traceback

Every input is made by its number, so a finding is made again by it, and `--first` goes on where another run ended.
What it starts from lies in `../shared/hostile`, `../shared/invoices` and `data/samples`; documents, e-invoices,
pictures, zips, e-mails and made-up pages of odd texts. Pictures are decoded and pages drawn, but only one input in
2,000 is read by OCR. Nothing may crash the run, hang past its bound or break a law of the store, no error may be one
that we did not think of, and memory may not grow. A reading process that ends costs its one document and is counted.
"""

import argparse
import resource
import shutil
import signal
import sys
import tempfile
import time
from functools import partial
from importlib.resources import files
from pathlib import Path

import numpy as np

from bench.fuzz.inputs import Corpus
from bench.fuzz.readers import examine_input
from bench.fuzz.slices import Findings, Slices
from routing.errors import DocumentError
from routing.policy import Policy, parse_policy
from tasks.discover import discover
from tasks.workers import WorkerPool

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDERS = (ROOT.parent / "shared/hostile/docs", ROOT.parent / "shared/invoices/docs", ROOT / "data/samples/docs")
SLICE = 2000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument(
        "--seconds", type=float, default=0.0, help="stop after the slice in which they are over; 0: never"
    )
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--document-seconds", type=float, default=20.0)
    parser.add_argument("--only", type=int, help="the number of one input")
    parser.add_argument("--save", type=Path, help="with --only: write it there")
    args = parser.parse_args()
    corpus, policy = Corpus.of(FOLDERS), fuzzed_policy(args.document_seconds)
    if args.only is not None:
        return try_one(corpus, policy, args.only, args.save)
    findings = fuzz(corpus, policy, args.first, args.inputs, args.seconds, args.workers)
    report(findings, args.first)
    return 0 if findings.clean else 1


def fuzzed_policy(document_seconds: float) -> Policy:
    """The default policy, with less time for a document."""
    policy = parse_policy((files("data") / "policy.toml").read_text(encoding="utf-8"), "policy.toml")
    limits = policy.limits.model_copy(update={"document_seconds": document_seconds})
    return policy.model_copy(update={"limits": limits})


def fuzz(corpus: Corpus, policy: Policy, first: int, inputs: int, seconds: float, workers: int) -> Findings:
    """The inputs in slices, one line each on stderr."""
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="ledgerline-fuzz-") as scratch,
        WorkerPool(workers, policy.limits, partial(examine_input, policy=policy)) as pool,
    ):
        slices = Slices(corpus, policy, pool, workers, Path(scratch) / "slice")
        for number in range(first, first + inputs, SLICE):
            slices.run(number, min(SLICE, first + inputs - number))
            found = slices.findings
            print(
                f"{number + SLICE}: {found.inputs / found.seconds:.0f}/s, {len(found.bugs)} bugs",
                file=sys.stderr,
                flush=True,
            )
            if seconds and time.monotonic() - began > seconds:
                break
    return slices.findings


def report(found: Findings, first: int) -> None:
    """What came of them."""
    print(
        f"inputs {first} to {first + found.inputs - 1}: {found.inputs} in {found.seconds:.0f} s, "
        f"{found.inputs / found.seconds:.1f}/s; {found.documents} documents"
    )
    for outcome, count in sorted(found.outcomes.items()):
        print(f"  {outcome:24}{count:8}")
    print(f"crashes of the run {len(found.crashes)}, hangs past the bound {len(found.late)}")
    print(f"broken laws {len(found.laws)}")
    print(f"ended at the time limit {len(found.bounded)} {found.bounded[:10]}")
    for what, about in (("process lost", found.lost), ("unforeseen error", found.bugs)):
        print(f"{what}: {sum(map(len, about.values()))}")
        for detail, names in sorted(about.items()):
            print(f"  {len(names)} × {detail}  {names[:5]}")
    print("slowest " + ", ".join(f"{seconds:.1f} s {name}" for seconds, name in found.slowest[:5]))
    report_memory(found)
    for crash in (*found.crashes, *found.laws):
        print(crash)


def report_memory(found: Findings) -> None:
    """A line fitted to the memory of each process that saw at least ten chunks, its first quarter left out."""
    for pid, points in found.memory.items():
        settled = points[len(points) // 4 :]
        if len(points) >= 10:
            at, megabytes = zip(*settled, strict=True)
            slope = float(np.polyfit(at, megabytes, 1)[0]) if at[-1] > at[0] else 0.0
            print(
                f"memory of process {pid}: {megabytes[0]:.0f} MB, then {megabytes[-1]:.0f} MB, most "
                f"{max(megabytes):.0f} MB; {1000 * slope:+.2f} MB for 1,000 inputs"
            )


def try_one(corpus: Corpus, policy: Policy, number: int, save: Path | None) -> int:
    """One input in this process, so that what fails shows where; within the same bounds."""
    most_bytes = policy.limits.worker_memory_mb * 1_000_000
    resource.setrlimit(resource.RLIMIT_DATA, (most_bytes, most_bytes))
    signal.alarm(int(policy.limits.document_seconds))
    with tempfile.TemporaryDirectory(prefix="ledgerline-fuzz-") as scratch:
        path = Path(scratch) / f"{number:012}"
        path.write_bytes(corpus.input(number))
        if save:
            shutil.copy(path, save)
        for file in discover(str(path), policy.limits, Path(scratch) / "spool"):
            print(file.file_name, file.problem or "")
            if file.problem:
                continue
            try:
                print(examine_input(file, policy))
            except DocumentError as error:
                print(error)
    return 0


if __name__ == "__main__":
    sys.exit(main())
