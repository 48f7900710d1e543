"""Reading order: words into lines top-down, and left to right within a line."""

from collections.abc import Callable, Sequence
from statistics import median

from tasks.documents import Box, Word

_TURNS: dict[int, Callable[[Box], Box]] = {
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
    boxes = [word.box for word in words]
    turn = _TURNS.get(turned)
    placed = list(zip(map(turn, boxes) if turn else boxes, words, strict=True))
    heights = [lower - upper for (_, upper, _, lower), _ in placed]
    most = _OVERSIZED * median(heights)
    lines = _lines([each for each, height in zip(placed, heights, strict=True) if height <= most])
    oversized = _lines([each for each, height in zip(placed, heights, strict=True) if height > most])
    if oversized:
        lines = sorted(lines + oversized, key=lambda line: _middle(line[0][0]))
    return tuple([word for line in lines for _, word in sorted(line, key=_left_edge)])


def _left_edge(placed: Placed) -> float:
    return placed[0][0]


def _middle(box: Box) -> float:
    return (box[1] + box[3]) / 2


def _lines(placed: list[Placed]) -> list[list[Placed]]:
    """Words whose middles lie within half a word's height of the middle of the first word of their line."""
    lines: list[list[Placed]] = []
    middle = height = 0.0
    for each in sorted(placed, key=lambda each: each[0][1] + each[0][3]):
        _, upper, _, lower = each[0]
        own_middle, own_height = (upper + lower) / 2, lower - upper
        if lines and own_middle - middle <= (height if height < own_height else own_height) / 2:
            lines[-1].append(each)
            height = own_height if own_height > height else height
        else:
            lines.append([each])
            middle, height = own_middle, own_height
    return lines
