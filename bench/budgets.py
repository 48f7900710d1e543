"""Random budgets against concurrent calls, some of which fail: the bill never passes the budget.

    .venv/bin/python -m bench.budgets [--budgets 200] [--seed 0]

Each budget (of the run, the day or the month) meets 40 requests, 32 at a time, by the real SDK against a stand-in. The
bill, the journal and the budget are compared to the last digit; then a run without limit answers what waited.
"""

import argparse
import importlib
import random
import sys
import tempfile
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FAULTS = {"server": 0.05, "truncated": 0.05, "rate_limited": 0.05, "reset": 0.03}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--budgets", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    sys.path.insert(0, str(ROOT / "tests"))
    asking, paying = importlib.import_module("asking"), importlib.import_module("paying")
    standin = importlib.import_module("standin")
    chance, began, seen = random.Random(args.seed), time.monotonic(), Counter[str]()
    cases = paying.cases_of(40)
    with tempfile.TemporaryDirectory(prefix="ledgerline-budgets-") as scratch:
        settings = asking.settings(Path(scratch), *cases, faults=FAULTS, seed=args.seed)
        with standin.StandIn(settings) as provider:
            tier = paying.paid_tier(provider)
            requests = paying.requests_for(cases, tier)
            for number in range(args.budgets):
                store, before = Path(scratch) / str(number), Decimal(provider.bill["usd"])
                limit = (Decimal("0.035") * Decimal(chance.random())).quantize(Decimal("1e-9"))
                kind = chance.choice(("run", "day_usd", "month_usd"))
                budget, limits = (limit, {}) if kind == "run" else (None, {kind: limit})
                came = paying.ask_all(store, paying.paid_policy(tier, **limits), requests, budget=budget)
                spent = Decimal(provider.bill["usd"]) - before
                assert spent <= paying.counted(store) <= limit, f"budget {number}: {spent} of {limit}"
                waited = sum(asked.fault == "over_budget" for asked in came)
                seen.update(["some waited" if waited else "all fitted"])
                paying.ask_all(store, paying.paid_policy(tier), requests, run_id="run-2")
                assert Decimal(provider.bill["usd"]) - before <= paying.counted(store)
    print(f"{args.budgets} budgets, 32 at a time: none passed; {dict(seen)}; {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
