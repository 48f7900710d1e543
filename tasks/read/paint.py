"""What a PDF page paints, in order: its texts, and the surfaces that could cover them or swallow their colour.

pdfium is asked a handful of questions about all objects at once; they tell which texts need a look at pixels, on most
pages none.
"""

import ctypes
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from tasks.documents import Box
from tasks.read import pdfium_calls as ask
from tasks.read.clips import clips_of
from tasks.read.pdfium_calls import Address, Boxes, Matrix, as_box

_DEEPEST = 6  # forms within forms
_SLIGHT = 3.0  # points: thinner surfaces are rules
_SMALL = 2.0  # points
_NO_EXTENT = 0.01  # points: pdfium leaves texts out of the text layer that are less wide
_PALE = 230  # of 255: the darkest fill that could pass for white paper
_FAINT = 50  # of 255: opacity below which black print would not show, or only as a watermark does
_ALIKE = 48  # of 255, of each colour: a text this like its ground may not stand out
_COVERING = 0.4  # of a text's height: less of it under a surface leaves it readable
_PAIRS = 200_000  # of texts and surfaces that are compared at a time
_OPTIONAL = "OC"
_INVISIBLE = (pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP)
_OUTLINED = (pdfium_c.FPDF_TEXTRENDERMODE_STROKE, pdfium_c.FPDF_TEXTRENDERMODE_STROKE_CLIP)
_UNMOVED: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)

Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]


class Text(NamedTuple):
    """A text object: when it is painted, and where (in the page's own coordinates). `invisible` leaves no mark by its
    mode or opacity; `window` is the rectangle that cuts off a part of it, or all."""

    address: Address
    order: int
    box: Box
    invisible: bool
    window: Box | None

    @property
    def handle(self) -> pdfium_c.FPDF_PAGEOBJECT:
        """The object as pypdfium2's own functions take it."""
        return ctypes.cast(self.address, pdfium_c.FPDF_PAGEOBJECT)


@dataclass(frozen=True, eq=False)
class _Objects:
    """All objects in the order of painting, and by that order the matrices of the forms that some lie in."""

    addresses: list[Address]
    kinds: Numbers
    matrices: dict[int, Matrix]

    def at(self, orders: Numbers) -> list[Address]:
        """The objects of these places."""
        return [self.addresses[order] for order in orders.tolist()]

    def move(self, orders: Numbers, boxes: Boxes) -> None:
        """Move the boxes of the objects of these places to where their forms put them."""
        for row, order in enumerate(orders.tolist()) if self.matrices else ():
            if order in self.matrices:
                boxes[row] = _moved(as_box(boxes[row]), self.matrices[order])


@dataclass(frozen=True, eq=False)
class Texts:
    """The texts of a page, a row each, but for blanks, of which some pages have thousands.

    `doubtful` ones may leave no mark by themselves: pale, small, see-through, in a form or layer, clipped by what is no
    rectangle. `windows` has the rectangles that cut off a part of a row's text, or all.
    """

    addresses: list[Address]
    orders: Numbers
    boxes: Boxes
    colours: NDArray[np.int64]
    invisible: Flags
    doubtful: Flags
    windows: Mapping[int, Box]

    def at(self, rows: Sequence[int]) -> list[Text]:
        """The texts of these rows."""
        return [
            Text(
                self.addresses[row],
                int(self.orders[row]),
                as_box(self.boxes[row]),
                bool(self.invisible[row]),
                self.windows.get(row),
            )
            for row in rows
        ]


