"""Decisions: what is accepted without a human, and every reason why something is not."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from routing_cases import ASKED, POLICY, PRICES, SURE, options_of

from routing.decide import decide, is_covered, under_batch_promise
from routing.evidence import Evidence
from routing.plan import plan
from routing.policy import BatchPromise
from tasks.decided import case_of_row, decision_row

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
    assert decision.case.loss_usd == Decimal("27.00")  # 15 USD and one per cent of 1,200
    assert decision.expected_gain_usd == Decimal("0.135")


BATCH_PROMISE = BatchPromise(tier="premium", max_differing=0.01, confidence=0.95, seed="s")
PROMISING = POLICY.model_copy(update={"batch_promise": BATCH_PROMISE})


def test_the_batch_promise_covers_what_only_confidence_speaks_against():
    """Not what a check holds, what a rule gives to a person, what its tier may not see, or has no key fields."""
    doubtful = replace(SURE, confidence=0.3)
    assert is_covered(SURE, PROMISING) and is_covered(doubtful, PROMISING) and not is_covered(SURE, POLICY)
    others = (
        {"failed_checks": (("amounts_add_up", "why"),)},
        {"failed_checks": (("iban_valid", "why"),)},
        {"value_at_stake": Decimal(60_000)},
        {"sensitivity": "confidential"},
        {"confidence": None},
    )
    assert not any(is_covered(replace(doubtful, **other), PROMISING) for other in others)


def test_under_the_batch_promise_no_threshold_counts():
    """Accepted as it is, or asked of the promise's tier for all key fields, and the row says why."""
    doubtful = replace(SURE, confidence=0.3)
    unseen = under_batch_promise(doubtful, PROMISING, None, ("issue_date",), "safe enough")
    assert (unseen.action, unseen.p_needed, unseen.reason) == ("accept", 0.0, "promised: safe enough")
    asked = under_batch_promise(doubtful, PROMISING, Decimal("0.05"), ("issue_date",), "too risky")
    assert (asked.action, asked.to_tier, asked.expected_cost_usd) == ("escalate", "premium", Decimal("0.05"))
    assert asked.fields == ("issue_date",)


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
    assert decision.reason == "doubtful_fields: confidence 0.60, 0.93 is needed (issue_date not found)"


def test_document_without_key_fields_is_judged_by_its_class():
    """A letter has nothing to get wrong but its class."""
    letter = replace(SURE, doc_type="letter", confidence=None, value_at_stake=None)
    assert decide(letter, POLICY).action == "accept"
    assert decide(replace(letter, doc_type_confidence=0.5), POLICY).reason.startswith("doubtful_type: letter at 0.50")


def test_doubt_climbs_to_a_model_where_one_is_active():
    """A call for half a cent saves a person's look eight times in ten; both doubt and sum are told."""
    decision = decide(ASKED, POLICY, options=options_of(ASKED))
    assert (decision.action, decision.to_tier) == ("escalate", "cheap")
    assert decision.reason.startswith("doubtful_fields: confidence 0.60, 0.93 is needed; pays: cheap costs 0.0040 USD")
    assert decision.fields == ("issue_date",)


def test_after_the_last_model_a_person_looks():
    """What premium could not settle has nowhere else to go."""
    decision = decide(ASKED, POLICY, "premium", options_of(ASKED, from_tier="premium"))
    assert (decision.action, decision.to_tier) == ("review", "human")


def test_a_check_that_a_model_may_mend_climbs_and_others_do_not():
    """An IBAN may be misread; hidden text is no misreading."""
    misread = replace(ASKED, failed_checks=(("iban_valid", "check digits are wrong"),))
    hidden = replace(ASKED, failed_checks=(("no_hidden_text", "3 words are hidden"),))
    assert decide(misread, POLICY, options=options_of(misread)).action == "escalate"
    assert decide(hidden, POLICY, options=options_of(hidden)).action == "review"


def test_confidential_documents_go_to_no_tier_that_may_not_see_them():
    """Both models may see normal documents only."""
    secret = replace(ASKED, sensitivity="confidential")
    assert [option.tier for option in options_of(secret)] == ["human"]


def test_a_premium_model_that_becomes_cheaper_is_asked_first():
    """A change of the price list changes the routing, with nothing else changed."""
    turned = {"cheap": Decimal("0.05"), "premium": Decimal("0.004")}
    assert decide(ASKED, POLICY, options=options_of(ASKED)).to_tier == "cheap"
    assert decide(ASKED, POLICY, options=options_of(ASKED, prices=turned)).to_tier == "premium"


def test_where_nothing_is_in_doubt_nothing_is_asked():
    """A sure document has no fields to ask for, so no tier is open to it."""
    assert decide(SURE, POLICY, options=options_of(SURE)).action == "accept"


def test_high_value_may_demand_the_last_model_or_two_people():
    """By rule, named as the reason, whatever the confidence."""
    review = POLICY.review.model_copy(update={"last_model_above_usd": Decimal(10000)})
    policy = POLICY.model_copy(update={"review": review})
    dear = replace(SURE, document_id="d", value_at_stake=Decimal(20000), open_fields=("gross_total",))
    asked = decide(dear, policy, options=options_of(dear, policy))
    assert (asked.action, asked.to_tier) == ("escalate", "premium")
    assert "high_value: worth 20,000 USD, premium reads it from 10,000 USD on" in asked.reason
    very_dear = decide(replace(dear, value_at_stake=Decimal(300000)), policy, options=options_of(dear, policy))
    assert (very_dear.action, very_dear.expected_cost_usd) == ("review", Decimal("4.5"))
    assert very_dear.reason == "high_value: worth 300,000 USD, two people look from 250,000 USD on"


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


@given(evidences, st.sampled_from([{}, {"cheap": Decimal("0.004")}, PRICES]))
def test_the_row_of_a_decision_is_enough_to_compute_it_again(evidence, prices):
    """From the columns of `decisions` alone: the same document on the scales, and the same way to go."""
    evidence = replace(evidence, document_id="d", open_fields=("issue_date",))
    decision = decide(evidence, POLICY, options=options_of(evidence, prices=prices))
    row = decision_row("d", 1, decision, POLICY.hash, "run1")
    assert case_of_row(row) == decision.case
    assert plan([decision.case], None).choice(decision.case).action == row["action"]


@given(evidences)
def test_a_model_more_never_means_a_person_more(evidence):
    """What is accepted without models is accepted or asked of a model where there are some; no person has to look."""
    evidence = replace(evidence, document_id="d", open_fields=("issue_date",))
    if decide(evidence, POLICY).action == "accept":
        assert decide(evidence, POLICY, options=options_of(evidence)).action in ("accept", "escalate")
