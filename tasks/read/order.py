"""Reading order: words into lines top-down, and left to right within a line."""

from collections.abc import Callable, Sequence
from statistics import median

from tasks.documents import Box, Word

_TURNS: dict[int, Callable[[Box], Box]] = {
    0: lambda box: box,
    90: lambda box: (box[1], -box[2], box[3], -box[0]),
    180: lambda box: (-box[2], -box[3], -box[0], -box[1]),
    270: lambda box: (-box[3], box[0], -box[1], box[2]),
}
_OVERSIZED = 3.5  # times the usual height: headlines, and watermarks that lie across other lines

Placed = tuple[Box, Word]


def in_reading_order(words: Sequence[Word], turned: int = 0) -> tuple[Word, ...]:
    """The words as a person reads them; oversized ones make lines of their own.

    `turned` is by how many degrees clockwise the text stands on the page (0, 90, 180, 270): words of a sideways
    page come in the order in which they are read after turning it upright; their boxes stay where they are.
    """
    if not words:
        return ()
    turn = _TURNS[turned]
    placed = [(turn(word.box), word) for word in words]
    most = _OVERSIZED * median(_height(box) for box, _ in placed)
    usual = _lines([each for each in placed if _height(each[0]) <= most])
    oversized = _lines([each for each in placed if _height(each[0]) > most])
    lines = sorted(usual + oversized, key=lambda line: _middle(line[0][0])) if oversized else usual
    return tuple(word for line in lines for _, word in sorted(line, key=lambda each: each[0][0]))


def _height(box: Box) -> float:
    return box[3] - box[1]


def _middle(box: Box) -> float:
    return (box[1] + box[3]) / 2


def _lines(placed: list[Placed]) -> list[list[Placed]]:
    """Words whose middles lie within half a word's height of the middle of the first word of their line."""
    lines: list[list[Placed]] = []
    middle = height = 0.0
    for box, word in sorted(placed, key=lambda each: each[0][1] + each[0][3]):
        own_middle, own_height = _middle(box), _height(box)
        if lines and own_middle - middle <= min(height, own_height) / 2:
            lines[-1].append((box, word))
            height = max(height, own_height)
        else:
            lines.append([(box, word)])
            middle, height = own_middle, own_height
    return lines
