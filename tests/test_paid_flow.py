"""Runs that pay: what the free readers could not settle goes up the tiers, and every cent is in the ledger."""

import json
import shutil
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest
from asking import CHEAP
from paid_runs import KEYS, SAMPLES, policy_file, stand_in_settings
from paying import billed, booked, counted
from prefect.events import Event
from standin import StandIn

import flows.climbing
from flows.collect_batches import collect_batches
from flows.parameters import CollectParameters, RunParameters
from flows.process_documents import process_documents
from routing.errors import ConfigurationError
from tasks.fields import shipped
from tasks.same import same
from tasks.store.query import query_ledger
from tasks.store.verify import verify

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module", autouse=True)
def keys(prefect):
    """Keys for the stand-in."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in KEYS.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="module")
def doubtful(tmp_path_factory):
    """Eight text documents of the samples that the free readers do not accept, and a copy of one."""
    folder = tmp_path_factory.mktemp("doubtful")
    names = [p for p in sorted((SAMPLES / "docs" / "inbox").rglob("*.pdf")) if "schlüsselt" not in p.name]
    for file in names[:8]:
        shutil.copy(file, folder)
    shutil.copy(names[0], folder / "zz copy.pdf")
    return folder


def run(source, store, policy, **parameters):
    return process_documents(
        RunParameters(source=str(source), store=str(store), policy=str(policy), workers=2, **parameters)
    )


def rows(store, sql):
    return list(query_ledger(store, sql)[1])


def broken(store):
    return [law for law in verify(store) if not law.passed]


def results(store):
    """What became of every document, and what was read."""
    documents = rows(store, "select file_name, outcome, tier, reason from documents order by all")
    return documents, rows(store, "select document_id, field, value, tier, state from fields order by all")


def test_doubtful_documents_climb_and_the_ledger_is_the_bill(doubtful, tmp_path):
    """Cheap, then premium where that was not enough, each decision a row; again, nothing is sent."""
    store = tmp_path / "store"
    with StandIn(stand_in_settings()) as provider:
        policy = policy_file(tmp_path, provider)
        first = run(doubtful, store, policy)
        before, received = results(store), provider.received
        second = run(doubtful, store, policy)
        assert (provider.received, results(store)) == (received, before)
        bill = billed(provider)
    assert first.documents == 9 and first.outcomes["deferred"] == 0 and second.known == 9
    assert first.outcomes["duplicate"] >= 1
    assert first.calls["cheap"] > 0 and first.calls["premium"] > 0
    assert booked(store) == bill
    assert first.cost_usd == sum(usd for _, _, usd in bill.values()) > second.cost_usd == 0
    by_model = rows(store, "select model || ' ' || mode, sum(cost_usd) from calls where mode <> 'local' group by 1")
    assert dict(by_model) == {name: usd for name, (_, _, usd) in bill.items()}
    steps = rows(store, "select step, from_tier, to_tier from decisions where action = 'escalate' order by all")
    assert {("local", "cheap"), ("cheap", "premium")} <= {(a, b) for _, a, b in steps}
    assert any(tier == "premium" for _, _, tier, _ in before[0])
    assert rows(store, "select count(*) from fields where list_contains(evidence, 'agreed')")[0][0] > 0
    assert broken(store) == []
    assert not list((store / "work" / "held").iterdir())


def test_no_more_is_paid_than_the_budget_and_the_rest_waits(doubtful, tmp_path, monkeypatch):
    """What does not fit is deferred with its copy, says why, and is settled by later runs; the budget is an event."""
    store, told = tmp_path / "store", []
    monkeypatch.setattr(flows.climbing, "emit_event", lambda event, **facts: told.append((event, facts)))
    with StandIn(stand_in_settings()) as provider:
        policy = policy_file(tmp_path, provider)
        summary = run(doubtful, store, policy, budget_usd=Decimal("0.04"))
        assert Decimal(provider.bill["usd"]) == summary.cost_usd <= Decimal("0.04")
        assert summary.outcomes["deferred"] > 0 and summary.documents == 9
        reasons = rows(store, "select reason from documents where outcome = 'deferred'")
        assert all("over_budget" in reason or "exact copy" in reason for (reason,) in reasons)
        assert broken(store) == []
        later = run(doubtful, store, policy)
        assert later.outcomes["deferred"] == 0
        assert booked(store) == billed(provider)
    assert broken(store) == []
    assert all(Event(event=event, **facts).payload["limit_usd"] for event, facts in told)


def test_a_failing_provider_defers_and_a_useless_answer_is_for_a_person(doubtful, tmp_path):
    """An outage is no value and no reason to climb: the next run takes the documents up. What was answered and is no
    answer is told to the person who looks, and no dearer model is asked because of it."""
    store = tmp_path / "store"
    with StandIn(stand_in_settings(faults={"overloaded": 1.0})) as provider:
        summary = run(doubtful, store, policy_file(tmp_path, provider))
        assert summary.outcomes["deferred"] > 0 and summary.cost_usd == 0
        assert "premium" not in summary.calls
        failed = rows(store, "select distinct status, cost_usd from calls where tier = 'cheap'")
        assert failed == [("overloaded", 0)]
    other = tmp_path / "other"
    with StandIn(stand_in_settings(faults={"truncated": 1.0})) as provider:
        summary = run(doubtful, other, policy_file(tmp_path, provider))
        assert summary.outcomes["deferred"] == 0 and "premium" not in summary.calls
        assert booked(other) == billed(provider)
    told = rows(other, "select count(*) from documents where outcome = 'review' and reason like '%cheap: truncated%'")
    assert told[0][0] > 0
    assert {status for (status,) in rows(other, "select status from calls where tier = 'cheap'")} == {"truncated"}
    assert broken(store) == broken(other) == []


def test_a_new_model_at_a_new_price_is_a_change_of_the_policy_alone(doubtful, tmp_path):
    """Another name and another price in the tier: that model is asked, and the ledger is the bill at that price."""
    dearer = replace(CHEAP, input="0.75", p_right=0.5)
    settings = stand_in_settings()
    with StandIn(replace(settings, models={**settings.models, "house-mini": dearer})) as provider:
        renamed = ('model = "gpt-5-mini"', 'model = "house-mini"')
        repriced = (f"input_usd = {CHEAP.input}", f"input_usd = {dearer.input}")
        summary = run(doubtful, tmp_path / "store", policy_file(tmp_path, provider, renamed, repriced))
        bill = billed(provider)
    assert summary.calls["cheap"] > 0
    assert booked(tmp_path / "store") == bill
    assert {name.split()[0] for name in bill} <= {"house-mini", "claude-opus-5"} and "house-mini sync" in bill
    assert summary.cost_usd == sum(usd for _, _, usd in bill.values())


def test_what_is_confidential_goes_nowhere_and_that_is_on_record(doubtful, tmp_path):
    """A folder's class keeps its documents from tiers that may not see it, and lets those see it that may."""
    store = tmp_path / "store"
    with StandIn(stand_in_settings()) as provider:
        everything = ("files = []", 'files = ["*"]')
        summary = run(doubtful, store, policy_file(tmp_path, provider, everything))
        assert provider.received == 0 and set(summary.calls) == {"local"}
        assert {s for (s,) in rows(store, "select sensitivity from documents where reason not like '%copy%'")} == {
            "confidential"
        }
        waiting = rows(store, "select reason from documents where outcome = 'review'")
        assert all("confidential: no paid tier may see it" in reason for (reason,) in waiting)
        assert any("its file name fits" in str(w) for (w,) in rows(store, "select warnings from documents"))


