"""What runs inside a bounded process: `main` with the arguments FD PARENT_PID [MODULE], which is imported at once.

It is started as a command of its own, not by multiprocessing's spawn, which would import the parent's main module
(and with it Prefect, more than a second) into every reading process.
"""

import ctypes
import gc
import os
import re
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from routing.errors import CorruptError, DocumentError, LimitError
from tasks.workers.answer import Answer
from tasks.workers.guard import Bounds, confine
from tasks.workers.wire import Wire

PR_SET_PDEATHSIG = 1
STATUS = Path("/proc/self/statm")
YOUNG = 50_000  # objects that are made before the collector looks: a document makes thousands, and forgets them all
MOST_HELD = 2 / 3  # of the memory that is allowed
NO_MEMORY = re.compile(r"bad[ _]alloc|[Ff]ailed to allocate memory|Cannot allocate memory")  # as C++ libraries put it


def main() -> None:
    """Take bounds and the function to run from the parent, then answer its payloads until the parent is gone.

    Raises MemoryError where there is none to load or to talk.
    """
    wire, parent = Wire(int(sys.argv[1])), int(sys.argv[2])
    die_with(parent)
    try:
        sys.path[:] = wire.receive()
        for module in sys.argv[3:]:
            import_module(module)
        silence = os.open(os.devnull, os.O_WRONLY)  # what libraries print about a broken picture has no end
        bounds: Bounds = wire.receive()
        held = confine(bounds)
        function = wire.receive()
    except MemoryError:
        raise
    except EOFError:  # nobody wants to read any more
        return
    except Exception:  # noqa: BLE001 - whatever keeps the function from loading, the parent has to hear it
        wire.send((traceback.format_exc(), ""))
        return
    gc.freeze()  # what was loaded stays: the collector need not look at it again and again
    gc.set_threshold(YOUNG)
    wire.send(("", held))
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    serve(wire, function, bounds.memory_mb)


def die_with(parent: int) -> None:
    """End this process as soon as `parent` ends, even while native code is running (Linux; elsewhere when idle)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("the parent is gone")


def serve(wire: Wire, function: Callable[[Any], Any], memory_mb: int) -> None:
    """Answer payloads until the parent closes its end. Raises MemoryError where there is none even to take or give."""
    while True:
        try:
            payload = wire.receive()
        except EOFError:
            return
        answer = attempt(function, payload, memory_mb)
        if held_mb() > MOST_HELD * memory_mb:  # by caches, or leaked: the next document must not pay for it
            answer = replace(answer, worn=True)
        try:
            wire.send(answer)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - a result that does not pickle is that document's failure
            wire.send(failure(error))


def attempt(function: Callable[[Any], Any], payload: object, memory_mb: int) -> Answer:
    """Call `function`, and turn whatever it raises into the error of this one document."""
    try:
        return Answer(function(payload))
    except DocumentError as error:
        return Answer(error=error)
    except BaseException as error:  # noqa: BLE001 - a reader that calls sys.exit() must not end the process either
        if isinstance(error, MemoryError) or NO_MEMORY.search(str(error)):
            limit = LimitError("worker_memory_mb", memory_mb, "reading it needs more memory")
            return Answer(error=limit, worn=True)
        return failure(error)


def held_mb() -> float:
    """The private writable memory of this process, which is what its limit counts; 0 where the system does not tell."""
    with suppress(OSError), STATUS.open() as status:
        return int(status.read().split()[5]) * resource.getpagesize() / 1e6
    return 0.0


def failure(error: BaseException) -> Answer:
    """The answer for an error that nobody expected."""
    detail = f"reader failed: {type(error).__name__}: {error}"
    return Answer(error=CorruptError(detail), traceback="".join(traceback.format_exception(error)))
