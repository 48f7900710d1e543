"""The source changes under the run: what was read is what was hashed, and every file gets an outcome, sooner or
later."""

import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from bench.crash.faults import Fault
from bench.crash.ledgers import check_same_readings, rows
from bench.crash.program import check
from bench.crash.scene import Episode


def changes(episode: Episode) -> None:
    """Files are added, deleted, replaced, overwritten, renamed, cut; a folder becomes a file. Then all is put back."""
    running = episode.start("run")
    time.sleep(episode.scene.start_seconds * episode.chance.uniform(0.5, 1))
    for _ in range(episode.chance.randint(2, 8)):
        time.sleep(episode.chance.random() * episode.scene.seconds / 6)
        change = episode.chance.choice(_CHANGES)
        with suppress(OSError, IndexError, ValueError):  # too little is left of it for this change
            change(episode)
            episode.hits[change.__name__.strip("_")] += 1
    running.wait().check_done()
    episode.check_laws()
    shutil.rmtree(episode.source)
    shutil.copytree(episode.scene.source, episode.source)
    episode.run("run").check_done()
    episode.check_laws()
    check_same_readings(episode.store, episode.scene.reference, without=set())
    missing = {row[:1] for row in rows(episode.store, "select file_name from documents")}
    wanted = {(row[1],) for row in episode.scene.reference["documents"]}
    check(wanted <= missing, f"without a row: {wanted - missing}")


def _files(episode: Episode) -> list[Path]:
    return sorted(path for path in episode.source.rglob("*") if path.is_file())


def _added(episode: Episode) -> None:
    file = episode.chance.choice(_files(episode))
    shutil.copy(file, file.with_name(f"added {file.name}"))


def _deleted(episode: Episode) -> None:
    episode.chance.choice(_files(episode)).unlink()


def _replaced(episode: Episode) -> None:
    """By another one's bytes, at once."""
    one, other = episode.chance.sample(_files(episode), 2)
    new = one.with_name(".new")
    shutil.copy(other, new)
    new.replace(one)


def _overwritten(episode: Episode) -> None:
    """By another one's bytes, in place."""
    one, other = episode.chance.sample(_files(episode), 2)
    one.write_bytes(other.read_bytes())


def _renamed(episode: Episode) -> None:
    file = episode.chance.choice(_files(episode))
    file.rename(file.with_name(f"renamed {file.name}"))


def _cut(episode: Episode) -> None:
    file = episode.chance.choice(_files(episode))
    with file.open("r+b") as stream:
        stream.truncate(episode.chance.randrange(file.stat().st_size))


def _linked(episode: Episode) -> None:
    """To nothing."""
    file = episode.chance.choice(_files(episode))
    file.unlink()
    file.symlink_to("nowhere")


def _folder_to_file(episode: Episode) -> None:
    folder = episode.chance.choice(sorted(path for path in episode.source.rglob("*") if path.is_dir()))
    content = episode.chance.choice(_files(episode)).read_bytes()
    shutil.rmtree(folder)
    folder.write_bytes(content)


def _file_to_folder(episode: Episode) -> None:
    file = episode.chance.choice(_files(episode))
    content = file.read_bytes()
    file.unlink()
    file.mkdir()
    (file / "inside.pdf").write_bytes(content)


_OFTEN: tuple[Callable[[Episode], None], ...] = (_added, _deleted, _replaced, _overwritten, _renamed, _cut)
_CHANGES = (*_OFTEN, *_OFTEN, _linked, _folder_to_file, _file_to_folder)

FAULTS = (Fault("source changes", changes),)
