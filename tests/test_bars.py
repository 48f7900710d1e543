"""The promise in practice: labels of people decide what is accepted, and audits keep them honest."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from importlib.resources import files

import pytest
from routing_cases import SURE
from store_rows import DAY, NOON, document_id, document_row, run_row

from flows.promise_command import print_promise
from routing.bars import NEVER, under_promise
from routing.decide import decide
from routing.errors import UsageError
from routing.policy import parse_policy
from routing.promise import Outcome
from tasks.labels import labels_of
from tasks.store.store import Store

DEFAULT = (files("data") / "policy.toml").read_text(encoding="utf-8")
PROMISE = '[promise]\nmax_accepted_error = 0.02\nconfidence = 0.9\naudit_share = 0.1\naudit_seed = "s"\n\n'
TEXT = DEFAULT.replace("[checks_a_model", PROMISE + "[checks_a_model")
POLICY = parse_policy(TEXT, "policy.toml")


def labels(number, right=True, confidence=0.98, kind="invoice text"):
    """So many answers of people on documents that they had to see."""
    return [(Outcome(kind, confidence, right), False)] * number


def bar(policy):
    """From which confidence on an invoice with a text layer is accepted."""
    return policy.acceptance.needed("invoice text", keyed=True)


def outcome_of(policy, number=0, confidence=0.985):
    """The decision on a sure invoice that is no audit, unless another number is taken."""
    return decide(replace(SURE, document_id=f"document {number}", confidence=confidence), policy)


def test_without_labels_nothing_is_accepted_and_it_is_said():
    """A promise that nothing bears out accepts nothing."""
    policy = under_promise(POLICY, [])
    assert bar(policy) == NEVER
    decision = outcome_of(policy)
    assert decision.action == "review"
    assert decision.reason == "unproven: labels do not bear out yet that any invoice text may be accepted"


def test_with_labels_enough_what_they_bear_out_is_accepted():
    """Right answers at 0.98, wrong ones at 0.5: what is as sure as the former is accepted, what is less sure is not."""
    policy = under_promise(POLICY, (labels(5) + labels(1, right=False, confidence=0.5)) * 100)
    actions = {confidence: {outcome_of(policy, n, confidence).action for n in range(60)} for confidence in (0.985, 0.5)}
    assert actions == {0.985: {"accept", "review"}, 0.5: {"review"}}


def test_some_of_what_would_be_accepted_is_audited():
    """A tenth of it, named as what it is; the same ones whenever it is asked."""
    policy = under_promise(POLICY, labels(500))
    decisions = [outcome_of(policy, number) for number in range(1000)]
    audits = [decision for decision in decisions if decision.action == "review"]
    assert 60 < len(audits) < 140
    assert all(d.reason.startswith("audit: a person looks at 10% of what would be accepted") for d in audits)
    assert decisions == [outcome_of(policy, number) for number in range(1000)]


def test_many_errors_in_audits_take_the_promise_back():
    """Drift: what was borne out before counts no more, and nothing is accepted until new labels do."""
    drifted = labels(500) + [(Outcome("invoice text", 0.98, right=False), True)] * 12
    assert bar(under_promise(POLICY, labels(500))) < 0.98
    assert bar(under_promise(POLICY, drifted)) == NEVER


def test_a_higher_promise_accepts_no_more():
    """The threshold never falls with the error that is allowed."""
    thresholds = []
    for error in (0.05, 0.02, 0.01, 0.005):
        promise = POLICY.promise.model_copy(update={"max_accepted_error": error})
        mixed = (labels(20) + labels(5, confidence=0.9) + labels(1, right=False, confidence=0.6)) * 20
        thresholds.append(bar(under_promise(POLICY.model_copy(update={"promise": promise}), mixed)))
    assert thresholds == sorted(thresholds)
    assert thresholds[0] < thresholds[-1]


def test_a_policy_without_a_promise_stays_as_it_is():
    """Its own thresholds hold, whatever people found."""
    plain = POLICY.model_copy(update={"promise": None})
    assert under_promise(plain, labels(500, right=False)) == plain


@pytest.fixture
def store(tmp_path):
    """Two answered documents of a run that accepted another invoice: one corrected, one an audit that was right."""
    rows = {"documents": [], "decisions": [], "reviews": []}
    reasons = ("confident", "doubtful_fields: confidence 0.80", "audit: a person looks at 10%")
    for number, reason in enumerate(reasons):
        outcome = "review" if number else "accepted"
        rows["documents"].append(document_row(number, outcome=outcome, reason=reason, text_source="ocr"))
        of = {"document_id": document_id(number), "run_id": "run1"}
        rows["decisions"].append(
            of | {"step": 1, "action": "review", "p_right": (0.99, 0.81, 0.82)[number], "reason": reason}
        )
    answer = {"field": "issue_date", "reviewer": "Kim", "cost_usd": Decimal("0.75")}
    for number, before in ((1, "2026-03-02"), (2, "2026-03-01")):
        at = {"document_id": document_id(number), "reviewed_at": NOON + timedelta(minutes=number)}
        rows["reviews"].append(answer | at | {"before": before, "after": "2026-03-01"})
    with Store.open(tmp_path) as opened:
        opened.write("run1", DAY, {"runs": [run_row("run1", status="completed")]})
        opened.write("run1", DAY, rows)
        opened.publish()
    return tmp_path


def test_labels_are_what_people_found(store):
    """A corrected field makes a document wrong; an audit was chosen by chance, the other one had to be seen."""
    with Store.open(store) as opened:
        assert labels_of(opened.query, POLICY) == [
            (Outcome("invoice ocr", 0.81, right=False, run="run1", chance=1.0, least=0.1), False),
            (Outcome("invoice ocr", 0.82, right=True, run="run1", chance=0.1, least=0.1), True),
        ]


def test_pages_of_e_invoices_are_labels_where_the_promise_learns_from_them(store):
    """A page that was read as its XML states it is right; nobody chose it, and none like it was accepted."""
    learning = POLICY.model_copy(update={"promise": POLICY.promise.model_copy(update={"learns_from_xml": True})})
    rows = {"documents": [], "page_readings": []}
    for number, wrong in ((7, []), (8, ["seller_name"])):
        rows["documents"].append(document_row(number, "run2", text_source="xml"))
        of = {"document_id": document_id(number), "run_id": "run2"}
        page = {"doc_type": "invoice", "text_source": "text", "confidence": 0.95}
        rows["page_readings"].append(of | page | {"wrong": wrong})
    with Store.open(store) as opened:
        of_people = labels_of(opened.query, learning)
        opened.write("run2", DAY, {"runs": [run_row("run2", status="completed")]})
        opened.write("run2", DAY, rows)
        found = labels_of(opened.query, learning)
        assert sorted(found, key=str) == sorted(
            [*of_people, *((Outcome("invoice text", 0.95, right, "run2 xml"), False) for right in (True, False))],
            key=str,
        )
        assert labels_of(opened.query, POLICY) == of_people


def test_the_command_tells_what_is_borne_out_and_what_more_labels_would_buy(store, tmp_path, capsys):
    """In words, per kind."""
    (tmp_path / "promise.toml").write_text(TEXT, encoding="utf-8")
    print_promise(store, str(tmp_path / "promise.toml"))
    told = capsys.readouterr().out
    assert "Of what is accepted at most 2.00% is wrong, with 90% confidence." in told
    assert "nothing is accepted yet (2 labels, 1 wrong)" in told
    assert "labels more from 0.999 on would accept" in told


def test_the_command_without_a_promise_says_so(store):
    """With where to make one."""
    with pytest.raises(UsageError, match=r"makes none; see \[promise\]"):
        print_promise(store, None)
