"""What runs inside a bounded process: `main` with the arguments FD PARENT_PID.

It is started as a command of its own, not by multiprocessing's spawn, which would import the parent's main module
(and with it Prefect, more than a second) into every reading process.
"""

import ctypes
import os
import re
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from routing.errors import CorruptError, DocumentError, LimitError

PR_SET_PDEATHSIG = 1
NETWORK = ("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo")
NO_MEMORY = re.compile(r"bad[ _]alloc|[Ff]ailed to allocate memory|Cannot allocate memory")  # as C++ libraries put it


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one call: a value, or the error that ended it, with the traceback where it was not expected.

    `out_of_memory` says that the process should be replaced: what did not fit may still be held.
    """

    value: Any = None
    error: DocumentError | None = None
    traceback: str = ""
    out_of_memory: bool = False


def main() -> None:
    """Take the function to run from the parent, then answer one payload after another until the parent is gone."""
    connection, parent = Connection(int(sys.argv[1])), int(sys.argv[2])
    die_with(parent)
    sys.path[:] = connection.recv()
    memory_mb = connection.recv()
    confine(memory_mb)
    try:
        function = connection.recv()
    except Exception:  # noqa: BLE001 - whatever keeps the function from loading, the parent has to hear it
        connection.send(traceback.format_exc())
        return
    connection.send("")
    serve(connection, function, memory_mb)


def die_with(parent: int) -> None:
    """End this process as soon as `parent` ends, even while native code is running (Linux; elsewhere when idle)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("the parent is gone")


def confine(memory_mb: int) -> None:
    """Bound the memory of this process, take away the network, and write no core dumps.

    RLIMIT_DATA counts private writable memory alone: with OCR loaded 0.4 GB, where RLIMIT_AS would also count 0.4 GB
    of mapped libraries and reserved addresses.
    """
    lower(resource.RLIMIT_DATA, memory_mb * 1_000_000)
    lower(resource.RLIMIT_CORE, 0)
    os.nice(5)
    sys.addaudithook(forbid_network)


def lower(limit: int, value: int) -> None:
    """Set a resource limit for good, unless a lower one is set already."""
    _, hard = resource.getrlimit(limit)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(limit, (value, value))


def forbid_network(event: str, _: tuple[Any, ...]) -> None:
    """Audit hook: no reader needs the network, and a document must not make one use it."""
    if event in NETWORK:
        raise PermissionError(f"{event}: reading processes have no network")


def serve(connection: Connection, function: Callable[[Any], Any], memory_mb: int) -> None:
    """Answer payloads until the parent closes its end."""
    while True:
        try:
            payload = connection.recv()
        except EOFError:
            return
        answer = attempt(function, payload, memory_mb)
        try:
            connection.send(answer)
        except Exception as error:  # noqa: BLE001 - a result that does not pickle is that document's failure
            connection.send(failure(error))


def attempt(function: Callable[[Any], Any], payload: object, memory_mb: int) -> Answer:
    """Call `function`, and turn whatever it raises into the error of this one document."""
    try:
        return Answer(function(payload))
    except DocumentError as error:
        return Answer(error=error)
    except BaseException as error:  # noqa: BLE001 - a reader that calls sys.exit() must not end the process either
        if isinstance(error, MemoryError) or NO_MEMORY.search(str(error)):
            limit = LimitError(f"worker_memory_mb {memory_mb}: reading it needs more memory")
            return Answer(error=limit, out_of_memory=True)
        return failure(error)


def failure(error: BaseException) -> Answer:
    """The answer for an error that nobody expected."""
    detail = f"reader failed: {type(error).__name__}: {error}"
    return Answer(error=CorruptError(detail[:500]), traceback="".join(traceback.format_exception(error)))
