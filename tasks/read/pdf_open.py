"""Opening a PDF."""

import pypdfium2 as pdfium

from routing.errors import CorruptError, EncryptedError


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
