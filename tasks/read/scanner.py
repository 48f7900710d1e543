"""A scanner's text layer held against the picture that it was read from: it may say what nobody can see there."""

import re
from collections.abc import Iterable, Sequence

from rapidfuzz.fuzz import partial_ratio

from tasks.documents import Word

_AMOUNT = re.compile(r"\d[.,]\d{2}(?!\d)")
_DIGITS = 5  # of an amount, from which one that OCR does not find tells
_LONG = 8  # digits of any other number: of an account
_FOUND = 80.0  # percent of its letters and digits that must stand together somewhere in what OCR read


def names_amounts(words: Iterable[str]) -> bool:
    """Whether there is anything to gain by words that the picture does not show."""
    return any(_AMOUNT.search(word) for word in words)


def unseen(layer: Sequence[Word], seen: Sequence[Word]) -> tuple[Word, ...]:
    """Amounts and long numbers of the layer that are nowhere in what OCR saw, nor anything like them. Other words
    that scanners misread are as strange as any."""
    picture = "".join(_letters(word.text) for word in seen)
    telling = (word for word in layer if _tells(word.text))
    return tuple(word for word in telling if partial_ratio(_letters(word.text), picture) < _FOUND)


def _tells(text: str) -> bool:
    digits = sum(map(str.isdigit, text))
    return digits >= (_DIGITS if _AMOUNT.search(text) else _LONG)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()
