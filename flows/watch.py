"""Watches a run for the command line: shows progress, and ends the process if the Prefect server keeps it from ending.

Everything is stored before Prefect hears of the end of a run. A server that died or hangs then makes Prefect's client
try again for minutes, at the end of the flow and once more when the process ends; nothing is lost by not waiting.
"""

import os
import sys
import threading
from collections.abc import Callable

from flows.observer import Observer
from flows.server import FOR_PROGRAMS
from flows.summary import RunSummary
from tasks.tally import Tally

BEGIN_SECONDS = 60.0
"""How long the server may take to let a run begin."""

END_SECONDS = 20.0
"""How long the server may take to hear that a run is over."""


class Watch(Observer):
    """`give_up` is called on another thread when the server took too long, and must end the process."""

    def __init__(self, give_up: Callable[["Watch"], None]) -> None:
        self.summary: RunSummary | None = None
        self.error: BaseException | None = None
        self.begun = False
        self._give_up = give_up
        self._timer = self._timed(BEGIN_SECONDS)

    def began(self) -> None:
        self.begun = True
        self._timer.cancel()

    def progressed(self, tally: Tally, seconds: float) -> None:
        if not FOR_PROGRAMS:
            print(f"  {tally.documents:,} documents settled after {seconds:,.0f} s", file=sys.stderr, flush=True)

    def published(self, summary: RunSummary) -> None:
        self.summary = summary
        self._timer = self._timed(END_SECONDS)

    def failed(self, error: BaseException) -> None:
        self.error = error
        self._timer = self._timed(END_SECONDS)

    def _timed(self, seconds: float) -> threading.Timer:
        timer = threading.Timer(seconds, self._give_up, [self])
        timer.daemon = True
        timer.start()
        return timer


def leave(status: int) -> None:
    """End the process at once, with all that was printed."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
