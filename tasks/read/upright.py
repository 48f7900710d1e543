"""From lines as they lie in a picture to words on a page that stands upright and straight."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tasks.documents import Word
from tasks.read.order import in_reading_order

Points = NDArray[np.float64]
"""x and y in the last dimension."""

_STRAIGHT = 0.2  # degrees
_MOST_SKEW = 20.0  # degrees: what stands more aslant is no skewed page but decoration
_TELLING = 4  # characters from which a line tells how it lies


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text as it lies in a picture; `glyphs` holds four corners for each character that is no space."""

    text: str
    confidence: float
    glyphs: Points


@dataclass(frozen=True, slots=True)
class UprightPage:
    """Words in reading order, the page's size, and by how many degrees the picture was turned clockwise for it.

    `illegible`: there is something to be seen of which hardly a word was made.
    """

    words: tuple[Word, ...]
    width: float
    height: float
    turned: float = 0.0
    illegible: bool = False


def set_upright(lines: Sequence[Line], width: float, height: float) -> UprightPage:
    """The page that a picture of that size shows, its lines lying upright or turned clockwise by a quarter, skewed
    by some degrees or not."""
    turned = 0.0
    if _sideways(lines):
        lines = [
            _moved(line, lambda points: np.stack([points[..., 1], width - points[..., 0]], axis=-1)) for line in lines
        ]
        width, height, turned = height, width, -90.0
    skew = _skew(lines)
    if abs(skew) > _STRAIGHT:
        lines = [_moved(line, _rotation(-skew, width / 2, height / 2)) for line in lines]
        turned -= skew
    return UprightPage(in_reading_order([word for line in lines for word in _words(line)]), width, height, turned % 360)


def _moved(line: Line, move: Callable[[Points], Points]) -> Line:
    return replace(line, glyphs=move(line.glyphs))


def _rotation(degrees: float, across: float, down: float) -> Callable[[Points], Points]:
    """Rotation about a point, clockwise on the page."""
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    matrix, centre = np.array([[cosine, -sine], [sine, cosine]]), np.array([across, down])
    return lambda points: (points - centre) @ matrix.T + centre


def _run(line: Line) -> Points:
    """From the middle of its first character to that of its last."""
    along: Points = line.glyphs[-1].mean(axis=0) - line.glyphs[0].mean(axis=0)
    return along


def _sideways(lines: Sequence[Line]) -> bool:
    """Whether most of the text runs down the picture."""
    down = across = 0
    for line in lines:
        if len(line.glyphs) >= _TELLING:
            run = np.abs(_run(line))
            down, across = (down + len(line.glyphs), across) if run[1] > run[0] else (down, across + len(line.glyphs))
    return down > across


def _skew(lines: Sequence[Line]) -> float:
    """The angle in degrees, clockwise, at which the middle one of the characters' lines runs; 0.0 if none tells."""
    runs = [(_run(line), len(line.glyphs)) for line in lines if len(line.glyphs) >= _TELLING]
    angles = sorted((math.degrees(math.atan2(run[1], run[0])), length) for run, length in runs)
    half, passed = sum(length for _, length in angles) / 2, 0
    for angle, length in angles:
        passed += length
        if passed >= half:
            return angle if abs(angle) <= _MOST_SKEW else 0.0
    return 0.0


def _words(line: Line) -> Iterator[Word]:
    start, count = 0, len(line.text.replace(" ", ""))
    for text in line.text.split():
        end = start + len(text)
        corners = line.glyphs[start * len(line.glyphs) // count : max(end * len(line.glyphs) // count, 1)].reshape(
            -1, 2
        )
        (left, top), (right, bottom) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
        yield Word(text, (left, top, right, bottom), line.confidence)
        start = end
