"""What a second reading says about a first: two readers who agree, who differ, or of whom one found nothing.

By Bayes, for readers that err independently but for one thing: where both are wrong they give the same wrong value with
probability `COINCIDENCE`, since what misleads one (a brand in large letters, a subtotal) may mislead the other.
"""

COINCIDENCE = 0.5
"""Share of common errors that look like agreement. Rather high: agreement then counts for less."""


def agreed(first: float, second: float, coincidence: float = COINCIDENCE) -> float:
    """The probability that a value is right which both gave; `first` and `second` are theirs, each by itself."""
    right, wrong = first * second, (1 - first) * (1 - second) * coincidence
    return right / (right + wrong) if right else 0.0


def both_missing(first: float, second: float) -> float:
    """The probability that what neither found is not there: if it is, both have missed it alike."""
    return agreed(first, second, coincidence=1.0)


def contradicted(first: float, second: float) -> tuple[float, float]:
    """The probabilities that the first one's value and that the second one's is right, where they differ."""
    only_first, only_second = first * (1 - second), (1 - first) * second
    neither = (1 - first) * (1 - second) * (1 - COINCIDENCE)
    whole = only_first + only_second + neither
    return (only_first / whole, only_second / whole) if whole else (0.0, 0.0)
