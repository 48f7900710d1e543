"""One process that calls one function on one payload at a time, within a wall-clock and a memory bound."""

import errno
import logging
import os
import pickle
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import Generic, TypeVar, cast

from routing.errors import CorruptError, DocumentError, LimitError, NoRoomError, StoreError, WorkerError
from routing.policy import Limits
from tasks.workers.answer import Answer
from tasks.workers.guard import Bounds
from tasks.workers.start import last_words, take
from tasks.workers.wire import Wire

logger = logging.getLogger(__name__)

Payload = TypeVar("Payload")
Result = TypeVar("Result")

START_SECONDS = 120.0
MOST_ANSWER_BYTES = 100_000_000  # a thousand lines take one million
PAUSES_SECONDS = (1.0, 4.0)  # before a process that the system had no room for is started again
NEARLY_ALL = 0.8  # of the memory that is allowed: what was refused is missing
MAXRSS_PER_MB = 1e6 if sys.platform == "darwin" else 1e3
NO_ROOM = (errno.EAGAIN, errno.ENOMEM)
FEWER = "Fewer --workers need fewer processes and less memory."


class _DiedError(Exception):
    """The process ended without an answer; `status` as `subprocess` gives it: minus the signal's number. `peak_mb` is
    the most memory that it ever held, 0 where that is not known; `said` its last line where it was not ready yet."""

    def __init__(self, status: int, peak_mb: float) -> None:
        self.status, self.peak_mb = status, peak_mb
        self.said = ""

    @property
    def may_be_chance(self) -> bool:
        """Whether a second try may go better: it was killed from outside, or native code gave up for want of memory."""
        return self.status > 0 or self.status in (-signal.SIGKILL, -signal.SIGABRT)


class _UnloadedError(WorkerError):
    """The process could not load what it needs, as it says itself."""


