"""Opening a PDF: pdfium first, and pypdf to rewrite what pdfium can't make sense of."""

import io
import logging

import pypdf
import pypdfium2 as pdfium
from pypdf.errors import PyPdfError

from routing.errors import CorruptError, DocumentError, EmptyDocumentError, EncryptedError

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it logs every oddity it repairs; what matters is raised

BROKEN = (
    PyPdfError,
    AttributeError,
    KeyError,
    IndexError,
    TypeError,
    ValueError,
    OSError,
    RecursionError,
    NotImplementedError,
)
"""What pypdf raises on damaged files, beside its own errors."""


def open_pdf(source: str | bytes) -> pdfium.PdfDocument:
    """The document, opened with the empty password where it has one; close it after use.

    Raises `EncryptedError` where a password is needed, `CorruptError` where pdfium can't make sense of it.
    """
    try:
        return pdfium.PdfDocument(source)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise EncryptedError("opens only with a password") from None
        raise CorruptError(f"pdfium can't open it: {error}") from None


def rewritten(path: str) -> bytes:
    """The document as pypdf understands it, written anew.

    Raises `EncryptedError`, `CorruptError`, or `EmptyDocumentError` where its page tree holds no page.
    """
    try:
        reader = pypdf.PdfReader(path)
        if needs_password(reader):
            raise EncryptedError("opens only with a password")
        if not reader.pages:
            raise EmptyDocumentError("the PDF has no pages")
        buffer = io.BytesIO()
        pypdf.PdfWriter(clone_from=reader).write(buffer)
    except DocumentError:
        raise
    except BROKEN as error:
        raise CorruptError(f"pypdf can't read it: {error}") from None
    return buffer.getvalue()


def needs_password(reader: pypdf.PdfReader) -> bool:
    """Whether the empty password does not open it."""
    return reader.is_encrypted and not reader.decrypt("")
