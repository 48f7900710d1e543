"""What lies in a zip archive."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from routing.errors import CorruptError, EncryptedError, LimitError, UnsupportedError
from routing.policy import Limits
from tasks.discover.walk import is_dropping

CHUNK_BYTES = 1 << 18
DIRECTORY_BYTES_PER_DOCUMENT = 1000  # ten times what an entry usually takes
END_RECORD = struct.Struct("<4s4H2LH")
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)  # LZMA takes what memory its header names
UTF8_FLAG, ENCRYPTED_FLAG = 0x800, 0x1
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
    struct.error,
)
OFFICE = {"word/": "a Word document", "xl/": "an Excel workbook", "ppt/": "a PowerPoint presentation"}


def members_of(path: str, limits: Limits) -> Iterator[tuple[str, Iterator[bytes]]]:
    """The files in the archive at `path`, each with its bytes as they inflate.

    Raises `CorruptError`; `UnsupportedError` for office documents, which are zip archives too; `LimitError` where
    its directory alone is out of all measure. Reading a member raises `CorruptError`, `EncryptedError`,
    `UnsupportedError`.
    """
    _check_directory(path, limits)
    try:
        archive = zipfile.ZipFile(path)
    except BROKEN as error:
        raise CorruptError(f"not a sound zip archive: {error}") from None
    with archive:
        _refuse_office(archive.namelist())
        for member in archive.infolist():
            name = _name_of(member)
            if not name.endswith("/") and not is_dropping(name, member.file_size) and not name.startswith("__MACOSX/"):
                yield name, _inflated(archive, member)


def _check_directory(path: str, limits: Limits) -> None:
    """`ZipFile` loads the whole directory, so its size is looked at first, in the record at the archive's end."""
    with Path(path).open("rb") as stream:
        stream.seek(0, 2)
        stream.seek(max(0, stream.tell() - 65536 - END_RECORD.size))
        tail = stream.read()
    start = tail.rfind(b"PK\x05\x06")
    if start < 0 or len(tail) < start + END_RECORD.size:
        raise CorruptError("not a sound zip archive: its end is missing")
    size = END_RECORD.unpack_from(tail, start)[5]
    if size > DIRECTORY_BYTES_PER_DOCUMENT * limits.container_documents:
        raise LimitError("container_documents", limits.container_documents, f"its directory has {size} bytes")


def _refuse_office(names: list[str]) -> None:
    if "[Content_Types].xml" in names:
        found = next((what for prefix, what in OFFICE.items() if any(name.startswith(prefix) for name in names)), None)
        raise UnsupportedError(f"looks like {found or 'an Office document'}")
    if names[:1] == ["mimetype"]:
        raise UnsupportedError("looks like an OpenDocument file or an e-book")


def _name_of(member: zipfile.ZipInfo) -> str:
    """The member's name; many programs write UTF-8 without saying so, which then reads as code page 437."""
    if member.flag_bits & UTF8_FLAG:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member.filename


def _inflated(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    if member.flag_bits & ENCRYPTED_FLAG:
        raise EncryptedError("the zip archive needs a password for it")
    if member.compress_type not in METHODS:
        raise UnsupportedError(f"zip compression method {member.compress_type} is not read here")
    try:
        with archive.open(member) as stream:
            while chunk := stream.read(CHUNK_BYTES):
                yield chunk
    except BROKEN as error:
        raise CorruptError(f"it can't be unpacked: {error}") from None