@dataclass(frozen=True, eq=False)
class Surfaces:
    """Filled paths, and pictures and shadings, which have no one colour (`nan`), a row each."""

    orders: Numbers
    boxes: Boxes
    colours: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Paint:
    """The texts of a page and its surfaces."""

    texts: Texts
    surfaces: Surfaces

    def doubted(self) -> list[Text]:
        """The texts that may leave no mark, though no rectangle cuts them off: by themselves, or by a surface over them
        or of their colour below."""
        texts = self.texts
        return texts.at(np.flatnonzero(texts.invisible | texts.doubtful | self._swallowed()).tolist())

    def cut(self) -> list[Text]:
        """The texts that a rectangle cuts off, in part or whole."""
        return self.texts.at(list(self.texts.windows))

    def without_extent(self) -> list[Text]:
        """Texts that have no width at all: they are in no text layer."""
        boxes = self.texts.boxes
        return self.texts.at(np.flatnonzero(boxes[:, 2] - boxes[:, 0] < _NO_EXTENT).tolist())

    def _swallowed(self) -> Flags:
        """Of each text, whether a surface lies over it, or one that is like it in colour, or has none, below it."""
        count, surfaces = len(self.texts.addresses), len(self.surfaces.orders)
        block = max(_PAIRS // max(surfaces, 1), 1)
        found = [_swallows(self.surfaces, self.texts, slice(at, at + block)) for at in range(0, count, block)]
        return np.concatenate(found) if found else np.zeros(0, dtype=bool)


def paint_of(page: pdfium.PdfPage) -> Paint:
    """All that the page paints, forms included."""
    objects = _objects_of(page)
    return Paint(_texts(objects), _surfaces(objects))


def _objects_of(page: pdfium.PdfPage) -> _Objects:
    found = ask.objects_of(page)
    kinds = ask.each(ask.kind_of, found)
    if not (kinds == pdfium_c.FPDF_PAGEOBJ_FORM).any():
        return _Objects(found, kinds, {})
    placed: list[tuple[Address, int, Matrix | None]] = []
    for each, kind in zip(found, kinds.tolist(), strict=True):
        placed += _within(each, _UNMOVED, 1) if kind == pdfium_c.FPDF_PAGEOBJ_FORM else [(each, kind, None)]
    return _Objects(
        [each for each, _, _ in placed],
        np.array([kind for _, kind, _ in placed], dtype=np.int64),
        {order: matrix for order, (_, _, matrix) in enumerate(placed) if matrix},
    )


def _within(form: Address, matrix: Matrix, depth: int) -> Iterator[tuple[Address, int, Matrix]]:
    inner = _combined(ask.matrix_of(form), matrix)
    for each in ask.objects_within(form):
        kind = ask.kind_of(each)
        if kind != pdfium_c.FPDF_PAGEOBJ_FORM:
            yield each, kind, inner
        elif depth < _DEEPEST:
            yield from _within(each, inner, depth + 1)


def _texts(objects: _Objects) -> Texts:
    orders, boxes, small = _with_extent(objects, np.flatnonzero(objects.kinds == pdfium_c.FPDF_PAGEOBJ_TEXT))
    addresses = objects.at(orders)
    modes = ask.each(ask.render_mode, addresses)
    colours = ask.fills_of(addresses).astype(np.int64)
    outlined = _is_one_of(modes, _OUTLINED)
    colours[outlined] = ask.outlines_of(objects.at(orders[outlined]))
    opacity = colours[:, 3]
    windows, oddly_clipped = clips_of(addresses, boxes)
    objects.move(orders, boxes)
    pale = colours[:, :3].min(axis=1, initial=255) >= _PALE
    see_through = (opacity < _FAINT) | (ask.each(ask.has_transparency, addresses) != 0)
    in_form = np.isin(orders, list(objects.matrices)) if objects.matrices else np.zeros(len(orders), dtype=bool)
    return Texts(
        addresses,
        orders,
        boxes,
        colours[:, :3],
        invisible=_is_one_of(modes, _INVISIBLE) | (opacity == 0),
        doubtful=small | oddly_clipped | in_form | pale | see_through | _in_layers(addresses),
        windows={row: _moved(box, objects.matrices.get(int(orders[row]), _UNMOVED)) for row, box in windows.items()},
    )


def _is_one_of(modes: Numbers, either: tuple[int, int]) -> Flags:
    return np.asarray((modes == either[0]) | (modes == either[1]))


def _with_extent(objects: _Objects, orders: Numbers) -> tuple[Numbers, Boxes, Flags]:
    """Those that are no blanks, their boxes, and which are too small to read: letters of a size have an extent."""
    addresses = objects.at(orders)
    boxes = ask.bounds_of(addresses)
    sizes = boxes[:, 2:] - boxes[:, :2]
    small: Flags = np.asarray((sizes < _SMALL).any(axis=1))
    sizes_of_small = ask.letter_sizes([addresses[row] for row in np.flatnonzero(small).tolist()])
    small[small] = np.array(sizes_of_small) < _SMALL
    kept = small | (sizes != 0).any(axis=1)
    return orders[kept], boxes[kept], small[kept]


def _surfaces(objects: _Objects) -> Surfaces:
    """What is filled and no rule."""
    is_path = objects.kinds == pdfium_c.FPDF_PAGEOBJ_PATH
    paths = np.flatnonzero(is_path)
    filled = paths[ask.are_filled(objects.at(paths))]
    others = np.flatnonzero(~is_path & (objects.kinds != pdfium_c.FPDF_PAGEOBJ_TEXT))
    orders = np.concatenate([filled, others])
    boxes = ask.bounds_of(objects.at(orders))
    objects.move(orders, boxes)
    colours = np.full((len(orders), 3), np.nan)
    colours[: len(filled)] = ask.fills_of(objects.at(filled))[:, :3]
    wide = (boxes[:, 2:] - boxes[:, :2] >= _SLIGHT).all(axis=1)
    return Surfaces(orders[wide], boxes[wide], colours[wide])


def _in_layers(addresses: Sequence[Address]) -> Flags:
    """Which texts stand in optional content, which may be switched off. Most marks only tag structure."""
    marks = ask.each(ask.count_marks, addresses)
    told = np.flatnonzero(marks > 0)
    structure = ask.each(ask.marked_content, [addresses[row] for row in told.tolist()]) >= 0
    found = np.zeros(len(marks), dtype=bool)
    for row in told[marks[told] > structure].tolist():
        found[row] = any(ask.name_of_mark(addresses[row], index) == _OPTIONAL for index in range(int(marks[row])))
    return found


def _swallows(surfaces: Surfaces, texts: Texts, rows: slice) -> Flags:
    """Whether any of the surfaces may swallow each of these texts: pages have hundreds of both."""
    own = texts.boxes[rows, None]
    size = own[..., 2:] - own[..., :2]
    shared = np.minimum(own[..., 2:], surfaces.boxes[:, 2:]) - np.maximum(own[..., :2], surfaces.boxes[:, :2])
    touching = (shared[..., 0] >= np.minimum(_SLIGHT, size[..., 0])) & (shared[..., 1] >= _COVERING * size[..., 1])
    over = surfaces.orders > texts.orders[rows, None]
    differ = np.abs(surfaces.colours - texts.colours[rows, None]) >= _ALIKE  # never for a nan
    return np.asarray((touching & (over | ~differ.any(axis=2))).any(axis=1))


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
