"""The program as the laboratory runs it: `ledgerline` with small chunks, so that a small folder has many commits.

    python -m bench.crash.small COMMAND ...     a command of `ledgerline`
    python -m bench.crash.small                 many of them: what is said on standard input, one JSON object a line

The second way imports the program once and forks: a run costs a second instead of five. It has no thread when it does.
"""

import importlib
import json
import os
import sys
import threading
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

CHUNK = 6
_IMPORTED = (
    "anthropic",
    "openai",
    "flows.collect_batches",
    "flows.process_documents",
    "flows.reading",
    "tasks.climb.climb",
    "tasks.store.verify",
)


def main() -> None:
    """As said above."""
    if "LD_PRELOAD" in os.environ:  # libfaketime, which breaks what Python's sleep asks of the system
        time.sleep = lambda seconds: threading.Event().wait(seconds) and None
    if len(sys.argv) > 1:
        run()
        return
    for name in _IMPORTED:
        importlib.import_module(name)
    assert threading.active_count() == 1, threading.enumerate()
    for line in sys.stdin:
        order = json.loads(line)
        between = os.fork()
        if not between:
            forked(order)
        os.waitpid(between, 0)
        print(flush=True)


def run() -> None:
    """The command in `sys.argv`."""
    from flows import climbing, reading
    from flows.cli import main as ledgerline
    from tasks.spend import batches

    reading.CHUNK = climbing.CHUNK = CHUNK
    batches._FOUND_WITHIN = timedelta(seconds=1)  # the stand-in lists a batch as soon as it has it
    ledgerline()


def forked(order: Mapping[str, Any]) -> None:
    """The command that was ordered, in a process whose parent is the laboratory: the one between them ends at once."""
    pid = os.fork()
    if pid:
        print(pid, flush=True)
        os._exit(0)
    os.setsid()
    for name, number in (("out", 1), ("err", 2)):
        os.dup2(os.open(order[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.clear()
    os.environ.update(order["environment"])
    sys.argv[1:] = order["words"]
    run()
    sys.exit()


if __name__ == "__main__":
    main()
