"""pdfium's answers about the objects and characters of a page, of which there are hundreds to thousands.

A question is asked of all of them at once, and objects are plain addresses: pypdfium2's own signatures wrap each
pointer in a Python object, which takes three times as long as the call.
"""

import ctypes
from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from math import hypot
from typing import Any, cast

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from tasks.documents import Box

Address = int
Boxes = NDArray[np.float64]
"""A row for each: left, bottom, right, top in the page's own coordinates; zeros where pdfium knows none."""

Matrix = tuple[float, float, float, float, float, float]

_POINTER, _INT, _ULONG = ctypes.c_void_p, ctypes.c_int, ctypes.c_ulong
_WHITE = (255, 255, 255, 255)


def _plain(function: "ctypes._FuncPointer", result: type[Any], *arguments: type[Any]) -> Callable[..., Any]:
    """The library's function with numbers for pointers, called without letting other threads in, which would take as
    long as most answers do."""
    return ctypes.PYFUNCTYPE(result, *arguments)(ctypes.cast(function, _POINTER).value or 0)


_object_at = _plain(pdfium_c.FPDFPage_GetObject, _POINTER, _POINTER, _INT)
_object_in_form = _plain(pdfium_c.FPDFFormObj_GetObject, _POINTER, _POINTER, _ULONG)
_objects_in_form = _plain(pdfium_c.FPDFFormObj_CountObjects, _INT, _POINTER)
_matrix = _plain(pdfium_c.FPDFPageObj_GetMatrix, _INT, _POINTER, _POINTER)
_bounds = _plain(pdfium_c.FPDFPageObj_GetBounds, _INT, *[_POINTER] * 5)
_fill_colour = _plain(pdfium_c.FPDFPageObj_GetFillColor, _INT, *[_POINTER] * 5)
_stroke_colour = _plain(pdfium_c.FPDFPageObj_GetStrokeColor, _INT, *[_POINTER] * 5)
_draw_mode = _plain(pdfium_c.FPDFPath_GetDrawMode, _INT, *[_POINTER] * 3)
_font_size = _plain(pdfium_c.FPDFTextObj_GetFontSize, _INT, _POINTER, _POINTER)
_clip_segment = _plain(pdfium_c.FPDFClipPath_GetPathSegment, _POINTER, _POINTER, _INT, _INT)
_point = _plain(pdfium_c.FPDFPathSegment_GetPoint, _INT, *[_POINTER] * 3)
_mark = _plain(pdfium_c.FPDFPageObj_GetMark, _POINTER, _POINTER, _ULONG)
_mark_name = _plain(pdfium_c.FPDFPageObjMark_GetName, _INT, _POINTER, _POINTER, _ULONG, _POINTER)
_text_object = _plain(pdfium_c.FPDFText_GetTextObject, ctypes.c_size_t, _POINTER, _INT)
_loose_box = _plain(pdfium_c.FPDFText_GetLooseCharBox, _INT, _POINTER, _INT, _POINTER)
_ink_box = _plain(pdfium_c.FPDFText_GetCharBox, _INT, _POINTER, _INT, *[_POINTER] * 4)

kind_of = _plain(pdfium_c.FPDFPageObj_GetType, _INT, _POINTER)
render_mode = _plain(pdfium_c.FPDFTextObj_GetTextRenderMode, _INT, _POINTER)
has_transparency = _plain(pdfium_c.FPDFPageObj_HasTransparency, _INT, _POINTER)
clip_of = _plain(pdfium_c.FPDFPageObj_GetClipPath, _POINTER, _POINTER)
paths_in_clip = _plain(pdfium_c.FPDFClipPath_CountPaths, _INT, _POINTER)
segments_in_path = _plain(pdfium_c.FPDFClipPath_CountPathSegments, _INT, _POINTER, _INT)
count_marks = _plain(pdfium_c.FPDFPageObj_CountMarks, _INT, _POINTER)
marked_content = _plain(pdfium_c.FPDFPageObj_GetMarkedContentID, _INT, _POINTER)
angle_of = _plain(pdfium_c.FPDFText_GetCharAngle, ctypes.c_float, _POINTER, _INT)
code_of = _plain(pdfium_c.FPDFText_GetUnicode, ctypes.c_uint, _POINTER, _INT)
lacks_unicode = _plain(pdfium_c.FPDFText_HasUnicodeMapError, _INT, _POINTER, _INT)


def address_of(handle: "ctypes._Pointer[Any]") -> Address:
    """The address of a page or text page that pypdfium2 holds."""
    return ctypes.addressof(handle.contents)


