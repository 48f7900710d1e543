"""Telling words that a person sees from words that the file hides.

Hidden is what lies off the page, is too small to read, or leaves no mark: the page looks the same without it. A
scanner's text layer leaves no mark either, but its words lie over the picture's ink, no two over the same.
"""

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from tasks.documents import Box, Word
from tasks.read import pdfium_calls as ask
from tasks.read.paint import Paint, Text
from tasks.read.pdf_words import PageFrame, PrintedWord, around, printed_words
from tasks.read.pdfium_calls import Address
from tasks.read.rendering import Rendered, grey_of

_TINY = 2.0  # points: a line of this height can't be read, even enlarged on paper
_NARROW = 0.25  # points of width for a character
_PIXELS_PER_POINT = 2.0
_CONTRAST = 16  # of 255: below this a person sees an even surface
_MARKED_SHARE = 0.25  # of a word's width that must show its ink
_PICTURE_SHARE = 0.5  # of the page, covered by pictures: what makes it a scan
_DEEP = 2  # forms within forms in which pictures are looked for
_SCANNED_SHARE = 0.95  # of a layer's words over ink: scanners reach 0.98, foreign layers 0.8 at most
_POINT = 1e-3  # points, for boxes without extent
_HALF = 0.6  # of a character
_SLIP = 0.5  # of its height that a scanner may put a word too high or too low
_SAME_PLACE = 0.6  # of the smaller of two words: so much of it under the other is no slip of a scanner
_READ_TWICE = 6  # letters and digits from which that tells: scanners read short words and syllables twice
_SYLLABLE = 4  # letters and digits: scanners see shorter ones in dirt
_FIGURE = 2  # digits, from which a word of any length tells
_PART = 0.25  # of a page: to draw more takes about as long as the whole
_SLIPPED = 1.0  # points beyond the page's edge
_PRODUCERS_MARK = re.compile(r"<?powered by [^\d]{3,40}", re.IGNORECASE)  # TCPDF, WideOrbit set it in 1 point or white


@dataclass(slots=True)
class Parted:
    """The words of a page, seen or hidden. `scanned` says that the seen ones are a scanner's layer."""

    seen: list[PrintedWord] = field(default_factory=list)
    hidden: list[Word] = field(default_factory=list)
    scanned: bool = False


def part(
    textpage: pdfium.PdfTextPage, page: pdfium.PdfPage, frame: PageFrame, paint: Paint, megapixels: float
) -> Parted:
    """Part the words of a page. Pixels are looked at only where something painted gives cause."""
    cut, doubted = paint.cut(), paint.doubted()
    parts = printed_words(textpage, frame, {text.address: text for text in (*cut, *doubted)})
    suspected = [part for part in parts if part.suspect]
    left_by_clips = {id(part): _left_of(part, frame) for part in suspected if part.suspect and part.suspect.window}
    unmarked = {id(p) for p in suspected if id(p) in left_by_clips and left_by_clips[id(p)] < _needed(p)}
    doubtful = {text.order for text in doubted}
    unsure = [p for p in suspected if p.suspect and p.suspect.order in doubtful and id(p) not in unmarked]
    scanned = False
    if unsure:
        reach = _reach(unsure, frame.size)
        rendered = grey_of(page, reach, _PIXELS_PER_POINT, megapixels)
        layer = list(_without_mark(unsure, page, reach, rendered, doubted, megapixels))
        over_nothing = [part for part in layer if not _over_ink(part, rendered)]
        scanned = _is_scan_of(layer, over_nothing, page)
        unmarked |= {id(part) for part in (over_nothing if scanned else layer)} | (
            _in_one_place(layer) if scanned else set()
        )
    out_of_sight = zip(parts, _out_of_sight(parts, frame.size), strict=True)
    hidden = [part for part, out in out_of_sight if out or part.shapeless or id(part) in unmarked]
    gone = {id(part) for part in hidden}
    seen = [part for part in parts if id(part) not in gone] if hidden else parts
    seen = _whole(seen) if suspected else seen
    begun = {part.suspect.order for part in seen if part.suspect and part.suspect.window} if suspected else set()
    begun |= {
        p.suspect.order for p in hidden if p.suspect and left_by_clips.get(id(p), 0.0) >= _MARKED_SHARE
    } - doubtful
    return Parted(seen, _worth_telling(hidden, seen, begun, scanned, frame.size), scanned)