PROMISE = '[batch_promise]\ntier = "premium"\nmax_differing = 0.25\nconfidence = 0.8\nseed = "s"\n\n'


def test_a_batch_promise_accepts_unseen_what_its_own_labels_bear_out(doubtful, tmp_path):
    """Documents that no threshold would let pass: the promise's tier reads some, and most others go for nothing.

    Every answer of the stand-in's premium model is right, so that what it reads otherwise was read wrong before.
    """
    source, store = tmp_path / "source", tmp_path / "store"
    shutil.copytree(SAMPLES / "docs" / "inbox", source)
    with StandIn(stand_in_settings()) as provider:
        policy = policy_file(tmp_path, provider, ("[checks_a_model", PROMISE + "[checks_a_model"))
        first = run(source, store, policy)
        sent = provider.received
        run(source, store, policy)
        assert provider.received == sent and booked(store) == billed(provider)
    ways = dict(
        rows(
            store,
            """select action || ' ' || coalesce(to_tier, ''), count(*) from decisions
            where reason like 'promised: %' group by all""",
        )
    )
    unseen = rows(store, "select document_id, reason from documents where reason like 'promised: of % after it read %'")
    assert ways["accept "] == len(unseen) >= 5  # how many were on their way when the others were proven varies
    assert ways["escalate premium"] > 0
    assert first.calls["premium"] >= ways["escalate premium"]
    truth = {row["document_id"]: row for row in map(json.loads, (SAMPLES / "truth.jsonl").open(encoding="utf-8"))}
    differ = [i for i, _ in unseen if not _as_known(store, truth[i])]
    assert len(differ) <= 0.25 * (ways["accept "] + ways["escalate premium"])
    assert not broken(store)


