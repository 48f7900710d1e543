"""Decisions: what is accepted without a human, and every reason why something is not."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from routing.decide import Evidence, decide
from routing.policy import parse_policy

POLICY = parse_policy((Path(__file__).parent.parent / "data" / "policy.toml").read_text(encoding="utf-8"), "policy")
SURE = Evidence("invoice", 0.99, 0.995, (), (), Decimal("1200.00"))

probabilities = st.floats(min_value=0, max_value=1)
evidences = st.builds(
    Evidence,
    doc_type=st.sampled_from(["invoice", "receipt", "letter"]),
    doc_type_confidence=probabilities,
    confidence=st.one_of(st.none(), probabilities),
    failed_checks=st.lists(st.tuples(st.sampled_from(["iban_valid", "no_hidden_text"]), st.just("why"))).map(tuple),
    doubtful_fields=st.lists(st.sampled_from(["gross_total 0.5", "issue_date not found"])).map(tuple),
    value_at_stake=st.one_of(st.none(), st.decimals(min_value=0, max_value=10**7, places=2)),
)


def test_sure_and_ordinary_document_is_accepted_for_nothing():
    """Every key field sure, no check failed, no high value: accepted at no cost."""
    decision = decide(SURE, POLICY)
    assert (decision.action, decision.to_tier, decision.expected_cost_usd) == ("accept", None, 0)
    assert decision.expected_gain_usd == Decimal("6.00")


def test_failed_check_goes_to_a_human_whatever_the_confidence():
    """A rule is named as the reason, with what failed."""
    decision = decide(replace(SURE, confidence=1.0, failed_checks=(("iban_valid", "check digits are wrong"),)), POLICY)
    assert (decision.action, decision.to_tier) == ("review", "human")
    assert decision.reason == "iban_valid: check digits are wrong"
    assert decision.expected_cost_usd == Decimal("2.25")


def test_high_value_alone_demands_a_human():
    """At the policy's limit and above a human looks; a cent below none has to."""
    limit = POLICY.review.value_above_usd
    assert "high_value" in decide(replace(SURE, value_at_stake=limit), POLICY).reason
    assert decide(replace(SURE, value_at_stake=limit - Decimal("0.01")), POLICY).action == "accept"


def test_doubt_names_the_fields_in_doubt():
    """The person who looks is told where to look."""
    decision = decide(replace(SURE, confidence=0.6, doubtful_fields=("issue_date not found",)), POLICY)
    assert decision.reason == "doubtful_fields: confidence 0.60, 0.97 is needed (issue_date not found)"


def test_document_without_key_fields_is_judged_by_its_class():
    """A letter has nothing to get wrong but its class."""
    letter = replace(SURE, doc_type="letter", confidence=None, value_at_stake=None)
    assert decide(letter, POLICY).action == "accept"
    assert decide(replace(letter, doc_type_confidence=0.5), POLICY).reason.startswith("doubtful_type: letter at 0.50")


@given(evidences)
def test_every_decision_has_a_reason_and_a_place_to_go(evidence):
    """Accepted goes nowhere, anything else to a human; never without a reason."""
    decision = decide(evidence, POLICY)
    assert decision.reason
    assert (decision.action == "accept") == (decision.to_tier is None)


@given(evidences, probabilities)
def test_less_confidence_never_accepts_more(evidence, p):
    """Lowering the probability of being right can't turn a review into an acceptance."""
    if evidence.confidence is None:
        return
    lower = replace(evidence, confidence=min(p, evidence.confidence))
    if decide(lower, POLICY).action == "accept":
        assert decide(evidence, POLICY).action == "accept"


@given(evidences)
def test_a_failed_check_that_must_hold_is_never_accepted(evidence):
    """No confidence buys off a failed check."""
    if evidence.failed_checks:
        assert decide(evidence, POLICY).action == "review"