def picture_share(page: pdfium.PdfPage) -> float:
    """The share of the page that pictures cover, their overlaps counted once more: 0 without any."""
    width, height = page.get_size()
    covered = 0.0
    for left, bottom, right, top in ask.bounds_of(_pictures(ask.objects_of(page), _DEEP)).tolist():
        covered += (right - left) * (top - bottom)
    return float(covered / (width * height))


def _pictures(objects: Sequence[Address], depth: int) -> list[Address]:
    """The pictures among the objects, and in forms within forms down to that depth."""
    found = []
    for each, kind in zip(objects, ask.each(ask.kind_of, objects).tolist(), strict=True):
        if kind == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            found.append(each)
        elif kind == pdfium_c.FPDF_PAGEOBJ_FORM and depth:
            found += _pictures(ask.objects_within(each), depth - 1)
    return found


def _without_mark(
    parts: Sequence[PrintedWord],
    page: pdfium.PdfPage,
    reach: Box,
    rendered: Rendered,
    suspects: Iterable[Text],
    megapixels: float,
) -> Iterable[PrintedWord]:
    """Parts whose place looks the same when the suspect texts are not painted."""
    painted = [text for text in suspects if not text.invisible]
    for text in painted:
        pdfium_c.FPDFPageObj_SetIsActive(text.handle, False)
    without = grey_of(page, reach, _PIXELS_PER_POINT, megapixels) if painted else rendered
    for text in painted:
        pdfium_c.FPDFPageObj_SetIsActive(text.handle, True)
    for each in parts:
        if each.suspect and any(map(str.isalnum, each.text)):
            middle = _middle(each.box)
            if each.suspect.invisible or rendered.differing(without, middle, _CONTRAST) < _MARKED_SHARE:
                yield each


def _left_of(word: PrintedWord, frame: PageFrame) -> float:
    """The share of the word's length that its clips leave; 0.0 where they leave little of its height."""
    if not word.suspect or not word.suspect.window:
        return 1.0
    window = frame.displayed(*word.suspect.window)
    left, top, right, bottom = _middle(word.box)
    across = (min(right, window[2]) - max(left, window[0])) / max(right - left, _POINT)
    down = (min(bottom, window[3]) - max(top, window[1])) / max(bottom - top, _POINT)
    along, over = (across, down) if right - left >= bottom - top else (down, across)
    return along if over >= _MARKED_SHARE else 0.0


def _needed(word: PrintedWord) -> float:
    """The share of its length that must be left of a word to be read: of one with digits nearly all."""
    return 1 - _HALF / len(word.text) if any(map(str.isdigit, word.text)) else _MARKED_SHARE


def _middle(box: Box) -> Box:
    """Without the rims, into which neighbouring lines reach."""
    across, down = min(0.25 * (box[2] - box[0]), 1.0), 0.25 * (box[3] - box[1])
    return box[0] + across, box[1] + down, box[2] - across, box[3] - down


def _out_of_sight(parts: Sequence[PrintedWord], size: tuple[float, float]) -> list[bool]:
    """Whether each lies off the page, or is too small to be read."""
    boxes = np.array([part.box for part in parts]).reshape(-1, 4)
    left, top, right, bottom = boxes.T
    off = (right <= 0) | (bottom <= 0) | (left >= size[0]) | (top >= size[1])
    lengths = np.array([len(part.text) for part in parts])
    short, long = np.minimum(right - left, bottom - top), np.maximum(right - left, bottom - top)
    tiny = (np.where(lengths > 2, short, long) < _TINY) | (long < _NARROW * lengths)
    for row in np.flatnonzero(tiny).tolist():
        tiny[row] = any(map(str.isalnum, parts[row].text))
    return list((off | tiny).tolist())


