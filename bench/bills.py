"""The ledger against the bill: whole runs over documents with known truth, their models at a stand-in that bills.

    .venv/bin/python -m bench.bills [TRUTH.jsonl] [--limit 120] [--faults]

Documents with a text layer are run by the real program, once with calls made at once and once with batches (then
`collect-batches` picks them up). Printed are the calls and dollars by model and way of calling as the ledger has them
and as the stand-in billed them, whether they are the same to the last digit, what a second run sends, and the laws.
"""

import argparse
import importlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FAULTS = {"server": 0.05, "overloaded": 0.05, "rate_limited": 0.05, "truncated": 0.03, "malformed": 0.03, "reset": 0.02}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    shared = ROOT.parent / "shared" / "invoices" / "truth.jsonl"
    parser.add_argument("truth", type=Path, nargs="?", default=shared)
    parser.add_argument("--limit", type=int, default=120, help="documents, the first ones by file name")
    parser.add_argument("--faults", action="store_true", help="one call in five fails, in six ways")
    args = parser.parse_args()
    sys.path.insert(0, str(ROOT / "tests"))
    with tempfile.TemporaryDirectory(prefix="ledgerline-bills-") as scratch:
        source = texts(args.truth, args.limit, Path(scratch) / "docs")
        for batch in (False, True):
            measure(source, args.truth, batch, FAULTS if args.faults else {}, Path(scratch))


def texts(truth: Path, limit: int, folder: Path) -> Path:
    """A folder of its own with the first documents that have a text layer."""
    folder.mkdir()
    rows = [json.loads(line) for line in truth.read_text(encoding="utf-8").splitlines()]
    for path in sorted(row["path"] for row in rows if row["text_layer"])[:limit]:
        shutil.copy(truth.parent / path, folder)
    return folder


def measure(source: Path, truth: Path, batch: bool, faults: dict[str, float], scratch: Path) -> None:
    paid_runs, paying = importlib.import_module("paid_runs"), importlib.import_module("paying")
    standin = importlib.import_module("standin")
    store = scratch / f"store-{batch}"
    with standin.StandIn(replace(paid_runs.stand_in_settings(truth), faults=faults)) as provider:
        policy = paid_runs.policy_file(scratch, provider, batch=batch)
        print(f"\n{'batches' if batch else 'calls at once'}{', with faults' if faults else ''}")
        first = ledgerline("run", source, store, policy, paid_runs.KEYS)
        for _ in range(4 if batch else 0):
            ledgerline("collect-batches", None, store, policy, paid_runs.KEYS)
        last = ledgerline("run", source, store, policy, paid_runs.KEYS)
        received = provider.received
        again = ledgerline("run", source, store, policy, paid_runs.KEYS)
        bill, ledger, sent = paying.billed(provider), paying.booked(store), provider.received - received
    print(f"  {first['documents']} documents; first run {first['outcomes']}, last {last['outcomes']}")
    for name in sorted({*bill, *ledger}):
        same = "the same" if bill.get(name) == ledger.get(name) else f"the ledger has {ledger.get(name)}"
        print(f"  {name}: billed {bill.get(name)}: {same}")
    print(f"  a third run sent {sent} requests and cost {again['cost_usd']} USD")
    verified = subprocess.run([sys.executable, "-m", "flows", "verify", "--store", store], cwd=ROOT, check=False)
    print(f"  laws: {'kept' if verified.returncode == 0 else 'BROKEN'}")


def ledgerline(command: str, source: Path | None, store: Path, policy: Path, keys: dict[str, str]) -> dict[str, Any]:
    """What the command prints with --json."""
    line = [sys.executable, "-m", "flows", command, *([str(source)] if source else []), "--json"]
    line += ["--store", str(store), "--policy", str(policy)]
    ran = subprocess.run(line, cwd=ROOT, env=os.environ | keys, check=True, capture_output=True, text=True)
    return dict(json.loads(ran.stdout))


if __name__ == "__main__":
    main()
