"""A Prefect server that is not there, dies or hangs: the run ends soon, says so, and its results are stored."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psutil
import pytest

from flows.server import OwnServer, free_port
from tasks.store.query import query_ledger

pytestmark = pytest.mark.slow

BOUND = 60  # seconds from the fault to the end of the process, on a machine with better things to do


@pytest.fixture
def server(own_environment, monkeypatch):
    """A Prefect server that may be hurt."""
    for name, value in own_environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    server = OwnServer()
    server.wait_until_ready()
    yield server
    for process in children(server):
        process.send_signal(signal.SIGCONT)
    server.stop()


def children(server):
    """The server's processes, without the one that keeps it on its tether."""
    return psutil.Process(server.pid).children(recursive=True)


def start(source, store, environment, api_url):
    command = [sys.executable, "-m", "flows", "run", str(source), "--store", str(store), "--json"]
    return subprocess.Popen(
        command,
        env=environment | {"PREFECT_API_URL": api_url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("fault", [signal.SIGKILL, signal.SIGSTOP], ids=["dies", "hangs"])
def test_a_server_that_fails_during_a_run_costs_no_result(fault, server, inbox, tmp_path, own_environment):
    """Killed or stopped while documents are read, it neither holds the run up nor loses what was read."""
    store = tmp_path / "store"
    run = start(inbox, store, own_environment, server.api_url)
    wait_for(lambda: list(store.glob("parquet/runs/*/*.parquet")), run)
    for process in children(server):
        process.send_signal(fault)
    failed_at = time.monotonic()

    out, err = run.communicate(timeout=180)

    assert time.monotonic() - failed_at < BOUND
    assert run.returncode == 0, err
    assert json.loads(out)["documents"] == 3
    assert "Prefect server" in err
    assert list(query_ledger(store, "select count(*), any_value(status) from documents, runs")[1]) == [(3, "completed")]


def test_a_server_that_does_not_answer_is_an_error_at_once(inbox, tmp_path, own_environment):
    """The message names the address that was configured and what to do; nothing is written."""
    url = f"http://127.0.0.1:{free_port()}/api"
    began = time.monotonic()
    out, err = start(inbox, tmp_path / "store", own_environment, url).communicate(timeout=60)

    assert time.monotonic() - began < 30
    assert out == ""
    assert err.startswith("error: ") and url in err and "PREFECT_API_URL" in err
    assert len(err.splitlines()) == 1
    assert not (tmp_path / "store").exists()


class Ailing(BaseHTTPRequestHandler):
    """Says that it is well, and knows nothing else."""

    def do_GET(self):
        self.send_response(200 if self.path == "/api/health" else 404)
        self.end_headers()
        self.wfile.write(b"true")

    def log_message(self, *_):
        """Nothing is printed."""


def test_a_server_that_fails_before_the_run_begins_is_an_error_too(inbox, tmp_path, own_environment):
    """It was well a moment ago: one line says that no run began, and why; nothing is written."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Ailing) as ailing:
        threading.Thread(target=ailing.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{ailing.server_port}/api"
        out, err = start(inbox, tmp_path / "store", own_environment, url).communicate(timeout=120)
        ailing.shutdown()

    assert out == ""
    assert err.startswith(f"error: Prefect server {url}: did not let the run begin: ") and "restart it" in err
    assert len(err.splitlines()) == 1
    assert not (tmp_path / "store").exists()


def test_a_server_of_ours_does_not_outlive_a_killed_run(inbox, tmp_path, own_environment):
    """kill -9 of the command leaves no server behind."""
    command = [sys.executable, "-m", "flows", "run", str(inbox), "--store", str(tmp_path / "store")]
    run = subprocess.Popen(command, env=own_environment, stderr=subprocess.DEVNULL)
    wait_for(lambda: psutil.Process(run.pid).children(recursive=True)[1:], run)
    servers = psutil.Process(run.pid).children(recursive=True)

    os.kill(run.pid, signal.SIGKILL)
    run.wait()

    _, alive = psutil.wait_procs(servers, timeout=20)
    assert not alive


def wait_for(condition, run, seconds=120):
    """Wait until the run has come so far."""
    end = time.monotonic() + seconds
    while not condition():
        assert run.poll() is None, run.stderr and run.stderr.read()
        assert time.monotonic() < end
        time.sleep(0.02)
