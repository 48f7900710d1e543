"""The e-invoice XML that travels inside a PDF: Factur-X, ZUGFeRD 1 and 2, XRechnung, or any attached invoice."""

from collections.abc import Iterator
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from routing.errors import DocumentError, EncryptedError
from routing.policy import Limits
from tasks.read.einvoice import check_einvoice

STANDARD_NAMES = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml")
"""Names that the standards prescribe, best first; ZUGFeRD 1 capitalises its own."""

_LONGEST_NAME = 255  # characters

Attachment = tuple[str, bytes]


def find_einvoice(document: pdfium.PdfDocument, path: str, limits: Limits) -> tuple[Attachment | None, list[str]]:
    """Name and bytes of the attached e-invoice, None without one, and remarks on XML that is none.

    As a container the document is bounded by `container_documents` and `container_mb`: attachments beyond are not
    looked at, nor are those over `file_mb`. Raises `EncryptedError` where they need a password that the pages do not
    need.
    """
    if document.count_attachments() and pdfium_c.FPDF_GetSecurityHandlerRevision(document.raw) != -1:
        _keep_out(path)
    known, remarks = [], []
    for name, data in _attached(document, path, limits):
        try:
            check_einvoice(data)
            known.append((name, data))
        except DocumentError as error:
            if name.lower().endswith(".xml"):
                remarks.append(f"the attached {name} {error.detail}")
    return min(known, key=_rank, default=None), remarks


def _rank(attachment: Attachment) -> int:
    name = attachment[0].lower()
    return STANDARD_NAMES.index(name) if name in STANDARD_NAMES else len(STANDARD_NAMES)


def _attached(document: pdfium.PdfDocument, path: str, limits: Limits) -> Iterator[Attachment]:
    """One attachment at a time: together they may unpack to more than there is memory."""
    left, listed = limits.container_mb * 1e6, False
    for name, data in _by_pdfium(document, limits.container_documents):
        left, listed = left - len(data), True
        if len(data) <= limits.file_mb * 1e6:
            yield name, data
        if left < 0:
            return
    if not listed and b"/EmbeddedFile" in Path(path).read_bytes():  # associated with a page, in no name tree
        yield from _associated(path)


def _by_pdfium(document: pdfium.PdfDocument, most: int) -> Iterator[Attachment]:
    for index in range(min(document.count_attachments(), most)):
        try:
            attachment = document.get_attachment(index)
            yield attachment.get_name()[:_LONGEST_NAME], bytes(attachment.get_data())
        except pdfium.PdfiumError:  # one without a name or bytes; the others may be fine
            continue


def _keep_out(path: str) -> None:
    from tasks.read.by_pypdf import is_locked

    if is_locked(path):
        raise EncryptedError("its attachments open only with a password")


def _associated(path: str) -> Iterator[Attachment]:
    from tasks.read.by_pypdf import associated_files

    return associated_files(path)
