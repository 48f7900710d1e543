"""What lies in a source: one `Found` per file, in the order of its names, one folder in memory at a time."""

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import fsspec
from fsspec.core import url_to_fs

from routing.errors import SourceError
from tasks.discover.labels import inner_label, local_label
from tasks.discover.stamps import local_stamp, remote_stamp

DROPPINGS = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
PLACEHOLDERS = frozenset({".keep", ".gitkeep"})

NOT_FILES = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFDIR: "a folder",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A place in the source: `path` is on this machine, or on `fs` where that is set. `problem` is set where it is
    seen from outside that nothing can be read there. `stamp` differs when it was changed; "" where nothing tells."""

    file_name: str
    path: str
    bytes: int = 0
    fs: Any = None
    problem: tuple[str, str] | None = None
    stamp: str = ""


def is_dropping(name: str, size: int) -> bool:
    """Whether operating systems and offices leave such files behind: the only ones that are passed over in silence."""
    lower = PurePosixPath(name).name.lower()
    return lower in DROPPINGS or lower.startswith("~$") or (lower in PLACEHOLDERS and size == 0)


def walk(source: str, skip: Sequence[Path]) -> Iterator[Found]:
    """Everything in `source`: a folder, a file, or a URL that fsspec understands. Raises `SourceError`."""
    if not source.strip():
        raise SourceError(source, "it is empty. Name a folder, a file or a URL.")  # an unset variable, not this folder
    if "://" in source and not source.startswith("file://"):
        return _walk_remote(source)
    root = Path(source.removeprefix("file://")).expanduser()
    try:
        mode = root.stat().st_mode
    except OSError as error:
        raise SourceError(source, f"{error.strerror}. Check the path, and that you may read it.") from None
    if not stat.S_ISDIR(mode):
        return iter([_look_at(root, local_label(root.name))])
    if not os.access(root, os.R_OK | os.X_OK):
        raise SourceError(source, "this folder can't be listed. Check that you may read it.")
    return _LocalWalk(root, skip).folder(root, "")


class _LocalWalk:
    """A walk through a local folder.

    Links to files are followed wherever they lead: whoever can write to the source decides what is in it. A link to
    a folder is followed where that leads out of the source, and each real folder is entered once, so there are no
    loops; what lies inside the source is found at its own place.
    """

    def __init__(self, root: Path, skip: Sequence[Path]) -> None:
        self._root = os.path.realpath(root)
        self._skip = {os.path.realpath(path) for path in skip}
        self._near = {str(Path(path).parent) for path in self._skip}
        self._entered: set[tuple[int, int]] = set()

    def folder(self, path: Path, label: str) -> Iterator[Found]:
        """All that lies under one folder. `label` is its name in the source, with a `/` at its end."""
        try:
            with os.scandir(path) as entries:
                names = sorted(entry.name + "/" if _is_folder(entry) else entry.name for entry in entries)
            self._entered.add(_identity(path))
        except OSError as error:
            yield Found(label, str(path), problem=("unreadable", f"this folder can't be listed: {error.strerror}"))
            return
        near = os.path.realpath(path) in self._near
        for name in names:
            inner, inner_label = path / name, label + local_label(name)
            if (near or name.endswith("/")) and os.path.realpath(inner) in self._skip:
                continue
            if not name.endswith("/"):
                yield from _unless_dropping(_look_at(inner, inner_label))
            elif self._is_new(inner):
                yield from self.folder(inner, inner_label)

    def _is_new(self, folder: Path) -> bool:
        if folder.is_symlink():
            real = os.path.realpath(folder)
            if os.path.commonpath([real, self._root]) in (real, self._root):
                return False
        try:
            return _identity(folder) not in self._entered
        except OSError:
            return True  # it went away: listing it says so


def _is_folder(entry: os.DirEntry[str]) -> bool:
    with suppress(OSError):  # a link to itself
        return entry.is_dir()
    return False


def _identity(folder: Path) -> tuple[int, int]:
    status = folder.stat()
    return status.st_dev, status.st_ino


def _unless_dropping(found: Found) -> Iterator[Found]:
    if not is_dropping(found.file_name, found.bytes):
        yield found


def _look_at(path: Path, label: str) -> Found:
    """One entry that is not a folder, seen from outside: it is not opened, a named pipe would wait for ever."""
    try:
        status = path.stat()
    except OSError as error:
        what = "a link that leads nowhere" if path.is_symlink() else "it can't be looked at"
        return Found(label, str(path), problem=("unreadable", f"{what}: {error.strerror}"))
    if stat.S_ISREG(status.st_mode):
        return Found(label, str(path), status.st_size, stamp=local_stamp(status))
    what = NOT_FILES.get(stat.S_IFMT(status.st_mode), "something else")
    return Found(label, str(path), problem=("unsupported", f"{what}, not a file"))


def _walk_remote(source: str) -> Iterator[Found]:
    """Everything under a URL. Whatever the driver raises at the root, the source is not there for us."""
    try:
        fs, root = url_to_fs(source)
        about = fs.info(root)
    except ImportError as error:
        raise SourceError(source, f"its driver is not installed: {error}") from None
    except Exception as error:  # noqa: BLE001 - each driver has errors of its own
        raise SourceError(
            source, f"{type(error).__name__}: {error}. Check the address and your access to it."
        ) from None
    if about["type"] == "file":
        return iter([_remote_file(fs, about, PurePosixPath(root).name)])
    return _remote_folder(fs, root, "")


def _remote_folder(fs: fsspec.AbstractFileSystem, path: str, label: str) -> Iterator[Found]:
    try:
        entries = {name: entry for entry in fs.ls(path, detail=True) if (name := _name_of(entry, path))}
    except Exception as error:  # noqa: BLE001 - each driver has errors of its own
        yield Found(label, path, fs=fs, problem=("unreadable", f"this folder can't be listed: {error}"))
        return
    for name in sorted(entries):
        if name.endswith("/"):
            yield from _remote_folder(fs, entries[name]["name"], label + inner_label(name) + "/")
        else:
            yield from _unless_dropping(_remote_file(fs, entries[name], label + inner_label(name)))


def _name_of(entry: dict[str, Any], folder: str) -> str:
    """The entry's name in `folder`, with a `/` at the end of a folder's; empty for the folder's own marker."""
    name = entry["name"].rstrip("/").removeprefix(folder.rstrip("/")).lstrip("/")
    return f"{name}/" if name and entry["type"] == "directory" else name


def _remote_file(fs: fsspec.AbstractFileSystem, about: dict[str, Any], label: str) -> Found:
    return Found(label, about["name"], int(about.get("size") or 0), fs, stamp=remote_stamp(about))
