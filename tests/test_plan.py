"""The plan of a batch: the best use of a budget, the same whatever the order, and never a cent above."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.menu import Case, Option
from routing.plan import plan

PERSON = Option("human", Decimal("2.25"), p_mend=1.0, p_miss=0.02, paid=False)
CHEAP = Option("cheap", Decimal("0.004"), p_mend=0.6, p_miss=0.02, paid=True)
PREMIUM = Option("premium", Decimal("0.05"), p_mend=0.9, p_miss=0.02, paid=True)
DOUBTFUL = Case("d", 0.5, Decimal(30), acceptable=False, options=(CHEAP, PREMIUM, PERSON), waiting_usd=Decimal(1))

prices = st.decimals(min_value="0.0001", max_value="0.5", places=4)
shares = st.floats(min_value=0, max_value=1)


@st.composite
def cases(draw, document_id="d"):
    """Any document: doubtful or not, worth little or much, with any tiers."""
    paid = [
        Option(name, draw(prices), draw(shares), draw(shares), paid=True)
        for name in draw(st.sampled_from([(), ("cheap",), ("premium",), ("cheap", "premium")]))
    ]
    loss = draw(st.decimals(min_value=0, max_value=1000, places=2))
    waiting = draw(st.decimals(min_value=0, max_value=2, places=2))
    return Case(document_id, draw(shares), loss, draw(st.booleans()), (*paid, PERSON), None, waiting)


@st.composite
def batches(draw):
    """Up to twelve documents, each by its own name."""
    return [draw(cases(f"{number:02}")) for number in range(draw(st.integers(0, 12)))]


budgets = st.decimals(min_value=0, max_value=3, places=4)


def test_a_doubtful_document_is_asked_of_the_cheap_tier_before_a_person_looks():
    """Six times in ten a call for less than a cent saves a person's two dollars."""
    choice = plan([DOUBTFUL], None).choices["d"]
    assert (choice.action, choice.tier, choice.cost_usd) == ("escalate", "cheap", Decimal("0.004"))


def test_a_cheap_tier_that_seldom_mends_is_passed_over():
    """Where the cheap rung would only add its price, the document goes straight to premium."""
    useless = replace(CHEAP, p_mend=0.001)
    assert plan([replace(DOUBTFUL, options=(useless, PREMIUM, PERSON))], None).choices["d"].tier == "premium"


def test_where_no_model_mends_a_person_looks_at_once():
    """A call that saves nothing is not made."""
    hopeless = [replace(option, p_mend=0.0) for option in (CHEAP, PREMIUM)]
    choice = plan([replace(DOUBTFUL, options=(*hopeless, PERSON))], None).choices["d"]
    assert (choice.action, choice.tier) == ("review", "human")


def test_a_document_that_no_call_can_better_is_accepted():
    """With a thousandth of doubt and thirty dollars at stake a call would cost more than it saves."""
    sure = replace(DOUBTFUL, p_right=0.9999, acceptable=True)
    assert plan([sure], None).choices["d"].action == "accept"


def test_a_required_tier_comes_first():
    """What a rule demands is done, also where it does not pay."""
    sure = replace(DOUBTFUL, p_right=0.9999, acceptable=True, required="premium")
    assert plan([sure], None).choices["d"].tier == "premium"
    assert plan([sure], Decimal("0.01")).choices["d"].action == "defer"


def test_what_the_budget_does_not_reach_waits_where_a_person_would_be_dearer():
    """A cent is left, the call costs five: the document waits. It goes to a person where waiting costs more."""
    case = replace(DOUBTFUL, options=(PREMIUM, PERSON))
    assert plan([case], Decimal("0.01")).choices["d"].action == "defer"
    assert plan([replace(case, waiting_usd=Decimal(9))], Decimal("0.01")).choices["d"].action == "review"


def test_without_any_budget_nothing_waits_for_one():
    """A budget of 0 will be 0 tomorrow as well: what would wait for it goes to a person."""
    assert plan([DOUBTFUL], Decimal(0)).choices["d"].action == "review"


def test_a_document_without_an_end_is_refused():
    """Neither acceptable nor with a person to go to: that is a mistake of the caller."""
    with pytest.raises(ValueError, match="neither"):
        plan([replace(DOUBTFUL, options=(CHEAP,))], None)


@given(batches(), budgets)
def test_no_budget_is_passed(batch, budget):
    """The calls planned never cost more than the budget."""
    assert plan(batch, budget).expected_cost_usd <= budget


@given(batches(), budgets, st.randoms(use_true_random=False))
def test_the_order_of_the_documents_changes_nothing(batch, budget, random):
    """The same batch in another order has the same plan."""
    shuffled = list(batch)
    random.shuffle(shuffled)
    assert plan(shuffled, budget) == plan(batch, budget)


@settings(max_examples=300)
@given(batches(), budgets, budgets)
def test_more_budget_never_loses_more(batch, one, other):
    """What a batch costs its owner in all never rises with the budget."""
    less, more = sorted((one, other))
    assert plan(batch, more).expected_loss_usd <= plan(batch, less).expected_loss_usd
