"""`ledgerline serve`: Prefect's server and UI, a worker and our deployments, started and ended together.

Where Prefect is configured to use a server already, that one gets the deployments and a worker, and none is started.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType
from typing import Any

import yaml

from flows.server import UNTRACKED, check_server, wait_until_ready
from flows.tether import Tethered
from routing.errors import ConfigurationError, ServerError

POOL = "ledgerline"
ROOT = Path(__file__).resolve().parent.parent
DEPLOYMENTS = ROOT / "prefect.yaml"

_START_SECONDS = 120.0  # the first start makes the database and unpacks the UI
_EVERYWHERE = ("0.0.0.0", "::")


class Service:
    """Server, worker and deployments. What is None stays as prefect.yaml states it."""

    def __init__(
        self,
        host: str,
        port: int,
        source: str | None = None,
        store: str | None = None,
        cron: str | None = None,
        timezone: str | None = None,
    ) -> None:
        self._host, self._port = host, port
        self._changes = {"source": _full(source), "store": _full(store)}
        self._schedule = {"cron": cron, "timezone": timezone}
        self._children: list[Tethered] = []
        self._log = Path(tempfile.gettempdir()) / f"ledgerline-serve-{port}.log"
        self._output = self._log.open("w+b")

    def run(self) -> None:
        """Serve until Ctrl-C or SIGTERM. Raises `ServerError` where a part does not start or ends by itself."""
        signal.signal(signal.SIGTERM, _stop)
        try:
            api_url = self._server()
            self._deploy(api_url)
            self._start(["worker", "start", "--pool", POOL], api_url)
            self._say_what_to_do(api_url)
            while all(child.running for child in self._children):
                time.sleep(0.5)
            raise ServerError(api_url, "the server or the worker ended", f"{self._log} says why.")
        except KeyboardInterrupt:
            print("stopping ...", file=sys.stderr)
        finally:
            for child in reversed(self._children):
                child.stop()
            self._output.close()

    def _server(self) -> str:
        """The API of the configured server, or of our own once it answers."""
        os.environ.update(UNTRACKED)
        from prefect.settings import get_current_settings

        configured = get_current_settings().api.url
        if configured:
            check_server(configured)
            return configured
        _refuse_taken_port(self._host, self._port)
        print("starting the Prefect server ...", file=sys.stderr)
        api_url = f"http://{self._reachable('127.0.0.1')}:{self._port}/api"
        self._start(["server", "start", "--host", self._host, "--port", str(self._port)], api_url)
        wait_until_ready(api_url, self._children[0], _START_SECONDS, self._output)
        return api_url

    def _start(self, command: list[str], api_url: str) -> None:
        command = [sys.executable, "-m", "prefect", *command]
        self._children.append(Tethered(command, self._environment(api_url), self._output))

    def _environment(self, api_url: str) -> dict[str, str]:
        """Prefect's UI asks the API where the browser finds it, which is not where it listens."""
        host = self._reachable(os.uname().nodename)
        ui = {"PREFECT_SERVER_UI_API_URL": f"http://{host}:{self._port}/api"}
        return {**ui, **os.environ, **UNTRACKED, "PREFECT_API_URL": api_url}

    def _reachable(self, instead: str) -> str:
        return instead if self._host in _EVERYWHERE else self._host

    def _deploy(self, api_url: str) -> None:
        """Make the work pool if it is not there, and register the deployments."""
        print("registering the deployments ...", file=sys.stderr)
        _create_pool(api_url)
        with tempfile.NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as file:
            yaml.safe_dump(self._deployments(), file)
            file.flush()
            command = [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all", "--prefect-file", file.name]
            done = subprocess.run(
                command, cwd=ROOT, env=self._environment(api_url), capture_output=True, text=True, check=False
            )
        if done.returncode:
            raise ServerError(api_url, f"takes no deployments: {done.stdout}{done.stderr}", "Correct prefect.yaml.")

    def _deployments(self) -> dict[str, Any]:
        """prefect.yaml, with what was asked for otherwise."""
        config: dict[str, Any] = yaml.safe_load(DEPLOYMENTS.read_text(encoding="utf-8"))
        for deployment in config["deployments"]:
            ((name, given),) = deployment["parameters"].items()
            changes = {k: v for k, v in self._changes.items() if v and k in given}
            deployment["parameters"] = {name: given | changes}
            for schedule in deployment.get("schedules", ()):
                if schedule["slug"] == "nightly":
                    schedule.update({k: v for k, v in self._schedule.items() if v})
        return config

    def _say_what_to_do(self, api_url: str) -> None:
        schedule = self._deployments()["deployments"][0]["schedules"][0]
        ui = api_url.removesuffix("/api")
        print(
            f"""
Ledgerline is at {ui}

  nightly    runs at cron "{schedule["cron"]}" ({schedule["timezone"]})
  on-demand  {ui}/deployments: choose `on-demand`, then Run, then Custom run

What they do is in {self._log}. Ctrl-C stops them.
""",
            flush=True,
        )


def _create_pool(api_url: str) -> None:
    """The work pool takes one run at a time: a store has one writer. One that is there stays as it is."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.actions import WorkPoolCreate
    from prefect.exceptions import ObjectAlreadyExists
    from prefect.settings import PREFECT_API_URL, temporary_settings
    from prefect.workers.process import ProcessWorker

    template = ProcessWorker.get_default_base_job_template()
    pool = WorkPoolCreate(name=POOL, type="process", base_job_template=template, concurrency_limit=1)
    with temporary_settings({PREFECT_API_URL: api_url}), get_client(sync_client=True) as client:
        try:
            client.create_work_pool(pool)
        except ObjectAlreadyExists:
            return


def _refuse_taken_port(host: str, port: int) -> None:
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            remedy = "Choose another one, or set PREFECT_API_URL to use the server that listens there."
            raise ConfigurationError("port", f"{host}:{port} can't be used: {error.strerror}", remedy) from None


def _full(place: str | None) -> str | None:
    """A path in full: the worker runs elsewhere."""
    return place if place is None or "://" in place else str(Path(place).absolute())


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
