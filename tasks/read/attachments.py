"""The e-invoice XML that travels inside a PDF: Factur-X, ZUGFeRD 1 and 2, XRechnung, or any attached invoice."""

from collections.abc import Iterator
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from routing.errors import DocumentError, EncryptedError
from tasks.read.einvoice import check_einvoice

STANDARD_NAMES = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml")
"""Names that the standards prescribe, best first; ZUGFeRD 1 capitalises its own."""

Attachment = tuple[str, bytes]


def find_einvoice(document: pdfium.PdfDocument, path: str, megabytes: float) -> tuple[Attachment | None, list[str]]:
    """Name and bytes of the attached e-invoice, None without one, and remarks on XML that is none.

    Attachments over `megabytes` are passed over. Raises `EncryptedError` where they need a password that the pages do
    not need.
    """
    attached = list(_by_pdfium(document, int(megabytes * 1e6)))
    if attached and pdfium_c.FPDF_GetSecurityHandlerRevision(document.raw) != -1:
        _keep_out(path)
    if not attached and b"/EmbeddedFile" in Path(path).read_bytes():  # associated with a page, in no name tree
        attached = _associated(path)
    known, remarks = [], []
    for name, data in attached:
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


def _by_pdfium(document: pdfium.PdfDocument, most_bytes: int) -> Iterator[Attachment]:
    for index in range(document.count_attachments()):
        try:
            attachment = document.get_attachment(index)
            name, data = attachment.get_name(), bytes(attachment.get_data())
        except pdfium.PdfiumError:  # one without a name or bytes; the others may be fine
            continue
        if len(data) <= most_bytes:
            yield name, data


def _keep_out(path: str) -> None:
    from tasks.read.by_pypdf import is_locked

    if is_locked(path):
        raise EncryptedError("its attachments open only with a password")


def _associated(path: str) -> list[Attachment]:
    from tasks.read.by_pypdf import associated_files

    return list(associated_files(path))
