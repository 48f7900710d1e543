"""Reading on another machine: what is sent there, what is done there, and what comes back.

Whoever reads elsewhere needs the same Ledgerline and, for documents that are not sent along, the same source at the
same path. It writes to a folder of its own alone, which goes with it: a chunk that is read twice, because a machine
died over it, leaves nothing behind. The store, the money and the history stay where the run is.
"""

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from socket import gethostname
from tempfile import TemporaryDirectory

from routing.errors import ClusterError, DocumentError
from routing.policy import Policy
from tasks.ask.kept import take
from tasks.discover import ensure_unchanged
from tasks.documents import Examined, SourceFile
from tasks.examining import Examining
from tasks.fingerprint import fingerprint
from tasks.workers import WorkerPool

logger = logging.getLogger("distributed.ledgerline")  # shown by a Dask worker

SAME_EVERYWHERE = "Install the same Ledgerline from the same requirements.lock on every machine."

IDLE_SECONDS = 60.0
"""How long the reading processes of a run wait for its next chunk before they are ended."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What all chunks of a run have in common.

    `fields` is the text of the policy's `fields_file`, "" for none. `keeps`: readings of documents that a model may be
    asked about are sent back. `processes` read at the same time, None: one a
    thread of the worker. `made_by` is the fingerprint of the run's own machine,
    `cluster` the address by which it knows the others.
    """

    cluster: str
    run_id: str
    policy: Policy
    fields: str
    keeps: bool
    processes: int | None
    made_by: dict[str, str]


@dataclass(frozen=True, slots=True)
class Sent:
    """A document to examine; `content` are its bytes where it can't be opened at its path there."""

    file: SourceFile
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class Brought:
    """What was found out. `kept` is its reading for a model, as `tasks.ask.kept` puts it down, `unseen` says why the
    document is not there as it was sent: then nothing was read."""

    examined: Examined
    kept: bytes = b""
    unseen: str = ""


def examine_elsewhere(errand: Errand, chunk: Sequence[Sent]) -> list[Brought]:
    """Examine the documents of a chunk, in their order, on the Dask worker that this runs on.

    Raises `ClusterError` where this machine would read them otherwise, `WorkerError` where no process can be started.
    """
    if different := differences(errand.made_by, fingerprint()):
        raise ClusterError(errand.cluster, f"{gethostname()} has {different}", SAME_EVERYWHERE)
    with _reader(errand) as reader:
        return reader.examine(chunk)


def sees(source: str) -> bool:
    """Whether this machine has that folder or file at all."""
    return Path(source).exists()


def differences(made_by: dict[str, str], here: dict[str, str]) -> str:
    """In which ways two fingerprints differ, in words; "" where they do not."""
    return ", ".join(
        f"{name} {here.get(name, 'none')} instead of {made_by.get(name, 'none')}"
        for name in sorted(made_by.keys() | here.keys())
        if made_by.get(name) != here.get(name)
    )


class _Reader:
    """The reading processes of one run on this machine, shared by the threads that have its chunks."""

    def __init__(self, errand: Errand) -> None:
        from distributed import get_worker

        worker = get_worker()
        self._open = ExitStack()
        scratch = worker.local_directory  # where Dask itself clears up what a killed worker left
        self._folder = Path(self._open.enter_context(TemporaryDirectory(prefix="ledgerline-", dir=scratch)))
        self._kept = self._folder / "kept"
        self._kept.mkdir()
        policy = errand.policy.model_copy(update={"fields_file": self._fields_file(errand)})
        read = Examining(policy, self._kept if errand.keeps else None)
        processes = errand.processes or worker.state.nthreads
        self._pool = self._open.enter_context(WorkerPool(processes, policy.limits, read, [self._kept]))
        self._told = False
        self.users = 0
        self.idle: threading.Timer | None = None

    def close(self) -> None:
        self._open.close()

    def examine(self, chunk: Sequence[Sent]) -> list[Brought]:
        with TemporaryDirectory(dir=self._folder) as folder:
            here = [self._unpacked(sent, Path(folder)) for sent in chunk]
            unseen = [_unseen(sent, file) for sent, file in zip(chunk, here, strict=True)]
            found = iter(self._pool.run([file for file, why in zip(here, unseen, strict=True) if not why]))
            if self._pool.held and not self._told:
                self._told = True
                logger.info("reading processes are held %s", self._pool.held)
            return [
                Brought(Examined(sent.file), unseen=why) if why else self._brought(sent, next(found))
                for sent, why in zip(chunk, unseen, strict=True)
            ]

    def _fields_file(self, errand: Errand) -> str:
        if not errand.fields:
            return ""
        file = self._folder / "fields.toml"
        file.write_text(errand.fields, encoding="utf-8")
        return str(file)

    def _unpacked(self, sent: Sent, folder: Path) -> SourceFile:
        """The document where it can be opened here."""
        if sent.content is None:
            return sent.file
        file = folder / sent.file.document_id
        file.write_bytes(sent.content)
        return replace(sent.file, path=str(file))

    def _brought(self, sent: Sent, examined: Examined) -> Brought:
        kept = take(self._kept, sent.file.document_id) if examined.kept else b""
        return Brought(replace(examined, file=sent.file), kept)


def _unseen(sent: Sent, file: SourceFile) -> str:
    if sent.content is None and not file.problem:
        try:
            ensure_unchanged(file)
        except DocumentError as error:
            return error.detail
    return ""


_readers: dict[str, _Reader] = {}
_lock = threading.Lock()


@contextmanager
def _reader(errand: Errand) -> Iterator[_Reader]:
    """The run's reader, opened where there is none yet; it is closed once it was idle for long."""
    with _lock:
        reader = _readers.get(errand.run_id) or _readers.setdefault(errand.run_id, _Reader(errand))
        reader.users += 1
        if reader.idle:
            reader.idle.cancel()
    try:
        yield reader
    finally:
        with _lock:
            reader.users -= 1
            reader.idle = threading.Timer(IDLE_SECONDS, _close_if_idle, [errand.run_id])
            reader.idle.daemon = True
            reader.idle.start()


def _close_if_idle(run_id: str) -> None:
    with _lock:
        reader = _readers.get(run_id)
        if reader and not reader.users:
            del _readers[run_id]
            reader.close()
