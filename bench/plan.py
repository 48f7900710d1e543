"""The planner: against the exact optimum, against one document after the other, and with a million documents.

    .venv/bin/python -m bench.plan [--documents ../shared/invoices] [--store STORE] [--seeds 40] [--million]

1. Small random batches against every combination of courses: how much more the plan loses than the best there is.
2. The shared documents (any folder with docs/ and truth.jsonl; `--store` is one that they were read into already): what
   each is worth, how sure the readers are, and whether they are right, with models whose answers are drawn by seed. The
   batch planned as a whole, round by round, against the same estimates taken one document after the other until the
   budget is spent: the loss that each avoids, and for each dollar paid.
3. A million documents in doubt, made anew each time the planner goes through them: seconds and memory.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product
from pathlib import Path
from random import Random

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # not this folder: its routing.py would hide the package

from flows.parameters import load_policy
from routing.explain import weigh
from routing.menu import NANO, Case, Menus, Option
from routing.plan import Plan, plan
from routing.policy import Policy
from routing.records import Records
from routing.replay import Setting, weighed_case
from tasks.fields import shipped
from tasks.prices import price_list
from tasks.replay import runs_of
from tasks.same import same
from tasks.store.query import open_published

ROOT = Path(__file__).resolve().parent.parent
PERSON = Option("human", Decimal("2.25"), p_mend=1.0, p_miss=0.02, paid=False, waiting_usd=Decimal("0.33"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=Path, default=ROOT.parent / "shared" / "invoices")
    parser.add_argument("--store", type=Path, help="a store that the documents were read into already")
    parser.add_argument("--seeds", type=int, default=40, help="draws of the models' answers")
    parser.add_argument("--waiting-usd", type=Decimal, help="what a day's waiting costs, not the policy's figure")
    parser.add_argument("--million", action="store_true", help="also plan a million documents")
    args = parser.parse_args()
    report_optimum(Random(1), batches=300)
    truth = args.documents / "truth.jsonl"
    policy = load_policy(None)
    if args.waiting_usd is not None:
        loss = policy.loss.model_copy(update={"usd_per_day_waiting": args.waiting_usd})
        policy = policy.model_copy(update={"loss": loss})
    if args.store:
        report_batch(weighed_documents(args.store, truth, policy), args.seeds)
    elif truth.is_file():
        with tempfile.TemporaryDirectory(prefix="ledgerline-bench-") as store:
            command = [sys.executable, "-m", "flows", "run", str(args.documents / "docs"), "--store", store, "--json"]
            subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
            report_batch(weighed_documents(Path(store), truth, policy), args.seeds)
    else:
        print(f"{truth} is not there: its documents are left out")
    if args.million:
        report_million(1_000_000)


def report_optimum(random: Random, batches: int) -> None:
    """How much more the plan loses than the best of all combinations, over small batches with scarce budgets."""
    excess = []
    for _ in range(batches):
        cases = [random_case(random, f"{number}") for number in range(random.randint(2, 7))]
        everything = float(plan(cases, None).expected_cost_usd)
        budget = Decimal(f"{random.uniform(0.1, 0.9) * everything:.9f}")
        best, found = best_of_all(cases, budget), float(plan(cases, budget).expected_loss_usd)
        excess.append((found - best) / best)
    print(f"\nSmall batches: {batches} of 2 to 7 documents, budgets of 10% to 90% of what would pay")
    print(f"  loss above the optimum: mean {sum(excess) / batches:.6%}, at most {max(excess):.6%}")


def best_of_all(cases: Sequence[Case], budget: Decimal) -> float:
    """The least loss within the budget, by trying every combination of courses."""
    menus = Menus(cases, may_wait=True)
    courses = [list(zip(menus.spend[i].tolist(), menus.loss[i].tolist(), strict=True)) for i in range(len(cases))]
    return min(
        sum(loss for _, loss in chosen)
        for chosen in product(*courses)
        if sum(spend for spend, _ in chosen) <= budget * NANO
    )


def random_case(random: Random, name: str) -> Case:
    """A document of any kind, with two models of any prices and talents."""
    paid = tuple(
        Option(tier, Decimal(f"{random.uniform(0.001, 0.2):.6f}"), random.random(), random.uniform(0, 0.2), paid=True)
        for tier in ("cheap", "premium")
    )
    loss = Decimal(f"{random.uniform(1, 200):.2f}")
    return Case(name, random.random(), loss, random.random() < 0.3, (*paid, PERSON), None, Decimal(1))


@dataclass(frozen=True, slots=True)
class Drawn:
    """A document with all that is to be known of it: whether it is right, and by chance how hard it is for models, and
    whether an error in it slips through (0 is easiest, and most likely).

    A tier settles it that mends a larger share than it is hard; so a better tier mends all that a poorer one does.
    """

    case: Case
    right: bool
    hard: float
    slips: float


@dataclass(slots=True)
class Cost:
    """What a batch cost: its calls, and all that it cost its owner, in US dollars."""

    calls: float = 0.0
    loss: float = 0.0

    def add(self, other: "Cost", times: float = 1.0) -> None:
        self.calls, self.loss = self.calls + times * other.calls, self.loss + times * other.loss


Way = Callable[[Sequence[Drawn], Decimal], Cost]


def report_batch(known: Sequence[tuple[Case, bool]], seeds: int) -> None:
    """What a budget buys if the batch is planned as a whole, and if it is spent as documents come."""
    everything = float(plan([case for case, _ in known], None).expected_cost_usd)
    print(f"\nShared documents: {len(known)} that a model is in question for, {sum(r for _, r in known)} of them right")
    print(f"  all calls that pay would cost {everything:.2f} USD; means over {seeds} draws of the models' answers")
    print(f"  {'budget':>8} {'':14} {'calls':>8} {'loss':>9} {'avoided':>9} {'per dollar':>11}")
    base = mean_of(known, seeds, Decimal(0), planned)
    for share in (0.05, 0.1, 0.25, 0.5, 0.75, 1.0):
        budget = Decimal(f"{share * everything:.9f}")
        for name, way in (("planned", planned), ("one by one", one_by_one)):
            cost = mean_of(known, seeds, budget, way)
            avoided = base.loss - cost.loss
            rate = avoided / cost.calls if cost.calls else 0.0
            print(f"  {budget:>8.3f} {name:14} {cost.calls:>8.3f} {cost.loss:>9.2f} {avoided:>9.2f} {rate:>11.1f}")


def mean_of(known: Sequence[tuple[Case, bool]], seeds: int, budget: Decimal, way: Way) -> Cost:
    """The mean cost over draws; each draw also shuffles the order in which the documents come."""
    mean = Cost()
    for seed in range(seeds):
        random = Random(seed)
        drawn = [Drawn(case, right, random.random(), random.random()) for case, right in known]
        random.shuffle(drawn)
        mean.add(way(drawn, budget), 1 / seeds)
    return mean


def planned(batch: Sequence[Drawn], budget: Decimal) -> Cost:
    """The whole batch at once, and what is still in doubt again with what is left of the budget."""
    total, left, standing = Cost(), budget, list(batch)
    while standing:
        the_plan, going = plan([drawn.case for drawn in standing], left), []
        actions = [choice.action for choice in the_plan.choices([drawn.case for drawn in standing])]
        for drawn, action in zip(standing, actions, strict=True):
            if action == "defer" and "escalate" in actions:  # what the calls leave of the budget may be for it
                going.append(drawn)
                continue
            cost, next_up = step(drawn, the_plan)
            total.add(cost)
            going += [next_up] if next_up else []
        left = max(budget - Decimal(repr(total.calls)), Decimal("1e-9")) if budget else budget
        standing = going
    return total


def one_by_one(batch: Sequence[Drawn], budget: Decimal) -> Cost:
    """Each document as it comes, all the way up, as long as the budget lasts."""
    total, left = Cost(), budget
    for drawn in batch:
        going: Drawn | None = drawn
        while going:
            cost, going = step(going, plan([going.case], left))
            total.add(cost)
            left = max(budget - Decimal(repr(total.calls)), Decimal("1e-9"))
    return total


def step(drawn: Drawn, the_plan: Plan) -> tuple[Cost, Drawn | None]:
    """What the plan's next step for the document costs, and the document where that leaves it in doubt."""
    case, choice = drawn.case, the_plan.choice(drawn.case)
    wrong = 0.0 if drawn.right else float(case.loss_usd)
    if choice.action == "accept":
        return Cost(0.0, wrong), None
    if choice.action == "defer":
        return Cost(0.0, weigh(case)[0].loss_usd + float(case.waiting_usd)), None
    option = next(option for option in case.options if option.tier == choice.tier)
    cost = Cost(float(option.price_usd) if option.paid else 0.0, float(option.price_usd + option.waiting_usd))
    if drawn.hard < option.p_mend:
        cost.loss += wrong if drawn.slips < option.p_miss else 0.0
        return cost, None
    return cost, above(drawn, option)


