"""Two ledger files that take turns: one is published, the other is the working one.

Publishing renames the working ledger over STORE/ledger.duckdb, and the one that was published before becomes the
working one; it takes in the parts that it lacks when it is opened. So publishing costs what is new, where a copy would
cost what the store holds. Where so much is new that a copy costs less, as after a first run, it is a copy.

The old one is written to only where nobody can notice: no process has it open (not even `cp`), no other name leads to
it, and nobody has written to it since it was published. Where that is not so, or can't be known (no Linux, a file
system without links or leases), the working ledger is a copy of the published one.
"""

import fcntl
import os
import shutil
from contextlib import suppress
from pathlib import Path

from tasks.store.parts import sync_folder

_COPY_IS_CHEAPER = 50  # times, to have a row by copying the ledger's file than by taking it in from Parquet


def working_file(store: Path) -> Path:
    """The ledger that is written to."""
    return store / "work" / "ledger.duckdb"


def published_file(store: Path) -> Path:
    """The ledger that analysts open."""
    return store / "ledger.duckdb"


def change_turns(store: Path) -> None:
    """Put the working ledger, which nobody has open, in the place of the published one. Who has that open keeps it.

    A kill at any instant leaves one of the two in place, whole; `fetch_working` goes on from there. Raises OSError.
    """
    working, published, previous = working_file(store), published_file(store), _previous(store)
    _sync_file(working)
    previous.unlink(missing_ok=True)
    with suppress(OSError):  # there is none yet, or no second name can be given here
        previous.hardlink_to(published)
    _remember(store)
    published.with_name("ledger.duckdb.wal").unlink(missing_ok=True)  # a reader's, of the file that goes
    working.replace(published)
    sync_folder(store)  # before anything is written to the file whose place it took
    with suppress(OSError):  # it is published; what is in the way will be when the store is opened next, and told then
        fetch_working(store)


def fetch_working(store: Path) -> None:
    """Have a working ledger, where that can be had from what was published: the previous one, or a copy."""
    previous, working = _previous(store), working_file(store)
    try:
        if working.exists() and _is_untouched(store, working) and not _is_ours_alone(working):
            discard_working(store)  # who was about to open it when its name was taken away has it open by now
        if not working.exists():
            discard_working(store)
            if previous.exists() and _is_worth_it(store, previous) and _is_ours_alone(previous):
                previous.replace(working)
            else:
                _copy_published(store)
    finally:
        previous.unlink(missing_ok=True)


def discard_working(store: Path) -> None:
    """Throw the working ledger away, with what DuckDB left beside it."""
    for old in working_file(store).parent.glob("ledger.duckdb*"):
        old.unlink()


def forget_published(store: Path) -> None:
    """Take no working ledger from what is published now: it is of another version, or has to be made anew."""
    _notes(store).unlink(missing_ok=True)


def _copy_published(store: Path) -> None:
    """Copy the published ledger, unless somebody wrote to it, perhaps while it was copied."""
    published, copy = published_file(store), working_file(store).with_name("copy.duckdb")
    if not published.exists() or not _is_untouched(store, published):
        return
    try:
        shutil.copyfile(published, copy)
        if _is_untouched(store, published):
            copy.replace(working_file(store))
    finally:
        copy.unlink(missing_ok=True)


def _is_worth_it(store: Path, previous: Path) -> bool:
    """Whether the previous ledger is as it was published, and lacks little of what the published one has."""
    size = published_file(store).stat().st_size
    new = size - previous.stat().st_size
    return _is_untouched(store, previous) and new * _COPY_IS_CHEAPER < size


def _is_ours_alone(file: Path) -> bool:
    """Whether it has one name, and no process has it open, ours included: only then Linux grants a lease for writing.

    That name is private, so whoever has not opened it by now never will.
    """
    lease = getattr(fcntl, "F_SETLEASE", None)
    if lease is None or file.stat().st_nlink != 1:
        return False
    handle = os.open(file, os.O_RDONLY)
    try:
        fcntl.fcntl(handle, lease, fcntl.F_WRLCK)
    except OSError:
        return False
    finally:
        os.close(handle)  # gives the lease back
    return True


def _remember(store: Path) -> None:
    """Note what the working and the published ledger are like, as far as we left them like that."""
    published, made = published_file(store), _notes(store).with_suffix(".new")
    ours = [working_file(store)]
    if published.exists() and _is_untouched(store, published):
        ours.append(published)
    made.write_text("".join(f"{_version(file)}\n" for file in ours))
    made.replace(_notes(store))


def _is_untouched(store: Path, file: Path) -> bool:
    """Whether the file is as it was when we put it in place."""
    try:
        return _version(file) in _notes(store).read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        return False


def _version(file: Path) -> str:
    """What differs when a file was written to or exchanged."""
    status = file.stat()
    return f"{status.st_ino} {status.st_size} {status.st_mtime_ns}"


def _previous(store: Path) -> Path:
    return store / "work" / "previous.duckdb"


def _notes(store: Path) -> Path:
    return store / "work" / "published"


def _sync_file(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
