"""A PDF: its text layer by pdfium, OCR for the pages that have none."""

import pypdfium2 as pdfium

from routing.errors import CorruptError, EmptyDocumentError, EncryptedError, LimitError
from routing.policy import Limits
from tasks.documents import Page, Reading, TextSource, Word
from tasks.read.ocr import recognise
from tasks.read.order import in_reading_order
from tasks.read.pdf_words import PageFrame, printed_words


def read_pdf(path: str, limits: Limits) -> Reading:
    """The PDF at `path`. Raises the `DocumentError`s that `read` names."""
    document = _open(path)
    try:
        count = len(document)
        if count == 0:
            raise EmptyDocumentError("the PDF has no pages")
        if count > limits.pages:
            raise LimitError(f"pages: {limits.pages} allowed, {count} found")
        pages = tuple(_read_page(document, index, limits) for index in range(count))
    finally:
        document.close()
    if not any(page.words for page in pages):
        raise EmptyDocumentError("no text on any page")
    source: TextSource = "text" if any(page.text_source == "text" for page in pages) else "ocr"
    return Reading(kind="pdf", text_source=source, page_count=count, pages=pages)


def _open(path: str) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise EncryptedError("needs a password") from None
        raise CorruptError(f"pdfium: {error}") from None


def _read_page(document: pdfium.PdfDocument, index: int, limits: Limits) -> Page:
    page = document[index]
    textpage = page.get_textpage()
    frame = PageFrame.of(page)
    words = in_reading_order([Word(word.text, word.box) for word in printed_words(textpage, frame)])
    if words:
        result = Page(index + 1, *frame.size, words, "text")
    else:
        scale = 2.0
        picture = page.render(scale=scale, rev_byteorder=True).to_numpy()[:, :, :3]
        found = [
            Word(w.text, tuple(side / scale for side in w.box), w.confidence)  # type: ignore[arg-type]
            for w in recognise(picture)
        ]
        result = Page(index + 1, *frame.size, in_reading_order(found), "ocr" if found else "none")
    textpage.close()
    page.close()
    return result
