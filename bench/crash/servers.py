"""The Prefect server of a run is killed and restarted, hangs, or has no room on its disk: the results are stored."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import psutil

from bench.crash.disks import fill, small_disk
from bench.crash.faults import Fault
from bench.crash.program import Running
from bench.crash.scene import Episode
from flows.server import OwnServer, free_port

_DISK_MB = 32
_HANGS = "Prefect server"


def killed(episode: Episode) -> None:
    """It dies, and comes back or not."""
    port, back = free_port(), episode.chance.random() < 0.5
    with _server(port) as server:
        running = _started(episode, server)
        _send(server, signal.SIGKILL)
    if back:
        with _server(port):
            _end(running, episode)
    else:
        _end(running, episode)
    episode.hits["restarted" if back else "gone"] += 1
    episode.settle()


def hangs(episode: Episode) -> None:
    """It does not answer, for some seconds or for ever."""
    back = episode.chance.random() < 0.5
    with _server(free_port()) as server:
        running = _started(episode, server)
        _send(server, signal.SIGSTOP)
        if back:
            time.sleep(episode.chance.uniform(0, 10))
            _send(server, signal.SIGCONT)
        _end(running, episode)
        _send(server, signal.SIGCONT)
    episode.hits["for seconds" if back else "for ever"] += 1
    episode.settle()


def full(episode: Episode) -> None:
    """Its database can't grow any more."""
    with small_disk(episode.folder / "prefect", _DISK_MB) as disk, _server(free_port(), disk) as server:
        running = _started(episode, server)
        fill(disk, episode.chance.randrange(64) * 4096)
        _end(running, episode)
    episode.hits["full"] += 1
    episode.settle()


def _started(episode: Episode, server: OwnServer) -> Running:
    """A run with that server, up to some moment of it."""
    running = episode.start("run", fresh={"PREFECT_API_URL": server.api_url})
    time.sleep(episode.chance.random() * (episode.scene.start_seconds + episode.scene.seconds))
    return running


def _end(running: Running, episode: Episode) -> None:
    """It ends by itself, with its results stored or a message about the server."""
    ended = running.wait()
    if ended.status:
        ended.check_failed(_HANGS)
    episode.hits["refused" if ended.status else "went on"] += 1


@contextmanager
def _server(port: int, home: Path | None = None) -> Iterator[OwnServer]:
    """A server that may be hurt, with a database of its own or the laboratory's."""
    with patch.dict(os.environ, {"PREFECT_HOME": str(home)} if home else {}):
        server = OwnServer(port)
    try:
        server.wait_until_ready()
        yield server
    finally:
        _send(server, signal.SIGCONT)
        server.stop()


def _send(server: OwnServer, number: int) -> None:
    """A signal to the server itself, not to what holds it on its tether."""
    if psutil.pid_exists(server.pid):
        for process in psutil.Process(server.pid).children(recursive=True):
            process.send_signal(number)


FAULTS = (
    Fault("server killed", killed),
    Fault("server hangs", hangs),
    Fault("server's disk full", full),
)
