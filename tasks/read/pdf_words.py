"""The words of one PDF page by pdfium, with the style that they are printed in.

Coordinates are those of the page as displayed: cropped, turned by its /Rotate, origin top left, points.
"""

import ctypes
import re
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from tasks.documents import Box

_WORD = re.compile(r"\S+")
_NOWHERE: Box = (0.0, 0.0, 0.0, 0.0)
_LINE_END_HYPHEN = "\x02"  # pdfium writes it for a hyphen that breaks a word at the end of a line


@dataclass(frozen=True, slots=True)
class PrintedWord:
    """A word as the content stream prints it: `first` is the index of its first character on the text page."""

    text: str
    box: Box
    first: int


@dataclass(frozen=True, slots=True)
class PageFrame:
    """How a page's own coordinates become displayed ones."""

    left: float
    bottom: float
    right: float
    top: float
    turned: int

    @classmethod
    def of(cls, page: pdfium.PdfPage) -> "PageFrame":
        """The frame of the page's visible box."""
        left, bottom, right, top = page.get_bbox()
        return cls(left, bottom, right, top, page.get_rotation())

    @property
    def size(self) -> tuple[float, float]:
        """Displayed width and height, points."""
        width, height = self.right - self.left, self.top - self.bottom
        return (height, width) if self.turned in (90, 270) else (width, height)

    def displayed(self, left: float, bottom: float, right: float, top: float) -> Box:
        """The displayed box of one in the page's own coordinates."""
        if self.turned == 90:
            return bottom - self.bottom, left - self.left, top - self.bottom, right - self.left
        if self.turned == 180:
            return self.right - right, bottom - self.bottom, self.right - left, top - self.bottom
        if self.turned == 270:
            return self.top - top, self.right - right, self.top - bottom, self.right - left
        return left - self.left, self.top - top, right - self.left, self.top - bottom


def page_text(textpage: pdfium.PdfTextPage) -> str:
    """The page's text, one character for each that pdfium counts, so that an index in it is pdfium's own."""
    raw, count = textpage.raw, textpage.count_chars()
    buffer = (ctypes.c_ushort * (count + 1))()
    written = pdfium_c.FPDFText_GetText(raw, 0, count, buffer)
    text = bytes(memoryview(buffer)[: max(written - 1, 0)]).decode("utf-16-le", "replace")
    if len(text) != count:  # characters left out or outside the basic plane: ask for each
        text = "".join(_character(pdfium_c.FPDFText_GetUnicode(raw, index)) for index in range(count))
    return text


def _character(code: int) -> str:
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else " "


class _CharacterBoxes:
    """Boxes of single characters. One C struct serves every call: a page asks a thousand times."""

    def __init__(self, textpage: pdfium.PdfTextPage) -> None:
        self._raw = textpage.raw
        self._rect = pdfium_c.FS_RECTF()
        self._sides = [ctypes.c_double() for _ in range(4)]

    def loose(self, index: int) -> Box:
        """Left, bottom, right, top of the character's cell: advance width, the font's ascent and descent."""
        rect = self._rect
        if not pdfium_c.FPDFText_GetLooseCharBox(self._raw, index, rect):
            return _NOWHERE
        return rect.left, rect.bottom, rect.right, rect.top

    def tight(self, index: int) -> Box:
        """Left, bottom, right, top of the ink."""
        left, right, bottom, top = self._sides
        if not pdfium_c.FPDFText_GetCharBox(self._raw, index, left, right, bottom, top):
            return _NOWHERE
        return left.value, bottom.value, right.value, top.value


def _around(one: Box, other: Box) -> Box:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def printed_words(textpage: pdfium.PdfTextPage, frame: PageFrame) -> list[PrintedWord]:
    """Every word of the text layer in the order of the content stream, seen or not."""
    boxes = _CharacterBoxes(textpage)
    words = []
    for match in _WORD.finditer(page_text(textpage)):
        first, last = match.start(), match.end() - 1
        box = _around(boxes.loose(first), boxes.loose(last)) if last > first else boxes.loose(first)
        if box[2] <= box[0] or box[3] <= box[1]:
            box = _around(boxes.tight(first), boxes.tight(last))
        text = match[0].replace(_LINE_END_HYPHEN, "-")
        words.append(PrintedWord(text, frame.displayed(*box), first))
    return words