def _as_known(store, truth):
    """Whether the ledger has every key field of a document as it is known to be."""
    keys = shipped().key_fields_of(truth["doc_type"])
    found = dict(rows(store, f"select field, value from fields where document_id = '{truth['document_id']}'"))
    return all(same(key, found.get(key), truth["fields"][key]) for key in keys if key in truth["fields"])


def test_a_batch_promise_without_its_tier_stops_before_anything_is_done(doubtful, tmp_path, monkeypatch):
    """Nothing would bear it out: the setting is named, and what to do."""
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    policy = tmp_path / "policy.toml"
    text = (files("data") / "policy.toml").read_text(encoding="utf-8")
    policy.write_text(text.replace("[checks_a_model", PROMISE + "[checks_a_model", 1), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"batch_promise\.tier: premium can't be asked.*Set the key"):
        run(doubtful, tmp_path / "store", policy)


def test_a_batch_is_picked_up_by_the_next_run(doubtful, tmp_path):
    """Half the price: until it is answered its documents wait, each counted at its reserve."""
    store = tmp_path / "store"
    with StandIn(stand_in_settings()) as provider:
        policy = policy_file(tmp_path, provider, batch=True)
        first = run(doubtful, store, policy)
        assert first.outcomes["deferred"] > 0 and first.cost_usd == 0 and counted(store) > 0
        waits = Counter(reason for (reason,) in rows(store, "select reason from documents where outcome = 'deferred'"))
        assert any("its batch of" in reason for reason in waits)
        for _ in range(3):
            last = run(doubtful, store, policy)
        assert last.outcomes["deferred"] == 0
        assert booked(store) == billed(provider)
        assert {name.split()[1] for name in billed(provider)} == {"batch"}
    assert broken(store) == []


KILLED = """
import os, signal, sys
from flows.parameters import RunParameters
from flows.process_documents import process_documents
from tasks.settlement import Settlement
Settlement.settle_climbed = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
source, store, policy = sys.argv[1:]
process_documents(RunParameters(source=source, store=store, policy=policy, workers=2))
"""


def test_what_a_killed_run_had_read_and_put_aside_is_stored_with_its_answer(doubtful, tmp_path):
    """Its batches were submitted, and nothing of those documents stored: what reading them took is in the ledger."""
    store = tmp_path / "store"
    with StandIn(stand_in_settings()) as provider:
        policy = policy_file(tmp_path, provider, batch=True)
        killed = subprocess.run([sys.executable, "-c", KILLED, doubtful, store, policy], cwd=ROOT, check=False)
        assert killed.returncode == -signal.SIGKILL
        collected = collect_batches(CollectParameters(store=str(store), policy=str(policy)))
        assert collected.documents > 0
        local = f"select list(stage order by stage) from calls where mode = 'local' and run_id = '{collected.run_id}'"
        stages = rows(store, f"{local} group by document_id")
        assert stages == [(["classify", "extract", "read"],)] * collected.documents
        assert run(doubtful, store, policy).documents > 0
        assert booked(store) == billed(provider)
    assert broken(store) == []


def test_collecting_settles_what_waited_without_its_source(doubtful, tmp_path):
    """Readings are kept as long as a batch is open: the flow needs neither the folder nor OCR. Where nothing is open it
    writes nothing."""
    store, source = tmp_path / "store", tmp_path / "inbox"
    shutil.copytree(doubtful, source)
    collecting = CollectParameters(store=str(store), policy=str(tmp_path / "policy.toml"))
    with StandIn(stand_in_settings()) as provider:
        first = run(source, store, policy_file(tmp_path, provider, batch=True))
        copies = rows(store, "select count(*) from documents where reason like '%exact copy%'")
        shutil.rmtree(source)
        collected = [collect_batches(collecting) for _ in range(3)]
        assert sum(c.outcomes["accepted"] + c.outcomes["review"] for c in collected) > 0
        assert rows(store, "select outcome, count(*) from documents where outcome = 'deferred' group by 1") == [
            ("deferred", *copies[0])
        ]
        assert booked(store) == billed(provider)
        runs = rows(store, "select count(*) from runs")
        assert collect_batches(collecting).documents == 0
        assert rows(store, "select count(*) from runs") == runs
    assert first.outcomes["deferred"] > 1
    assert broken(store) == []
