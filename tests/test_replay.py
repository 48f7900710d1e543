"""`ledgerline replay`: past runs decided again, with ranges, and with what nobody can tell from the records."""

import json
from dataclasses import replace
from decimal import Decimal
from importlib.resources import files

import pytest
from routing_cases import POLICY, options_of
from store_rows import DAY, call_row, document_id, document_row, run_row

from flows.replay_command import print_replay
from routing.decide import decide
from routing.evidence import Evidence
from routing.policy import parse_policy
from tasks.decided import decision_row
from tasks.store.store import Store

TEXT = (files("data") / "policy.toml").read_text(encoding="utf-8")
WITHOUT_MODELS = TEXT[: TEXT.index('[[tiers]]\nname = "cheap"')] + TEXT[TEXT.index('[[tiers]]\nname = "human"') :]
SIZES = {"full_call_input_tokens": 3000, "full_call_output_tokens": 700}


def settled(number, confidence, **changes):
    """The rows of an invoice over 1,200 USD that was decided without models."""
    evidence = Evidence("invoice", 0.99, confidence, (), (), Decimal(1200), open_fields=("issue_date",))
    decision = decide(evidence, POLICY)
    of = {"document_id": document_id(number), "run_id": "run1"}
    outcome = "accepted" if decision.action == "accept" else "review"
    document = document_row(number, outcome=outcome, doc_type_confidence=0.99, text_source="ocr", **(SIZES | changes))
    found = {"amount_due": "1200.00", "currency": "USD", "issue_date": "2026-03-01", "seller_name": "Bolt Ltd"}
    fields = [
        of | {"field": name, "value": value, "state": "found", "confidence": 0.99, "tier": "local", "doubts": []}
        for name, value in found.items()
    ]
    fields[2] |= {"confidence": confidence}
    return {
        "documents": [document | {"cost_usd": Decimal(0)}],
        "decisions": [decision_row(of["document_id"], 1, decision, "p1", "run1")],
        "fields": fields,
    }


@pytest.fixture
def store(tmp_path):
    """Thirty invoices: ten sure ones, ten nearly sure ones, ten in doubt."""
    with Store.open(tmp_path) as opened:
        opened.write("run1", DAY, {"runs": [run_row("run1", status="completed")]})
        for number in range(30):
            opened.write("run1", DAY, settled(number, (0.99, 0.91, 0.5)[number % 3]))
        opened.publish()
    return tmp_path


@pytest.fixture
def replay(store, tmp_path, capsys):
    """What the command prints with --json under a changed policy."""

    def run(text=TEXT, budget=None):
        (tmp_path / "other.toml").write_text(text, encoding="utf-8")
        print_replay(store, str(tmp_path / "other.toml"), budget, as_json=True)
        return json.loads(capsys.readouterr().out)

    return run


def moves(result):
    """How many documents went one way and go another."""
    return {(move["went"], move["goes"]): move["documents"] for move in result["moves"]}


def test_the_same_policy_decides_the_same(replay):
    """Without models everything goes where it went, for the same money."""
    result = replay(WITHOUT_MODELS)
    assert moves(result) == {("accepted", "accepted"): 10, ("human", "human"): 20}
    assert result["now"]["alone"] == {"expected": 10, "low": 10, "high": 10}
    assert result["now"]["people_usd"]["expected"] == result["then"]["people_usd"] == 45


def test_a_lower_threshold_accepts_more_and_tells_the_price_in_errors(replay):
    """What is accepted at 0.9 as well, and how many more are expected to be wrong."""
    before, after = replay(WITHOUT_MODELS), replay(WITHOUT_MODELS.replace("confidence = 0.93 ", "confidence = 0.90 "))
    assert moves(after) == {("accepted", "accepted"): 10, ("human", "accepted"): 10, ("human", "human"): 10}
    assert after["now"]["wrong"]["expected"] == pytest.approx(before["now"]["wrong"]["expected"] + 10 * 0.09 * 0.98)


def test_models_would_have_settled_most_of_what_people_saw(replay):
    """With a wide range, as none was ever asked, which is said."""
    result = replay()
    assert moves(result)["human", "cheap"] == 20
    alone = result["now"]["alone"]
    assert 10 < alone["low"] < alone["expected"] < alone["high"] <= 30
    assert result["now"]["calls_usd"]["expected"] > 0
    assert any("cheap (gpt-5-mini) was never asked here" in limit for limit in result["limits"])


