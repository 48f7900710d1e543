"""Starting a reading process; one may be started before there is anything to read, and loads while others do, too."""

import os
import resource
import socket
import subprocess
import sys
from contextlib import suppress
from typing import NamedTuple

from tasks.trusted import loads
from tasks.workers.wire import Wire

CHILD = "from tasks.workers.child import main; main()"
PASSED_ON = ("LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH")  # of the environment: no keys, no proxies
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # the pool is the parallelism


class Started(NamedTuple):
    """A process that has been told where modules lie, the wire to it, and the most memory that this process held then:
    Linux counts a child's own peak from there."""

    process: subprocess.Popen[bytes]
    wire: Wire
    inherited_peak: int


_ahead: list[Started] = []


def start_ahead(module: str) -> None:
    """Start the process that the next `take` will give, and let it import `module` meanwhile.

    Where there is no room for it now, there may be when it is needed.
    """
    try:
        _ahead.append(_start(module))
    except OSError:
        return


def take() -> Started:
    """A started process, a new one where none was started ahead. Raises `OSError` where there is no room for it."""
    while _ahead:
        started = _ahead.pop()
        if started.process.poll() is None:
            return started
        started.wire.close()
    return _start()


def _start(*modules: str) -> Started:
    passed_on = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    inherited_peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            process = subprocess.Popen(
                [sys.executable, "-P", "-c", CHILD, str(theirs.fileno()), str(os.getpid()), *modules],
                stdin=subprocess.DEVNULL,
                stdout=2,  # a library that prints must not spoil what `--json` writes to stdout
                pass_fds=[theirs.fileno()],
                process_group=0,  # Ctrl-C is for the parent, which then ends its processes
                env={**passed_on, **ONE_THREAD, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
        except OSError:
            ours.close()
            raise
    wire = Wire(ours.detach(), loads)
    with suppress(OSError):  # one that has died already is noticed by whoever asks it
        wire.send(sys.path)
    return Started(process, wire, inherited_peak)
