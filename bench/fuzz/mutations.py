"""Documents made wrong by chance, and put into containers that are wrong, too."""

import io
import re
import warnings
import zipfile
from email.message import EmailMessage
from random import Random

from bench.fuzz.changes import ANY, Mutation, binary, flip
from bench.fuzz.documents import PDF, TEXT
from bench.fuzz.pictures import JPEG, PNG, TIFF

MOST_BYTES = 400_000
_ZIP_RECORD = re.compile(rb"PK(?:\x01\x02|\x03\x04|\x05\x06)")


def mutated(data: bytes, chance: Random, other: bytes) -> bytes:
    """`data` with one to four changes, of which about half know its format; one in twenty is put into a container."""
    for _ in range(chance.choice((1, 1, 2, 4))):
        known = _of_format(data)
        choices = known if known and chance.random() < 0.6 else ANY
        data = chance.choice(choices)(data, chance, other)[:MOST_BYTES]
    return contained(data, chance, other) if chance.random() < 0.05 else data


def contained(data: bytes, chance: Random, other: bytes) -> bytes:
    """In a zip or an e-mail, sometimes one in the other; what surrounds it may be wrong too."""
    for _ in range(chance.choice((1, 1, 2, 5))):
        data = _zipped(data, chance, other) if chance.random() < 0.5 else _mailed(data, chance, other)
    return chance.choice(_of_format(data) or ANY)(data, chance, other) if chance.random() < 0.6 else data


def _of_format(data: bytes) -> tuple[Mutation, ...]:
    if b"%PDF-" in data[:1024]:
        return PDF
    if data.startswith(b"PK"):
        return ZIP
    if data.startswith(b"\x89PNG"):
        return PNG
    if data.startswith((b"II*\0", b"MM\0*")):
        return TIFF
    if data.startswith(b"\xff\xd8"):
        return JPEG
    return TEXT if data[:4].lstrip(b"\xef\xbb\xbf\r\n ")[:1] in (b"<", b"F", b"M", b"R", b"D", b"S") else ()


def change_directory(data: bytes, chance: Random, other: bytes) -> bytes:
    """A field of a zip record is an extreme one: sizes, offsets, counts, methods, flags, lengths of names."""
    found = [match.start() for match in _ZIP_RECORD.finditer(data)]
    if not found:
        return data
    place = chance.choice(found) + chance.randrange(4, 46, 2)
    size = chance.choice((2, 4))
    return data[:place] + binary(chance, size) + data[place + size :]


def _zipped(data: bytes, chance: Random, other: bytes) -> bytes:
    buffer, names = (
        io.BytesIO(),
        ("a.pdf", "../../b.pdf", "/etc/c.pdf", "d\\e.pdf", "f" * 300, "g\x00h", "ü.pdf", "a.pdf"),
    )
    with (
        warnings.catch_warnings(action="ignore"),
        zipfile.ZipFile(buffer, "w", chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive,
    ):
        for member in [data, *([other] if chance.random() < 0.3 else [])] * chance.choice((1, 1, 3)):
            archive.writestr(zipfile.ZipInfo(chance.choice(names)), member)
    return buffer.getvalue()


def _mailed(data: bytes, chance: Random, other: bytes) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.com", "b@example.com", "Invoice"
    message["Message-ID"] = "<1@example.com>"
    message.set_content("Please find attached.")
    for member in [data, *([other] if chance.random() < 0.3 else [])]:
        main, sub = chance.choice(
            (("application", "pdf"), ("application", "octet-stream"), ("image", "png"), ("text", "xml"))
        )
        message.add_attachment(member, maintype=main, subtype=sub, filename=chance.choice(("a.pdf", "ü.xml", "../b")))
    message.set_boundary(f"=={chance.getrandbits(64)}==")  # else it would be another one each time
    return message.as_bytes()


ZIP: tuple[Mutation, ...] = (change_directory, change_directory, flip)
