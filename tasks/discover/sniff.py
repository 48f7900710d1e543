"""What something is: its first bytes decide, never its name."""

import re
from pathlib import Path
from typing import Literal

from routing.errors import EmptyDocumentError, UnsupportedError
from tasks.documents import Kind

ContainerKind = Literal["zip", "eml"]
AnyKind = Kind | ContainerKind

HEAD_BYTES = 8192
"""How many bytes from the beginning `sniff` wants to see."""

CONTAINERS: frozenset[AnyKind] = frozenset({"zip", "eml"})

IMAGES: dict[bytes, str] = {
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "jpg",
    b"II*\x00": "tif",
    b"MM\x00*": "tif",
    b"II+\x00": "tif",
    b"MM\x00+": "tif",
}

ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08PK\x03\x04")

STRANGERS: tuple[tuple[bytes, str], ...] = (
    (b"GIF8", "a GIF picture"),
    (b"\x00\x00\x00\x0cjP  ", "a JPEG 2000 picture"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document or Outlook message (OLE)"),
    (b"{\\rtf", "a Rich Text document"),
    (b"%!PS", "a PostScript file"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x1f\x8b", "a gzip file"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ\x00", "an xz file"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file"),
    (b"\x78\x9f\x3e\x22", "a winmail.dat (Outlook's TNEF)"),
    (b"\x00\x05\x16\x07", "an AppleDouble file of macOS"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)
MEDIA_BRANDS = {
    b"heic": "a HEIC picture",
    b"heix": "a HEIC picture",
    b"mif1": "a HEIF picture",
    b"avif": "an AVIF picture",
}

PDF_HEADER_WITHIN = 1024  # where Acrobat, pdfium and pypdf look for it
TECHNICAL_HEADERS = {
    "received",
    "return-path",
    "message-id",
    "mime-version",
    "content-type",
    "delivered-to",
    "dkim-signature",
}
MAIL_HEADERS = TECHNICAL_HEADERS | {"from", "to", "cc", "subject", "date", "reply-to", "sender"}
HEADER_LINE = re.compile(r"([!-9;-~]+):(?:[ \t].*)?$")
# Atomic and possessive: a crafted head must not make the pattern try all ways to split it.
PREAMBLE = re.compile(
    r"(?>\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE(?!\s+html\b)[^>\[]*(?:\[.*?\]\s*)?>)*+", re.DOTALL | re.IGNORECASE
)
ELEMENT = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?[A-Za-z_][\w.-]*[\s/>]")
HTML = re.compile(
    r"<!doctype\s+html|<(?:html|head|body|title|meta|table|div|span|p|br|font|a|script|style)[\s/>]", re.IGNORECASE
)
PDF_OBJECT = re.compile(rb"\b\d+ \d+ obj\b")


def kind_of(path: str | Path) -> Kind:
    """The kind of the document at `path`. Raises `EmptyDocumentError`, `UnsupportedError` (containers too)."""
    with Path(path).open("rb") as stream:
        kind = sniff(stream.read(HEAD_BYTES))
    if kind == "zip" or kind == "eml":
        raise UnsupportedError(f"a container ({kind}), not a document")
    return kind


def sniff(head: bytes) -> AnyKind:
    """What begins with `head`, the first `HEAD_BYTES` of it or all.

    Raises `EmptyDocumentError` where there is nothing but white space, `UnsupportedError` with what it looks like
    otherwise. `xml` says that it looks like XML; which roots are e-invoices is for the reader to decide.
    """
    if not head.strip():
        raise EmptyDocumentError("it has no bytes" if not head else "it holds nothing but white space")
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(tuple(IMAGES)):
        return "image"
    if head.startswith(ZIP):
        return "zip"
    if stranger := _stranger(head):
        raise UnsupportedError(f"looks like {stranger}")
    text = _decode(head)
    if _is_mail(text):  # before looking for a PDF's header further on: it may be that of an attachment
        return "eml"
    if b"%PDF-" in head[:PDF_HEADER_WITHIN]:
        return "pdf"
    markup = PREAMBLE.sub("", text, count=1)
    if _is_xml(markup):
        return "xml"
    raise UnsupportedError(_looks(head, markup))


def extension_of(head: bytes) -> str:
    """A file name extension that fits the bytes, for what has no name of its own; `bin` where nothing does."""
    for magic, extension in IMAGES.items():
        if head.startswith(magic):
            return extension
    try:
        return sniff(head)
    except (EmptyDocumentError, UnsupportedError):
        return "bin"


def _stranger(head: bytes) -> str | None:
    """The name of a known kind of file that we do not read."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "a WebP picture"
    if head[4:8] == b"ftyp":
        return MEDIA_BRANDS.get(head[8:12], "a video or sound file")
    if head[:2] == b"BM" and head[6:10] == bytes(4):
        return "a BMP picture"
    if head[257:262] == b"ustar":
        return "a tar archive"
    return next((name for magic, name in STRANGERS if head.startswith(magic)), None)


def _looks(head: bytes, markup: str) -> str:
    """What to say of a file that no known bytes begin."""
    if HTML.match(markup):
        return "looks like an HTML page"
    if PDF_OBJECT.search(head):
        return "looks like a PDF without its %PDF header"
    return "looks like plain text" if _is_text(head) else "not a kind of file that is known here"


def _decode(head: bytes) -> str:
    """The head as text to look at: UTF-16 where there are signs of it, else every byte a character."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace")
    if head[:2] == b"<\x00":
        return head.decode("utf-16-le", "replace")
    if head[:2] == b"\x00<":
        return head.decode("utf-16-be", "replace")
    return head.decode("latin-1").removeprefix("ï»¿")


def _is_text(head: bytes) -> bool:
    """Whether there is no byte that text does not have, or it is marked as text."""
    return head.startswith((b"\xff\xfe", b"\xfe\xff")) or not re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", head)


def _is_xml(markup: str) -> bool:
    """Whether an element follows the declarations and comments, and not one of HTML.

    Where the head ends within a long comment, that it began with one has to do.
    """
    return not HTML.match(markup) and (bool(ELEMENT.match(markup)) or markup.startswith(("<?xml", "<!--")))


def _is_mail(text: str) -> bool:
    """Whether it begins with a block of RFC 822 headers, a technical one among them: prose has "Date:" lines too."""
    names: set[str] = set()
    for line in re.split(r"\r\n|\r|\n", text.lstrip("\r\n"))[:-1]:  # the head may end within the last one
        if not line:
            break
        if line[0] in " \t" if names else line.startswith("From "):
            continue
        header = HEADER_LINE.match(line)
        if header is None:
            return False
        names.add(header[1].lower())
    return bool(names & TECHNICAL_HEADERS) and len(names & MAIL_HEADERS) >= 2
