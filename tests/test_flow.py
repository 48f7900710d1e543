"""The flow: every document gets one outcome, nothing is done twice, and what Prefect shows reads well."""

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from prefect.blocks.system import Secret
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId, FlowRunFilter, FlowRunFilterId

import flows.progress
from flows.keys import keys
from flows.parameters import RunParameters
from flows.process_documents import process_documents
from flows.reading import CHUNK
from routing.errors import ConfigurationError, SourceError
from tasks.store.query import query_ledger
from tasks.store.store import Store
from tasks.store.verify import verify

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prefect")]


@pytest.fixture
def store(tmp_path):
    return tmp_path / "store"


def run(source, store, **parameters):
    return process_documents(RunParameters(source=str(source), store=str(store), workers=2, **parameters))


def rows(store, sql):
    return list(query_ledger(store, sql)[1])


def test_keys_come_from_the_environment_else_from_secret_blocks(monkeypatch):
    """The environment comes first; a tier whose key is nowhere has none."""
    policy = RunParameters(source=".").load_policy()
    monkeypatch.setenv("OPENAI_API_KEY", "from the environment")
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    assert keys(policy) == {"OPENAI_API_KEY": "from the environment"}

    Secret(value="from a block").save("anthropic-api-key")
    Secret(value="not looked at").save("openai-api-key")
    try:
        assert keys(policy) == {"OPENAI_API_KEY": "from the environment", "ANTHROPIC_API_KEY": "from a block"}
    finally:
        Secret.delete("anthropic-api-key")
        Secret.delete("openai-api-key")


def test_every_document_has_one_outcome_and_the_store_says_the_same(inbox, store):
    """The summary, the run's row and the documents' rows agree, and the laws hold."""
    summary = run(inbox, store)

    assert summary.documents == 3
    assert rows(store, "select status, documents, run_id from runs") == [("completed", 3, summary.run_id)]
    assert dict(rows(store, "select outcome, count(*) from documents group by 1")) == {
        outcome: count for outcome, count in summary.outcomes.items() if count
    }
    assert [law for law in verify(store) if not law.passed] == []


def test_the_same_folder_again_is_neither_read_nor_changed(inbox, store):
    """A second run counts what is there and adds no row but its own."""
    first = run(inbox, store)
    before = rows(store, "select * from documents order by file_name")

    second = run(inbox, store)

    assert (second.documents, second.known, second.calls) == (3, 3, {})
    assert second.outcomes == first.outcomes
    assert rows(store, "select * from documents order by file_name") == before
    assert rows(store, "select count(*) from calls") == [(first.calls["local"],)]


def test_the_same_bytes_under_another_name_are_a_duplicate(inbox, store):
    """Within one run and in a later one; the copy names its original."""
    first = sorted(inbox.iterdir())[0]
    shutil.copy(first, inbox / "zz copy.pdf")
    assert run(inbox, store).outcomes["duplicate"] == 1
    shutil.copy(first, inbox / "zzz later copy.pdf")

    assert run(inbox, store).outcomes["duplicate"] == 2
    reasons = rows(store, "select file_name, reason from documents where outcome = 'duplicate' order by 1")
    assert reasons == [
        (name, f"duplicate: exact copy of {first.name}") for name in ("zz copy.pdf", "zzz later copy.pdf")
    ]