def _at_edge(word: PrintedWord, size: tuple[float, float]) -> bool:
    """Whether the word begins right where the page ends: a footer that slipped."""
    left, top, right, bottom = word.box
    gap = max(left - size[0], top - size[1], -right, -bottom)
    return 0 <= gap <= _SLIPPED


def _is_scan_of(layer: Sequence[PrintedWord], over_nothing: Sequence[PrintedWord], page: pdfium.PdfPage) -> bool:
    """Whether words without a mark are what a scanner read in the picture that fills the page: few stand over no
    ink."""
    over_ink = len(layer) - len(over_nothing)
    return bool(layer) and over_ink >= _SCANNED_SHARE * len(layer) and picture_share(page) >= _PICTURE_SHARE


def _reach(words: Sequence[PrintedWord], size: tuple[float, float]) -> Box:
    """Around the words and all that is looked at beside them; the whole page where a part would spare little."""
    lefts, tops, rights, bottoms = zip(*map(_slipped, words), strict=True)
    left, top, right, bottom = min(lefts), min(tops), max(rights), max(bottoms)
    spares = (right - left) * (bottom - top) < _PART * size[0] * size[1]
    return (left, top, right, bottom) if spares else (0.0, 0.0, *size)


def _over_ink(word: PrintedWord, rendered: Rendered) -> bool:
    pixels = rendered.under(_slipped(word))
    return bool(pixels.size) and int(pixels.max()) - int(pixels.min()) >= _CONTRAST


def _slipped(word: PrintedWord) -> Box:
    """Where the print of a word may lie that a scanner put too high or too low."""
    left, top, right, bottom = word.box
    slip = _SLIP * (bottom - top)
    return left, top - slip, right, bottom + slip


def _in_one_place(layer: Sequence[PrintedWord]) -> set[int]:
    """Words of which one lies over another: a scanner reads the same ink but once."""
    found: set[int] = set()
    long = [word for word in layer if sum(map(str.isalnum, word.text)) >= _READ_TWICE]
    ordered = sorted(long, key=lambda word: word.box[1])
    for place, one in enumerate(ordered):
        for other in ordered[place + 1 :]:
            if other.box[1] >= one.box[3]:
                break
            if one.text != other.text and _shared(one.box, other.box) >= _SAME_PLACE:
                found |= {id(one), id(other)}
    return found


def _shared(one: Box, other: Box) -> float:
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    smaller = min((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return across * down / smaller if across > 0 and down > 0 and smaller > 0 else 0.0


def _whole(parts: list[PrintedWord]) -> list[PrintedWord]:
    """The words of which these parts are seen: suspect texts alone come in parts."""
    return [_joined(list(same)) for _, same in groupby(parts, lambda part: part.start)]


def _joined(parts: list[PrintedWord]) -> PrintedWord:
    """The seen parts of one word."""
    if len(parts) == 1:
        return parts[0]
    box = parts[0].box
    for each in parts[1:]:
        box = around(box, each.box)
    return parts[0]._replace(text="".join(each.text for each in parts), box=box)


def _worth_telling(
    hidden: Sequence[PrintedWord],
    seen: Sequence[PrintedWord],
    begun: Container[int],
    scanned: bool,
    size: tuple[float, float],
) -> list[Word]:
    """All hidden words if any says what the page does not show and is no mark of the program that made it.

    Nor does a text tell that slipped over the page's edge, or that has `begun` in its cell and is cut off there.
    """
    if not hidden:
        return []
    shown = {word.text for word in seen}
    told = (word for word in hidden if not _at_edge(word, size))
    left = [word for word in told if not (word.suspect and word.suspect.order in begun)]
    least = _SYLLABLE if scanned else 3
    telling = any(_is_long(word.text, least) and word.text not in shown for word in left)
    if not telling or _PRODUCERS_MARK.fullmatch(" ".join(word.text for word in left)):
        return []
    return [Word(word.text, word.box) for word in hidden]


def _is_long(text: str, least: int) -> bool:
    """Whether the word says something: dirt is read as a letter or two, not as a figure."""
    return sum(map(str.isalnum, text)) >= least or sum(map(str.isdigit, text)) >= _FIGURE
