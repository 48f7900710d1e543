"""SIGKILLs at random moments of runs with paid calls, sync and batch, each started again to its end.

    .venv/bin/python -m bench.kill_calls [--kills 300] [--each 10] [--seed 0] [--documents 16]

After `each` kills the store is held against one that nobody disturbed and against the stand-in's bill: one outcome
a document and the same results, every billed call in the ledger at its price or shown as unknown, no request answered
twice, no more unknown calls than were in flight, and every law of `ledgerline verify`. What breaks stops the bench.
"""

import argparse
import importlib
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--each", type=int, default=10, help="kills of one store")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--documents", type=int, default=16)
    args = parser.parse_args()
    sys.path.insert(0, str(ROOT / "tests"))
    for name in ("openai", "anthropic", "tasks.climb.climb"):  # before any fork, so that a kill falls into the run
        importlib.import_module(name)
    killing = importlib.import_module("killing")
    began, sums = time.monotonic(), {False: [0, 0, 0], True: [0, 0, 0]}
    for number in range(-(-args.kills // args.each)):
        batch = bool(number % 2)
        with tempfile.TemporaryDirectory(prefix="ledgerline-kills-") as scratch:
            ended = killing.episode(Path(scratch), args.seed + number, args.each, args.documents, batch)
        sums[batch] = [a + b for a, b in zip(sums[batch], (ended.kills, ended.unknown, ended.passes), strict=True)]
        print(f"{number + 1}: {'batch' if batch else 'sync'} {ended}", flush=True)
    for batch, (kills, unknown, passes) in sums.items():
        way = "batch" if batch else "sync"
        print(f"{way}: {kills} kills, {passes} runs, {unknown} calls of unknown fate; all books agree")
    print(f"{time.monotonic() - began:.0f} s, seed {args.seed}")


if __name__ == "__main__":
    main()
