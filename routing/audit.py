"""Audits keep the promise honest: some of what was accepted is looked at, and what gets worse raises an alarm."""

import hashlib
from collections import Counter
from collections.abc import Iterable

import numpy as np

from routing.promise import LEVELS, Outcome

_WORSE = np.array([1.5, 2.0, 4.0, 10.0, 30.0])
"""The alarm of drift watches for errors so many times more frequent than promised."""

_POWERS = np.array([0.5, 0.7, 0.85, 0.95])
"""Bets on low ranks: the density p * rank ** (p - 1)."""


def audited(document_id: str, share: float, seed: str) -> bool:
    """Whether an accepted document is in the audit: a share of all, the same ones whenever it is asked.

    Nobody who does not know the `seed` can tell beforehand; a larger share takes in all that a smaller one does.
    """
    digest = hashlib.blake2b(document_id.encode(), key=seed.encode()[:64], digest_size=8).digest()
    return int.from_bytes(digest) < share * 2**64


def drift_alarm(outcomes: Iterable[Outcome], max_error: float, audits_per_false_alarm: float) -> int | None:
    """After how many outcomes (of audited documents, as they arrived) the alarm was raised; None where it was not.

    While no more than `max_error` of what is accepted is wrong, whatever else changes, there are at least
    `audits_per_false_alarm` outcomes before an alarm on average. This is a Shiryaev-Roberts e-detector (Shin, Ramdas
    and Rinaldo, "E-detectors", NEJSDS 2023): at each outcome another unit of money is put on "from now on there are too
    many errors"; that wealth minus the number of outcomes is a supermartingale, so it is not soon greater than that.
    """
    error = np.minimum(_WORSE * max_error, (1 + max_error) / 2)
    bet = (error - max_error) / (max_error * (1 - max_error))
    wealth = np.zeros(len(bet))
    for number, outcome in enumerate(outcomes, start=1):
        wealth = (wealth + 1) * (1 + bet * ((not outcome.right) - max_error))
        if wealth.mean() >= audits_per_false_alarm:
            return number
    return None


def change_alarm(outcomes: Iterable[Outcome], labels_per_false_alarm: float, seed: int) -> int | None:
    """After how many labels it was clear that readings of equal confidence are wrong more often than before; or None.

    Documents that people see anyway show a change sooner than the few audits do. While the labels of each kind and
    range of confidence are exchangeable, there are at least `labels_per_false_alarm` before an alarm on average: the
    rank of a label among those before it, ties broken at random by the `seed`, is then uniform and independent of the
    earlier ranks, so that betting on low ranks is fair (Vovk, "Testing randomness online", Statistical Science 2021);
    the bets are added up as in `drift_alarm`.
    """
    random = np.random.default_rng(seed)
    seen: Counter[tuple[str, int, bool]] = Counter()
    wealth = np.zeros(len(_POWERS))
    for number, outcome in enumerate(outcomes, start=1):
        level = next(i for i, bound in enumerate(LEVELS) if outcome.confidence >= bound)
        group = outcome.kind, level
        seen[*group, outcome.right] += 1
        wrong, right = seen[*group, False], seen[*group, True]
        worse, equal = (wrong, right) if outcome.right else (0, wrong)
        rank = (worse + equal * random.random()) / (wrong + right)
        wealth = (wealth + 1) * _POWERS * max(rank, 1e-9) ** (_POWERS - 1)
        if wealth.mean() >= labels_per_false_alarm:
            return number
    return None
