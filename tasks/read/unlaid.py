"""Texts of a PDF page that are in no text layer because nothing of them is drawn: without any extent, or in
annotations that are hidden."""

import ctypes
from collections.abc import Iterator, Sequence

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from tasks.documents import Word
from tasks.read.paint import Text

_HIDING = pdfium_c.FPDF_ANNOT_FLAG_INVISIBLE | pdfium_c.FPDF_ANNOT_FLAG_HIDDEN | pdfium_c.FPDF_ANNOT_FLAG_NOVIEW
_TEXTS = (b"Contents", b"V")
_WIDE = ctypes.POINTER(ctypes.c_ushort)
_SIZE = 10.0  # points, any that has a width
_NOWHERE = (0.0, 0.0, 0.0, 0.0)


def without_extent(page: pdfium.PdfPage, texts: Sequence[Text]) -> list[Word]:
    """What these texts of no width say: they are given one to be read. Changes the page in memory."""
    if not texts:
        return []
    for text in texts:
        pdfium_c.FPDFPageObj_SetMatrix(text.handle, pdfium_c.FS_MATRIX(_SIZE, 0.0, 0.0, _SIZE, *text.box[:2]))
    textpage = page.get_textpage()
    try:
        return [_word(part) for text in texts for part in _text_of(text.handle, textpage).split()]
    finally:
        textpage.close()


def in_hidden_annotations(page: pdfium.PdfPage) -> list[Word]:
    """What the page's hidden annotations say, by their contents or their value."""
    said = []
    for index in range(pdfium_c.FPDFPage_GetAnnotCount(page.raw)):
        annotation = pdfium_c.FPDFPage_GetAnnot(page.raw, index)
        if pdfium_c.FPDFAnnot_GetFlags(annotation) & _HIDING:
            said += [_word(part) for text in _said(annotation) for part in text.split()]
        pdfium_c.FPDFPage_CloseAnnot(annotation)
    return said


def _said(annotation: pdfium_c.FPDF_ANNOTATION) -> Iterator[str]:
    for key in _TEXTS:
        length = pdfium_c.FPDFAnnot_GetStringValue(annotation, key, None, 0)
        buffer = ctypes.create_string_buffer(length)
        pdfium_c.FPDFAnnot_GetStringValue(annotation, key, ctypes.cast(buffer, _WIDE), length)
        yield buffer.raw[: max(length - 2, 0)].decode("utf-16-le", "replace")


def _text_of(text: pdfium_c.FPDF_PAGEOBJECT, textpage: pdfium.PdfTextPage) -> str:
    length = pdfium_c.FPDFTextObj_GetText(text, textpage.raw, None, 0)
    buffer = ctypes.create_string_buffer(length)
    pdfium_c.FPDFTextObj_GetText(text, textpage.raw, ctypes.cast(buffer, _WIDE), length)
    return buffer.raw[: max(length - 2, 0)].decode("utf-16-le", "replace")


def _word(text: str) -> Word:
    return Word(text, _NOWHERE)
