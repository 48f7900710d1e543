"""A promise over simulated nights: what is accepted, how much of it is wrong, and when drift is noticed.

    .venv/bin/python -m bench.nights [--worlds 10] [--nights 30] [--documents 2000] [--drift-after 15]

In each world (a seed) a night brings documents of three kinds, each with a confidence, and right with a probability of
just that. After so many nights a third of them comes from new vendors, on which the confidence was not made: they are
wrong ten times as often as it says. The default policy with a promise decides, by what people found on the nights
before: routing/bars.py. A person looks at all that is not accepted and at the audits, at the policy's price of a look.

Printed a night, in the mean over the worlds: the share that nobody had to see, how much of that was wrong, labels, cost
in US dollars; then, before and after the drift, the error of all that was accepted, and on which night after the drift
the alarm was raised. The promise is kept in a world if, of all that was accepted in it, no more was wrong than stated.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # not this folder: its routing.py would hide the package

from routing.audit import audited
from routing.bars import Bars, bars
from routing.policy import Policy, parse_policy
from routing.promise import Outcome, threshold_of

PROMISE = """
[promise]
max_accepted_error = 0.01
confidence = 0.95
audit_share = 0.05
audit_seed = "nights"
"""

KINDS = {"invoice text": (0.6, 0.3, 8.0), "receipt ocr": (0.25, 0.6, 6.0), "purchase_order text": (0.15, 0.4, 8.0)}
"""Share of the documents, and the beta distribution of 1 - confidence."""

_NEW_VENDORS, _TIMES_WRONG = 1 / 3, 10.0


@dataclass(frozen=True)
class Night:
    """What one night came to. `alarm`: on this morning drift was noticed."""

    accepted: int
    wrong: int
    labels: int
    alarm: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=10)
    parser.add_argument("--nights", type=int, default=30)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--drift-after", type=int, default=15)
    options = parser.parse_args()
    policy = parse_policy((files("data") / "policy.toml").read_text(encoding="utf-8") + PROMISE, "data/policy.toml")
    worlds = [
        list(_world(policy, seed, options.nights, options.documents, options.drift_after))
        for seed in range(options.worlds)
    ]
    look = float(next(tier for tier in policy.tiers if tier.kind == "human").look_usd)
    _print_nights(worlds, options.documents, look)
    _print_promise(worlds, options.drift_after, policy)


def _world(policy: Policy, seed: int, nights: int, documents: int, drift_after: int) -> Iterator[Night]:
    random = np.random.default_rng(seed)
    labels: list[tuple[Outcome, bool]] = []
    forgotten = 0
    for night in range(nights):
        borne_out = bars(policy, labels)
        assert borne_out is not None
        alarm, forgotten = len(labels) - borne_out.labels > forgotten, len(labels) - borne_out.labels
        arrived = _documents(random, documents, drifted=night >= drift_after)
        seen, passed = _night(policy, borne_out, f"{seed}/{night}", arrived)
        labels += seen
        yield Night(len(passed), sum(not right for right in passed), len(seen), alarm)


def _documents(random: np.random.Generator, number: int, drifted: bool) -> list[tuple[str, float, bool]]:
    """Kind, confidence and whether it is right, of so many documents."""
    kinds = random.choice(list(KINDS), number, p=[share for share, _, _ in KINDS.values()])
    confidence = np.array([1 - random.beta(*KINDS[kind][1:]) for kind in kinds])
    new = (random.random(number) < _NEW_VENDORS) & drifted
    right = random.random(number) >= (1 - confidence) * np.where(new, _TIMES_WRONG, 1.0)
    return list(zip(kinds.tolist(), confidence.tolist(), right.tolist(), strict=True))


def _night(
    policy: Policy, borne_out: Bars, name: str, arrived: list[tuple[str, float, bool]]
) -> tuple[list[tuple[Outcome, bool]], list[bool]]:
    """What people saw that night, and of what nobody saw, which was right."""
    assert policy.promise is not None
    share, seed = policy.promise.audit_share, policy.promise.audit_seed
    seen: list[tuple[Outcome, bool]] = []
    passed: list[bool] = []
    accepts = [threshold_of(kind, borne_out.chosen).accepts(confidence) for kind, confidence, _ in arrived]
    some = {kind for (kind, _, _), accepted in zip(arrived, accepts, strict=True) if accepted}
    for number, ((kind, confidence, right), accepted) in enumerate(zip(arrived, accepts, strict=True)):
        if accepted and not audited(f"{name}/{number}", share, seed):
            passed.append(right)
        else:
            chance, least = share if accepted else 1.0, share if kind in some else 1.0
            seen.append((Outcome(kind, confidence, right, name, chance, least), accepted))
    return seen, passed


def _print_nights(worlds: list[list[Night]], documents: int, look: float) -> None:
    print("night  unseen   wrong   labels     cost  alarms")
    for number, nights in enumerate(zip(*worlds, strict=True), start=1):
        accepted, wrong = sum(n.accepted for n in nights), sum(n.wrong for n in nights)
        labels = sum(n.labels for n in nights) / len(nights)
        print(
            f"{number:5} {accepted / documents / len(nights):7.1%} {wrong / max(accepted, 1):7.2%} {labels:8.0f}"
            f" {labels * look:8.0f} {sum(n.alarm for n in nights):7}"
        )


def _print_promise(worlds: list[list[Night]], drift_after: int, policy: Policy) -> None:
    assert policy.promise is not None
    promised = policy.promise.max_accepted_error
    for name, part in (("before", slice(0, drift_after)), ("after", slice(drift_after, None))):
        errors = [_error(nights[part]) for nights in worlds]
        kept = sum(error <= promised for error in errors)
        print(
            f"{name} the drift: {np.mean(errors):.2%} wrong of what was accepted (worst world {max(errors):.2%});",
            end="",
        )
        print(f" at most {promised:.2%} in {kept} of {len(worlds)} worlds")
    raised = [next((i for i, n in enumerate(nights[drift_after:]) if n.alarm), None) for nights in worlds]
    found = sorted(i for i in raised if i is not None)
    false = sum(n.alarm for nights in worlds for n in nights[:drift_after])
    settled = [_error(nights[drift_after + i :]) for nights, i in zip(worlds, raised, strict=True) if i is not None]
    print(f"alarm raised in {len(found)} of {len(worlds)} worlds, after {found} nights of drift; false alarms: {false}")
    if settled:
        print(f"from the alarm on: {np.mean(settled):.2%} wrong of what was accepted (worst world {max(settled):.2%})")


def _error(nights: list[Night]) -> float:
    return sum(n.wrong for n in nights) / max(sum(n.accepted for n in nights), 1)


if __name__ == "__main__":
    main()
