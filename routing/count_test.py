"""How often accepted items must be looked at, so that no more than so many losses are delivered: the exact count test.

Items are visited in any order. At each visit a coin with a known rate says whether the item is looked at (then whatever
is wrong with it is mended, and it is known whether it was a loss) or accepted unseen. The rates rise with the losses
found: `rates[0]` until the first was found, then `rates[1]`, and so on; after the last one no more is accepted.

Theorem. Whatever the items are like, whichever item is visited next because of anything seen so far, and whatever else
is looked at on the side, the number of losses accepted unseen is at most `allowed` with a probability of at least
1 - `broken_chance(rates, allowed)`.

Proof. The coin of an item is independent of everything seen before its visit, the choice of the item included. So each
loss that is visited while d losses have been found is found with probability rates[d], independently of the past, and
the losses accepted unseen before the next one is found are at most a geometric number: G_d with parameter rates[d], the
G_d independent of each other. (Items that are no losses change nothing; where items run out, the number is smaller.)
In all, at most G_0 + ... + G_c losses are accepted unseen, and `broken_chance` is P(G_0 + ... + G_c > allowed). QED

With equal rates the sum is negative binomial: the count test on a blind sample. Here the order may be learned from the
labels as they arrive, without a union over thresholds or a part of the labels set aside; and rising rates look closely
where losses are frequent, near the threshold, where a label costs least: most items there would be escalated anyway.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray


def broken_chance(rates: NDArray[np.float64], allowed: int) -> float:
    """The probability that more than `allowed` losses are accepted unseen, if losses never run out."""
    # A step is one more loss accepted unseen; between two of them any number of losses may be found, each raising the
    # rate. What has not left the table of states after allowed + 1 steps has broken the promise.
    found = np.append(0.0, np.cumsum(np.log(rates[:-1])))
    step = np.triu(np.exp(np.minimum(found[None, :] - found[:, None], 0.0))) * (1 - rates)[None, :]
    return float(np.linalg.matrix_power(step, allowed + 1)[0].sum())


@lru_cache(maxsize=256)
def rising_rates(allowed: int, chance: float, shape: tuple[float, ...]) -> NDArray[np.float64]:
    """The lowest rates with odds in the proportions of `shape` that break the promise with at most that `chance`."""
    odds = np.array(shape)
    low, high = 1e-9, 1e9
    for _ in range(80):
        middle = float(np.sqrt(low * high))
        low, high = (low, middle) if broken_chance(_rates(middle * odds), allowed) <= chance else (middle, high)
    return _rates(high * odds)


def _rates(odds: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(odds / (1 + odds))
