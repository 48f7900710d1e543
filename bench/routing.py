"""Routing under a promise, on recorded outcomes of real models, with the peers in the same run.

    .venv/bin/python bench/routing.py [FOLDER] [--splits 1000] [--items N] [--targets .9 .95 .98] [--delta .1]

FOLDER holds one Parquet file a set (../shared/replay/README.md says of what shape and by what protocol). Each split
shuffles a set anew (`--items`: draws so many of them) and has each policy route it. Printed a set and target: quality,
share of premium answers, cost relative to premium answers for all with labels counted, splits in which the promise was
broken with a 95% interval ('!' where all of it is above delta); then means over the binding cells, where accepting
everything would miss the target. Sets of more than 2,000 items get fewer splits in proportion, at least 50. The peer
BARGAIN is left out unless it is installed: `uv pip install --group bench`. The two cores of the machine take about 25
minutes for ../shared/replay with 1,000 splits, two with 50.
"""

import argparse
import importlib.util
import json
import multiprocessing
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # not this folder: its routing.py would hide the package

from bench.peers import POLICIES
from bench.recorded import Batch, read_batch
from routing.batch_promise import Mask

REPLAY = ROOT.parent / "shared" / "replay"


@dataclass(frozen=True)
class Cell:
    """One policy on one set at one target, over all splits."""

    name: str
    target: float
    policy: str
    binding: bool
    splits: int
    quality: float
    premium: float
    cost: float
    cost_error: float
    broken: int

    def interval(self) -> tuple[float, float]:
        """Wilson's 95% interval of the chance that the promise is broken."""
        n, z = self.splits, 1.96
        p = self.broken / n
        middle, half = p + z * z / (2 * n), z * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5
        return max(0.0, (middle - half) / (1 + z * z / n)), (middle + half) / (1 + z * z / n)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=REPLAY)
    parser.add_argument("--splits", type=int, default=1000)
    parser.add_argument("--items", type=int, help="draw batches of so many items")
    parser.add_argument("--targets", type=float, nargs="+", default=[0.9, 0.95, 0.98])
    parser.add_argument("--delta", type=float, default=0.1)
    parser.add_argument("--policies", nargs="+", choices=POLICIES, default=list(POLICIES))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", type=Path, help="write the cells to this file as well")
    options = parser.parse_args()
    policies = [p for p in options.policies if p != "BARGAIN_A" or importlib.util.find_spec("BARGAIN")]
    if len(policies) < len(options.policies):
        print("BARGAIN_A is not installed and left out: uv pip install --group bench")
    jobs = [
        (file, target, options.delta, policies, options.splits, options.items)
        for file in sorted(options.folder.glob("*.parquet"))
        for target in options.targets
    ]
    cells: list[Cell] = []
    with multiprocessing.Pool(options.workers) as pool:
        for found in pool.imap(_measure, jobs):
            _print_cells(found, options.delta)
            cells += found
    for target in options.targets:
        if binding := [c for c in cells if c.target == target and c.binding]:
            _print_means(binding, target)
    if options.json:
        options.json.write_text(json.dumps([asdict(c) for c in cells], indent=1))


def _measure(job: tuple[Path, float, float, Sequence[str], int, int | None]) -> list[Cell]:
    file, target, delta, policies, splits, items = job
    whole = read_batch(file)
    size = min(items or len(whole.loss), len(whole.loss))
    splits = max(min(splits, 50), splits * 2000 // max(size, 2000))
    results: dict[str, list[tuple[float, float, float, bool]]] = {policy: [] for policy in policies}
    for split in range(splits):
        seed = (split, round(target * 1000), *whole.name.encode())
        batch = whole.take(np.random.default_rng(seed).permutation(len(whole.loss))[:size])
        for number, policy in enumerate(policies):
            accepted = POLICIES[policy](batch, target, delta, np.random.default_rng((*seed, number)))
            results[policy].append(_result(batch, accepted, target))
    binding = bool(whole.loss.mean() > 1 - target)
    return [_cell(whole.name, target, policy, binding, results[policy]) for policy in policies]


def _result(batch: Batch, accepted: Mask, target: float) -> tuple[float, float, float, bool]:
    delivered = int((accepted & batch.loss).sum())
    broken = delivered > batch.allowed(target)
    return 1 - delivered / len(batch.loss), 1 - accepted.mean(), batch.cost(accepted), broken


def _cell(
    name: str, target: float, policy: str, binding: bool, results: list[tuple[float, float, float, bool]]
) -> Cell:
    quality, premium, cost, broken = (np.array(column) for column in zip(*results, strict=True))
    error = float(cost.std() / len(cost) ** 0.5)
    return Cell(
        name, target, policy, binding, len(cost), quality.mean(), premium.mean(), cost.mean(), error, int(broken.sum())
    )


def _print_cells(cells: Sequence[Cell], delta: float) -> None:
    first = cells[0]
    kind = "binding" if first.binding else "not binding"
    print(f"\n{first.name}, T = {first.target}, {first.splits} splits, {kind}")
    print(f"  {'':28} quality premium    cost  +/-     broken [95%]")
    for cell in cells:
        low, high = cell.interval()
        mark = " !" if low > delta else ""
        print(
            f"  {cell.policy:28} {cell.quality:7.4f} {cell.premium:7.4f} {cell.cost:7.4f} {1.96 * cell.cost_error:.4f}"
            f" {cell.broken / cell.splits:6.3f} [{low:.3f}, {high:.3f}]{mark}",
            flush=True,
        )


def _print_means(cells: Sequence[Cell], target: float) -> None:
    names = sorted({c.name for c in cells})
    print(f"\nmean over {len(names)} binding cells at T = {target}: {', '.join(names)}")
    means = {p: [c for c in cells if c.policy == p] for p in dict.fromkeys(c.policy for c in cells)}
    peer = np.mean([c.cost for c in means["BARGAIN_A"]]) if means.get("BARGAIN_A") else None
    for policy, found in means.items():
        cost, premium = np.mean([c.cost for c in found]), np.mean([c.premium for c in found])
        broken = [c.broken / c.splits for c in found]
        against = f", {100 * (cost / peer - 1):+5.1f}% against BARGAIN_A" if peer else ""
        print(
            f"  {policy:28} cost {cost:.4f}{against}; premium {premium:.4f}; broken {np.mean(broken):.3f}"
            f" (worst {max(broken):.3f})"
        )


if __name__ == "__main__":
    main()
