"""A reading process is killed, or gets no more memory: its document is read again, or has its reason; the others are
read as ever."""

import resource
import time
from contextlib import suppress

import psutil

from bench.crash.faults import Fault
from bench.crash.ledgers import check_same_readings, rows
from bench.crash.program import check
from bench.crash.scene import Episode

_KILLED = "killed twice from outside"
_STARVED = "worker_memory_mb"


def killed(episode: Episode) -> None:
    """SIGKILL, as the kernel sends it when memory is short."""
    running = episode.start("run")
    running.until(lambda: running.readers)
    for _ in range(episode.chance.randint(1, 3)):
        time.sleep(episode.chance.random() * episode.scene.seconds / 2)
        with suppress(psutil.Error, IndexError):
            episode.chance.choice(running.readers).kill()
            episode.hits["killed"] += 1
    ended = running.wait()
    if ended.status:  # both while the same one was starting
        ended.check_failed("--workers")
        episode.hits["refused"] += 1
    _check_others(episode, _KILLED)


def starved(episode: Episode) -> None:
    """No more memory, from some moment on."""
    running = episode.start("run")
    running.until(lambda: running.readers)
    time.sleep(episode.chance.random() * episode.scene.seconds / 2)
    with suppress(psutil.Error, IndexError, OSError):
        bytes_ = int(episode.chance.uniform(1e6, 200e6))
        resource.prlimit(episode.chance.choice(running.readers).pid, resource.RLIMIT_DATA, (bytes_, bytes_))
        episode.hits["starved"] += 1
    running.wait().check_done()
    _check_others(episode, _STARVED)


def _check_others(episode: Episode, reason: str) -> None:
    """All is as ever, but for documents that were rejected for that `reason`."""
    hit = {row[0] for row in rows(episode.store, _REJECTED.format(reason))}
    episode.hits["documents rejected"] += len(hit)
    check(len(hit) <= episode.hits["killed"] + episode.hits["starved"], f"more documents than were hit: {hit}")
    episode.settle(compare=not hit)
    check_same_readings(episode.store, episode.scene.reference, without=hit)


_REJECTED = "select document_id from documents where outcome = 'rejected' and reason like '%{}%'"

FAULTS = (Fault("reader killed", killed), Fault("reader starved", starved))
