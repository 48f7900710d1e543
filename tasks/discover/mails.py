"""What is attached to an e-mail."""

import base64
import email
import email.errors
import re
from collections.abc import Iterator
from email.header import decode_header, make_header
from email.message import Message
from pathlib import Path

from routing.errors import CorruptError, EncryptedError, LimitError, UnsupportedError
from routing.policy import Limits
from tasks.discover.sniff import HEAD_BYTES, extension_of

BODIES = {"text/plain", "text/html", "text/enriched", "text/calendar"}
SIGNATURES = {
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "application/pgp-signature",
    "application/pgp-keys",
}
TINY_PICTURE_BYTES = 5000  # a logo; the smallest legible receipts have several times that
NEXT_MAIL = re.compile(rb"\n\r?\nFrom \S+ [^\n]*\d{4}\r?\n")
CID = re.compile(r"cid:([^\"'\s>)]+)", re.IGNORECASE)


def parts_of(path: str, limits: Limits) -> Iterator[tuple[str, list[bytes]]]:
    """What is attached to the e-mail at `path`, attached e-mails as e-mails.

    Texts of the mail itself, its signatures, pictures that its text shows, and tiny pictures that are not expressly
    attached are not documents. Raises `CorruptError`, `EncryptedError`, `LimitError` over `file_mb`, and
    `UnsupportedError` where nothing is attached.
    """
    parts = _parts(_bytes_at(path, limits))
    shown = _shown_pictures(parts)
    taken = passed_over = 0
    for part in parts:
        if _is_body(part) or part.get_content_type() in SIGNATURES:
            continue
        data = _bytes_of(part)
        if _is_decoration(part, data, shown):
            passed_over += 1
            continue
        taken += 1
        yield _name_of(part) or f"attachment-{taken}.{extension_of(data[:HEAD_BYTES])}", [data]
    if not taken:
        pictures = f", {passed_over} pictures in its text were not taken" if passed_over else ""
        raise UnsupportedError(f"an e-mail without an attached document{pictures}")


def _bytes_at(path: str, limits: Limits) -> bytes:
    size = Path(path).stat().st_size
    if size > limits.file_mb * 1_000_000:
        raise LimitError("file_mb", limits.file_mb, f"the e-mail has {size / 1e6:.1f} MB")
    data = Path(path).read_bytes()
    if data.startswith(b"From ") and NEXT_MAIL.search(data):
        raise UnsupportedError("looks like a mail folder (mbox): save its e-mails one by one")
    return data


def _parts(data: bytes) -> list[Message]:
    """All parts of the e-mail that hold something."""
    try:
        message = email.message_from_bytes(data)
        parts = list(_leaves(message))
    except (RecursionError, ValueError, LookupError, email.errors.MessageError) as error:
        raise CorruptError(f"not a sound e-mail: {type(error).__name__}") from None
    if message.get_content_type() == "multipart/encrypted" or message.get_param("smime-type") == "enveloped-data":
        raise EncryptedError("the e-mail is encrypted")
    return parts


def _leaves(part: Message) -> Iterator[Message]:
    """The parts that hold something, attached e-mails unopened."""
    if part.get_content_maintype() != "multipart" or not part.is_multipart():
        yield part
        return
    for inner in part.get_payload():
        if isinstance(inner, Message):
            yield from _leaves(inner)


def _is_body(part: Message) -> bool:
    return (
        part.get_content_type() in BODIES and part.get_content_disposition() != "attachment" and not part.get_filename()
    )


def _shown_pictures(parts: list[Message]) -> set[str]:
    """The Content-IDs that the mail's HTML refers to."""
    pages = [_bytes_of(part) for part in parts if part.get_content_type() == "text/html" and _is_body(part)]
    return {cid for page in pages for cid in CID.findall(page.decode("latin-1"))}


def _is_decoration(part: Message, data: bytes, shown: set[str]) -> bool:
    """Whether a picture belongs to the mail's text rather than being sent for itself."""
    if part.get_content_maintype() != "image" or part.get_content_disposition() == "attachment":
        return False
    return str(part.get("Content-ID", "")).strip().strip("<>") in shown or len(data) < TINY_PICTURE_BYTES


def _bytes_of(part: Message) -> bytes:
    """The bytes of a part, its transfer encoding undone."""
    if part.get_content_maintype() != "message":
        data = part.get_payload(decode=True)
        return data if isinstance(data, bytes) else b""
    try:
        inner = b"".join(message.as_bytes() for message in part.get_payload() if isinstance(message, Message))
    except (ValueError, LookupError, RecursionError, KeyError) as error:
        raise CorruptError(f"not a sound e-mail: {type(error).__name__}") from None
    encoded = str(part.get("Content-Transfer-Encoding", "")).strip().lower() == "base64"  # forbidden, and done
    return base64.b64decode(inner) if encoded else inner


def _name_of(part: Message) -> str:
    """The attachment's name, decoded; empty where it has none."""
    raw = part.get_filename()
    if not raw:
        return ""
    try:
        return str(make_header(decode_header(raw)))
    except (LookupError, ValueError, email.errors.HeaderParseError):
        return str(raw)
