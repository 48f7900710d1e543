"""What holds a reading process: it has no network, starts no program, and writes only where it has to.

Memory, files and what Python itself does are bounded everywhere; on Linux the kernel holds native code too.
"""

import ctypes
import os
import resource
import struct
import sys
from pathlib import Path
from typing import Any, NamedTuple

from tasks.workers.landlock import fence_in
from tasks.workers.seccomp import take_away_calls

_PR_SET_NO_NEW_PRIVS = 38
_CAPABILITIES_VERSION = 0x20080522
_ANY_FILE = 1 << 1 | 1 << 2  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
_OPEN_FILES = 256
_REFUSED = frozenset(
    {
        *("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo"),
        *("subprocess.Popen", "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "pty.spawn"),
    }
)


class Bounds(NamedTuple):
    """What a reading process may take: memory, the size of a file that it writes, and the folders for these."""

    memory_mb: int
    file_mb: float
    folders: tuple[Path, ...]


def confine(bounds: Bounds) -> str:
    """Hold this process for good, and say what does.

    RLIMIT_DATA counts private writable memory alone: with OCR loaded 0.4 GB, where RLIMIT_AS would also count 0.4 GB
    of mapped libraries and reserved addresses.
    """
    _lower(resource.RLIMIT_DATA, bounds.memory_mb * 1_000_000)
    _lower(resource.RLIMIT_FSIZE, int(bounds.file_mb * 1_000_000))
    _lower(resource.RLIMIT_NOFILE, _OPEN_FILES)
    _lower(resource.RLIMIT_CORE, 0)
    os.nice(5)
    for folder in bounds.folders:
        folder.mkdir(parents=True, exist_ok=True)
    held = [*_by_the_kernel(bounds.folders), "by Python: no network, no programs"]
    sys.addaudithook(_refuse)
    return "; ".join(held)


def _by_the_kernel(folders: tuple[Path, ...]) -> list[str]:
    if sys.platform != "linux" or ctypes.CDLL(None).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return []
    _give_up_privileges()
    fenced, filtered = fence_in(folders), take_away_calls()
    return [
        *(["by seccomp: no network, no programs, no other processes"] if filtered else []),
        *(["by Landlock: no writing but in its folders, no look into other processes"] if fenced else []),
    ]


def _give_up_privileges() -> None:
    """Keep of what root may do only to read and write files of other users: its documents may be theirs."""
    libc, held = ctypes.CDLL(None), (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; twice
    header = struct.pack("=Ii", _CAPABILITIES_VERSION, 0)
    if libc.capget(header, held) == 0:
        libc.capset(header, (ctypes.c_uint32 * 6)(held[0] & _ANY_FILE, held[1] & _ANY_FILE))


def _lower(limit: int, value: int) -> None:
    """Set a resource limit for good, unless a lower one is set already."""
    _, hard = resource.getrlimit(limit)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(limit, (value, value))


def _refuse(event: str, _: tuple[Any, ...]) -> None:
    """Audit hook: no reader needs the network or a program, and a document must not make one use it."""
    if event in _REFUSED:
        raise PermissionError(f"{event}: reading processes have no network and start no programs")
