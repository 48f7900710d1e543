"""The words of one PDF page by pdfium, each with the ink that it is printed in.

Boxes are those of the page as displayed: cropped, turned by its /Rotate, origin top left, points. pdfium is asked per
word, not per character: a call from Python costs half a microsecond, a page has thousands of characters.
"""

import ctypes
import re
from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from tasks.documents import Box

_NOWHERE: Box = (0.0, 0.0, 0.0, 0.0)
_WORD = re.compile(r"\S+")
_LINE_END_HYPHEN = "\x02"  # pdfium writes it for a hyphen that breaks a word at the end of a line
_NO_WIDTH = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_SAMPLE = 40  # characters that are asked which way they run
_PALE = 230  # of 255: the darkest fill that could pass for white paper
_FAINT = 50  # of 255: opacity below which black print would not show, or only as a watermark does


@dataclass(frozen=True, slots=True)
class Ink:
    """How a text object is printed: `invisible` leaves no mark at all, `pale` would not show on white paper,
    `unmapped` is in a font that does not tell which letters its glyphs are: the text may be anything."""

    invisible: bool = False
    pale: bool = False
    unmapped: bool = False


_BLACK = Ink()


class PrintedWord(NamedTuple):
    """A word of the text layer, whether it can be seen or not."""

    text: str
    box: Box
    ink: Ink


@dataclass(frozen=True, slots=True)
class PageFrame:
    """How a page's own coordinates (origin bottom left, before /Rotate) become displayed ones."""

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


def printed_words(textpage: pdfium.PdfTextPage, frame: PageFrame) -> list[PrintedWord]:
    """Every word of the text layer in the order of the content stream, without characters that have no width."""
    boxes, inks = _CharacterBoxes(textpage), _Inks(textpage)
    words = []
    for match in _WORD.finditer(page_text(textpage)):
        text = match[0].replace(_LINE_END_HYPHEN, "-")
        if not text.isascii():
            text = _NO_WIDTH.sub("", text)
        if text:
            box = frame.displayed(*boxes.of_word(match.start(), match.end() - 1))
            words.append(PrintedWord(text, box, inks.at(match.start())))
    return words


def turn_of(textpage: pdfium.PdfTextPage, frame: PageFrame) -> int:
    """By how many degrees clockwise most of the text stands on the displayed page: 0, 90, 180 or 270."""
    raw, count = textpage.raw, textpage.count_chars()
    turns: Counter[int] = Counter()
    for index in range(0, count, max(count // _SAMPLE, 1)):
        angle = pdfium_c.FPDFText_GetCharAngle(raw, index)
        if angle >= 0 and chr(max(pdfium_c.FPDFText_GetUnicode(raw, index), 0)).isalnum():
            turns[(round(angle / 90) * 90 + frame.turned) % 360] += 1
    return turns.most_common(1)[0][0] if turns else 0


class _CharacterBoxes:
    """Boxes of characters in the page's own coordinates. One C struct serves every call."""

    def __init__(self, textpage: pdfium.PdfTextPage) -> None:
        self._raw = textpage.raw
        self._rect = pdfium_c.FS_RECTF()
        self._sides = [ctypes.c_double() for _ in range(4)]

    def of_word(self, first: int, last: int) -> Box:
        """Around two characters: by the font's ascent and descent, or by their ink where the font states none."""
        box = _around(self._cell(first), self._cell(last)) if last > first else self._cell(first)
        if box[2] <= box[0] or box[3] <= box[1]:
            box = _around(self._ink(first), self._ink(last))
        return box

    def _cell(self, index: int) -> Box:
        rect = self._rect
        if not pdfium_c.FPDFText_GetLooseCharBox(self._raw, index, rect):
            return _NOWHERE
        return rect.left, rect.bottom, rect.right, rect.top

    def _ink(self, index: int) -> Box:
        left, right, bottom, top = self._sides
        if not pdfium_c.FPDFText_GetCharBox(self._raw, index, left, right, bottom, top):
            return _NOWHERE
        return left.value, bottom.value, right.value, top.value


def _around(one: Box, other: Box) -> Box:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


class _Inks:
    """The ink of the text object that a character belongs to, looked up once per object."""

    def __init__(self, textpage: pdfium.PdfTextPage) -> None:
        self._raw = textpage.raw
        self._known: dict[int, Ink] = {}
        self._colour = [ctypes.c_uint() for _ in range(4)]

    def at(self, index: int) -> Ink:
        """The ink of the character at that index."""
        found = pdfium_c.FPDFText_GetTextObject(self._raw, index)
        if not found:
            return _BLACK
        address = ctypes.addressof(found.contents)
        ink = self._known.get(address)
        if ink is None:
            ink = self._known[address] = self._of(found, index)
        return ink

    def _of(self, text_object: pdfium_c.FPDF_PAGEOBJECT, index: int) -> Ink:
        unmapped = pdfium_c.FPDFText_HasUnicodeMapError(self._raw, index) == 1
        mode = pdfium_c.FPDFTextObj_GetTextRenderMode(text_object)
        if mode in (pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP):
            return Ink(invisible=True, unmapped=unmapped)
        red, green, blue, opacity = self._colour
        if not pdfium_c.FPDFPageObj_GetFillColor(text_object, red, green, blue, opacity):
            return Ink(unmapped=unmapped)
        pale = min(red.value, green.value, blue.value) >= _PALE or opacity.value < _FAINT
        return Ink(invisible=opacity.value == 0, pale=pale, unmapped=unmapped)
