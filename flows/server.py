"""The Prefect server of a run: the user's own where one is configured, else one of ours for as long as the run takes.

Ours is started before anything heavy is imported, so that both go on at once: a run without news takes seven seconds
instead of twelve. It uses Prefect's own database, so `ledgerline serve` shows these runs later.
"""

import os
import socket
import sys
import tempfile
import time
from contextlib import AbstractContextManager
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from flows.tether import Tethered
from routing.errors import ServerError

UNTRACKED = {"DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
"""Nothing of ours reports to anybody."""

FOR_PROGRAMS = os.environ.get("LEDGERLINE_LOG") == "json"
"""Whether stderr is for programs (flows.logs): then nobody else writes to it."""

_LEVEL = "CRITICAL" if FOR_PROGRAMS else "WARNING"
_QUIET = {"PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": _LEVEL}  # the command line shows progress in its own words
_START_SECONDS = 90.0  # the first start on a machine makes the database: 16 s on an idle one
_ANSWER_SECONDS = 5.0
_EPHEMERAL = {
    "PREFECT_UI_ENABLED": "0",
    "PREFECT__SERVER_EPHEMERAL": "1",
    "PREFECT__SERVER_FINAL": "1",
    # It would import all of Prefect's collections, Dask among them, to offer their blocks in a UI that it has not.
    "PREFECT_SERVER_MEMOIZE_BLOCK_AUTO_REGISTRATION": "0",
    "PREFECT_SERVER_REGISTER_BLOCKS_ON_START": "0",
}


class OwnServer:
    """A server without UI and scheduler on this machine, on a free port where none is named, as Prefect starts it."""

    def __init__(self, port: int | None = None) -> None:
        port = port or free_port()
        self.api_url = f"http://127.0.0.1:{port}/api"
        self._output: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the server
        command = [sys.executable, "-m", "uvicorn", "--factory", "prefect.server.api.server:create_app"]
        command += ["--host", "127.0.0.1", "--port", str(port), "--log-level", "error", "--lifespan", "on"]
        self._process = Tethered(command, os.environ | UNTRACKED | _EPHEMERAL, self._output)

    def wait_until_ready(self) -> None:
        """Return when it answers. Raises `ServerError` with what it printed if it ended or takes too long."""
        wait_until_ready(self.api_url, self._process, _START_SECONDS, self._output)

    @property
    def pid(self) -> int:
        """The process that it runs in, or that one's parent."""
        return self._process.pid

    def stop(self) -> None:
        """End it."""
        self._process.stop()
        self._output.close()


class RunServer:
    """The server that a run reports to. `begin` at once, `use` when Prefect's settings can be read, `stop` last."""

    def __init__(self) -> None:
        os.environ.update({name: os.environ.get(name, value) for name, value in (UNTRACKED | _QUIET).items()})
        self.api_url = os.environ.get("PREFECT_API_URL", "")
        self._own = None if self.api_url else OwnServer()

    def use(self) -> AbstractContextManager[object]:
        """A context in which Prefect's client talks to it. Raises `ServerError` where nobody answers."""
        from prefect.settings import (
            PREFECT_API_URL,
            PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
            get_current_settings,
            temporary_settings,
        )

        # Where nobody has asked for heartbeats nobody listens to them, and a run would wait for them, up to a second.
        ours: dict[Any, Any] = {PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}
        configured = get_current_settings().api.url
        if configured:
            self.stop()
            self.api_url = configured
            check_server(configured)
            return temporary_settings(set_defaults=ours)
        assert self._own is not None
        self.api_url = self._own.api_url
        self._own.wait_until_ready()
        return temporary_settings({PREFECT_API_URL: self._own.api_url}, set_defaults=ours)

    def stop(self) -> None:
        """End our own server, if it is ours."""
        if self._own:
            self._own.stop()
            self._own = None


def check_server(api_url: str) -> None:
    """Raises `ServerError` where nobody answers at `api_url` within some seconds."""
    from prefect.client.orchestration import get_client
    from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, temporary_settings

    with (
        temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0}),
        get_client(httpx_settings={"timeout": _ANSWER_SECONDS}, sync_client=True) as client,
    ):
        error = client.api_healthcheck()
    if error:
        remedy = "Start it, correct PREFECT_API_URL, or unset it: then Ledgerline starts a server for the run."
        raise ServerError(api_url, f"does not answer ({error or type(error).__name__})", remedy)


def wait_until_ready(api_url: str, process: Tethered, seconds: float, output: IO[bytes]) -> None:
    """Return when the server answers. Raises `ServerError` if it ended or takes longer than `seconds`."""
    end = time.monotonic() + seconds
    while process.running and time.monotonic() < end:
        if answers(api_url):
            return
        time.sleep(0.05)
    output.seek(0)
    said = output.read().decode(errors="replace").strip()
    problem = f"did not start: {said.splitlines()[-1] if said else 'it said nothing'}"
    raise ServerError(api_url, problem, "`prefect server start` shows more.")


def answers(api_url: str) -> bool:
    """Whether the server at `api_url` says that it is well."""
    try:
        with urlopen(f"{api_url}/health", timeout=_ANSWER_SECONDS) as answer:
            return bool(answer.status == 200)
    except (HTTPError, URLError, OSError):
        return False


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
