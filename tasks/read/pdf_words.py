"""The words of one PDF page by pdfium.

Boxes are those of the page as displayed: cropped, turned by its /Rotate, origin top left, points. pdfium is asked per
word, not per character: a call from Python costs half a microsecond, a page has thousands of characters.
"""

import ctypes
import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from tasks.documents import Box
from tasks.read.paint import Text

_NOWHERE: Box = (0.0, 0.0, 0.0, 0.0)
_WORD = re.compile(r"\S+")
_LINE_END_HYPHEN = "\x02"  # pdfium writes it for a hyphen that breaks a word at the end of a line
_NO_WIDTH = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef]")
_SAMPLE = 40  # characters that are asked which way they run
_TAGS = re.compile("[\U000e0020-\U000e007e]+")  # characters without any shape that spell ASCII
_TAG_OFFSET = 0xE0000


class PrintedWord(NamedTuple):
    """A word of the text layer, or the part of one that comes from a `suspect` text, which may leave no mark.

    `start` is the index of the whole word's first character. `shapeless` parts are spelled by characters without any
    shape. `unmapped` is in a font that does not tell which letters its glyphs are: the text may be anything.
    """

    text: str
    box: Box
    start: int
    unmapped: bool = False
    suspect: Text | None = None
    shapeless: bool = False


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


def printed_words(textpage: pdfium.PdfTextPage, frame: PageFrame, suspects: Mapping[int, Text]) -> list[PrintedWord]:
    """Every word of the text layer in the order of the content stream, without characters that have no width.

    A word of which some characters come from `suspects` (text objects by their address) is given in parts.
    """
    boxes, objects = _CharacterBoxes(textpage), _Objects(textpage)
    text = page_text(textpage)
    words: list[PrintedWord] = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        for first, last, address in objects.runs(start, end, suspects):
            box = frame.displayed(*boxes.of_word(first, last - 1))
            unmapped = objects.unmapped(first, address)
            words += _spelled(PrintedWord(text[first:last], box, start, unmapped, suspects.get(address)))
    return words


def _spelled(word: PrintedWord) -> Iterable[PrintedWord]:
    """The word as a person sees it, and what characters without shape spell inside it."""
    if word.text.isascii() and _LINE_END_HYPHEN not in word.text:
        return (word,)
    text = _NO_WIDTH.sub("", word.text.replace(_LINE_END_HYPHEN, "-"))
    shapeless = ["".join(chr(ord(each) - _TAG_OFFSET) for each in tags) for tags in _TAGS.findall(word.text)]
    parts = [word._replace(text=tags, shapeless=True) for tags in shapeless]
    return [*parts, word._replace(text=text)] if text else parts


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
        box = around(self._cell(first), self._cell(last)) if last > first else self._cell(first)
        if box[2] <= box[0] or box[3] <= box[1]:
            box = around(self._ink(first), self._ink(last))
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


def around(one: Box, other: Box) -> Box:
    """The box around two."""
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


class _Objects:
    """The text objects that characters belong to, by their address; 0 for a character that pdfium made up."""

    def __init__(self, textpage: pdfium.PdfTextPage) -> None:
        self._raw = textpage.raw
        self._unmapped: dict[int, bool] = {}

    def at(self, index: int) -> int:
        """The object of the character at that index."""
        found = pdfium_c.FPDFText_GetTextObject(self._raw, index)
        return ctypes.addressof(found.contents) if found else 0

    def unmapped(self, index: int, address: int) -> bool:
        """Whether the font of that character, of that object, lacks a mapping to letters: asked once per object."""
        if address not in self._unmapped:
            self._unmapped[address] = pdfium_c.FPDFText_HasUnicodeMapError(self._raw, index) == 1
        return self._unmapped[address]

    def runs(self, start: int, end: int, suspects: Container[int]) -> Iterator[tuple[int, int, int]]:
        """The characters from `start` to `end` with their object, cut where one suspect object begins or ends.

        The characters of one object follow each other: a word that begins and ends in the same one lies in it whole.
        """
        first, current = start, self.at(start)
        if suspects and end - start > 1 and self.at(end - 1) != current:
            for index in range(start + 1, end):
                address = self.at(index) or current
                if address != current and (address in suspects or current in suspects):
                    yield first, index, current
                    first = index
                current = address
        yield first, end, current
