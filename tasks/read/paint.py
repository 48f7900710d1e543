"""What a PDF page paints, in order: its texts, and the surfaces that could cover them or swallow their colour.

pdfium is asked a handful of questions per object; they tell which texts need a look at pixels, on most pages none.
"""

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import hypot
from typing import NamedTuple, TypeAlias

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from tasks.documents import Box

_DEEPEST = 6  # forms within forms
_SLIGHT = 3.0  # points: thinner surfaces are rules
_SMALL = 2.0  # points
_NO_EXTENT = 0.01  # points: pdfium leaves texts out of the text layer that are less wide
_PALE = 230  # of 255: the darkest fill that could pass for white paper
_FAINT = 50  # of 255: opacity below which black print would not show, or only as a watermark does
_ALIKE = 48  # of 255, of each colour: a text this like its ground may not stand out
_COVERING = 0.4  # of a text's height: less of it under a surface leaves it readable
_SLACK = 1.0  # points that a text may reach over its clip
_PAIRS = 200_000  # of texts and surfaces that are compared at a time
_OPTIONAL = "OC"
_INVISIBLE = (pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP)
_OUTLINED = (pdfium_c.FPDF_TEXTRENDERMODE_STROKE, pdfium_c.FPDF_TEXTRENDERMODE_STROKE_CLIP)

Colour = tuple[int, int, int]
Matrix = tuple[float, float, float, float, float, float]
PageObject: TypeAlias = pdfium_c.FPDF_PAGEOBJECT
_NOWHERE: Box = (0.0, 0.0, 0.0, 0.0)
_UNMOVED: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class Text(NamedTuple):
    """A text object: when it is painted, where (in the page's own coordinates), in which colour. `invisible` leaves
    no mark by its mode or opacity; `doubtful` may leave none: pale, small, see-through, in a form or layer, clipped by
    what is no rectangle. `window` is the rectangle that cuts off a part of it, or all."""

    handle: PageObject
    order: int
    box: Box
    colour: Colour
    invisible: bool
    doubtful: bool
    window: Box | None


class Surface(NamedTuple):
    """A filled path, or a picture or shading, which have no one colour; `box` as that of a text."""

    order: int
    box: Box
    colour: Colour | None


