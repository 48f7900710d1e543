"""The crash laboratory: the real program under faults, seeded, and what must hold after each of them.

    .venv/bin/python -m bench.crash [FAULT ...] [--runs 20] [--seed 0] [--kills 10] [--minutes 10] [--log FILE]

A *scene* is a source of small documents, free readers alone or with paid tiers at a stand-in, with the results of a run
that nobody disturbed. An *episode* is a store of that scene under one fault, with a seed of its own: the fault happens,
what the program says of it is held against what it should say, then undisturbed runs finish the work. After that every
law of `ledgerline verify` holds, no row is lost or doubled, the results are those of the undisturbed run, and the
ledger agrees with the stand-in's bill. What does not hold is *broken*: it is told with the seed that shows it again.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

sys.path.insert(0, str(ROOT / "tests"))  # the stand-in for providers lives there
