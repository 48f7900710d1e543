"""The pool of reading processes: whole chunks in, one result per document out, whatever a document does."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import TracebackType

from routing.errors import CorruptError, DocumentError
from routing.policy import Limits
from tasks.documents import Examined, SourceFile
from tasks.workers.bounded import BoundedProcess


class WorkerPool:
    """`workers` processes that examine documents, shared by all threads of a run, first come first served.

    Each process is watched by a thread of its own, so a death or a hang always belongs to exactly one document.
    `function` is picklable, such as `functools.partial(examine, policy=policy)`, and is sent once per process; it may
    write in `folders` alone.

        with WorkerPool(workers=4, limits=policy.limits, function=partial(examine, policy=policy)) as pool:
            examined = pool.run(files)
    """

    def __init__(
        self,
        workers: int,
        limits: Limits,
        function: Callable[[SourceFile], Examined],
        folders: Sequence[Path] = (),
    ) -> None:
        self._start = partial(BoundedProcess[SourceFile, Examined], function, limits, folders)
        self._own = threading.local()
        self._processes: list[BoundedProcess[SourceFile, Examined]] = []
        self._threads = ThreadPoolExecutor(workers, "reading", initializer=self._take_process)

    def __enter__(self) -> "WorkerPool":
        return self

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        for process in self._processes:
            process.close()
        self._threads.shutdown(wait=True)

    @property
    def held(self) -> str:
        """What keeps the reading processes from network, programs and files; empty before the first has started."""
        return next((process.held for process in self._processes if process.held), "")

    def run(self, files: Sequence[SourceFile]) -> list[Examined]:
        """Examine `files`; the results come in their order, and a failure is that document's `problem`.

        May be called from several threads at once. Raises `WorkerError` when no process can be started.
        """
        waiting: list[Future[Examined]] = [self._threads.submit(self._examine, file) for file in files]
        try:
            return [future.result() for future in waiting]
        finally:
            for future in waiting:
                future.cancel()

    def _take_process(self) -> None:
        """Give the calling thread a process of its own."""
        self._own.process = self._start()
        self._processes.append(self._own.process)

    def _examine(self, file: SourceFile) -> Examined:
        if file.problem:
            return Examined(file, problem=file.problem)
        process: BoundedProcess[SourceFile, Examined] = self._own.process
        try:
            examined = process.call(file)
            if not isinstance(examined, Examined) or examined.file != file:
                raise CorruptError("its reading process answered for another document")
            return examined
        except DocumentError as error:
            return Examined(file, problem=(error.code, error.detail))