@dataclass(slots=True)
class Paint:
    """The texts of a page by the address of their object, and its surfaces."""

    texts: dict[int, Text] = field(default_factory=dict)
    surfaces: list[Surface] = field(default_factory=list)

    def doubted(self) -> dict[int, Text]:
        """The texts that may leave no mark, though no rectangle cuts them off: by themselves, or by a surface over them
        or of their colour below."""
        return {
            address: text
            for (address, text), covered in zip(self.texts.items(), self._swallowed(), strict=True)
            if text.invisible or text.doubtful or covered
        }

    def cut(self) -> dict[int, Text]:
        """The texts that a rectangle cuts off, in part or whole."""
        return {address: text for address, text in self.texts.items() if text.window}

    def without_extent(self) -> list[Text]:
        """Texts that have no width at all: they are in no text layer."""
        return [text for text in self.texts.values() if text.box[2] - text.box[0] < _NO_EXTENT]

    def _swallowed(self) -> NDArray[np.bool_]:
        """Of each text, whether a surface lies over it, or one that is like it in colour, or has none, below it."""
        texts, surfaces = list(self.texts.values()), self.surfaces
        if not surfaces:
            return np.zeros(len(texts), dtype=bool)
        block = max(_PAIRS // len(surfaces), 1)
        found = [_swallows(surfaces, texts[at : at + block]) for at in range(0, len(texts), block)]
        return np.concatenate(found) if found else np.zeros(0, dtype=bool)


def paint_of(page: pdfium.PdfPage) -> Paint:
    """All that the page paints, forms included."""
    paint, asked = Paint(), _Asked()
    for order, (found, kind, matrix) in enumerate(_objects(page)):
        if kind == pdfium_c.FPDF_PAGEOBJ_TEXT:
            text = asked.text(found, matrix, order)
            if text:
                paint.texts[ctypes.addressof(found.contents)] = text
        elif kind != pdfium_c.FPDF_PAGEOBJ_PATH or asked.is_filled(found):
            box = _moved(asked.bounds(found), matrix)
            if min(_size(box)) >= _SLIGHT:
                colour = asked.fill(found)[0] if kind == pdfium_c.FPDF_PAGEOBJ_PATH else None
                paint.surfaces.append(Surface(order, box, colour))
    return paint


def _objects(page: pdfium.PdfPage) -> Iterator[tuple[PageObject, int, Matrix]]:
    """Objects in the order of painting, each with its kind and the matrix of the form that it lies in."""
    for index in range(pdfium_c.FPDFPage_CountObjects(page.raw)):
        found = pdfium_c.FPDFPage_GetObject(page.raw, index)
        kind = pdfium_c.FPDFPageObj_GetType(found)
        if kind == pdfium_c.FPDF_PAGEOBJ_FORM:
            yield from _within(found, _UNMOVED, 1)
        else:
            yield found, kind, _UNMOVED


def _within(form: PageObject, matrix: Matrix, depth: int) -> Iterator[tuple[PageObject, int, Matrix]]:
    own = pdfium_c.FS_MATRIX()
    pdfium_c.FPDFPageObj_GetMatrix(form, own)
    inner = _combined((own.a, own.b, own.c, own.d, own.e, own.f), matrix)
    for index in range(pdfium_c.FPDFFormObj_CountObjects(form)):
        found = pdfium_c.FPDFFormObj_GetObject(form, index)
        kind = pdfium_c.FPDFPageObj_GetType(found)
        if kind != pdfium_c.FPDF_PAGEOBJ_FORM:
            yield found, kind, inner
        elif depth < _DEEPEST:
            yield from _within(found, inner, depth + 1)


class _Asked:
    """What pdfium answers about an object. One C struct serves every call."""

    def __init__(self) -> None:
        self._colour = [ctypes.c_uint() for _ in range(4)]
        self._sides = [ctypes.c_float() for _ in range(4)]
        self._flags = ctypes.c_int(), ctypes.c_int()

    def text(self, found: PageObject, matrix: Matrix, order: int) -> Text | None:
        """The text; None for blanks, of which some pages have thousands: letters of a size have an extent."""
        own = self.bounds(found)
        small = (own[2] - own[0] < _SMALL or own[3] - own[1] < _SMALL) and self.is_small(found)
        if own[0] == own[2] and own[1] == own[3] and not small:
            return None
        mode = pdfium_c.FPDFTextObj_GetTextRenderMode(found)
        colour, opacity = self.outline(found) if mode in _OUTLINED else self.fill(found)
        window, oddly_clipped = _clip_of(found, own)
        moved = matrix is not _UNMOVED
        doubtful = (
            small
            or oddly_clipped
            or moved
            or min(colour) >= _PALE
            or opacity < _FAINT
            or bool(pdfium_c.FPDFPageObj_HasTransparency(found))
            or _is_in_layer(found)
        )
        box = _moved(own, matrix) if moved else own
        return Text(
            found, order, box, colour, mode in _INVISIBLE or opacity == 0, doubtful, window and _moved(window, matrix)
        )

    def fill(self, found: PageObject) -> tuple[Colour, int]:
        """Colour and opacity; a pattern's is not known and passes for white."""
        return self._answer(pdfium_c.FPDFPageObj_GetFillColor(found, *self._colour))

    def outline(self, found: PageObject) -> tuple[Colour, int]:
        return self._answer(pdfium_c.FPDFPageObj_GetStrokeColor(found, *self._colour))

    def _answer(self, known: int) -> tuple[Colour, int]:
        red, green, blue, opacity = self._colour
        return ((red.value, green.value, blue.value), opacity.value) if known else ((255, 255, 255), 255)

    def is_filled(self, found: PageObject) -> bool:
        mode, stroked = self._flags
        return bool(pdfium_c.FPDFPath_GetDrawMode(found, mode, stroked) and mode.value)

    def is_small(self, found: PageObject) -> bool:
        """Whether its letters are: by the font's size, for a dash is always low."""
        size, own = self._sides[0], pdfium_c.FS_MATRIX()
        pdfium_c.FPDFTextObj_GetFontSize(found, size)
        pdfium_c.FPDFPageObj_GetMatrix(found, own)
        return abs(size.value) * min(hypot(own.a, own.b), hypot(own.c, own.d)) < _SMALL

    def bounds(self, found: PageObject) -> Box:
        left, bottom, right, top = self._sides
        if not pdfium_c.FPDFPageObj_GetBounds(found, left, bottom, right, top):
            return _NOWHERE
        return left.value, bottom.value, right.value, top.value


def _clip_of(found: PageObject, box: Box) -> tuple[Box | None, bool]:
    """The rectangle to which clips cut the box, None where they leave it whole; and whether some are no rectangles."""
    clip = pdfium_c.FPDFPageObj_GetClipPath(found)
    window, odd = box, False
    for path in range(pdfium_c.FPDFClipPath_CountPaths(clip)):
        rectangle = _rectangle(clip, path)
        if rectangle is None:
            odd = True
        elif not _holds(rectangle, box):
            window = _common(window, rectangle)
    return (None if window is box else window), odd


def _rectangle(clip: pdfium_c.FPDF_CLIPPATH, path: int) -> Box | None:
    """The clip path as a rectangle; None where it is none."""
    if pdfium_c.FPDFClipPath_CountPathSegments(clip, path) not in (4, 5):
        return None
    x, y = ctypes.c_float(), ctypes.c_float()
    corners = []
    for index in range(4):
        pdfium_c.FPDFPathSegment_GetPoint(pdfium_c.FPDFClipPath_GetPathSegment(clip, path, index), x, y)
        corners.append((x.value, y.value))
    across, up = sorted(x for x, _ in corners), sorted(y for _, y in corners)
    is_upright = across[1] - across[0] < _SLACK and up[1] - up[0] < _SLACK
    return (across[0], up[0], across[3], up[3]) if is_upright else None


def _holds(rectangle: Box, box: Box) -> bool:
    inside = rectangle[0] - _SLACK <= box[0] and box[2] <= rectangle[2] + _SLACK
    return inside and rectangle[1] - _SLACK <= box[1] and box[3] <= rectangle[3] + _SLACK


def _common(one: Box, other: Box) -> Box:
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])


