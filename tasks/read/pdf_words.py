"""The words of one PDF page by pdfium.

Boxes are those of the page as displayed: cropped, turned by its /Rotate, origin top left, points. pdfium is asked of
the first and last character of a word: a page has thousands of characters, and each question takes its time.
"""

import ctypes
import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from tasks.documents import Box
from tasks.read import pdfium_calls as ask
from tasks.read.paint import Text
from tasks.read.pdfium_calls import Address

Side = TypeVar("Side", float, NDArray[np.float64])

Run = tuple[int, int, int, Address]
"""Where a word starts, the first and the last character of it or of a part of it, and the text object of the first: 0
for a character that pdfium made up."""

_WORD = re.compile(r"\S+")
_LINE_END_HYPHEN = "\x02"  # pdfium writes it for a hyphen that breaks a word at the end of a line
_NO_WIDTH = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef]")
_UNSEEN = re.compile(f"{_LINE_END_HYPHEN}|{_NO_WIDTH.pattern}")
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

    def displayed(self, left: Side, bottom: Side, right: Side, top: Side) -> tuple[Side, Side, Side, Side]:
        """The displayed box of one in the page's own coordinates, or the columns of many."""
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
    page, text = ask.address_of(textpage.raw), page_text(textpage)
    runs = _runs(page, [match.span() for match in _WORD.finditer(text)], suspects)
    boxes = _boxes_of(page, frame, [first for _, first, _, _ in runs], [last for _, _, last, _ in runs])
    firsts = {found: first for _, first, _, found in reversed(runs)}
    unmapped = {address: ask.lacks_unicode(page, first) == 1 for address, first in firsts.items()}
    words = [
        PrintedWord(text[first : last + 1], box, start, unmapped[found], suspects.get(found))
        for (start, first, last, found), box in zip(runs, boxes, strict=True)
    ]
    return [part for word in words for part in _spelled(word)] if _UNSEEN.search(text) else words


def _spelled(word: PrintedWord) -> Iterable[PrintedWord]:
    """The word as a person sees it, and what characters without shape spell inside it."""
    if not _UNSEEN.search(word.text):
        return (word,)
    text = _NO_WIDTH.sub("", word.text.replace(_LINE_END_HYPHEN, "-"))
    shapeless = ["".join(chr(ord(each) - _TAG_OFFSET) for each in tags) for tags in _TAGS.findall(word.text)]
    parts = [word._replace(text=tags, shapeless=True) for tags in shapeless]
    return [*parts, word._replace(text=text)] if text else parts


def turn_of(textpage: pdfium.PdfTextPage, frame: PageFrame) -> int:
    """By how many degrees clockwise most of the text stands on the displayed page: 0, 90, 180 or 270."""
    page, count = ask.address_of(textpage.raw), textpage.count_chars()
    turns: Counter[int] = Counter()
    for index in range(0, count, max(count // _SAMPLE, 1)):
        angle = ask.angle_of(page, index)
        if angle >= 0 and chr(ask.code_of(page, index)).isalnum():
            turns[(round(angle / 90) * 90 + frame.turned) % 360] += 1
    return turns.most_common(1)[0][0] if turns else 0


def _boxes_of(page: Address, frame: PageFrame, firsts: Sequence[int], lasts: Sequence[int]) -> list[Box]:
    """Around two characters each: by their fonts' ascent and descent, or by their ink where the font states none."""
    one, other = ask.cells_of(page, firsts), ask.cells_of(page, lasts)
    boxes = np.hstack([np.minimum(one[:, :2], other[:, :2]), np.maximum(one[:, 2:], other[:, 2:])])
    for row in np.flatnonzero((boxes[:, 2:] <= boxes[:, :2]).any(axis=1)).tolist():
        boxes[row] = around(ask.ink_of(page, firsts[row]), ask.ink_of(page, lasts[row]))
    boxes[~np.isfinite(boxes).all(axis=1)] = 0.0  # by a matrix beyond all measure
    left, top, right, bottom = (side.tolist() for side in frame.displayed(*boxes.T))
    return list(zip(left, top, right, bottom, strict=True))


def around(one: Box, other: Box) -> Box:
    """The box around two."""
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def _runs(page: Address, words: Sequence[tuple[int, int]], suspects: Container[Address]) -> list[Run]:
    """The words, from their first character up to the one behind their last, cut where one suspect begins or ends.

    The characters of one object follow each other: a word that begins and ends in the same one lies in it whole.
    """
    firsts = ask.text_objects_of(page, [start for start, _ in words])
    if not suspects:
        return [(start, start, end - 1, text) for (start, end), text in zip(words, firsts, strict=True)]
    lasts = ask.text_objects_of(page, [end - 1 for _, end in words])
    runs: list[Run] = []
    for (start, end), text, last in zip(words, firsts, lasts, strict=True):
        runs += [(start, start, end - 1, text)] if text == last else _cut(page, start, end, suspects)
    return runs


def _cut(page: Address, start: int, end: int, suspects: Container[Address]) -> Iterator[Run]:
    texts = ask.text_objects_of(page, range(start, end))
    first, current = start, texts[0]
    for index, text in enumerate(texts[1:], start + 1):
        address = text or current
        if address != current and (address in suspects or current in suspects):
            yield start, first, index - 1, current
            first = index
        current = address
    yield start, first, end - 1, current
