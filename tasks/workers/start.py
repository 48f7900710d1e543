"""Starting a reading process; one may be started before there is anything to read, and loads while others do, too."""

import os
import resource
import socket
import subprocess
import sys
from contextlib import suppress
from io import FileIO
from typing import NamedTuple

from tasks.trusted import loads
from tasks.workers.wire import Wire

CHILD = """
import os
try:
    from tasks.workers.child import main
    main()
except MemoryError:
    os.kill(os.getpid(), 9)  # as the kernel would have done, a moment later: the parent tries again
"""
PASSED_ON = ("LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH")  # of the environment: no keys, no proxies
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # the pool is the parallelism


class Started(NamedTuple):
    """A process that has been told where modules lie, the wire to it, what it prints until it is ready, and the most
    memory that this process held then: Linux counts a child's own peak from there."""

    process: subprocess.Popen[bytes]
    wire: Wire
    printed: FileIO
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
        started.printed.close()
    return _start()


def last_words(printed: FileIO) -> str:
    """The last line that a process printed; empty where it said nothing."""
    lines = (printed.read() or b"").decode(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _start(*modules: str) -> Started:
    passed_on = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    inherited_peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ours, theirs = socket.socketpair()
    printed, prints = os.pipe()
    for end in (printed, prints):
        os.set_blocking(end, False)  # whoever prints more than fits does not wait for us
    with theirs, os.fdopen(prints, "wb"):
        try:
            process = subprocess.Popen(
                [sys.executable, "-P", "-c", CHILD, str(theirs.fileno()), str(os.getpid()), *modules],
                stdin=subprocess.DEVNULL,
                stdout=prints,  # a library that prints must not spoil what `--json` writes to stdout
                stderr=prints,
                pass_fds=[theirs.fileno()],
                process_group=0,  # Ctrl-C is for the parent, which then ends its processes
                env={**passed_on, **ONE_THREAD, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
        except OSError:
            ours.close()
            os.close(printed)
            raise
    wire = Wire(ours.detach(), loads)
    with suppress(OSError):  # one that has died already is noticed by whoever asks it
        wire.send(sys.path)
    return Started(process, wire, FileIO(printed), inherited_peak)
