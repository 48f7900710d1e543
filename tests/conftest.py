"""What several test files need: a few real documents, and a Prefect home that is not the developer's own."""

import atexit
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

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


@pytest.fixture(scope="module")
def prefect(prefect_environment):
    """A Prefect server for the tests of one module alone."""
    from prefect.testing.utilities import prefect_test_harness  # seconds, which other tests need not wait for

    with pytest.MonkeyPatch.context() as patch:
        for name, value in prefect_environment.items():
            patch.setenv(name, value)
        with prefect_test_harness(server_startup_timeout=120):
            yield
