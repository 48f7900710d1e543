"""The real program as a process of its own: started, watched, killed, and what it said."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bench.crash import ROOT
from flows.server import UNTRACKED

LONGEST = 240.0
"""Seconds after which a run hangs, on a machine that has other things to do."""

_LEFT_OVER = 20.0  # seconds for what a killed run had started to end by itself
_LOOK = 0.002
_PR_SET_CHILD_SUBREAPER = 36
_COMMAND = (sys.executable, "-m", "bench.crash.small")


class BrokenError(Exception):
    """Something that must hold does not."""


class SkippedError(Exception):
    """The fault can't be caused on this machine; says why."""


def check(holds: object, what: str) -> None:
    """Raises `BrokenError` saying `what` unless it holds."""
    if not holds:
        raise BrokenError(what)


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it printed."""

    command: str
    status: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """Its error message; empty where it has none."""
        return next((line for line in self.err.splitlines() if line.startswith("error: ")), "")

    @property
    def told(self) -> str:
        """All that it printed, for whoever looks for the reason."""
        return f"`{self.command}` ended with {self.status}:\n{self.out}{self.err}"

    def check_done(self) -> "Ended":
        """Raises `BrokenError` where it did not do what it was asked for."""
        check(self.status == 0, self.told)
        return self

    def check_failed(self, *names: str) -> "Ended":
        """Raises `BrokenError` unless it failed, with a message that has one of `names` in it."""
        check(self.status in (1, 2) and self.error, f"should have failed with a message; {self.told}")
        check(any(name in self.error for name in names), f"should name {names}; {self.told}")
        return self


@dataclass
class Running:
    """A command under way; `wait` for it or `kill` it."""

    command: str
    process: psutil.Process
    output: Path
    began: float = field(default_factory=time.monotonic)

    @property
    def over(self) -> bool:
        try:
            self.process.wait(0)
        except psutil.TimeoutExpired:
            return False
        return True

    @property
    def readers(self) -> list[psutil.Process]:
        """Its reading processes."""
        return [each for each in self._all() if "tasks.workers.child" in " ".join(_command(each))]

    def until(self, seen: Callable[[], object], seconds: float = LONGEST) -> bool:
        """Wait for something to be seen; False where the command ended before."""
        end = time.monotonic() + seconds
        while not seen():
            if self.over or time.monotonic() > end:
                return False
            time.sleep(_LOOK)
        return True

    def wait(self) -> Ended:
        """How it ends. Raises `BrokenError` for a hang, a traceback, or an exit status that is none of ours."""
        try:
            status = self.process.wait(LONGEST)
        except psutil.TimeoutExpired:
            self.kill(whole=True)
            raise BrokenError(f"hangs for {LONGEST:g} s; {self._ended(-9).told}") from None
        ended = self._ended(status)
        check(status in (0, 1, 2), f"no exit status of ours; {ended.told}")
        check("Traceback" not in ended.out + ended.err, f"a traceback; {ended.told}")
        check(status == 0 or ended.error, f"it failed without a message; {ended.told}")
        return ended

    def kill(self, whole: bool) -> None:
        """SIGKILL it, the `whole` of it or the process alone. Raises `BrokenError` where anything it had started does
        not end by itself then."""
        started = self._all()
        for each in started if whole else started[-1:]:
            _kill(each)
        self.process.wait()
        _check_gone(started[:-1])

    def _all(self) -> list[psutil.Process]:
        """All that it started, and last itself."""
        with suppress(psutil.NoSuchProcess):
            return [*self.process.children(recursive=True), self.process]
        return []

    def _ended(self, status: int) -> Ended:
        out, err = (self.output.with_suffix(f".{end}").read_text(errors="replace") for end in ("out", "err"))
        return Ended(self.command, status, out, err)


class Forge:
    """Forks commands of a program that was imported once. Its children are the laboratory's own, so that it hears how
    they end."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            _COMMAND, cwd=ROOT, env={**environment, "OPENBLAS_NUM_THREADS": "1"}, stdin=pipe, stdout=pipe, text=True
        )

    def start(self, words: Sequence[str], environment: Mapping[str, str], out: Path, err: Path) -> psutil.Process:
        """Start a command, and return once it is the laboratory's child: what dies before that can't be waited for."""
        assert self._process.stdin and self._process.stdout
        order = {"words": words, "environment": environment, "out": str(out), "err": str(err)}
        print(json.dumps(order), file=self._process.stdin, flush=True)
        pid = int(self._process.stdout.readline())
        self._process.stdout.readline()
        return psutil.Process(pid)

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()


@dataclass(frozen=True)
class Program:
    """Starts commands; what they print goes to files in `folder`. `environment` is that of all of them."""

    folder: Path
    forge: Forge
    environment: Mapping[str, str]

    def start(self, words: Sequence[str], more: Mapping[str, str] | None = None) -> Running:
        """A command of `ledgerline`; in a process that was not forked where the environment has `more` in it."""
        output = self.folder / f"{len(list(self.folder.glob('*.err'))):03d}-{words[0]}"
        out, err = output.with_suffix(".out"), output.with_suffix(".err")
        if more is None:
            return Running(" ".join(words), self.forge.start(words, self.environment, out, err), output)
        with out.open("wb") as stdout, err.open("wb") as stderr:
            process = psutil.Popen(
                [*_COMMAND, *words],
                cwd=ROOT,
                env={**self.environment, **more},
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )
        return Running(" ".join(words), process, output)


def environment(prefect_home: Path, api_url: str) -> dict[str, str]:
    """The environment of a machine on which nobody has configured Prefect, with the laboratory's server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    own = {"PREFECT_HOME": str(prefect_home), "PREFECT_API_URL": api_url}
    return kept | own | UNTRACKED | {"PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "WARNING"}


def _check_gone(started: Sequence[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(started, timeout=_LEFT_OVER)
    left = [" ".join(_command(each)) for each in alive]
    for each in alive:
        _kill(each)
    check(not left, f"left over: {left}")


def _command(process: psutil.Process) -> list[str]:
    with suppress(psutil.Error):
        return list(process.cmdline())
    return []


def _kill(process: psutil.Process) -> None:
    with suppress(psutil.NoSuchProcess):
        process.send_signal(signal.SIGKILL)
