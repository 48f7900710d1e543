"""Reading order: words into lines top-down, and left to right within a line."""

from collections.abc import Callable, Sequence
from statistics import median

from tasks.documents import Box, Word

Turn = Callable[[Box], Box]

_TURNS: dict[int, Turn] = {
    0: lambda box: box,
    90: lambda box: (box[1], -box[2], box[3], -box[0]),
    180: lambda box: (-box[2], -box[3], -box[0], -box[1]),
    270: lambda box: (-box[3], box[0], -box[1], box[2]),
}


def in_reading_order(words: Sequence[Word], turned: int = 0) -> tuple[Word, ...]:
    """The words as a person reads them.

    `turned` is by how many degrees clockwise the text stands on the page (0, 90, 180, 270): words of a sideways
    page come in the order in which they are read after turning it upright; their boxes stay where they are.
    """
    turn = _TURNS[turned]
    placed = [(turn(word.box), word) for word in words]
    return tuple(word for line in _lines(placed) for _, word in sorted(line, key=lambda entry: entry[0][0]))


def _lines(placed: list[tuple[Box, Word]]) -> list[list[tuple[Box, Word]]]:
    """Words whose middles lie within half a word's height of the line that their neighbours form."""
    lines: list[list[tuple[Box, Word]]] = []
    middle = height = 0.0
    for box, word in sorted(placed, key=lambda entry: entry[0][1] + entry[0][3]):
        own_middle, own_height = (box[1] + box[3]) / 2, box[3] - box[1]
        if lines and own_middle - middle <= min(height, own_height) / 2:
            lines[-1].append((box, word))
            height = max(height, own_height)
        else:
            lines.append([(box, word)])
            middle, height = own_middle, own_height
    return lines


def typical_height(words: Sequence[Word]) -> float:
    """The median height of the words' boxes, 0.0 where there are none."""
    return median(word.box[3] - word.box[1] for word in words) if words else 0.0