class BoundedProcess(Generic[Payload, Result]):
    """A process of its own for `function`, started at the first call and replaced when it died or was ended.

    `function` is picklable and is sent once per process; it may write in `folders` alone. `held` says what keeps the
    process from more, once there is one. One thread at a time may use it; only `close` may come from another thread.
    """

    def __init__(self, function: Callable[[Payload], Result], limits: Limits, folders: Sequence[Path] = ()) -> None:
        self._function, self._limits = function, limits
        self._bounds = Bounds(limits.worker_memory_mb, max(limits.file_mb, limits.container_mb), tuple(folders))
        self._process: subprocess.Popen[bytes] | None = None
        self._wire: Wire | None = None
        self._inherited_peak = 0
        self._closed = False
        self.held = ""

    def call(self, payload: Payload) -> Result:
        """The function's result for `payload`.

        Raises the function's own `DocumentError`; `LimitError` over `document_seconds` or `worker_memory_mb`;
        `CorruptError` when it failed otherwise or its process died of the payload; `WorkerError` when no process
        can be started; `StoreError` where its folders take no more; `CancelledError` when closed meanwhile. A crash
        is not tried again: it would crash again. A SIGKILL from outside is, once: the kernel's out-of-memory killer may
        have hit an innocent; so is an abort or an exit, which is what native code does where it gets no memory; and so
        is an error that nobody foresaw, in a new process.
        """
        try:
            answer = self._first_try(payload) or self._exchange(payload)
        except _DiedError as death:
            raise self._error_of(death) from None
        if answer.traceback:
            logger.error("reading %s failed\n%s", payload, answer.traceback)
        if isinstance(answer.error, NoRoomError):
            raise self._without_room(answer.error)
        if answer.error:
            raise answer.error
        return cast(Result, answer.value)

    def close(self) -> None:
        """End the process at once; a call that is under way raises `CancelledError`."""
        self._closed = True
        self._kill()

    def _first_try(self, payload: Payload) -> Answer | None:
        """The answer to the payload, None where a second try may go better."""
        try:
            answer = self._exchange(payload)
        except _DiedError as death:
            if death.may_be_chance:
                return None
            raise
        if answer.traceback:  # by want of memory, maybe, or by what an earlier payload has left behind
            self._kill()
            return None
        return answer

    def _exchange(self, payload: Payload) -> Answer:
        """Send the payload, wait for the answer; a process that is late, worn or out of hand is ended."""
        wire = self._running()
        try:
            wire.send(payload)
            answer = wire.receive(self._limits.document_seconds, MOST_ANSWER_BYTES)
        except TimeoutError:
            self._kill()
            seconds = self._limits.document_seconds
            return Answer(error=LimitError("document_seconds", seconds, "reading it takes longer and was ended"))
        except pickle.UnpicklingError as refused:
            answer = refused
        except (EOFError, OSError):
            raise self._bury() from None
        if not isinstance(answer, Answer) or not isinstance(answer.error, DocumentError | None):
            self._kill()
            return Answer(error=CorruptError(f"its reading process answered with what is no answer: {answer}"))
        if answer.worn:
            self._kill()
        return answer

    def _running(self) -> Wire:
        """The wire to a live process, which is started where there is none."""
        process, wire = self._process, self._wire
        if process is not None and process.poll() is None and wire is not None:
            return wire
        self._kill()
        with suppress(_DiedError, _UnloadedError):  # while it loaded: once that may be chance
            return self._started()
        try:
            return self._started()
        except _DiedError as death:
            said = f" ({death.said})" if death.said else ""
            raise WorkerError(f"{describe(death.status)} twice{said}. {FEWER}") from None

    def _started(self) -> Wire:
        """The wire to a new process. Raises `_DiedError` where it ended before it was ready, maybe by chance."""
        self._wire, printed = self._start()
        with printed:
            self._introduce(self._wire, printed)
        return self._wire

    def _start(self) -> tuple[Wire, FileIO]:
        """Start a process. Where the system has no room for one it is tried again: that may pass."""
        for pause in (*PAUSES_SECONDS, 0.0):
            try:
                self._process, wire, printed, self._inherited_peak = take()
                break
            except OSError as error:
                if error.errno not in NO_ROOM or not pause or self._closed:
                    raise WorkerError(f"{error}. {FEWER}") from None
                time.sleep(pause)
        if self._closed:
            self._kill()
        return wire, printed

    def _introduce(self, wire: Wire, printed: FileIO) -> None:
        """Send what the process needs before its first payload, and hear that it could load it."""
        try:
            wire.send(self._bounds)
            wire.send(self._function)
            problem, self.held = wire.receive(START_SECONDS)
        except TimeoutError:
            self._kill()
            raise WorkerError(f"silent for {START_SECONDS:g} s") from None
        except (EOFError, OSError):
            death = self._bury()
            death.said = last_words(printed)
            if death.may_be_chance:
                raise death from None
            raise WorkerError(describe(death.status)) from None
        if problem:
            self._kill()
            raise _UnloadedError(problem)

    def _error_of(self, death: _DiedError) -> LimitError | CorruptError:
        """What a death means for the document: native code that gets no memory ends in a crash."""
        most = self._limits.worker_memory_mb
        if death.status == -signal.SIGKILL:
            killed = "its reading process was killed twice from outside, most likely for want of memory"
            remedy = "raise worker_memory_mb in [limits] of the policy to try it again, with fewer --workers"
            return LimitError("worker_memory_mb", most, killed, remedy)
        if death.peak_mb > NEARLY_ALL * most:
            return LimitError("worker_memory_mb", most, f"reading it needs more memory: {describe(death.status)}")
        return CorruptError(f"the reading process died: {describe(death.status)}")

    def _without_room(self, error: NoRoomError) -> StoreError | CorruptError:
        """What it means that the process found no room, if that is true: a document may have taken it over."""
        for folder in self._bounds.folders:
            if not os.access(folder, os.W_OK) or shutil.disk_usage(folder).free < self._bounds.file_mb * 1_000_000:
                return StoreError.unwritable(str(folder), error.detail)
        return CorruptError(f"its reading process finds no room where there is some: {error.detail}")

    def _bury(self) -> _DiedError:
        """How a process that hung up has died. Raises `CancelledError` when it was us who ended it."""
        process = self._process
        if self._closed or process is None:
            raise CancelledError
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)  # one that is dead or dying keeps its own status
        peak_mb = 0.0
        with suppress(ChildProcessError):
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            if usage.ru_maxrss > self._inherited_peak:  # Linux starts to count at the parent's own peak
                peak_mb = usage.ru_maxrss / MAXRSS_PER_MB
        self._kill()
        return _DiedError(process.returncode, peak_mb)

    def _kill(self) -> None:
        """End the process and all that it started, and forget it."""
        process, wire = self._process, self._wire
        self._process = self._wire = None
        if process is not None:
            if process.returncode is None:  # else its number may be another's by now
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if wire is not None:
            wire.close()


def describe(status: int) -> str:
    """An exit status in words: `signal 11 (Segmentation fault)`, `exit status 3`."""
    return f"signal {-status} ({signal.strsignal(-status)})" if status < 0 else f"exit status {status}"
