"""A PDF as a document: its pages, the e-invoice inside it, and remarks on how it was read."""

from collections import defaultdict
from collections.abc import Sequence

import pypdfium2 as pdfium

from routing.errors import CorruptError, EmptyDocumentError
from routing.policy import Limits
from tasks.documents import Page, Reading, TextSource
from tasks.read.attachments import find_einvoice
from tasks.read.bounds import keep_within
from tasks.read.pdf_open import open_pdf
from tasks.read.pdf_page import TextPage, read_picture, read_text
from tasks.read.quality import characters
from tasks.read.remarks import ILLEGIBLE, told, turned_pages


def read_pdf(path: str, limits: Limits) -> Reading:
    """The PDF at `path`, by pdfium, or rewritten by pypdf where pdfium can't read it.

    Raises the `DocumentError`s that `read` names.
    """
    try:
        return _read(path, path, limits, ())
    except CorruptError as problem:
        from tasks.read.by_pypdf import rewritten

        remark = f"{problem.detail}; it was read after pypdf rewrote it"
        return _read(path, rewritten(path), limits, (remark,))


def _read(path: str, source: str | bytes, limits: Limits, remarks: tuple[str, ...]) -> Reading:
    document = open_pdf(source)
    try:
        count = len(document)
        keep_within("pages", limits.pages, count)
        texts, lost = _text_layers(document, limits)
        pages, illegible = _with_pictures_read(document, texts, limits)
        einvoice, found = find_einvoice(document, path, limits)
    except pdfium.PdfiumError as error:
        raise CorruptError(f"pdfium can't draw it: {error}") from None
    finally:
        document.close()
    if einvoice is None and not any(page.words for page in pages):
        raise EmptyDocumentError("no text on any page")
    name, data = einvoice or ("", None)
    return Reading(
        kind="pdf",
        text_source="xml" if data else _main_source(pages),
        page_count=count,
        pages=tuple(pages),
        einvoice=data,
        einvoice_name=name,
        lost=tuple(sorted((*lost, *illegible))),
        warnings=(*remarks, *_remarks(texts, pages, lost, illegible), *found),
    )


def _text_layers(document: pdfium.PdfDocument, limits: Limits) -> tuple[list[TextPage], list[int]]:
    """The pages that pdfium can load, and the numbers of those that it can't."""
    texts, lost = [], []
    for index in range(len(document)):
        try:
            texts.append(read_text(document, index, limits.page_megapixels))
        except pdfium.PdfiumError:
            lost.append(index + 1)
    if not texts:
        raise CorruptError("pdfium can't load any of its pages")
    return texts, lost


def _with_pictures_read(
    document: pdfium.PdfDocument, texts: Sequence[TextPage], limits: Limits
) -> tuple[list[Page], list[int]]:
    """The pages, and the numbers of those that show something of which OCR makes nothing."""
    pictures = sum(text.trouble is not None and not text.scanned for text in texts)
    keep_within("ocr_pages", limits.ocr_pages, pictures)
    scans = [text.page.number for text in texts if text.trouble and text.scanned][: limits.ocr_pages - pictures]
    pages, illegible = [], []
    for text in texts:
        page, unread = text.page, False
        if text.trouble and (not text.scanned or page.number in scans):
            page, unread = read_picture(document, text, limits.page_megapixels)
        pages.append(page)
        illegible += [page.number] if unread else []
    return pages, illegible


def _main_source(pages: Sequence[Page]) -> TextSource:
    """Where most of the text comes from."""
    amounts: dict[TextSource, int] = defaultdict(int)
    for page in pages:
        amounts[page.text_source] += characters(page.words)
    return max(amounts, key=lambda source: amounts[source])


def _remarks(texts: Sequence[TextPage], pages: Sequence[Page], lost: list[int], illegible: Sequence[int]) -> list[str]:
    about: dict[str, list[int]] = defaultdict(list)
    for text, page in zip(texts, pages, strict=True):
        if page.number in illegible:
            about[ILLEGIBLE].append(page.number)
        elif page.text_source == "ocr":
            about[f"{text.trouble}: read by OCR"].append(page.number)
        elif page.text_source == "none":
            about["is blank"].append(page.number)
        elif text.scanned:
            about["is a scan: its text is what the scanner read"].append(page.number)
    about["can't be loaded"] += lost
    return told({**about, **turned_pages(pages)})
