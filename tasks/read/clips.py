"""What the clips of a page leave of its texts."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tasks.documents import Box
from tasks.read import pdfium_calls as ask
from tasks.read.pdfium_calls import Address, Boxes, as_box

_SLACK = 1.0  # points that a text may reach over its clip


def clips_of(addresses: Sequence[Address], boxes: Boxes) -> tuple[dict[int, Box], NDArray[np.bool_]]:
    """The rectangles to which clips cut the boxes of texts, by row, and which clips are no rectangles."""
    clips = list(map(ask.clip_of, addresses))
    counts = ask.each(ask.paths_in_clip, clips)
    windows, odd = {}, np.zeros(len(clips), dtype=bool)
    for row in np.flatnonzero(counts > 0).tolist():
        window, odd[row] = _clip_of(clips[row], int(counts[row]), as_box(boxes[row]))
        if window:
            windows[row] = window
    return windows, odd


def _clip_of(clip: Address, paths: int, box: Box) -> tuple[Box | None, bool]:
    """The rectangle to which the clip cuts the box, None where it leaves it whole; and whether it is no rectangle."""
    window, odd = box, False
    for path in range(paths):
        rectangle = _rectangle(clip, path)
        if rectangle is None:
            odd = True
        elif not _holds(rectangle, box):
            window = _common(window, rectangle)
    return (None if window is box else window), odd


def _rectangle(clip: Address, path: int) -> Box | None:
    """The clip path as a rectangle; None where it is none."""
    if ask.segments_in_path(clip, path) not in (4, 5):
        return None
    corners = [ask.point_of_path(clip, path, index) for index in range(4)]
    across, up = sorted(x for x, _ in corners), sorted(y for _, y in corners)
    is_upright = across[1] - across[0] < _SLACK and up[1] - up[0] < _SLACK
    return (across[0], up[0], across[3], up[3]) if is_upright else None


def _holds(rectangle: Box, box: Box) -> bool:
    inside = rectangle[0] - _SLACK <= box[0] and box[2] <= rectangle[2] + _SLACK
    return inside and rectangle[1] - _SLACK <= box[1] and box[3] <= rectangle[3] + _SLACK


def _common(one: Box, other: Box) -> Box:
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])
