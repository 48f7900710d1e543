"""Bytes on their way in: hashed in chunks, and written to the spool under the name of their own SHA-256."""

import errno
import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from routing.errors import ChangedError, NoRoomError
from tasks.discover.sniff import HEAD_BYTES
from tasks.documents import SourceFile

CHUNK_BYTES = 1 << 20

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})


@dataclass(frozen=True, slots=True)
class Taken:
    """Bytes that are taken in: where they lie, their SHA-256 (hex), their number, and how they begin."""

    path: str
    sha256: str
    size: int
    head: bytes


def chunks_of(stream: BinaryIO, at_most: int) -> Iterator[bytes]:
    """The stream in chunks, ended after `at_most` bytes: a file that grows as fast as we read has no end."""
    left = at_most
    while left > 0 and (chunk := stream.read(min(CHUNK_BYTES, left))):
        left -= len(chunk)
        yield chunk


def hash_in_place(path: str, chunks: Iterable[bytes]) -> Taken:
    """Hash the `chunks` of the file at `path` without keeping them."""
    digest, size, head = hashlib.sha256(), 0, b""
    for chunk in chunks:
        digest.update(chunk)
        size += len(chunk)
        if len(head) < HEAD_BYTES:
            head += chunk[: HEAD_BYTES - len(head)]
    return Taken(path, digest.hexdigest(), size, head)


def write(chunks: Iterable[bytes], spool: Path) -> Taken:
    """Write `chunks` to the spool: whole first, then renamed to their hash. Nothing stays where they fail.

    Raises `NoRoomError` where the disk does not take them, and whatever `chunks` raises.
    """
    try:
        return _written(chunks, spool)
    except OSError as error:
        refuse_without_room(error)
        raise


def refuse_without_room(error: OSError) -> None:
    """Raises `NoRoomError` for an `error` that only who writes can get."""
    if error.errno in _NO_ROOM:
        raise NoRoomError(f"{error.strerror}: {error.filename or 'the disk'}") from None


def _written(chunks: Iterable[bytes], spool: Path) -> Taken:
    spool.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=spool, prefix=".part-", delete=False) as part:
        try:
            taken = hash_in_place("", _copied(chunks, part))
        except BaseException:
            Path(part.name).unlink()
            raise
    final = spool / taken.sha256
    Path(part.name).replace(final)
    return Taken(str(final), taken.sha256, taken.size, taken.head)


def ensure_unchanged(file: SourceFile) -> None:
    """Raise `ChangedError` where the bytes of `file` are not those that were hashed: someone wrote to it meanwhile.

    To be called after reading. What was read may then be of neither version, so nothing of it is used; the next run
    takes the file in as it then is.
    """
    try:
        with Path(file.path).open("rb") as stream:
            same = hash_in_place(file.path, chunks_of(stream, file.bytes + 1)).sha256 == file.document_id
    except OSError as error:
        raise ChangedError(f"it went away while it was being read: {error.strerror}") from None
    if not same:
        raise ChangedError("it was written to while it was being read: the next run takes it in as it then is")


def _copied(chunks: Iterable[bytes], copy: "tempfile._TemporaryFileWrapper[bytes]") -> Iterator[bytes]:
    for chunk in chunks:
        copy.write(chunk)
        yield chunk
