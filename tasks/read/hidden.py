"""Telling words that a person sees from words that the file hides.

Hidden is what lies off the page, is too small to read, or leaves no mark where it stands: printed invisibly, or in the
colour of its background. A scanner's text layer is invisible too, but its words lie over the picture's ink.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from tasks.read.pdf_words import PrintedWord
from tasks.read.quality import characters
from tasks.read.rendering import Rendered, grey_of

_TINY = 2.0  # points: a line of this height can't be read, even enlarged on paper
_PIXELS_PER_POINT = 1.5
_CONTRAST = 20  # of 255: below this a person sees an even surface
_PICTURE_SHARE = 0.5  # of the page, covered by pictures: what makes it a scan
_SCANNED_SHARE = 0.95  # of an invisible layer's words over ink: scanners reach 0.98, foreign layers 0.8 at most
_WORTH_TELLING = 30  # characters hidden in one way: below it are marks such as "Powered by TCPDF", clipped footers
_VALUE_DIGITS = 6  # of one word: an amount of thousands, an account


class Way(Enum):
    """How a word is hidden."""

    OFF_PAGE = "off the page"
    TINY = "too small to read"
    UNSEEN = "leaves no mark"
    FOREIGN = "an invisible layer that is not of this page"


@dataclass(slots=True)
class Parted:
    """The words of a page, seen or hidden. `scanned` says that the seen ones are a scanner's invisible layer."""

    seen: list[PrintedWord] = field(default_factory=list)
    hidden: list[PrintedWord] = field(default_factory=list)
    scanned: bool = False


def part(words: Sequence[PrintedWord], page: pdfium.PdfPage, megapixels: float) -> Parted:
    """Part the words of a page. Pixels are looked at only where some word gives cause."""
    width, height = page.get_size()
    plain = [word for word in words if not _suspect(word, width, height)]
    if len(plain) == len(words):
        return Parted(seen=plain)
    return _look(words, page, megapixels)


def _suspect(word: PrintedWord, width: float, height: float) -> bool:
    return word.ink.invisible or word.ink.pale or _off_page(word, width, height) or _tiny(word)


def _off_page(word: PrintedWord, width: float, height: float) -> bool:
    left, top, right, bottom = word.box
    return right <= 0 or bottom <= 0 or left >= width or top >= height


def _tiny(word: PrintedWord) -> bool:
    return word.box[3] - word.box[1] < _TINY and any(map(str.isalnum, word.text))


def _look(words: Sequence[PrintedWord], page: pdfium.PdfPage, megapixels: float) -> Parted:
    rendered = grey_of(page, _PIXELS_PER_POINT, megapixels)
    layer = [word for word in words if word.ink.invisible]
    scanned = _is_scan_of(layer, rendered, page)
    parted = Parted(scanned=scanned)
    ways: dict[Way, list[PrintedWord]] = {way: [] for way in Way}
    for word in words:
        way = _way(word, rendered, scanned, page.get_size())
        (parted.seen if way is None else ways[way]).append(word)
    for found in ways.values():
        if characters(found) >= _WORTH_TELLING or any(map(_like_a_value, found)):
            parted.hidden += found
    return parted


def _way(word: PrintedWord, rendered: Rendered, scanned: bool, size: tuple[float, float]) -> Way | None:
    if _off_page(word, *size):
        return Way.OFF_PAGE
    if _tiny(word):
        return Way.TINY
    if word.ink.invisible and not scanned:
        return Way.FOREIGN
    if (word.ink.invisible or word.ink.pale) and not _leaves_mark(word, rendered):
        return Way.UNSEEN
    return None


def _like_a_value(word: PrintedWord) -> bool:
    return sum(map(str.isdigit, word.text)) >= _VALUE_DIGITS


def _leaves_mark(word: PrintedWord, rendered: Rendered) -> bool:
    pixels = rendered.under(word.box)
    return bool(pixels.size) and int(pixels.max()) - int(pixels.min()) >= _CONTRAST


def _is_scan_of(layer: Sequence[PrintedWord], rendered: Rendered, page: pdfium.PdfPage) -> bool:
    """Whether invisible words are what a scanner read in the picture that fills the page."""
    if not layer or picture_share(page) < _PICTURE_SHARE:
        return False
    return sum(_leaves_mark(word, rendered) for word in layer) >= _SCANNED_SHARE * len(layer)


def picture_share(page: pdfium.PdfPage) -> float:
    """The share of the page that pictures cover, their overlaps counted once more: 0 without any."""
    width, height = page.get_size()
    covered = 0.0
    for found in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = found.get_bounds()
        covered += (right - left) * (top - bottom)
    return float(covered / (width * height))
