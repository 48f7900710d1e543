"""What pypdf is for: PDFs that pdfium can't read, and files inside them that it can't see.

Few documents need it: it is loaded where one does.
"""

import io
import logging
import struct
import zlib
from collections.abc import Iterator

import pypdf
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject

from routing.errors import CorruptError, DocumentError, EmptyDocumentError, EncryptedError

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it logs every oddity it repairs; what matters is raised

_BROKEN = (
    PyPdfError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    KeyError,
    IndexError,
    TypeError,
    ValueError,
    OSError,
    RecursionError,
    NotImplementedError,
    struct.error,
    zlib.error,
)
"""What pypdf raises on damaged files, beside its own errors."""


def rewritten(path: str) -> bytes:
    """The document as pypdf understands it, written anew.

    Raises `EncryptedError`, `CorruptError`, or `EmptyDocumentError` where its page tree holds no page.
    """
    try:
        reader = pypdf.PdfReader(path)
        if _needs_password(reader):
            raise EncryptedError("opens only with a password")
        if not reader.pages:
            raise EmptyDocumentError("the PDF has no pages")
        buffer = io.BytesIO()
        pypdf.PdfWriter(clone_from=reader).write(buffer)
    except DocumentError:
        raise
    except _BROKEN as error:
        raise CorruptError(f"pypdf can't read it: {str(error) or type(error).__name__}") from None
    return buffer.getvalue()


def is_locked(path: str) -> bool:
    """Whether the document needs a password, by pypdf: pdfium opens some of which only the attachments need one."""
    try:
        return _needs_password(pypdf.PdfReader(path))
    except _BROKEN:
        return False


def associated_files(path: str) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of files associated with the document or a page (/AF) that its tree of attachments does not
    list."""
    try:
        reader = pypdf.PdfReader(path)
        if _needs_password(reader):
            return
        for holder in (reader.root_object, *reader.pages):
            for file in holder.get("/AF", ArrayObject()):
                yield from _file_of(file.get_object())
    except _BROKEN:
        return


def _file_of(file: DictionaryObject) -> Iterator[tuple[str, bytes]]:
    embedded = file.get("/EF", DictionaryObject())
    stream = embedded.get("/UF") or embedded.get("/F")
    if stream is not None:
        name = file.get("/UF") or file.get("/F") or ""
        yield str(name), stream.get_object().get_data()


def _needs_password(reader: pypdf.PdfReader) -> bool:
    """Whether the empty password does not open it."""
    return reader.is_encrypted and not reader.decrypt("")
