"""One process that calls one function on one payload at a time, within a wall-clock and a memory bound."""

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import CancelledError
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Generic, TypeVar, cast

from routing.errors import CorruptError, LimitError, WorkerError
from routing.policy import Limits
from tasks.workers.child import Answer

logger = logging.getLogger(__name__)

Payload = TypeVar("Payload")
Result = TypeVar("Result")

CHILD = "from tasks.workers.child import main; main()"
START_SECONDS = 120.0
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # the pool is the parallelism


class _DiedError(Exception):
    """The process ended without an answer; `status` as `subprocess` gives it: minus the signal's number."""

    def __init__(self, status: int) -> None:
        self.status = status


class BoundedProcess(Generic[Payload, Result]):
    """A process of its own for `function`, started at the first call and replaced when it died or was ended.

    `function` is picklable and is sent once per process. One thread at a time may use it; only `close` may come
    from another thread.
    """

    def __init__(self, function: Callable[[Payload], Result], limits: Limits) -> None:
        self._function, self._limits = function, limits
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None
        self._closed = False

    def call(self, payload: Payload) -> Result:
        """The function's result for `payload`.

        Raises the function's own `DocumentError`; `LimitError` over `document_seconds` or `worker_memory_mb`;
        `CorruptError` when it failed otherwise or its process died of the payload; `WorkerError` when no process
        can be started; `CancelledError` when closed meanwhile. A crash is not tried again: it would crash again. A
        SIGKILL from outside is, once: the kernel's out-of-memory killer may have hit an innocent.
        """
        try:
            try:
                answer = self._exchange(payload)
            except _DiedError as death:
                if death.status != -signal.SIGKILL:
                    raise
                answer = self._exchange(payload)
        except _DiedError as death:
            raise _error_of(death.status) from None
        if answer.traceback:
            logger.error("reading %s failed\n%s", payload, answer.traceback)
        if answer.error:
            raise answer.error
        return cast(Result, answer.value)

    def close(self) -> None:
        """End the process at once; a call that is under way raises `CancelledError`."""
        self._closed = True
        self._kill()

    def _exchange(self, payload: Payload) -> Answer:
        """Send the payload, wait for the answer; a process that is late or out of memory is ended."""
        connection = self._running()
        try:
            connection.send(payload)
            if not connection.poll(self._limits.document_seconds):
                self._kill()
                seconds = f"document_seconds {self._limits.document_seconds:g}"
                return Answer(error=LimitError(f"{seconds}: reading it takes longer and was ended"))
            answer = cast(Answer, connection.recv())
        except (EOFError, OSError):
            raise _DiedError(self._bury()) from None
        if answer.out_of_memory:
            self._kill()
        return answer

    def _running(self) -> Connection:
        """The connection to a live process, which is started where there is none."""
        process, connection = self._process, self._connection
        if process is not None and process.poll() is None and connection is not None:
            return connection
        self._kill()
        ours, theirs = Pipe()
        self._connection = ours
        self._start(theirs)
        self._introduce(ours)
        return ours

    def _start(self, theirs: Connection) -> None:
        with theirs:
            command = [sys.executable, "-P", "-c", CHILD, str(theirs.fileno()), str(os.getpid())]
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=2,  # a library that prints must not spoil what `--json` writes to stdout
                pass_fds=[theirs.fileno()],
                process_group=0,  # Ctrl-C is for the parent, which then ends its processes
                env={**os.environ, **ONE_THREAD, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
        if self._closed:
            self._kill()

    def _introduce(self, connection: Connection) -> None:
        """Send what the process needs before its first payload, and hear that it could load it."""
        try:
            connection.send(sys.path)
            connection.send(self._limits.worker_memory_mb)
            connection.send(self._function)
            problem = connection.recv() if connection.poll(START_SECONDS) else f"silent for {START_SECONDS:g} s"
        except (EOFError, OSError):
            problem = describe(self._bury())
        if problem:
            self._kill()
            raise WorkerError(problem)

    def _bury(self) -> int:
        """The exit status of a process that hung up. Raises `CancelledError` when it was us who ended it."""
        process = self._process
        if self._closed or process is None:
            raise CancelledError
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5)
        self._kill()
        return process.returncode

    def _kill(self) -> None:
        """End the process and all that it started, and forget it."""
        process, connection = self._process, self._connection
        self._process = self._connection = None
        if process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if connection is not None:
            connection.close()


def _error_of(status: int) -> LimitError | CorruptError:
    """What a death means for the document."""
    if status == -signal.SIGKILL:
        return LimitError("the reading process was killed twice from outside, most likely for want of memory")
    return CorruptError(f"the reading process died: {describe(status)}")


def describe(status: int) -> str:
    """An exit status in words: `signal 11 (Segmentation fault)`, `exit status 3`."""
    return f"signal {-status} ({signal.strsignal(-status)})" if status < 0 else f"exit status {status}"
