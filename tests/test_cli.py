"""The command line as scripts and people use it: what it prints, where, and with which exit status."""

import json
import resource
import subprocess
import sys
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from tasks.score import upper_bound

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def environment(prefect_environment, prefect_api):
    """An environment with a Prefect server that runs already."""
    return prefect_environment | {"PREFECT_API_URL": prefect_api}


@pytest.fixture(scope="module")
def store(environment, tmp_path_factory):
    """A store with the three documents of `e-rechnung` that are quickest to read, made by `ledgerline run`."""
    store = tmp_path_factory.mktemp("cli") / "store"
    source = ROOT / "data" / "samples" / "docs" / "e-rechnung"
    run = ("run", source, "--store", store, "--limit", 3, "--budget", "2.50", "--json")
    result = ledgerline(*run, environment=environment, told=IMPORTS)
    assert result.returncode == 0, result.stderr
    (store.parent / "imports").write_text(result.stderr)
    return store


IMPORTS = ("-X", "importtime")  # Python then tells on stderr of every module that is imported


def ledgerline(*arguments, environment=None, told=()):
    command = [sys.executable, *told, "-m", "flows", *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)


def imported(stderr):
    """The modules that `IMPORTS` tells of."""
    return {line.rpartition("|")[2].strip() for line in stderr.splitlines() if line.startswith("import time:")}


def test_run_prints_one_json_object_and_nothing_else_on_stdout(store, environment):
    """The names are those of the contract; progress goes to stderr."""
    source = ROOT / "data" / "samples" / "docs" / "e-rechnung"
    result = ledgerline("run", source, "--store", store, "--limit", 3, "--json", environment=environment)

    printed = json.loads(result.stdout)
    assert len(result.stdout.splitlines()) == 1
    assert printed["documents"] == sum(printed["outcomes"].values()) == 3
    assert (printed["calls"], printed["cost_usd"]) == ({}, 0)
    assert {"run_id", "premium_everywhere_usd", "seconds"} <= set(printed)
    assert "3 documents settled" in result.stderr


def test_with_ledgerline_log_every_line_on_stderr_is_json_that_names_run_stage_and_document(
    tmp_path, inbox, environment
):
    """What can't be read is a line with its id, name and code; no word of any document is in the log."""
    (inbox / "broken.pdf").write_bytes(b"%PDF-1.4 not quite")
    asked = environment | {"LEDGERLINE_LOG": "json"}
    result = ledgerline("run", inbox, "--store", tmp_path / "store", "--json", environment=asked)

    lines = [json.loads(line) for line in result.stderr.splitlines()]
    assert {line["run"] for line in lines} == {json.loads(result.stdout)["run_id"]}
    assert {"run", "read"} <= {line["stage"] for line in lines}
    (broken,) = [line for line in lines if line.get("file_name") == "broken.pdf"]
    assert (broken["level"], broken["code"], len(broken["document_id"])) == ("warning", "corrupt", 64)
    values = ledgerline("sql", "select value from fields", "--store", tmp_path / "store", "--format", "json")
    printed = [row["value"] for row in json.loads(values.stdout) if row["value"] and len(row["value"]) > 5]
    assert len(printed) > 5 and not [value for value in printed if value in result.stderr]


def test_a_log_of_an_unknown_kind_is_refused(tmp_path, inbox, environment):
    """The error names the variable and what it may be."""
    result = ledgerline("run", inbox, "--store", tmp_path / "s", environment=environment | {"LEDGERLINE_LOG": "xml"})
    assert result.returncode == 2
    assert "LEDGERLINE_LOG: 'xml' is no way to log. Set it to json" in result.stderr


def test_a_person_sees_outcomes_cost_and_where_to_look_next(store, environment):
    """The summary names every outcome that there is, the cost, the yardstick, and commands that can be copied."""
    source = ROOT / "data" / "samples" / "docs" / "e-rechnung"
    result = ledgerline("run", source, "--store", store, "--limit", 3, environment=environment)

    assert "3 documents" in result.stdout
    assert "premium-everywhere" in result.stdout and "estimate" in result.stdout
    assert f"ledgerline sql --saved work_queue --store {store}" in result.stdout
    assert "nanobind" not in result.stderr


def test_without_a_configured_server_a_run_brings_its_own(tmp_path, prefect_environment):
    """No key, no server, no configuration: the command is enough."""
    source = ROOT / "data" / "samples" / "docs" / "e-rechnung"
    result = ledgerline(
        "run", source, "--store", tmp_path / "store", "--limit", 1, "--json", environment=prefect_environment
    )
    assert (result.returncode, json.loads(result.stdout)["documents"]) == (0, 1)


def test_a_run_starts_without_what_it_does_not_need_itself(store):
    """It sends documents to processes that read, asks no model here, and its prices are at hand: that saves seconds."""
    modules = imported((store.parent / "imports").read_text())
    assert "prefect.flows" in modules
    spared = {
        "pandas.core",
        "pyarrow.compute",
        "pypdfium2",
        "lxml",
        "PIL",
        "onnxruntime",
        "openai",
        "anthropic",
        "genai_prices.data",
        "dask",
        "fastapi",
        "click",
    }
    assert modules & spared == set()


def test_the_server_is_told_what_was_asked_for(store, environment):
    """The run's page shows its parameters, amounts to the cent, though Prefect's own way to write them is spared."""
    request = Request(f"{environment['PREFECT_API_URL']}/flow_runs/filter", b"{}", {"Content-Type": "application/json"})
    with urlopen(request, timeout=30) as answer:
        batches = [run["parameters"]["batch"] for run in json.load(answer)]
    (batch,) = [batch for batch in batches if batch["store"] == str(store) and batch["budget_usd"]]
    assert (batch["budget_usd"], batch["limit"], batch["policy"]) == ("2.50", 3, None)


