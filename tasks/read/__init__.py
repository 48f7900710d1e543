"""READ: the words, the e-invoice XML and the hidden text of one document."""

from pathlib import Path

from routing.errors import EmptyDocumentError
from routing.policy import Limits
from tasks.documents import Kind, Reading
from tasks.read.einvoice import read_xml
from tasks.read.pdf import read_pdf

__all__ = ["read"]


def read(path: str, kind: Kind, limits: Limits) -> Reading:
    """What stands in the document whose bytes lie at `path`.

    Wall-clock and memory bounds are the caller's. Raises a `DocumentError`: `EmptyDocumentError` (no bytes, no pages,
    or no text on any page), `EncryptedError`, `CorruptError`, `UnsupportedError`, `LimitError`.
    """
    if Path(path).stat().st_size == 0:
        raise EmptyDocumentError("the file has no bytes")
    if kind == "image":
        from tasks.read.image import read_image  # with a library for pictures that most runs do not need

        return read_image(path, limits)
    return read_pdf(path, limits) if kind == "pdf" else read_xml(path, limits)
