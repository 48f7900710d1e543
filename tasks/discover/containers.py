"""Taking containers apart: zip archives and e-mails, inside each other, within bounds.

This runs in a bounded process: what an archive does to time and memory is that archive's outcome.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from routing.errors import DocumentError, LimitError, NoRoomError, UnsupportedError
from routing.policy import Limits
from tasks.discover.labels import distinct, inner_label
from tasks.discover.mails import parts_of
from tasks.discover.sniff import CONTAINERS, AnyKind, ContainerKind, sniff
from tasks.discover.spool import Taken, write
from tasks.discover.zips import members_of
from tasks.documents import SourceFile

Member = tuple[str, Iterable[bytes]]
"""What lies in a container: its name there, and its bytes, which are read when asked for."""

OPENERS: dict[AnyKind, Callable[[str, Limits], Iterator[Member]]] = {"zip": members_of, "eml": parts_of}


@dataclass(frozen=True, slots=True)
class Container:
    """A container to take apart: the file, what it is, its bounds, and where its documents go."""

    file: SourceFile
    kind: ContainerKind
    limits: Limits
    spool: Path


class _OverBudgetError(LimitError):
    """What the outermost container may unpack to is used up: this ends all of it, not one member."""


def unpack(container: Container) -> list[SourceFile]:
    """The documents in `container`, nested ones too.

    A container that holds none, is broken or goes over a limit is itself among them with its problem, after the
    documents that were found before: nothing is lost in silence.
    """
    return _Unpacking(container).files()


class _Unpacking:
    """One outermost container with its budget of documents and bytes, which the nested ones share."""

    def __init__(self, container: Container) -> None:
        self._container, self._limits = container, container.limits
        self._found: list[SourceFile] = []
        self._bytes = 0
        expanded = self._limits.container_expansion * container.file.bytes
        self._bytes_allowed = int(min(self._limits.container_mb * 1_000_000, expanded))

    def files(self) -> list[SourceFile]:
        file = self._container.file
        try:
            self._open(file, self._container.kind, 1)
        except _OverBudgetError as breach:
            self._found.append(replace(file, problem=(breach.code, breach.detail)))
        return self._found

    def _open(self, file: SourceFile, kind: AnyKind, depth: int) -> None:
        """Take out all that is in one container; its own failure is its problem."""
        before, names = len(self._found), set[str]()
        try:
            for name, chunks in OPENERS[kind](file.path, self._limits):
                self._take(file, distinct(inner_label(name), names), chunks, depth)
            if len(self._found) == before:
                raise UnsupportedError(f"a container ({kind}) without a document in it")
        except (_OverBudgetError, NoRoomError):
            raise
        except DocumentError as error:
            self._found.append(replace(file, problem=(error.code, error.detail)))

    def _take(self, container: SourceFile, name: str, chunks: Iterable[bytes], depth: int) -> None:
        """Take out one member: a document, a container again, or one that can't be read."""
        if len(self._found) >= self._limits.container_documents:
            raise _OverBudgetError("container_documents", self._limits.container_documents, "it holds more")
        file = SourceFile(
            document_id=sha256(f"{container.document_id}/{name}".encode()).hexdigest(),
            file_name=f"{container.file_name}/{name}",
            source=container.source,
            path="",
            bytes=0,
            container=container.file_name,
        )
        try:
            taken = write(self._counted(chunks), self._container.spool)
            file = replace(file, document_id=taken.sha256, path=taken.path, bytes=taken.size)
            kind = self._kind(taken, depth)
        except (_OverBudgetError, NoRoomError):
            raise
        except DocumentError as error:
            self._found.append(replace(file, problem=(error.code, error.detail)))
            return
        if kind in CONTAINERS:
            self._open(file, kind, depth + 1)
        else:
            self._found.append(file)

    def _kind(self, taken: Taken, depth: int) -> AnyKind:
        """What the member is. Raises a `DocumentError` where that is nothing that we read."""
        kind = sniff(taken.head)
        if kind in CONTAINERS and depth >= self._limits.container_depth:
            raise LimitError("container_depth", self._limits.container_depth, "containers lie deeper in each other")
        if kind not in CONTAINERS and taken.size > self._limits.file_mb * 1_000_000:
            raise LimitError("file_mb", self._limits.file_mb, f"it has {taken.size / 1e6:.1f} MB")
        return kind

    def _counted(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Count what really comes out, whatever the headers claim."""
        for chunk in chunks:
            self._bytes += len(chunk)
            if self._bytes > self._bytes_allowed:
                raise self._breach()
            yield chunk

    def _breach(self) -> _OverBudgetError:
        if self._bytes > self._limits.container_mb * 1_000_000:
            return _OverBudgetError("container_mb", self._limits.container_mb, "it unpacks to more")
        found = f"its {self._container.file.bytes} bytes unpack to more than {self._bytes_allowed}"
        return _OverBudgetError("container_expansion", self._limits.container_expansion, found)
