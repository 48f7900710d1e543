"""Disks that are full or read-only: a small disk of memory, a folder mounted over itself. Both need root."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from bench.crash.faults import Fault
from bench.crash.program import SkippedError
from bench.crash.scene import Episode

_DISK_MB = 96
_PAGE = 4096


def full_store(episode: Episode) -> None:
    """The store's disk is full after so many bytes, before the run or while it goes on."""
    with small_disk(episode.folder / "disk", _DISK_MB) as disk:
        on_disk = replace(episode, store=disk / "store")
        needed = _size(episode.scene.folder / "calm" / "store")
        if episode.chance.random() < 0.5:
            fill(disk, int(episode.chance.uniform(0, 1.1 * needed)))
        running, later = on_disk.start("run"), _moment(episode)
        time.sleep(later)
        fill(disk, min(_free(disk), episode.chance.randrange(8) * _PAGE))
        ended = running.wait()
        if ended.status:
            ended.check_failed("Make room")
            episode.hits["refused"] += 1
            on_disk.kills += 1  # answers that were on their way could not be written down any more
        (disk / "ballast").unlink(missing_ok=True)
        on_disk.settle()


def full_elsewhere(episode: Episode) -> None:
    """A folder that a run writes to besides its results is full: spool, readings kept for models, temporary files."""
    place = episode.chance.choice(["spool", "temporary"] + (["held"] if episode.policy else []))
    room = episode.chance.randrange(12) * _PAGE
    folder = episode.folder / place if place == "temporary" else episode.store / "work" / place
    with small_disk(folder, _PAGE / 1e6 + room / 1e6):
        ended = episode.start("run", fresh={"TMPDIR": str(folder)} if place == "temporary" else None).wait()
        if ended.status:
            ended.check_failed("Make room")
        episode.hits[f"{place} {'refused' if ended.status else 'went on'}"] += 1
    episode.settle()


def read_only(episode: Episode) -> None:
    """The store, or a folder in it, becomes read-only, before the run or while it goes on."""
    first = episode.chance.random() < 0.3
    place = episode.store / episode.chance.choice(["", "parquet", "work"] + (["journal"] if episode.policy else []))
    if first:
        place.mkdir(parents=True, exist_ok=True)
    running = None if first else episode.start("run")
    if running:
        time.sleep(_moment(episode))
        running.until(place.is_dir)
    with frozen(place):
        ended = (running or episode.start("run")).wait()
        if ended.status:
            ended.check_failed("permissions")
        episode.hits["refused" if ended.status else "went on"] += 1
    episode.settle()


@contextmanager
def small_disk(at: Path, megabytes: float) -> Iterator[Path]:
    """A disk of that size, mounted at `at`."""
    at.mkdir(parents=True, exist_ok=True)
    _mount("-t", "tmpfs", "-o", f"size={int(megabytes * 1e6)}", "tmpfs", str(at))
    try:
        yield at
    finally:
        subprocess.run(["umount", "--lazy", str(at)], check=True)


@contextmanager
def frozen(folder: Path) -> Iterator[None]:
    """`folder` read-only: also for root, and for whoever has files in it open."""
    _mount("--bind", str(folder), str(folder))
    try:
        _mount("-o", "remount,bind,ro", str(folder))
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _mount(*arguments: str) -> None:
    try:
        done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    except OSError as error:
        raise SkippedError(f"no mount here: {error}") from None
    if done.returncode:
        raise SkippedError(f"mounting is not permitted: {done.stderr.strip()}")


def fill(disk: Path, room: int) -> None:
    """Fill `disk` up to `room` bytes."""
    with (disk / "ballast").open("ab") as ballast:
        while (filling := min(_free(disk) - room, 1 << 20)) > 0:
            try:
                ballast.write(b"\0" * filling)
                ballast.flush()
            except OSError:
                return


def _free(disk: Path) -> int:
    return shutil.disk_usage(disk).free


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _moment(episode: Episode) -> float:
    """Seconds from the start of a run to a moment while it goes on."""
    return episode.scene.start_seconds + episode.chance.random() * episode.scene.seconds


FAULTS = (
    Fault("full store", full_store, ("free", "sync")),
    Fault("full elsewhere", full_elsewhere, ("sync", "free")),
    Fault("read-only", read_only, ("free", "sync")),
)