def above(drawn: Drawn, failed: Option) -> Drawn:
    """The document after a tier that could not settle it: in doubt, with the tiers that come next."""

    def rest(share: float) -> float:
        return max(0.0, (share - failed.p_mend) / (1 - failed.p_mend))

    case = drawn.case
    later = case.options[[option.tier for option in case.options].index(failed.tier) + 1 :]
    options = tuple(replace(o, p_mend=rest(o.p_mend)) if o.paid else o for o in later)
    after = replace(case, acceptable=False, required=None, options=options)
    return replace(drawn, case=after, hard=rest(drawn.hard))


def weighed_documents(store: Path, truth: Path, policy: Policy) -> list[tuple[Case, bool]]:
    """The documents with known key fields that a model is in question for, and whether they are right as they are."""
    right = dict(known_right(store, truth))
    setting = Setting(policy, price_list(policy), Records(), None)
    with open_published(store) as ledger:
        past = [document for run in runs_of(ledger, policy) for document in run]
    cases = [weighed_case(document, setting) for document in past if document.evidence.document_id in right]
    return [(case, right[case.document_id]) for case in cases if case]


def known_right(store: Path, truth: Path) -> Iterator[tuple[str, bool]]:
    """Each document whose key fields the truth states, and whether the store has them all right."""
    with open_published(store) as ledger:
        rows = ledger.execute("select document_id, field, value from fields where state = 'found'").fetchall()
    found = {(document_id, field): value for document_id, field, value in rows}
    for line in truth.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        stated = row["fields"].keys() - set(row["not_visible"])
        keys = [k for k in shipped().key_fields_of(row["doc_type"]) if k in stated]
        if keys:
            yield (
                row["document_id"],
                all(same(key, found.get((row["document_id"], key)), row["fields"][key]) for key in keys),
            )


class Many:
    """So many documents in doubt, made anew each time."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __iter__(self) -> Iterator[Case]:
        random = Random(7)
        return (random_case(random, f"{number:07}") for number in range(self.number))


def report_million(number: int) -> None:
    """Time and memory of planning so many documents under a budget for a twentieth of them."""
    began = time.process_time()
    made = sum(1 for _ in Many(number))
    making, began = time.process_time() - began, time.process_time()
    found = plan(Many(number), Decimal(number) / 400)
    planning = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\n{made:,} documents: {planning:.0f} s of processor time, {2 * making:.0f} s of them to make them twice")
    print(f"  peak memory of this process {peak:.0f} MB; {found.expected_cost_usd:,.2f} USD of calls, ", end="")
    print(f"gap to the bound {found.bound_gap_usd:.4f} USD of {found.expected_loss_usd:,.0f}")


if __name__ == "__main__":
    main()
