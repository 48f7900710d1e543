"""Pictures as documents: PNG, JPEG, TIFF with several pages. Each is bounded before it is decoded, then read by OCR."""

import struct
import warnings
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageOps

from routing.errors import CorruptError, EmptyDocumentError, LimitError
from routing.policy import Limits
from tasks.documents import Page, Reading, TextSource
from tasks.read.bounds import keep_within
from tasks.read.ocr import recognise
from tasks.read.remarks import ILLEGIBLE, told, turned_pages
from tasks.read.rendering import Picture

_FORMATS = ("PNG", "JPEG", "TIFF")
_BROKEN = (OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, OverflowError, struct.error, zlib.error)
"""What Pillow raises on damaged pictures."""

Image.MAX_IMAGE_PIXELS = None  # the policy's limit holds instead, on every frame before it is decoded


def read_image(path: str, limits: Limits) -> Reading:
    """A picture, each of its frames a page.

    Raises `CorruptError`, `EmptyDocumentError` (no text on any page), `LimitError` (pixels, frames).
    """
    with warnings.catch_warnings(action="ignore"):  # Pillow's on damaged metadata: what matters is raised
        found = [_read_page(number, picture) for number, picture in enumerate(pictures(path, limits), start=1)]
    pages = tuple(page for page, _ in found)
    illegible = tuple(page.number for page, unread in found if unread)
    if not any(page.words for page in pages):
        raise EmptyDocumentError("no text on any page")
    remarks = told({ILLEGIBLE: illegible, **turned_pages(pages)})
    return Reading(
        kind="image",
        text_source="ocr",
        page_count=len(pages),
        pages=pages,
        lost=illegible,
        warnings=tuple(remarks),
    )


def _read_page(number: int, picture: Picture) -> tuple[Page, bool]:
    """The page, and whether it shows something that could not be read."""
    page = recognise(picture)
    source: TextSource = "ocr" if page.words else "none"
    return Page(number, page.width, page.height, page.words, source, turned=page.turned), page.illegible


def pictures(path: str, limits: Limits) -> Iterator[Picture]:
    """The frames, upright by their EXIF orientation, in RGB."""
    try:
        with Image.open(path, formats=_FORMATS) as image:
            for frame in range(_frames(image, limits)):
                image.seek(frame)
                keep_within("picture_megapixels", limits.picture_megapixels, image.width * image.height / 1e6)
                yield _as_rgb(image)
    except _BROKEN as error:
        raise CorruptError(f"the picture can't be decoded: {error}") from None


def _frames(image: Image.Image, limits: Limits) -> int:
    """How many frames are pages: of a photo the first, its second is a preview. Raises `LimitError`.

    They are counted one by one, and no further than allowed: a file may chain millions of them.
    """
    limit, most = min(("pages", limits.pages), ("ocr_pages", limits.ocr_pages), key=lambda each: each[1])
    for count in range(1, most + 1):
        if image.format != "TIFF" or not _has_frame(image, count):
            return count
    raise LimitError(limit, most, "it has more frames")


def _has_frame(image: Image.Image, frame: int) -> bool:
    try:
        image.seek(frame)
    except EOFError:
        return False
    return True


def _as_rgb(image: Image.Image) -> Picture:
    """Sixteen-bit grey is scaled, transparency laid on white."""
    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I"):
        grey = np.asarray(upright, dtype=np.float64)
        return np.repeat((grey / max(grey.max(), 1.0) * 255).astype(np.uint8)[:, :, None], 3, axis=2)
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        layered = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", layered.size, "white"), layered)
    return np.asarray(upright.convert("RGB"))
