"""Who holds a store: one process at a time, known by a lock that the system drops when that process dies."""

import os
from pathlib import Path

from filelock import FileLock, Timeout

from routing.errors import StoreLockedError


def hold(store: Path) -> FileLock:
    """The store's lock, held from now on. Raises `StoreLockedError` at once if another process has it."""
    lock = FileLock(store / "store.lock", thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        pid = holder(store)
        problem = f"is held by another run{f' (process {pid})' if pid else ''}"
        raise StoreLockedError(str(store), problem, "Wait until it ends, or choose another --store.") from None
    _note(store).write_text(str(os.getpid()))
    return lock


def let_go(store: Path, lock: FileLock) -> None:
    """Give the lock back."""
    _note(store).unlink(missing_ok=True)
    lock.release()


def holder(store: Path) -> int | None:
    """The living process of this machine that holds the store, as far as it said so."""
    try:
        pid = int(_note(store).read_text())
        os.kill(pid, 0)
    except (OSError, ValueError):
        return None
    return pid


def _note(store: Path) -> Path:
    return store / "work" / "holder"
