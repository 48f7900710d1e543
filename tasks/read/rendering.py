"""A PDF page as pixels, never more of them than allowed, however large the page says it is."""

from dataclasses import dataclass
from math import ceil, floor

import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray

from tasks.documents import Box

Picture = NDArray[np.uint8]
"""Height × width × 3, RGB."""

Grey = NDArray[np.uint8]
"""Height × width, 0 black to 255 white."""


_RIM = 8  # pixels: where a picture ends, pdfium draws thin lines otherwise than further in


@dataclass(frozen=True, slots=True)
class Rendered:
    """A part of a page as pixels: where on the page it begins, in pixels, and how many of them stand for a point across
    and down."""

    grey: Grey
    left: int
    top: int
    across: float
    down: float

    def under(self, box: Box) -> Grey:
        """The pixels under a displayed box; empty where it lies outside the page."""
        left, right = max(floor(box[0] * self.across), 0) - self.left, ceil(box[2] * self.across) - self.left
        top, bottom = max(floor(box[1] * self.down), 0) - self.top, ceil(box[3] * self.down) - self.top
        return self.grey[top : max(bottom, 0), left : max(right, 0)]

    def differing(self, other: "Rendered", box: Box, contrast: int) -> float:
        """The share of the box's columns (of its rows where it stands upright) in which the other page differs.

        They differ by `contrast` of 255 or more.
        """
        here, there = self.under(box), other.under(box)
        if not here.size:
            return 0.0
        differs = np.abs(here.astype(np.int16) - there) >= contrast
        return float(differs.any(axis=0 if here.shape[1] >= here.shape[0] else 1).mean())


def picture_of(page: pdfium.PdfPage, long_side: int, megapixels: float) -> Picture:
    """The page in colour with `long_side` pixels, fewer where that would be over `megapixels`."""
    bitmap = page.render(scale=_scale(page, long_side, megapixels), rev_byteorder=True)
    pixels: Picture = bitmap.to_numpy()[:, :, :3].copy()
    bitmap.close()
    return pixels


def grey_of(page: pdfium.PdfPage, box: Box, pixels_per_point: float, megapixels: float) -> Rendered:
    """What is displayed in the box, in grey at that resolution: a lower one where the whole page would be over
    `megapixels`. But for rounding, the pixels are those that the whole page would have there."""
    width, height = page.get_size()
    scale = _scale(page, int(max(width, height) * pixels_per_point), megapixels)
    columns, rows = ceil(width * scale), ceil(height * scale)
    across, down = columns / width, rows / height
    left, right = _within(box[0] * across - _RIM, box[2] * across + _RIM, columns)
    top, bottom = _within(box[1] * down - _RIM, box[3] * down + _RIM, rows)
    cut = (left, rows - bottom, columns - right, top)
    bitmap = page.render(scale=scale, crop=tuple((each - 0.5) / scale if each else 0 for each in cut), grayscale=True)
    pixels = bitmap.to_numpy()
    grey: Grey = pixels.reshape(pixels.shape[0], pixels.shape[1]).copy()
    bitmap.close()
    return Rendered(grey, left, top, across, down)


def _within(first: float, last: float, count: int) -> tuple[int, int]:
    """The pixels from one place to another, the last one exclusive: one at least, and none beyond so many."""
    start = min(max(floor(first), 0), count - 1)
    return start, max(min(ceil(last), count), start + 1)


def _scale(page: pdfium.PdfPage, long_side: int, megapixels: float) -> float:
    width, height = page.get_size()
    return float(min(long_side / max(width, height), (megapixels * 1e6 / (width * height)) ** 0.5))
