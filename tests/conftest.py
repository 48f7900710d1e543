"""What several test files need: a few real documents, and a Prefect home that is not the developer's own."""

import atexit
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import settings

from flows.server import OwnServer
from flows.watch import leave

settings.register_profile("ours", deadline=None)  # a busy machine is no failure
settings.load_profile("ours")

SAMPLES = Path(__file__).resolve().parent.parent / "data" / "samples" / "docs"


_status = [0]
# Prefect's threads outlive the tests, and DuckDB's binding would end the output with pages about leaked objects.
atexit.register(lambda: leave(_status[0]))


def pytest_sessionfinish(exitstatus):
    """Keep the status with which `leave` ends the process."""
    _status[0] = int(exitstatus)


def pytest_collection_modifyitems(items):
    """The long files, which have a server each, go first: the many short ones then fill both processes evenly."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture
def inbox(tmp_path):
    """A folder with three text PDFs of the samples, quick to read."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    files = sorted((SAMPLES / "inbox").rglob("*.pdf"))[:3]
    assert len(files) == 3
    for file in files:
        shutil.copy(file, folder)
    return folder


@pytest.fixture(scope="session")
def prefect_environment(tmp_path_factory):
    """The environment of a machine on which nobody has configured Prefect; its database is made once a session."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    home = {"PREFECT_HOME": str(tmp_path_factory.mktemp("prefect"))}
    return kept | home | {"DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}


@pytest.fixture(scope="session")
def prefect_api(prefect_environment):
    """The address of a Prefect server that runs already, for all tests that only need one."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in prefect_environment.items():
            patch.setenv(name, value)
        server = OwnServer()
    server.wait_until_ready()
    yield server.api_url
    server.stop()


@pytest.fixture(scope="module")
def prefect(prefect_environment, prefect_api):
    """This process works with that server, for the tests of one module alone."""
    from prefect.settings import PREFECT_API_URL, temporary_settings  # seconds, which other tests need not wait for

    with pytest.MonkeyPatch.context() as patch:
        for name, value in (prefect_environment | {"PREFECT_API_URL": prefect_api}).items():
            patch.setenv(name, value)
        with temporary_settings({PREFECT_API_URL: prefect_api}):
            yield


@pytest.fixture(scope="module")
def own_environment(prefect_environment, prefect_api, tmp_path_factory):
    """An environment like `prefect_environment` with a database of its own, for tests that bring or hurt a server."""
    home = tmp_path_factory.mktemp("prefect")
    with (
        closing(sqlite3.connect(Path(prefect_environment["PREFECT_HOME"]) / "prefect.db")) as made,
        closing(sqlite3.connect(home / "prefect.db")) as own,
    ):
        made.backup(own)
    return prefect_environment | {"PREFECT_HOME": str(home)}
