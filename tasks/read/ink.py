"""Whether a picture in which OCR finds no word shows something all the same: writing, a stamp, a picture.

What scanning leaves on an empty sheet is none of it: grain, dust, dark borders, folds, ruled lines, punched holes, and
the other side that shines through. Thresholds were fitted on such sheets and on illegible ones that the tests draw.
"""

import numpy as np
from numpy.typing import NDArray

from tasks.read.rendering import Picture

_SIDE = 1000  # pixels of the long side to look at: print of 10 points has letters of 6
_DARKER = 28  # of 255 than the paper around: what shines through is less
_SMALLEST, _LARGEST = 4, 90  # pixels of height and width of a letter, or of a word written by hand
_RULED, _THICK = 31, 8  # pixels: what runs on so long across or down, and is thinner, is a ruling or a fold
_SOLID = 0.68  # of the box of a punched hole; of a letter's less
_LETTERS = 24  # marks of a letter's size that make writing, however little ink it takes
_DRAWN = 0.0015  # of the page, in marks of any size: a stamp, a signature, a picture

Marks = NDArray[np.int32]


def shows_something(picture: Picture) -> bool:
    """Whether more than an empty sheet is to be seen."""
    dark = _without_rulings(_darker_than_paper(picture))
    marks = _marks(dark)
    letters = (marks[:, 2:4].max(axis=1) <= _LARGEST).sum()
    return bool(letters >= _LETTERS or marks[:, 4].sum() >= _DRAWN * dark.size)


def _darker_than_paper(picture: Picture) -> NDArray[np.uint8]:
    """1 where the picture is darker than the paper around, 0 elsewhere."""
    import cv2  # with the engine: pages that need no OCR do without

    height, width = picture.shape[:2]
    scale = min(1.0, _SIDE / max(height, width))
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    grey = cv2.resize(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), size, interpolation=cv2.INTER_AREA)
    grey = cv2.medianBlur(grey, 3)
    paper = cv2.medianBlur(grey, 101)
    dark: NDArray[np.uint8] = (cv2.subtract(paper, grey) >= _DARKER).astype(np.uint8)
    return dark


def _without_rulings(dark: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The same without thin straight lines across and down."""
    import cv2

    left = dark.copy()
    for long, thick, wide in (((_RULED, 1), (_RULED, _THICK), (1, 5)), ((1, _RULED), (_THICK, _RULED), (5, 1))):
        lines, bars = (cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones(size[::-1], np.uint8)) for size in (long, thick))
        left[cv2.dilate(cv2.subtract(lines, bars), np.ones(wide[::-1], np.uint8)) > 0] = 0
    return left


def _marks(dark: NDArray[np.uint8]) -> Marks:
    """Left, top, width, height and area of what was left on the sheet by somebody."""
    import cv2

    found = cv2.connectedComponentsWithStats(dark, connectivity=8)[2][1:]
    left, top, width, height, area = found.T
    inside = (left > 0) & (top > 0) & (left + width < dark.shape[1]) & (top + height < dark.shape[0])
    longest, shortest = np.maximum(width, height), np.minimum(width, height)
    hole = (area >= _SOLID * width * height) & (longest <= 1.3 * shortest) & (longest > 3 * _SMALLEST)
    return np.asarray(found[inside & (shortest >= _SMALLEST) & (area >= 2 * _SMALLEST) & ~hole], dtype=np.int32)
