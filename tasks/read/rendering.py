"""A PDF page as pixels, never more of them than allowed, however large the page says it is."""

from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray

from tasks.documents import Box

Picture = NDArray[np.uint8]
"""Height × width × 3, RGB."""

Grey = NDArray[np.uint8]
"""Height × width, 0 black to 255 white."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A page's pixels and how many of them stand for a point across and down."""

    grey: Grey
    across: float
    down: float

    def under(self, box: Box) -> Grey:
        """The pixels under a displayed box; empty where it lies outside the page."""
        left, right = max(int(box[0] * self.across), 0), int(np.ceil(box[2] * self.across))
        top, bottom = max(int(box[1] * self.down), 0), int(np.ceil(box[3] * self.down))
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


def grey_of(page: pdfium.PdfPage, pixels_per_point: float, megapixels: float) -> Rendered:
    """The page in grey at that resolution, a lower one where that would be over `megapixels`."""
    width, height = page.get_size()
    bitmap = page.render(scale=_scale(page, int(max(width, height) * pixels_per_point), megapixels), grayscale=True)
    pixels = bitmap.to_numpy()
    grey: Grey = pixels.reshape(pixels.shape[0], pixels.shape[1]).copy()
    bitmap.close()
    return Rendered(grey, grey.shape[1] / width, grey.shape[0] / height)


def _scale(page: pdfium.PdfPage, long_side: int, megapixels: float) -> float:
    width, height = page.get_size()
    return float(min(long_side / max(width, height), (megapixels * 1e6 / (width * height)) ** 0.5))