def test_chunks_are_settled_in_the_order_of_discovery(tmp_path, store):
    """More files than two chunks hold: all arrive, the copies point at the first one by name."""
    source = tmp_path / "many"
    source.mkdir()
    for number in range(2 * CHUNK + 5):
        (source / f"{number:04}.pdf").write_bytes(b"%PDF-1.4 no more than that" + b"!" * (number // 2))

    summary = run(source, store)

    assert summary.outcomes["rejected"] == summary.documents == 2 * CHUNK + 5
    assert rows(store, "select max(file_name), count(*) from documents where duplicate_of is null") == [
        (f"{2 * CHUNK + 4:04}.pdf", CHUNK + 3)
    ]


def test_a_run_that_can_not_start_writes_nothing(tmp_path, store):
    """A source that is not there and a policy that makes no sense are found before the store is touched."""
    policy = tmp_path / "policy.toml"
    policy.write_text("version = 1")
    with pytest.raises(SourceError):
        run(tmp_path / "nowhere", store)
    with pytest.raises(ConfigurationError):
        run(tmp_path, store, policy=str(policy))
    assert not store.exists()


def test_a_run_that_fails_says_so_and_keeps_what_was_settled(inbox, store, monkeypatch):
    """A folder that goes away while it is listed ends the run as `failed`, with the error in its row."""
    import flows.process_documents as flow

    def breaks_off(*_, **__):
        yield from ()
        raise SourceError(str(inbox), "went away")

    run(inbox, store)
    monkeypatch.setattr(flow, "discover", breaks_off)
    with pytest.raises(SourceError, match="went away"):
        run(inbox, store)

    statuses = rows(store, "select status, error from runs order by started_at")
    assert [status for status, _ in statuses] == ["completed", "failed"]
    assert "went away" in statuses[1][1]
    assert rows(store, "select count(*) from documents") == [(3,)]


@pytest.mark.parametrize("clock", [0, 40], ids=["right", "set back since"])
def test_a_deferred_document_is_taken_up_again(inbox, store, clock):
    """What an earlier run left to the next is read by the next, and only that; and once, also where the clock was some
    days ahead then."""
    run(inbox, store)
    (document_id, name), *_ = rows(store, "select document_id, file_name from documents order by file_name")
    with Store.open(store) as opened:
        row = {"document_id": document_id, "file_name": name, "source": str(inbox), "outcome": "deferred"}
        now = datetime.now(UTC) + timedelta(clock)
        opened.write("20991231T000000Z-test", now.date(), {"documents": [row | {"run_id": "x", "settled_at": now}]})

    summary, next_one = run(inbox, store), run(inbox, store)

    assert (summary.known, summary.outcomes["deferred"]) == (2, 0)
    assert next_one.known == 3
    assert rows(store, f"select outcome from documents where document_id = '{document_id}'") != [("deferred",)]


def test_a_date_in_the_future_moves_no_other_document(inbox, store):
    """What was settled by a clock that was ahead, and is not taken up again, does not date what is new."""
    run(inbox, store, limit=1)
    ((document_id, name),) = rows(store, "select document_id, file_name from documents")
    ahead = datetime.now(UTC) + timedelta(40)
    with Store.open(store) as opened:
        row = {"document_id": document_id, "file_name": name, "source": str(inbox), "outcome": "review"}
        rewritten = {"documents": [row | {"run_id": "x", "settled_at": ahead}]}
        opened.write("20991231T000000Z-test", ahead.date(), rewritten)

    run(inbox, store)

    assert rows(store, "select count(*) from documents where settled_at > now()::timestamp + interval 1 day") == [(1,)]


def test_prefect_shows_a_name_and_artifacts_that_a_person_understands(inbox, store, monkeypatch):
    """The run is named after its folder and the time; progress, summary, outcomes and cost are there to read."""
    monkeypatch.setattr(flows.progress, "EVERY_SECONDS", 0.1)
    summary = run(inbox, store)
    ((flow_run_id,),) = rows(store, f"select flow_run_id from runs where run_id = '{summary.run_id}'")
    with get_client(sync_client=True) as client:
        name = client.read_flow_run(flow_run_id).name
        found = client.read_artifacts(
            flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[flow_run_id])),
            artifact_filter=ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[flow_run_id])),
        )
        tasks = client.read_task_runs(flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[flow_run_id])))

    assert name.startswith(f"inbox {datetime.now(UTC):%Y-%m-%d}")
    artifacts = {artifact.key: artifact.data for artifact in found}
    assert set(artifacts) == {"run-progress", "run-summary", "run-outcomes", "run-cost"}
    assert artifacts["run-progress"] == 100
    (description,) = [artifact.description for artifact in found if artifact.key == "run-progress"]
    assert description.startswith("3 documents of about 3 files after ") and "0.00 USD paid" in description
    assert "What waits for a human" in artifacts["run-summary"]
    assert sum(row["documents"] for row in json.loads(artifacts["run-outcomes"])) == 3
    assert sorted(task.name.split("-")[0] for task in tasks) == ["publish", "read chunk 1", "settle chunk 1"]


def test_a_reader_of_the_ledger_neither_stops_a_run_nor_is_stopped(inbox, store):
    """Another process queries ledger.duckdb in a loop; the run finishes and publishes, and no query fails."""
    run(inbox, store, limit=1)
    reader = subprocess.Popen([sys.executable, "-c", READER, str(store / "ledger.duckdb")], stdout=-1, text=True)
    assert reader.stdout.readline() == "1\n"

    summary = run(inbox, store)

    assert reader.stdout.readline() == "3\n"
    assert reader.wait(timeout=20) == 0
    assert (summary.documents, rows(store, "select count(*) from documents")) == (3, [(3,)])


READER = """
import sys, duckdb
shown = 0
while shown < 3:
    with duckdb.connect(sys.argv[1], read_only=True) as ledger:
        count = ledger.execute("select count(*) from documents").fetchall()[0][0]
    if count != shown:
        print(count, flush=True)
        shown = count
"""
