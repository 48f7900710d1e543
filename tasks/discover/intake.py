"""From a place in the source to documents: bytes read, hashed, sniffed, and containers unpacked."""

import os
import stat
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from functools import partial
from hashlib import sha256
from itertools import chain, takewhile
from pathlib import Path
from typing import BinaryIO

from routing.errors import DocumentError, LimitError, NoRoomError, StoreError, UnsupportedError
from routing.policy import Limits
from tasks.discover.containers import Container, unpack
from tasks.discover.labels import local_label
from tasks.discover.seen import Seen
from tasks.discover.sniff import HEAD_BYTES, sniff
from tasks.discover.spool import Taken, chunks_of, hash_in_place, write
from tasks.discover.walk import Found, walk
from tasks.documents import SourceFile
from tasks.workers import BoundedProcess

_FETCHES = 8
"""Objects that are fetched at a time: what takes long is the answer of a store, not its bytes."""

Documents = Callable[[], list[SourceFile]]
"""What lies at a place, taken in when it is called."""


def discover(
    source: str, limits: Limits, spool: Path, skip: Sequence[Path] = (), seen: Seen | None = None
) -> Iterator[SourceFile]:
    """Every document in `source`, a folder, a file or a URL that fsspec understands, in the order of their names.

    Local files stay where they are; objects, attachments, and files that change while they are read are copied to
    `spool`, whose keeping is the caller's. What lies in `skip` is not looked at. `document_id` is the SHA-256 of the
    bytes; of what could not be read, of its place instead, and `problem` says why. What `seen` knows to be unchanged is
    not opened; where the store has the last word on it, objects are not fetched and containers not unpacked.

    Raises `SourceError` at once where there is nothing to list, `StoreError` where there is no room in the spool.
    """
    found = walk(source, [*skip, spool])
    return _taken_in(found, _Intake(local_label(source), limits, spool, seen), seen)


def check_source(source: str) -> None:
    """Raises `SourceError` where there is nothing to list, as `discover` would."""
    walk(source, [])


def count_places(source: str, skip: Sequence[Path], enough: Callable[[], bool]) -> int:
    """How many files lie in a source; an archive is one. No further than until it is `enough`."""
    return sum(1 for _ in takewhile(lambda _: not enough(), walk(source, skip)))


def _taken_in(places: Iterator[Found], intake: "_Intake", seen: Seen | None) -> Iterator[SourceFile]:
    coming: deque[Documents] = deque()
    with closing(intake):
        for found in places:
            coming.append(intake.begin(found))
            if len(coming) > (_FETCHES if _can_be_fetched_ahead(found) else 0):
                yield from coming.popleft()()
        while coming:
            yield from coming.popleft()()
        if seen:
            seen.keep()


