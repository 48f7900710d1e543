"""A command and the processes that it starts, watched while it goes on: what each kind of them holds and takes."""

import threading
import time
from collections import defaultdict
from contextlib import suppress

import psutil

_EVERY_SECONDS = 0.2


class Family:
    """The process `pid` of a run, Prefect's server if the run has one of its own, and the reading processes.

    `peaks` is the largest resident memory of one process of each role (`run`, `server`, `reader`) in MB, `together_mb`
    the largest of all at a time. Watched by a thread of its own until the run is over.
    """

    def __init__(self, pid: int) -> None:
        self.peaks: dict[str, float] = {}
        self.together_mb = 0.0
        self._used: dict[tuple[str, int], float] = {}
        self._pid = pid
        threading.Thread(target=self._watch, daemon=True).start()

    @property
    def cpu_seconds(self) -> dict[str, float]:
        """The processor's time by role, but for what a process took in its last fifth of a second."""
        seconds: defaultdict[str, float] = defaultdict(float)
        for (role, _), used in self._used.items():
            seconds[role] += used
        return dict(seconds)

    def _watch(self) -> None:
        while psutil.pid_exists(self._pid):
            with suppress(psutil.Error):
                self._look()
            time.sleep(_EVERY_SECONDS)

    def _look(self) -> None:
        together = 0.0
        for process in (psutil.Process(self._pid), *psutil.Process(self._pid).children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                role, mb = self._role(process), process.memory_info().rss / 1e6
                self.peaks[role] = max(self.peaks.get(role, 0.0), mb)
                self._used[role, process.pid] = sum(process.cpu_times()[:2])
                together += mb
        self.together_mb = max(self.together_mb, together)

    def _role(self, process: psutil.Process) -> str:
        if process.pid == self._pid:
            return "run"
        return "server" if "uvicorn" in " ".join(process.cmdline()) else "reader"
