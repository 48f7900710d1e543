"""`ledgerline serve` as an operator meets it: cron really fires, and the form in the browser starts a run."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from urllib.request import Request, urlopen

import psutil
import pytest

from flows.server import free_port
from tasks.store.query import query_ledger

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
FLAGS += ["--disable-background-networking", "--disable-component-update"]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the documents, the stores and the screenshots of these tests are."""
    return tmp_path_factory.mktemp("serve")


@pytest.fixture(scope="module")
def service(folder, own_environment):
    """A service with a nightly run every minute: its address, as it printed it."""
    (folder / "inbox").mkdir()
    (folder / "inbox" / "note.pdf").write_bytes(b"%PDF-1.4 not quite")
    command = [sys.executable, "-m", "flows", "serve", "--port", str(free_port()), "--cron", "* * * * *"]
    command += ["--source", str(folder / "inbox"), "--store", str(folder / "nightly")]
    process = subprocess.Popen(command, env=own_environment, stdout=subprocess.PIPE, text=True)
    lines = iter(process.stdout.readline, "")
    address = next(re.search(r"http://\S+", line)[0] for line in lines if "Ledgerline is at" in line)
    yield address
    family = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 0
    assert psutil.wait_procs(family, timeout=20)[1] == [], "server and worker end with the service"


def ask(address, path, **body):
    """What Prefect's API answers."""
    request = Request(f"{address}/api/{path}", json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urlopen(request, timeout=30) as answer:
        return json.load(answer)


def wait_for(found, seconds=120):
    """The first thing that `found` finds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if result := found():
            return result
        time.sleep(1)
    raise AssertionError(f"nothing within {seconds} s")


def finished_runs(address, deployment):
    runs = ask(address, "flow_runs/filter", deployments={"name": {"any_": [deployment]}})
    return [run for run in runs if run["state_type"] in ("COMPLETED", "FAILED", "CRASHED")]


def test_the_scheduler_creates_nightly_runs_and_the_worker_finishes_them(service, folder):
    """Cron fires by itself, the run is completed by the worker, and its results are in the store."""
    run = wait_for(lambda: finished_runs(service, "nightly"))[0]

    assert (run["auto_scheduled"], run["state_type"]) == (True, "COMPLETED")
    assert run["name"].startswith("inbox ")
    assert {"ledgerline", "nightly"} <= set(run["tags"])
    assert list(query_ledger(folder / "nightly", "select outcome from documents")[1]) == [("rejected",)]


def test_one_nightly_run_at_a_time(service):
    """The deployment and the work pool both say so: a store has one writer."""
    (nightly,) = ask(service, "deployments/filter", deployments={"name": {"any_": ["nightly"]}})
    assert nightly["global_concurrency_limit"]["limit"] == 1
    assert nightly["schedules"][0]["schedule"]["timezone"] == "UTC"
    (pool,) = ask(service, "work_pools/filter")
    assert pool["concurrency_limit"] == 1


SAYS = {"run-outcomes": "duplicate", "run-cost": "premium", "run-summary": "premium", "run-progress": "documents"}
"""A word on the page of each artifact; of its progress a run that takes long enough tells."""


@pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's chromium is not installed")
def test_a_person_starts_a_run_from_the_form(service, folder, inbox):
    """The form explains every input; what is typed in is what runs; the artifacts are there to read."""
    from playwright.sync_api import sync_playwright

    (nightly,) = ask(service, "deployments/filter", deployments={"name": {"any_": ["nightly"]}})
    ask(service, f"deployments/{nightly['id']}/pause_deployment")  # a run every minute would be in the way
    (deployment,) = ask(service, "deployments/filter", deployments={"name": {"any_": ["on-demand"]}})
    shots = Path(os.environ.get("LEDGERLINE_SCREENSHOTS", folder))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        page = browser.new_page(viewport={"width": 1400, "height": 1300})
        page.goto(f"{service}/deployments/deployment/{deployment['id']}")
        page.get_by_role("button", name="Run", exact=True).click()
        page.get_by_text("Custom run").click()
        fill_in(page, inbox, folder / "on-demand")
        page.screenshot(path=shots / "form.png", full_page=True)
        submit(page, service)

        run = wait_for(lambda: finished_runs(service, "on-demand"))[0]
        page.goto(f"{service}/runs/flow-run/{run['id']}")
        page.get_by_text("Artifacts", exact=True).first.click()
        page.get_by_text("run-summary", exact=False).first.wait_for()
        page.screenshot(path=shots / "run.png", full_page=True)
        for artifact in ask(service, "artifacts/filter", flow_runs={"id": {"any_": [run["id"]]}}):
            page.goto(f"{service}/artifacts/artifact/{artifact['id']}")
            page.get_by_text(SAYS[artifact["key"]]).first.wait_for()
            page.screenshot(path=shots / f"{artifact['key']}.png", full_page=True)
        browser.close()

    assert run["state_type"] == "COMPLETED"
    assert run["parameters"]["batch"]["limit"] == 2
    assert list(query_ledger(folder / "on-demand", "select count(*) from documents")[1]) == [(2,)]


def submit(page, address):
    """Press the button until the run is there, as a person would: now and then the page misses a click."""
    for _ in range(5):
        page.get_by_role("button", name="Submit").click(timeout=10_000)
        with suppress(AssertionError):
            wait_for(lambda: ask(address, "flow_runs/filter", deployments={"name": {"any_": ["on-demand"]}}), 15)
            return
    raise AssertionError("the form was not sent")


def fill_in(page, source, store):
    """Type into the form as a person who goes by its labels."""
    for label in ("Documents", "Store", "Policy file", "Budget (US dollars)", "Documents at most", "Reading processes"):
        page.get_by_text(label, exact=False).first.wait_for(timeout=30_000)
    assert page.get_by_text("Leave empty for no limit").count() == 1
    page.locator("textarea").nth(0).fill(str(source))
    page.locator("textarea").nth(1).fill(str(store))
    page.locator("input[type=number]").nth(1).press_sequentially("2")
    page.keyboard.press("Tab")
