"""A scanner's text layer held against the picture that it was read from: it may say what nobody can see there."""

import re
from collections.abc import Iterable, Sequence

from rapidfuzz.fuzz import partial_ratio

from tasks.documents import Box, Word

_AMOUNT = re.compile(r"\d[.,]\d{2}(?!\d)")
_WORDED = re.compile(r"[\W_]*[^\W_]+(?:[-./&'’][^\W_]+)*[\W_]*")  # no scrawl, which scanners read as `Vl^Z-Sh`
_DIGITS = 5  # of an amount, from which one that OCR does not find tells
_LONG = 8  # digits of any other number: of an account
_FOUND = 80.0  # percent of its letters and digits that must stand together somewhere in what OCR read
_WORD = 4  # letters and digits from which a word can be told from another
_ANOTHER = 55.0  # percent: below it OCR read another word in this place
_NOWHERE = 90.0  # percent: from it on OCR read the word elsewhere, as layers slip
_READ_WELL = 0.9  # OCR's confidence from which it is believed more than the layer
_ALIKE = 0.6  # of its length that OCR must have read there, else something else is meant
_TILT = 1.0  # degrees
_LEVEL = 0.4  # of the lower one's height, that two words in one place share


def names_amounts(words: Iterable[str]) -> bool:
    """Whether there is anything to gain by words that the picture does not show."""
    return any(_AMOUNT.search(word) for word in words)


def foreign(layer: Sequence[Word], seen: Sequence[Word], turned: float) -> tuple[Word, ...]:
    """Words of the layer that the picture does not show: amounts and long numbers that are nowhere in what OCR saw, nor
    anything like them, and words in whose place OCR surely read others. The rest may be misread, by either. Where the
    page was `turned` for OCR by more than a slight tilt (degrees), places can't be compared."""
    level = min(turned, 360 - turned) < _TILT
    picture = "".join(_letters(word.text) for word in seen)
    return tuple(w for w in layer if _is_unseen(w, picture) or (level and _is_replaced(w, seen, picture)))


def _is_unseen(word: Word, picture: str) -> bool:
    return _tells(word.text) and partial_ratio(_letters(word.text), picture) < _FOUND


def _is_replaced(word: Word, seen: Sequence[Word], picture: str) -> bool:
    """Whether OCR surely read another word of about its length there, letters for letters or digits for digits, and
    nowhere this one: a name, a number or an account that somebody put in the place of another."""
    own = _letters(word.text)
    if len(own) < _WORD or not _WORDED.fullmatch(word.text):
        return False
    here = [each for each in seen if _in_place(word, each)]
    there = "".join(_letters(_above(word, each)) for each in here)
    if len(there) < _ALIKE * len(own) or own.isdigit() != there.isdigit():
        return False
    if min(each.confidence for each in here) < _READ_WELL or partial_ratio(own, there) >= _ANOTHER:
        return False
    return partial_ratio(own, picture) < _NOWHERE


def _above(word: Word, seen: Word) -> str:
    """What of a word that OCR saw lies over the layer's word, and a letter more on either side."""
    left, right = seen.box[0], seen.box[2]
    pitch = max((right - left) / len(seen.text), 1e-6)
    start, end = int((word.box[0] - left) / pitch) - 1, int((word.box[2] - left) / pitch) + 2
    return seen.text[max(start, 0) : max(end, 0)]


def _in_place(word: Word, other: Word) -> bool:
    """Whether they lie over each other."""
    one, two = word.box, other.box
    down = min(one[3], two[3]) - max(one[1], two[1])
    return min(one[2], two[2]) > max(one[0], two[0]) and down >= _LEVEL * min(_height(one), _height(two))


def _height(box: Box) -> float:
    return box[3] - box[1]


def _tells(text: str) -> bool:
    digits = sum(map(str.isdigit, text))
    return digits >= (_DIGITS if _AMOUNT.search(text) else _LONG)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()
