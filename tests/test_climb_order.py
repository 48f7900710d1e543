"""The order in which documents are asked about: by the plan, and anew with what the calls left of the budget."""

from dataclasses import replace
from decimal import Decimal

import pytest
from past import invoice
from routing_cases import ASKED, POLICY, options_of
from store_rows import DAY, document_id, pay, run_row

from tasks.booking import Booking
from tasks.climb.climber import Candidate
from tasks.climb.order import climbers
from tasks.held import hold
from tasks.records import last_completed
from tasks.spend.journal import Journal
from tasks.store.store import Store


@pytest.fixture
def candidates(tmp_path):
    """Six documents in doubt, each longer and so dearer than the one before; what was read of them lies in a folder."""
    found = {}
    for number in range(6):
        evidence = replace(ASKED, document_id=f"{number}")
        hold(tmp_path, invoice(f"{number}"))
        prices = {"cheap": Decimal(10 + number) / 1000}
        found[evidence.document_id] = Candidate(evidence.document_id, evidence, options_of(evidence, prices=prices))
    return found


class Purse:
    """A budget that the test takes from."""

    def __init__(self, usd):
        self.left = Decimal(usd)

    def __call__(self):
        return self.left


def went(chunk):
    """Each document of a chunk, and where it goes."""
    return [(climber.document.file.document_id, climber.next_tier or "waits") for climber in chunk]


def test_those_come_first_that_gain_most(candidates, tmp_path):
    """By the dollar; all of them where there is no limit."""
    chunks = list(climbers(candidates, POLICY, lambda: None, tmp_path, size=4))
    assert [went(chunk) for chunk in chunks] == [
        [("0", "cheap"), ("1", "cheap"), ("2", "cheap"), ("3", "cheap")],
        [("4", "cheap"), ("5", "cheap")],
    ]


def test_what_calls_leave_of_the_budget_is_planned_anew(candidates, tmp_path):
    """Money for two; they cost half of what was expected, so a third is asked. Then nothing is left: three wait."""
    purse, chunks = Purse("0.022"), []
    for chunk in climbers(candidates, POLICY, purse, tmp_path, size=10):
        chunks.append(went(chunk))
        purse.left -= Decimal("0.005") * sum(climber.next_tier is not None for climber in chunk)
        if len(chunks) == 2:
            purse.left = Decimal("0.000000001")
    assert chunks == [
        [("0", "cheap"), ("1", "cheap")],
        [("2", "cheap")],
        [("3", "waits"), ("4", "waits"), ("5", "waits")],
    ]


def test_without_any_budget_people_look_and_nothing_waits(candidates, tmp_path):
    """A budget of 0 will be 0 next time."""
    (chunk,) = climbers(candidates, POLICY, lambda: Decimal(0), tmp_path, size=10)
    assert {climber.planned.action for climber in chunk} == {"review"}


def test_answers_of_a_killed_run_do_not_change_the_plan(tmp_path):
    """What a completed run paid for costs nothing more. What a killed one paid for is planned as if it were to be paid:
    with other prices the run that goes on would ask in another order, and end otherwise than one that nobody killed."""
    documents = [invoice(document_id(number)) for number in (1, 2)]
    pay(tmp_path, [1], "run1")
    pay(tmp_path, [2], "run2")
    with Store.open(tmp_path) as store, Journal.open(tmp_path) as journal:

        def planned_with():
            return [c.answered for c in Booking(journal, last_completed(store.query)).at_the_foot(documents)]

        assert planned_with() == [set(), set()]
        store.write("run1", DAY, {"runs": [run_row("run1", status="completed")]})
        store.write("run2", DAY, {"runs": [run_row("run2", status="interrupted")]})
        assert planned_with() == [{"cheap"}, set()]
        store.write("run3", DAY, {"runs": [run_row("run3", status="completed")]})
        assert planned_with() == [{"cheap"}, {"cheap"}]