def as_box(row: NDArray[np.float64]) -> Box:
    """A row of `Boxes`."""
    left, bottom, right, top = row.tolist()
    return left, bottom, right, top


def each(question: Callable[[Address], int], objects: Sequence[Address]) -> NDArray[np.int64]:
    """The answer of each object."""
    return np.fromiter(map(question, objects), np.int64, len(objects))


def objects_of(page: pdfium.PdfPage) -> list[Address]:
    """The objects of a page."""
    return list(map(_object_at, repeat(address_of(page.raw)), range(pdfium_c.FPDFPage_CountObjects(page.raw))))


def objects_within(form: Address) -> list[Address]:
    """The objects of a form."""
    return list(map(_object_in_form, repeat(form), range(_objects_in_form(form))))


def bounds_of(objects: Sequence[Address]) -> Boxes:
    """Around all that each object paints."""
    return _written(np.float32, 4, _bounds, objects)[0].astype(np.float64)


def fills_of(objects: Sequence[Address]) -> NDArray[np.uint32]:
    """Red, green, blue and opacity of each; a pattern's are not known and pass for white."""
    return _colours(_fill_colour, objects)


def outlines_of(objects: Sequence[Address]) -> NDArray[np.uint32]:
    """The same of their outlines."""
    return _colours(_stroke_colour, objects)


def are_filled(paths: Sequence[Address]) -> NDArray[np.bool_]:
    """Which paths are more than an outline."""
    modes, known = _written(np.int32, 2, _draw_mode, paths, numbers=2)
    return np.asarray(known & (modes[:, 0] != 0))


def letter_sizes(texts: Sequence[Address]) -> list[float]:
    """The size of the letters of each, points: by the font's, for a dash is always low."""
    sizes = _written(np.float32, 1, _font_size, texts)[0][:, 0].tolist()
    matrices = _written(np.float32, 1, _matrix, texts, numbers=6)[0].tolist()
    return [abs(size) * min(hypot(a, b), hypot(c, d)) for size, (a, b, c, d, _, _) in zip(sizes, matrices, strict=True)]


def matrix_of(found: Address) -> Matrix:
    """How the object is scaled, turned and moved."""
    matrix = pdfium_c.FS_MATRIX()
    _matrix(found, ctypes.byref(matrix))
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def point_of_path(clip: Address, path: int, segment: int) -> tuple[float, float]:
    """Where a segment of a path of the clip ends."""
    x, y = ctypes.c_float(), ctypes.c_float()
    _point(_clip_segment(clip, path, segment), ctypes.byref(x), ctypes.byref(y))
    return x.value, y.value


def name_of_mark(found: Address, index: int) -> str:
    """The tag of a content mark, if it is not longer than thirty letters."""
    buffer, length = (ctypes.c_ushort * 32)(), _ULONG()
    _mark_name(_mark(found, index), buffer, ctypes.sizeof(buffer), ctypes.byref(length))
    return bytes(buffer)[: max(length.value - 2, 0)].decode("utf-16-le", "replace")


def text_objects_of(textpage: Address, characters: Sequence[int]) -> list[Address]:
    """The text object of each character, by its index; 0 for one that pdfium made up."""
    return list(map(_text_object, repeat(textpage), characters))


def cells_of(textpage: Address, characters: Sequence[int]) -> Boxes:
    """Around each character, by the ascent and descent of its font."""
    left_top_right_bottom, _ = _written(np.float32, 1, _loose_box, repeat(textpage), characters)
    return left_top_right_bottom[:, [0, 3, 2, 1]].astype(np.float64)


def ink_of(textpage: Address, character: int) -> Box:
    """Around a character's ink."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    _ink_box(textpage, character, *map(ctypes.byref, (left, right, bottom, top)))
    return left.value, bottom.value, right.value, top.value


def _colours(question: Callable[..., Any], objects: Sequence[Address]) -> NDArray[np.uint32]:
    colours, known = _written(np.uint32, 4, question, objects)
    colours[~known] = _WHITE
    return colours


def _written(
    kind: type[np.generic], pointers: int, question: Callable[..., int], *asked: Iterable[int], numbers: int = 4
) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """The `numbers` of that kind which the function writes for each of the last of `asked`, given so many pointers;
    whether it did."""
    count = len(cast(Sequence[int], asked[-1]))
    room = np.zeros((count, numbers), kind)
    start, step = room.ctypes.data, room.itemsize
    places = [range(start + column * step, start + room.nbytes, numbers * step) for column in range(pointers)]
    return room, np.fromiter(map(question, *asked, *places), np.bool_, count)
