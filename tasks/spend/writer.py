"""One SQLite connection, one thread that owns it: what is asked of it at the same time is committed together.

A commit waits for the disk. With hundreds of calls in flight that wait is shared by all who are waiting anyway, so the
journal keeps up with them on slow disks as well.
"""

import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from routing.errors import LedgerlineError, StoreError

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

_TOGETHER = 512  # pieces of work in one transaction: none waits long for the others


class Writer:
    """A database that several threads may use. What `do` returned from is on the disk."""

    def __init__(self, file: Path, schema: str) -> None:
        """Open `file`, made with `schema` if it is not there. Raises `sqlite3.Error`."""
        self._file = file
        self._queue: queue.SimpleQueue[tuple[Work[Any], Future[Any]] | None] = queue.SimpleQueue()
        self._db = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = full")
        self._db.executescript(schema)
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def submit(self, work: Work[T]) -> Future[T]:
        """Have `work` done; the result is there when it is durable. `StoreError` where the disk refuses.

        A `LedgerlineError` that it raises concerns itself alone: it must come before it has written anything.
        """
        future: Future[T] = Future()
        self._queue.put((work, future))
        return future

    def do(self, work: Work[T]) -> T:
        """The result of `work`, once it is durable."""
        return self.submit(work).result()

    def close(self) -> None:
        """Finish what was submitted."""
        self._queue.put(None)
        self._thread.join()
        self._db.close()

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            pieces, last = [first], False
            with contextlib.suppress(queue.Empty):
                while len(pieces) < _TOGETHER:
                    piece = self._queue.get_nowait()
                    if piece is None:
                        last = True
                        break
                    pieces.append(piece)
            self._commit(pieces)
            if last:
                return

    def _commit(self, pieces: list[tuple[Work[Any], Future[Any]]]) -> None:
        """All of it or, if the disk refuses, nothing: then everybody hears of it."""
        done: list[tuple[Future[Any], Any, LedgerlineError | None]] = []
        try:
            self._db.execute("begin immediate")
            for work, future in pieces:
                if not future.set_running_or_notify_cancel():
                    continue  # nobody waits for it any more
                try:
                    done.append((future, work(self._db), None))
                except LedgerlineError as refusal:
                    done.append((future, None, refusal))
            self._db.execute("commit")
        except BaseException as error:  # noqa: BLE001 - whatever it is, those who wait must not wait for ever
            with contextlib.suppress(sqlite3.Error):
                self._db.execute("rollback")
            for _, future in pieces:
                if not future.done():
                    future.set_exception(unusable(self._file, error) if isinstance(error, sqlite3.Error) else error)
            return
        for future, result, refused in done:
            if refused:
                future.set_exception(refused)
            else:
                future.set_result(result)


def unusable(file: Path, error: Exception) -> StoreError:
    """What it means for the store that its journal at `file` can't be read or written."""
    remedy = "Make room on the disk, correct the folder's permissions, or restore it from a backup."
    return StoreError(str(file.parent.parent), f"its journal can't be used: {error}", remedy)
