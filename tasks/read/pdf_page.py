"""One PDF page: its own words where they can be trusted, those of its picture where not."""

from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from tasks.documents import Page, Word
from tasks.read.hidden import Parted, part, picture_share
from tasks.read.ocr import LONG_SIDE, recognise
from tasks.read.order import in_reading_order
from tasks.read.paint import paint_of
from tasks.read.pdf_words import PageFrame, turn_of
from tasks.read.quality import FEW_CHARACTERS, characters, trouble_of
from tasks.read.rendering import picture_of
from tasks.read.scanner import foreign, names_amounts
from tasks.read.unlaid import in_hidden_annotations, without_extent

_NOT_DRAWN = (pdfium_c.FPDF_ANNOT_LINK, pdfium_c.FPDF_ANNOT_POPUP, pdfium_c.FPDF_ANNOT_TEXT)
_SCAN_WITH_AMOUNTS = "is a scan with a text layer that names amounts"
_MOSTLY_PICTURE = 0.5  # of the page


@dataclass(frozen=True, slots=True)
class TextPage:
    """A page by its text layer.

    `trouble` says why OCR must read it instead, None where it need not; `garbage` that its words must not be used
    even where OCR finds none. `scanned` says that the text layer is a scanner's: amounts in it are only
    believed where OCR reads them, too.
    """

    page: Page
    trouble: str | None = None
    garbage: bool = False
    scanned: bool = False


def read_text(document: pdfium.PdfDocument, index: int, megapixels: float) -> TextPage:
    """The text layer of the page at `index`, hidden words set apart.

    Raises `PdfiumError` where it can't be loaded, or has no extent.
    """
    page = document[index]
    if not min(page.get_size()) > 0:
        raise pdfium.PdfiumError("a page without extent")
    unprinted = in_hidden_annotations(page)
    page = _flattened(document, index, page)
    textpage = page.get_textpage()
    try:
        frame = PageFrame.of(page)
        paint = paint_of(page)
        parted = part(textpage, page, frame, paint, megapixels)
        seen = [Word(word.text, word.box) for word in parted.seen]
        hidden = (*parted.hidden, *unprinted, *without_extent(page, paint.without_extent()))
        words = in_reading_order(seen, turn_of(textpage, frame))
        width, height = page.get_size()
        read = Page(index + 1, width, height, words, "text" if words else "none", hidden)
        garbled = trouble_of(parted.seen)
        trouble = garbled or ("is mostly a picture" if _mostly_picture(parted, page) else None)
        if parted.scanned and names_amounts(word.text for word in seen):
            trouble = trouble or _SCAN_WITH_AMOUNTS
        return TextPage(read, trouble, garbage=garbled is not None, scanned=parted.scanned)
    finally:
        textpage.close()
        page.close()


def read_picture(document: pdfium.PdfDocument, text: TextPage, megapixels: float) -> tuple[Page, bool]:
    """The page by OCR; by its text layer where OCR finds less and that layer is neither garbage nor a scanner's. And
    whether it shows something that could not be read."""
    index = text.page.number - 1
    page = _flattened(document, index, document[index])
    try:
        picture = picture_of(page, LONG_SIDE, megapixels)
    finally:
        page.close()
    upright = recognise(picture)
    if not (text.garbage or text.scanned) and characters(upright.words) <= characters(text.page.words):
        return text.page, upright.illegible and not text.page.words
    points = max(text.page.width, text.page.height) / max(picture.shape[:2])
    words = tuple(_scaled(word, points) for word in upright.words)
    read = Page(
        number=text.page.number,
        width=upright.width * points,
        height=upright.height * points,
        words=words,
        text_source="ocr" if words else "none",
        hidden=text.page.hidden + (foreign(text.page.words, words, upright.turned) if text.scanned else ()),
        turned=upright.turned,
    )
    return read, upright.illegible


def _scaled(word: Word, points: float) -> Word:
    left, top, right, bottom = word.box
    return Word(word.text, (left * points, top * points, right * points, bottom * points), word.confidence)


def _mostly_picture(parted: Parted, page: pdfium.PdfPage) -> bool:
    few = characters(parted.seen) < FEW_CHARACTERS and not parted.scanned
    return few and picture_share(page) >= _MOSTLY_PICTURE


def _flattened(document: pdfium.PdfDocument, index: int, page: pdfium.PdfPage) -> pdfium.PdfPage:
    """The page with what is filled into its form or stamped on it made part of its content; its annotations go."""
    annotations = range(pdfium_c.FPDFPage_GetAnnotCount(page.raw))
    if any(_kind_of(page, each) not in _NOT_DRAWN for each in annotations):
        pdfium_c.FPDFPage_Flatten(page.raw, pdfium_c.FLAT_NORMALDISPLAY)
        page.close()
        page = document[index]
    return page


def _kind_of(page: pdfium.PdfPage, annotation: int) -> int:
    found = pdfium_c.FPDFPage_GetAnnot(page.raw, annotation)
    kind = int(pdfium_c.FPDFAnnot_GetSubtype(found))
    pdfium_c.FPDFPage_CloseAnnot(found)
    return kind
