"""Which fields of a document a model is asked for: only those in doubt, never the whole document over again."""

import math
from collections.abc import Collection, Mapping


def fields_to_ask(confidences: Mapping[str, float], doubted: Collection[str], needed: float) -> tuple[str, ...]:
    """The key fields to ask for, in their order: all that are `doubted`, and as many of the others as it takes.

    `confidences` are the key fields' probabilities of being right. The least sure go first, until those that are left
    are all right with probability `needed`, so that the document may be accepted if the asked ones turn out right.
    """
    rest = sorted((name for name in confidences if name not in doubted), key=lambda name: -confidences[name])
    while rest and math.prod(confidences[name] for name in rest) < needed:
        rest.pop()
    return tuple(name for name in confidences if name not in rest)
