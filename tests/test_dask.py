"""Reading on a Dask cluster: the same ledger as on one machine, also where a worker is killed; else clear words."""

import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from paid_runs import KEYS, SAMPLES, policy_file, stand_in_settings
from standin import StandIn

import flows.cluster
import flows.reading
from flows.observer import OBSERVER, Observer
from flows.parameters import RunParameters
from flows.process_documents import process_documents
from flows.server import free_port
from routing.errors import ClusterError, ConfigurationError
from tasks.store.query import query_ledger
from tasks.store.verify import verify

ROOT = Path(__file__).resolve().parent.parent

pytest.importorskip("distributed", reason="the extra `dask` is not installed")
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prefect")]


@pytest.fixture(autouse=True)
def small_chunks_and_little_patience(monkeypatch):
    """Some chunks for few documents; nobody waits long for what is not there."""
    for name in ("CHUNK", "CHUNK_AWAY"):
        monkeypatch.setattr(flows.reading, name, 2)
    monkeypatch.setattr(flows.cluster, "WORKERS_SECONDS", 2.0)
    monkeypatch.setattr(flows.cluster, "_LOOK_SECONDS", 0.5)


class Cluster:
    """A scheduler and workers, each a process in a folder of its own; they know of no Prefect server and no key."""

    def __init__(self, folder):
        self._folder = folder
        self.address = f"tcp://127.0.0.1:{(port := free_port())}"
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", port)
        self.workers = []

    def add_worker(self, **environment):
        """One more, when it is there."""
        name = f"worker-{len(self.workers)}"
        arguments = (self.address, "--nthreads", 1, "--no-nanny", "--local-directory", ".")
        self.workers.append(self._start(name, *arguments, **environment))
        while "Registered to" not in (self._folder / name / "log").read_text():
            assert self.workers[-1].poll() is None, (self._folder / name / "log").read_text()
            time.sleep(0.05)
        return self

    def close(self):
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()

    def _start(self, name, *arguments, **more):
        (self._folder / name).mkdir()
        command = [sys.executable, "-m", "distributed.cli.dask_" + name.partition("-")[0], *map(str, arguments)]
        environment = {k: v for k, v in os.environ.items() if k not in KEYS and not k.startswith("PREFECT_")} | more
        with (self._folder / name / "log").open("wb") as log:
            return subprocess.Popen(
                [*command, "--no-dashboard"], cwd=self._folder / name, env=environment, stdout=log, stderr=log
            )


@pytest.fixture
def cluster(tmp_path):
    """A scheduler to which workers can be added, and all of them killed."""
    made = Cluster(tmp_path)
    yield made
    made.close()


class Strikes(Observer):
    """Kills processes when the first chunk is settled: others are being read then."""

    def __init__(self, processes):
        self.victims = processes

    def progressed(self, tally, seconds):
        for process in self.victims:
            process.kill()


@contextmanager
def striking(*processes):
    token = OBSERVER.set(Strikes(processes))
    yield
    OBSERVER.reset(token)


def run(source, store, **parameters):
    return process_documents(RunParameters(source=str(source), store=str(store), workers=1, **parameters))


def rows(store, sql):
    return list(query_ledger(store, sql)[1])


def ledger(store):
    """All that a run leaves, but its own name and the time of day."""
    left_out = ("run_id", "settled_at", "started_at", "latency_ms", "call_id", "provider_request_id")
    tables = ("documents", "fields", "line_items", "checks", "decisions", "calls")
    return {t: rows(store, f"select columns(lambda c: c not in {left_out}) from {t} order by all") for t in tables}


def test_a_cluster_makes_the_same_ledger_as_one_machine_also_when_a_worker_is_killed(cluster, tmp_path, monkeypatch):
    """Documents in a mail and in a zip among them, and calls that are paid for: here, once, whoever read."""
    shutil.copytree(SAMPLES / "docs" / "inbox" / "2026-11", tmp_path / "inbox")
    monkeypatch.chdir(tmp_path)
    cluster.add_worker().add_worker()
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    with StandIn(stand_in_settings()) as provider:
        policy = str(policy_file(tmp_path, provider))
        run("inbox", tmp_path / "here", policy=policy)
        with striking(cluster.workers[0]):
            run("inbox", tmp_path / "there", policy=policy, dask=cluster.address)

    assert cluster.workers[0].wait(10) < 0 and cluster.workers[1].poll() is None
    here, there = (ledger(tmp_path / place) for place in ("here", "there"))
    assert there == here
    assert len(here["documents"]) == 11
    assert rows(tmp_path / "there", "select count(*) from calls where tier = 'cheap'") > [(0,)]
    assert [law for law in verify(tmp_path / "there") if not law.passed] == []


def test_documents_are_sent_to_workers_that_do_not_see_the_source(cluster, tmp_path, inbox, monkeypatch):
    """What `/proc/self/cwd` is differs from process to process: here the inbox is in it, there it is not."""
    monkeypatch.chdir(inbox.parent)
    cluster.add_worker()
    summary = run("/proc/self/cwd/inbox", tmp_path / "store", dask=cluster.address)
    assert summary.documents == 3 and summary.outcomes["rejected"] == 0


def test_a_cluster_that_can_not_read_is_refused_before_anything_is_written(cluster, tmp_path, inbox, monkeypatch):
    """Nobody listens, no address at all, no workers, and a worker with other rules, who would read otherwise."""

    def refused(address, why):
        with pytest.raises(ClusterError, match=f"^Dask cluster {address}: {why}"):
            run(inbox, tmp_path / "store", dask=address)
        assert not (tmp_path / "store").exists()

    refused(cluster.address, "it has no workers, .*Start some on every machine: `dask worker")
    monkeypatch.setattr(flows.cluster, "CONNECT_SECONDS", 1.0)
    for address in (f"tcp://127.0.0.1:{free_port()}", "nonsense://here"):
        refused(address, "no scheduler answers: .*Start one with `dask scheduler`")
    monkeypatch.undo()
    for folder in ("tasks", "routing", "data"):
        shutil.copytree(ROOT / folder, tmp_path / "other" / folder, ignore=shutil.ignore_patterns("samples", "store"))
    (tmp_path / "other" / "tasks" / "judge.py").open("a").write("# changed\n")
    cluster.add_worker(PYTHONPATH=str(tmp_path / "other"))
    refused(cluster.address, r"tcp:\S+ has ledgerline 0.1.0 \(\w+\) instead of 0.1.0 \(\w+\)\. Install the same")


def test_a_run_that_loses_its_cluster_ends_and_keeps_what_was_settled(cluster, tmp_path):
    """It waits for a while, fails with the reason, and the next run goes on where it stopped."""
    source, store = SAMPLES / "docs" / "inbox" / "2026-11", tmp_path / "store"
    settled = []
    for lost in ("all workers are gone", "the scheduler is gone"):
        cluster.add_worker()
        victim = cluster.workers[-1] if "workers" in lost else cluster.scheduler
        with striking(victim), pytest.raises(ClusterError, match=f"{lost}.*[rR]un again"):
            run(source, store, dask=cluster.address)
        settled += rows(store, "select count(*) from documents")
    assert rows(store, "select status from runs") == [("failed",), ("failed",)]
    assert (2,) <= settled[0] <= settled[1] < (11,)


def test_without_the_extra_the_error_says_how_to_install_it(tmp_path, inbox, monkeypatch):
    """Before anything is done."""
    monkeypatch.setitem(sys.modules, "prefect_dask", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'ledgerline\[dask\]'"):
        run(inbox, tmp_path / "store", dask="tcp://127.0.0.1:1")
