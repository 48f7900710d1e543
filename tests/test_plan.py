"""The plan of a batch: the best use of a budget, the same whatever the order, and never a cent above."""

import math
from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from routing_cases import CHEAP, DOUBTFUL, PERSON, PREMIUM, ManyCases

from routing.menu import NANO, Case, Menus, Option
from routing.plan import plan

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


def chosen(cases, budget):
    """What the plan makes of the first of the cases."""
    return plan(cases, budget).choice(cases[0])


def test_a_doubtful_document_is_asked_of_the_cheap_tier_before_a_person_looks():
    """Six times in ten a call for less than a cent saves a person's two dollars."""
    choice = chosen([DOUBTFUL], None)
    assert (choice.action, choice.tier, choice.cost_usd) == ("escalate", "cheap", Decimal("0.004"))


def test_a_cheap_tier_that_seldom_mends_is_passed_over():
    """Where the cheap rung would only add its price, the document goes straight to premium."""
    useless = replace(CHEAP, p_mend=0.001)
    assert chosen([replace(DOUBTFUL, options=(useless, PREMIUM, PERSON))], None).tier == "premium"


def test_where_no_model_mends_a_person_looks_at_once():
    """A call that saves nothing is not made."""
    hopeless = [replace(option, p_mend=0.0) for option in (CHEAP, PREMIUM)]
    choice = chosen([replace(DOUBTFUL, options=(*hopeless, PERSON))], None)
    assert (choice.action, choice.tier) == ("review", "human")


def test_a_document_that_no_call_can_better_is_accepted():
    """With a thousandth of doubt and thirty dollars at stake a call would cost more than it saves."""
    sure = replace(DOUBTFUL, p_right=0.9999, acceptable=True)
    assert chosen([sure], None).action == "accept"


def test_a_required_tier_comes_first():
    """What a rule demands is done, also where it does not pay."""
    sure = replace(DOUBTFUL, p_right=0.9999, acceptable=True, required="premium")
    assert chosen([sure], None).tier == "premium"
    assert chosen([sure], Decimal("0.01")).action == "defer"


def test_what_the_budget_does_not_reach_waits_where_a_person_would_be_dearer():
    """A cent is left, the call costs five: the document waits. It goes to a person where waiting costs more."""
    case = replace(DOUBTFUL, options=(PREMIUM, PERSON))
    assert chosen([case], Decimal("0.01")).action == "defer"
    assert chosen([replace(case, waiting_usd=Decimal(9))], Decimal("0.01")).action == "review"


def test_without_any_budget_nothing_waits_for_one():
    """A budget of 0 will be 0 tomorrow as well: what would wait for it goes to a person."""
    assert chosen([DOUBTFUL], Decimal(0)).action == "review"


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
    one, other = plan(batch, budget), plan(shuffled, budget)
    assert one == other
    assert [one.choice(case) for case in batch] == [other.choice(case) for case in batch]


@given(batches(), budgets, budgets)
def test_more_budget_never_loses_more(batch, one, other):
    """What a batch costs its owner in all never rises with the budget."""
    less, more = sorted((one, other))
    assert plan(batch, more).expected_loss_usd <= plan(batch, less).expected_loss_usd


@pytest.mark.parametrize("seed", range(20))
def test_more_budget_never_loses_more_where_not_all_can_be_planned_exactly(seed):
    """The same with more documents than the exact planner takes, dollar by dollar."""
    batch, random = list(ManyCases(80, seed)), Random(seed)
    plans = [plan(batch, Decimal(cents) / 100) for cents in sorted(random.sample(range(1, 800), 12))]
    losses = [each.expected_loss_usd for each in plans]
    assert losses == sorted(losses, reverse=True)
    assert losses[0] > losses[-1]


def best_by_trying_all(batch, budget):
    """The least that the batch can cost its owner within the budget: every combination of courses is tried."""
    menus = Menus(batch, may_wait=budget > 0)
    least = {0: 0.0}
    for row in range(len(batch)):
        tried = {}
        for spent, lost in least.items():
            for column in range(menus.loss.shape[1]):
                total = spent + int(menus.spend[row, column])
                if total <= budget * NANO and lost + menus.loss[row, column] < tried.get(total, math.inf):
                    tried[total] = lost + menus.loss[row, column]
        least = tried
    return min(least.values())


@given(st.lists(cases(), min_size=1, max_size=6), budgets)
def test_small_batches_are_planned_as_well_as_can_be(batch, budget):
    """No combination of courses within the budget loses less, and none less than the bound that is reported."""
    named = [replace(case, document_id=str(number)) for number, case in enumerate(batch)]
    least, found = best_by_trying_all(named, budget), plan(named, budget)
    assert float(found.expected_loss_usd) == pytest.approx(least, rel=1e-9, abs=1e-6)
    assert float(found.expected_loss_usd - found.bound_gap_usd) <= least + 1e-6


@given(batches(), st.sampled_from(["cheap", "premium"]), st.decimals(min_value=1, max_value=20, places=2))
def test_a_price_rise_sends_no_document_there(batch, tier, factor):
    """Whatever was not sent to a tier is not sent there when it becomes dearer."""
    dearer = [replace(case, options=tuple(_raised(o, tier, factor) for o in case.options)) for case in batch]
    before, after = plan(batch, None), plan(dearer, None)
    for old, new in zip(batch, dearer, strict=True):
        if after.choice(new).tier == tier:
            assert before.choice(old).tier == tier


def _raised(option, tier, factor):
    return replace(option, price_usd=option.price_usd * factor) if option.tier == tier else option


@given(batches())
def test_a_higher_promise_accepts_no_more(batch):
    """A document that may not be accepted any more is not, and nothing else is accepted in its place."""
    stricter = [replace(case, acceptable=case.acceptable and case.p_right > 0.5) for case in batch]
    before, after = plan(batch, None), plan(stricter, None)
    accepted = {c.document_id for c in after.choices(stricter) if c.action == "accept"}
    assert accepted <= {c.document_id for c in before.choices(batch) if c.action == "accept"}


def test_a_large_batch_is_planned_to_the_cent():
    """30,000 documents and 150 dollars: within the budget, three thousandths of a percent from the bound."""
    large = plan(ManyCases(30_000), Decimal(150))
    assert Decimal("149.9") < large.expected_cost_usd <= 150
    assert large.bound_gap_usd < large.expected_loss_usd / 33_000
    assert large.dollar_worth > 1


def test_an_iterator_is_refused():
    """It could be gone through only once, and the plan would be for nothing."""
    with pytest.raises(TypeError, match="several times"):
        plan(iter([DOUBTFUL]), None)