@pytest.mark.parametrize(("asked", "every"), [({}, "None"), ({"PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "60"}, "60")])
def test_a_run_waits_for_no_heartbeat_that_nobody_asked_for(asked, every, environment):
    """Prefect's heart beats by the second, and a run that is over would wait for the next beat."""
    code = "from flows.server import RunServer as Server; from prefect.settings import get_current_settings as now\n"
    code += "with Server().use(): print(now().flows.heartbeat_frequency)"
    result = subprocess.run(
        [sys.executable, "-c", code], env=environment | asked, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == every


def test_sql_answers_at_once_and_in_every_format(store):
    """Half a second, so that it can stand in a loop: told by the processor's time, as others may be busy, too."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    query = ("sql", "select count(*) as n from documents", "--store", store, "--format", "json")
    result = ledgerline(*query, told=IMPORTS)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)

    assert json.loads(result.stdout) == [{"n": 3}]
    modules = imported(result.stderr)
    assert "duckdb" in modules
    assert not modules & {"prefect", "pandas", "pyarrow", "numpy", "sqlalchemy", "lxml", "routing.policy"}
    assert (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime) < 1.0
    assert ledgerline("sql", "select 1 as a", "--store", store, "--format", "csv").stdout == "a\n1\n"
    assert "outcome" in ledgerline("sql", "--saved", "cost_per_outcome", "--store", store).stdout


def test_verify_and_rebuild_agree_on_the_store(store):
    """Every law is listed with what was looked at; the ledger made anew holds them too."""
    assert ledgerline("verify", "--store", store).returncode == 0
    (store / "ledger.duckdb").unlink()
    assert ledgerline("rebuild", "--store", store).returncode == 0
    assert "BROKEN" not in ledgerline("verify", "--store", store).stdout


def test_verify_fails_where_a_file_is_missing(store, tmp_path):
    """Exit 1, and the law that is broken is named."""
    import shutil

    broken = shutil.copytree(store, tmp_path / "store")
    next(broken.glob("parquet/fields/*/*.parquet")).unlink()
    result = ledgerline("verify", "--store", broken)
    assert result.returncode == 1
    assert "BROKEN  parquet_sound" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["run", "/nowhere/at/all"], 2, "/nowhere/at/all"),
        (["run", ".", "--policy", "/no/policy.toml"], 2, "policy"),
        (["run", ".", "--budget", "much"], 2, "budget"),
        (["run", ".", "--limit", "0"], 2, "limit"),
        (["sql"], 2, "--saved NAME"),
        (["sql", "--saved", "nonsense"], 2, "work_queue"),
        (["sql", "select 1", "--store", "/nowhere"], 1, "ledgerline run"),
        (["verify", "--store", "/nowhere"], 1, "ledgerline run"),
        (["score", "/no/truth.jsonl"], 2, "truth"),
        (["replay"], 2, "replay"),
    ],
)
def test_a_mistake_is_one_line_and_its_exit_status(arguments, status, said):
    """Bad usage is 2, what can't be done is 1; the message names what is wrong and no traceback is shown."""
    result = ledgerline(*arguments)
    assert result.returncode == status, result.stderr
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_estimate_spends_and_writes_nothing(tmp_path):
    """It says what would be free, what would climb, and what that costs at the least and at the most."""
    source = ROOT / "data" / "samples" / "docs" / "e-rechnung"
    result = ledgerline("estimate", source, "--store", tmp_path / "store", "--limit", 3, "--json")

    printed = json.loads(result.stdout)
    settled, asked = sum(printed["outcomes"].values()), sum(printed["asked"].values())
    assert printed["documents"] == 3 == printed["known"] + settled + asked + printed["deferred"]
    assert 0 <= printed["low_usd"] <= printed["expected_usd"] <= printed["high_usd"]
    assert printed["premium_everywhere_usd"] > 0
    assert list(tmp_path.iterdir()) == []


def test_an_estimate_knows_what_is_settled(store):
    """Documents in the store cost nothing again."""
    source = ROOT / "data" / "samples" / "docs" / "e-rechnung"
    printed = json.loads(ledgerline("estimate", source, "--store", store, "--limit", 3, "--json").stdout)
    assert (printed["known"], printed["high_usd"]) == (3, 0)


def test_the_bound_on_accepted_errors_is_the_exact_one():
    """Clopper-Pearson: no error in 59 is the least that shows 5% with 95% confidence; all wrong is 1."""
    assert upper_bound(0, 58) > 0.05 > upper_bound(0, 59)
    assert upper_bound(3, 3) == upper_bound(0, 0) == 1.0
    assert upper_bound(2, 100) == pytest.approx(0.0616, abs=1e-4)


@pytest.mark.skipif(not (SHARED / "score").is_dir(), reason="../shared with the referee is not here")
def test_score_says_what_the_referee_says(store, tmp_path):
    """Every number of ours is that of ../shared/score/score.py, on a store with right, wrong and missing documents."""
    truth = ROOT / "data" / "samples" / "truth.jsonl"
    ours = json.loads(ledgerline("score", truth, "--store", store, "--json").stdout)
    referee = [sys.executable, str(SHARED / "score" / "score.py"), str(store), str(truth), "--json"]
    theirs = json.loads(subprocess.run(referee, capture_output=True, text=True, check=True).stdout)

    names = {"n": "documents", "type_acc": "type_accuracy", "cov@1%": "coverage_at_1_percent"}
    for group, numbers in theirs.items():
        for name, number in numbers.items():
            assert ours[group][names.get(name, name)] == pytest.approx(number), (group, name)
