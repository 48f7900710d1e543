"""Run a command for as long as this process's standard input stays open: a server must not outlive who started it.

    python flows/tether.py COMMAND...

Whoever holds the other end of the pipe may be killed in any way; the pipe closes, and the command is ended with all
that it started. Kept free of imports of ours: it is started by its path.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO

_PATIENCE = 10.0  # seconds for a command to end by itself


class Tethered:
    """A running command that ends when this process does. `output` takes what it prints."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], output: IO[bytes] | int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__, *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            start_new_session=True,  # Ctrl-C is for us: we end our children in order
        )

    @property
    def pid(self) -> int:
        """The process that holds the command; it and its children end together."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End it with all that it started, and wait until it is gone."""
        with suppress(OSError):
            if self._process.stdin:
                self._process.stdin.close()
        self._process.wait()


def main() -> None:
    """Run the command in `sys.argv`, end it when standard input is closed, and with it the whole process group."""
    command = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
    threading.Thread(target=_end_with_parent, args=[command], daemon=True).start()
    status = command.wait()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.killpg(0, signal.SIGTERM)
    sys.exit(status)


def _end_with_parent(command: "subprocess.Popen[bytes]") -> None:
    while sys.stdin.buffer.read(1):
        pass
    command.terminate()
    try:
        command.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