class _Intake:
    """Takes in one place after another; `close` ends the process that unpacks containers, and what is being fetched."""

    def __init__(self, source: str, limits: Limits, spool: Path, seen: Seen | None) -> None:
        self._source, self._limits, self._spool, self._seen = source, limits, spool, seen
        self._unpacker = BoundedProcess(unpack, limits, [spool])
        self._fetchers = ThreadPoolExecutor(_FETCHES)

    def close(self) -> None:
        self._fetchers.shutdown(cancel_futures=True)
        self._unpacker.close()
        if self._seen:
            self._seen.close()

    def begin(self, found: Found) -> Documents:
        """The document at that place, or the documents in the container there, once they are asked for."""
        if self._seen and (files := self._seen.recall(found.file_name, found.stamp)):
            return lambda: files
        return partial(self._take, found, self._taking(found))

    def _take(self, found: Found, taking: Callable[[], Taken]) -> list[SourceFile]:
        place = sha256(f"{self._source}\n{found.file_name}".encode()).hexdigest()
        file = SourceFile(place, found.file_name, self._source, found.path, found.bytes, problem=found.problem)
        files = [file] if found.problem else self._opened(file, taking)
        if self._seen and not (len(files) == 1 and files[0].problem):
            packed = any(file.path != found.path for file in files)  # objects were fetched to the spool
            self._seen.remember(found.file_name, found.stamp, packed, files)
        return files

    def _opened(self, file: SourceFile, taking: Callable[[], Taken]) -> list[SourceFile]:
        try:
            taken = taking()
            file = replace(file, document_id=taken.sha256, path=taken.path, bytes=taken.size)
            kind = sniff(taken.head)
            if kind == "zip" or kind == "eml":
                return self._unpacker.call(Container(file, kind, self._limits, self._spool))
            return [file]
        except NoRoomError as error:
            raise StoreError.unwritable(str(self._spool), error.detail) from None
        except DocumentError as error:
            return [replace(file, problem=(error.code, error.detail))]
        except OSError as error:
            return [replace(file, problem=(DocumentError.code, f"it can't be read: {error.strerror or error}"))]

    def _taking(self, found: Found) -> Callable[[], Taken]:
        """How its bytes are got hold of; those of an object that can be fetched ahead are on their way already.

        It is fetched once more if an exact copy of it is settled before it is asked for: the bytes of both lie in one
        place, and are deleted then.
        """
        if not found.fs:
            return partial(self._read, found.path)
        if found.problem or not _can_be_fetched_ahead(found):
            return partial(self._fetched, found)
        ahead = self._fetchers.submit(self._fetched, found)

        def taken() -> Taken:
            first = ahead.result()
            return first if Path(first.path).exists() else self._fetched(found)

        return taken

    def _read(self, path: str) -> Taken:
        """Hash a local file where it lies; one that changed meanwhile is copied, and the copy is the document."""
        with _open_regular(path) as stream:
            before = os.fstat(stream.fileno())
            most = self._most(stream.read(HEAD_BYTES), before.st_size)
            stream.seek(0)
            taken = hash_in_place(path, chunks_of(stream, most + 1))
        if _version(before) == _version(Path(path).stat()):
            return taken
        with _open_regular(path) as stream:
            taken = write(chunks_of(stream, most + 1), self._spool)
        self._most(taken.head, taken.size)
        return taken

    def _fetched(self, found: Found) -> Taken:
        """Fetch an object to the spool."""
        try:
            with found.fs.open(found.path, "rb") as stream:
                head = stream.read(HEAD_BYTES)
                most = self._most(head, found.bytes)
                rest = chunks_of(stream, most + 1 - len(head))
                taken = write(chain([head], rest), self._spool)  # not every driver can go back to the beginning
        except (DocumentError, OSError):
            raise
        except Exception as error:  # noqa: BLE001 - each driver has errors of its own
            raise OSError(f"{type(error).__name__}: {error}") from None
        self._most(taken.head, taken.size)
        return taken

    def _most(self, head: bytes, size: int) -> int:
        """The bytes that a file with this beginning may have. Raises `LimitError` where `size` is more."""
        name = "container_mb" if _is_container(head) else "file_mb"
        most: float = getattr(self._limits, name)
        if size > most * 1_000_000:
            raise LimitError(name, most, f"it has {size / 1e6:.1f} MB")
        return int(most * 1_000_000)


def _can_be_fetched_ahead(found: Found) -> bool:
    """Whether its driver lets several threads fetch at once: those of object stores and of the web do."""
    return found.fs is not None and bool(found.fs.async_impl)


def _is_container(head: bytes) -> bool:
    try:
        return sniff(head) in ("zip", "eml")
    except DocumentError:
        return False


def _open_regular(path: str) -> BinaryIO:
    """Open a regular file; one that was exchanged for a named pipe since it was listed does not make us wait."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise UnsupportedError("not a file any more")
    return os.fdopen(descriptor, "rb")


def _version(status: os.stat_result) -> tuple[int, int, int, int]:
    """What differs when a file was written to or exchanged."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