def test_another_price_list_sends_documents_elsewhere(replay):
    """Where the premium model is the cheaper one, documents go straight to it; nothing else was changed."""
    turned = TEXT.replace(
        'model = "claude-opus-5"', 'model = "claude-opus-5"\nprice = { input_usd = 0.01, output_usd = 0.01 }'
    )
    assert moves(replay(turned))["human", "premium"] == 20


def test_a_budget_is_kept_and_what_it_does_not_reach_waits(replay):
    """A fifth of what would pay: the calls cost no more, most of the rest waits."""
    free = replay()["now"]["calls_usd"]["expected"]
    budget = Decimal(str(round(free / 5, 6)))
    short = replay(budget=budget)
    assert 0 < short["now"]["calls_usd"]["expected"] <= budget
    assert moves(short)["human", "deferred"] >= 14
    assert short["now"]["alone"]["expected"] < 20


def test_records_narrow_the_range(store, replay):
    """Forty answers that all mended: more is expected of the model, and the range is narrower.

    Their own decisions are of a version that noted little: they are left out, and that is said."""
    wide = replay()["now"]["alone"]
    rows = {"documents": [], "calls": [], "decisions": []}
    for number in range(100, 140):
        of = {"document_id": document_id(number), "run_id": "run0"}
        rows["documents"].append(document_row(number, "run0", text_source="ocr", duplicate_of=None, **SIZES))
        rows["calls"].append(call_row(number, "run0", input_tokens=1500, output_tokens=70))
        rows["decisions"] += [
            of | {"step": 1, "action": "escalate", "to_tier": "cheap", "from_tier": "local", "fields": ["issue_date"]},
            of | {"step": 2, "action": "accept", "from_tier": "cheap", "fields": []},
        ]
    with Store.open(store) as opened:
        opened.write("run0", DAY, rows)
        opened.publish()
    told = replay()
    assert any("cheap (gpt-5-mini) is known by 40 answers" in limit for limit in told["limits"])
    assert not any("cheap (gpt-5-mini) was never asked" in limit for limit in told["limits"])
    assert any(limit.startswith("40 documents were decided by a version") for limit in told["limits"])
    narrow = told["now"]["alone"]
    assert narrow["expected"] > wide["expected"]
    assert narrow["high"] - narrow["low"] < wide["high"] - wide["low"]


def test_what_a_model_mended_is_decided_on_the_evidence_before_it(store, replay):
    """Its answer made the fields sure and the failed check pass: the document is asked about again all the same."""
    evidence = Evidence(
        "invoice", 0.99, 0.98, (("iban_valid", "wrong digits"),), (), Decimal(1200), open_fields=("iban",)
    )
    paid = options_of(evidence)
    climbed = decide(replace(evidence, document_id=document_id(50)), POLICY, options=paid)
    rows = settled(50, 0.999)
    rows["decisions"] = [decision_row(document_id(50), 1, climbed, "p1", "run1")]
    rows["checks"] = [{"document_id": document_id(50), "run_id": "run1", "check": "iban_valid", "passed": True}]
    with Store.open(store) as opened:
        opened.write("run1", DAY, rows)
        opened.publish()
    assert moves(replay())["cheap", "cheap"] == 1
    assert moves(replay(WITHOUT_MODELS))["cheap", "human"] == 1


def test_documents_without_a_size_are_told(store, replay):
    """A version that noted no sizes: no model is in question for its documents, and that is said."""
    with Store.open(store) as opened:
        opened.write("run1", DAY, settled(99, 0.5, full_call_input_tokens=None))
        opened.publish()
    result = replay()
    assert moves(result)["human", "human"] == 1
    assert "1 documents had no size noted: no model was in question for them" in result["limits"]


def test_the_words_for_a_person(store, tmp_path, capsys):
    """The table, the moves and the limits."""
    (tmp_path / "policy.toml").write_text(TEXT, encoding="utf-8")
    print_replay(store, str(tmp_path / "policy.toml"), None, as_json=False)
    told = capsys.readouterr().out
    assert "30 documents of 1 runs, decided again by policy" in told
    assert "human -> cheap" in told and "What these records can't tell:" in told
    assert parse_policy(TEXT, "data/policy.toml").hash in told
