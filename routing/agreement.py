"""What a second reading says about a first: two readers who agree, who differ, or of whom one found nothing.

By Bayes, for readers that err independently but for one thing: where both are wrong they give the same wrong value with
probability `COINCIDENCE`, since what misleads one (a brand in large letters, a subtotal) may mislead the other.
"""

COINCIDENCE = 0.5
"""Share of common errors that look like agreement. Rather high: agreement then counts for less."""

NOTHING_THERE = 0.3
"""Share of the values that a reader gets wrong for which nothing is printed at all."""


def agreed(first: float, second: float, coincidence: float = COINCIDENCE) -> float:
    """The probability that a value is right which both gave; `first` and `second` are theirs, each by itself."""
    right, wrong = first * second, (1 - first) * (1 - second) * coincidence
    return right / (right + wrong) if right else 0.0


def both_missing(first: float, second: float) -> float:
    """The probability that what neither found is not there: if it is, both have missed it alike."""
    return agreed(first, second, coincidence=1.0)


def unseen(first: float, second: float) -> float:
    """The probability that the first one's value is right where the second finds that there is none.

    Seldom is there nothing to be found where the first one is wrong: mostly the right value stands elsewhere, and the
    second would have given that. So its silence says less than another value would.
    """
    right, wrong = first * (1 - second), (1 - first) * NOTHING_THERE
    return right / (right + wrong) if right else 0.0


def contradicted(first: float, second: float) -> tuple[float, float]:
    """The probabilities that the first one's value and that the second one's is right, where they differ."""
    only_first, only_second = first * (1 - second), (1 - first) * second
    neither = (1 - first) * (1 - second) * (1 - COINCIDENCE)
    whole = only_first + only_second + neither
    return (only_first / whole, only_second / whole) if whole else (0.0, 0.0)