def _is_in_layer(found: PageObject) -> bool:
    """Whether it stands in optional content, which may be switched off. Most marks only tag structure."""
    marks = pdfium_c.FPDFPageObj_CountMarks(found)
    if not marks or marks <= (pdfium_c.FPDFPageObj_GetMarkedContentID(found) >= 0):
        return False
    return any(_name_of(pdfium_c.FPDFPageObj_GetMark(found, index)) == _OPTIONAL for index in range(marks))


def _name_of(mark: pdfium_c.FPDF_PAGEOBJECTMARK) -> str:
    buffer, length = (ctypes.c_ushort * 32)(), ctypes.c_ulong()
    pdfium_c.FPDFPageObjMark_GetName(mark, buffer, ctypes.sizeof(buffer), length)
    return bytes(buffer)[: max(length.value - 2, 0)].decode("utf-16-le", "replace")


def _swallows(surfaces: Sequence[Surface], texts: Sequence[Text]) -> NDArray[np.bool_]:
    """Whether any of the surfaces may swallow each of the texts: pages have hundreds of both."""
    own, all_boxes = np.array([text.box for text in texts])[:, None], np.array([surface.box for surface in surfaces])
    size = own[..., 2:] - own[..., :2]
    shared = np.minimum(own[..., 2:], all_boxes[:, 2:]) - np.maximum(own[..., :2], all_boxes[:, :2])
    touching = (shared[..., 0] >= np.minimum(_SLIGHT, size[..., 0])) & (shared[..., 1] >= _COVERING * size[..., 1])
    over = np.array([surface.order for surface in surfaces]) > np.array([text.order for text in texts])[:, None]
    colours = np.array([surface.colour or (np.nan,) * 3 for surface in surfaces])
    differ = np.abs(colours - np.array([text.colour for text in texts])[:, None]) >= _ALIKE  # never for a nan
    return np.asarray((touching & (over | ~differ.any(axis=2))).any(axis=1))


def _size(box: Box) -> tuple[float, float]:
    return box[2] - box[0], box[3] - box[1]


def _moved(box: Box, matrix: Matrix) -> Box:
    if matrix is _UNMOVED:
        return box
    a, b, c, d, e, f = matrix
    corners = [(x * a + y * c + e, x * b + y * d + f) for x in (box[0], box[2]) for y in (box[1], box[3])]
    across, up = [x for x, _ in corners], [y for _, y in corners]
    return min(across), min(up), max(across), max(up)


def _combined(first: Matrix, then: Matrix) -> Matrix:
    """The matrix that moves by `first`, then by `then`."""
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u
