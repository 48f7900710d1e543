"""The journal and its budgets: what is in it is on the disk, nothing is paid twice, and no budget is ever passed."""

import multiprocessing
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routing.budget import Scope, scopes
from routing.errors import BudgetError, StoreLockedError
from routing.prices import TokenPrices, Usage
from routing.spending import Budget, Budgets, LabelBudget
from tasks.ask.types import RawAnswer
from tasks.spend.batch_log import OpenBatch
from tasks.spend.entry import Intent
from tasks.spend.journal import Journal

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
PRICES = TokenPrices(*map(Decimal, ("0.25", "0.025", "0.25", "2")))
ANSWER = RawAnswer('{"gross_total": "119,00"}', Usage(100, 20, 0, 30), "stop", "req-1", "gpt-5-mini-2026", 10, "flex")
DAY = "day 2026-11-24"


def intent(name, worst="0.01", **changes):
    """A request about to be sent."""
    facts = {
        "request_hash": name,
        "document_id": f"document {name}",
        "run_id": "run-1",
        "tier": "cheap",
        "provider": "openai",
        "model": "gpt-5-mini",
        "mode": "sync",
        "reserved_usd": Decimal(worst),
        "prices": PRICES,
        "price_version": "v1",
        "started_at": NOON,
    }
    return Intent(**facts | changes)


def reserve(journal, name, limit=None, worst="0.01", **changes):
    """Reserve a request against one budget of the day."""
    scope = Scope(DAY, None if limit is None else Decimal(limit))
    return journal.reserve(intent(name, worst, **changes), [scope], fates_unknown=2).result()


def answer(journal, entry, cost="0.000084500"):
    """Note an answer."""
    return journal.answered(entry, ANSWER, Decimal(cost), 812.5, tries=1).result()


def test_an_answer_is_kept_whole_and_counts_at_its_cost(tmp_path):
    """Text, four token classes, reasoning, ids: all of it is there for the next run, and the reserve is released."""
    with Journal.open(tmp_path) as journal:
        entry, may_send = reserve(journal, "a")
        assert may_send and journal.spent(DAY) == Decimal("0.01")
        answer(journal, entry)
    with Journal.open(tmp_path) as journal:
        kept, may_send = reserve(journal, "a", run_id="run-2")
        assert not may_send
        assert (kept.state, kept.answer, kept.cost_usd) == ("answered", ANSWER, Decimal("0.0000845"))
        assert (kept.latency_ms, kept.provider_request_id, kept.intent.prices) == (812.5, "req-1", PRICES)
        assert journal.spent(DAY) == Decimal("0.0000845")


def test_a_request_that_is_on_its_way_is_not_sent_again(tmp_path):
    """Whoever asks second gets the entry of the first."""
    with Journal.open(tmp_path) as journal:
        first, _ = reserve(journal, "a")
        second, may_send = reserve(journal, "a", document_id="another with the same text")
        assert (second.call_id, second.state, may_send) == (first.call_id, "sent", False)
        assert journal.spent(DAY) == Decimal("0.01")


def test_what_was_not_billed_may_be_sent_again_and_what_was_may_not(tmp_path):
    """A failure costs nothing unless the provider says so."""
    with Journal.open(tmp_path) as journal:
        entry, _ = reserve(journal, "a")
        journal.failed(entry, "overloaded", "529", Decimal(0), Usage(), tries=5).result()
        assert journal.spent(DAY) == 0
        again, may_send = reserve(journal, "a")
        assert may_send and again.call_id != entry.call_id
        journal.failed(again, "content_filter", "cut off", Decimal("0.002"), Usage(100), tries=1).result()
        refused, may_send = reserve(journal, "a")
        assert (refused.fault, may_send, journal.spent(DAY)) == ("content_filter", False, Decimal("0.002"))


def test_unknown_fates_count_at_their_reserve_and_have_an_end(tmp_path):
    """A request whose calls keep getting lost is sent so many times and no more."""
    with Journal.open(tmp_path) as journal:
        for _ in range(2):
            entry, may_send = reserve(journal, "a")
            assert may_send
            assert journal.unknown(entry, "timeout", "no answer", tries=1).result().entry.cost_usd == Decimal("0.01")
        assert reserve(journal, "a")[1] is False
        assert journal.spent(DAY) == Decimal("0.02")


def test_an_interrupted_run_is_no_reason_to_give_a_request_up(tmp_path):
    """However often its run was killed, the request is sent again: that says nothing about the request."""
    for _ in range(4):
        with Journal.open(tmp_path) as journal:
            assert reserve(journal, "a")[1]
    with Journal.open(tmp_path) as journal:
        assert journal.spent(DAY) == Decimal("0.04")


def test_an_entry_is_settled_once(tmp_path):
    """A second word on the same call changes nothing."""
    with Journal.open(tmp_path) as journal:
        entry, _ = reserve(journal, "a")
        answer(journal, entry)
        assert journal.unknown(entry, "timeout", "late", tries=1).result().entry.state == "answered"
        assert journal.spent(DAY) == Decimal("0.0000845")


def test_a_second_run_can_not_open_it(tmp_path):
    """Two runs that spend at once are impossible, also without the store's own lock."""
    with Journal.open(tmp_path), pytest.raises(StoreLockedError):
        Journal.open(tmp_path)
    Journal.open(tmp_path).close()


def die_with_calls_in_flight(store):
    """A run that is killed: one answered, one in flight, one in a batch."""
    journal = Journal.open(store)
    answer(journal, reserve(journal, "answered")[0])
    reserve(journal, "in flight")
    journal.submitting(OpenBatch("b1", "cheap", "run-1", None, NOON)).result()
    reserve(journal, "in a batch", mode="batch", batch_id="b1")
    os.kill(os.getpid(), signal.SIGKILL)


def test_what_a_killed_run_left_in_flight_is_unknown_and_counted(tmp_path):
    """Answers and intents survive a SIGKILL; a batch lives on by itself and is found by our name for it."""
    dying = multiprocessing.get_context("fork").Process(target=die_with_calls_in_flight, args=(tmp_path,))
    dying.start()
    dying.join()
    with Journal.open(tmp_path) as journal:
        states = {
            name: reserve(journal, name, run_id="run-2")[0].state for name in ("answered", "in flight", "in a batch")
        }
        assert states == {"answered": "answered", "in flight": "sent", "in a batch": "sent"}
        calls = journal.of_documents(["document in flight"])
        assert [(c.state, c.fault, c.intent.run_id) for c in calls] == [
            ("unknown", "interrupted", "run-1"),
            ("sent", "", "run-2"),
        ]
        (batch,) = journal.open_batches()
        assert (batch.provider_batch_id, set(journal.in_batch("b1"))) == (None, {"in a batch"})


def test_a_budget_that_is_reached_says_which_and_by_how_much(tmp_path):
    """Of all budgets that apply the first that does not fit is named; none of them is charged."""
    with Journal.open(tmp_path) as journal:
        answer(journal, reserve(journal, "a", limit="0.02", worst="0.015")[0], cost="0.012")
        with pytest.raises(BudgetError, match=r"0\.0090 USD.*0\.02 USD for day 2026-11-24 only 0\.0080 are left"):
            reserve(journal, "b", limit="0.02", worst="0.009")
        both = [Scope("run run-1", Decimal(1)), Scope(DAY, Decimal("0.02"))]
        with pytest.raises(BudgetError):
            journal.reserve(intent("c", "0.009"), both, fates_unknown=2).result()
        assert journal.spent("run run-1") == 0


def test_the_warning_comes_once(tmp_path):
    """The call that passes 80% says so, those before and after it do not."""
    with Journal.open(tmp_path) as journal:
        entries = [reserve(journal, name, limit="0.1", worst="0.03")[0] for name in "abc"]
        marks = [answer(journal, entry, cost="0.03").marks for entry in entries]
        marks.append(answer(journal, reserve(journal, "d", limit="0.1")[0], cost="0.001").marks)
    assert [len(m) for m in marks] == [0, 0, 1, 0]
    assert (marks[2][0].scope.name, marks[2][0].percent, marks[2][0].spent_usd) == (DAY, 80, Decimal("0.09"))


LEGAL = LabelBudget(label="legal", files=("legal/*", "*/contracts/*"), day_usd=Decimal(2))


@pytest.mark.parametrize(
    ("file_name", "label"),
    [("legal/a/b.pdf", "legal"), ("x/contracts/b.pdf", "legal"), ("illegal/b.pdf", ""), ("b.pdf", "")],
)
def test_a_document_has_the_label_of_the_folder_it_lies_in(file_name, label):
    """Patterns as in the policy; what fits none has no label."""
    assert Budgets(labels=(LEGAL,)).label_of("/srv/inbox", file_name) == label


def test_a_call_has_to_fit_the_budget_of_all_and_that_of_its_label():
    """Run, day and month, twice; of `--budget` and the policy's own limit for a run the smaller one holds."""
    budgets = Budgets(run_usd=Decimal(5), month_usd=Decimal(100), labels=(LEGAL,))
    found = {s.name: s.limit_usd for s in scopes(budgets, "r1", Decimal(3), "legal", NOON)}
    assert found == {
        "run r1": 3,
        "day 2026-11-24": None,
        "month 2026-11": 100,
        "run r1 legal": None,
        "day 2026-11-24 legal": 2,
        "month 2026-11 legal": None,
    }
    assert len(scopes(budgets, "r1", None, "", NOON)) == 3
    assert scopes(Budgets(**Budget().model_dump()), "r1", None, "", NOON)[0].limit_usd is None


calls = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 10_000_000), st.integers(0, 100), st.sampled_from("afu")), max_size=40
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls, st.integers(0, 100_000_000))
def test_no_budget_is_passed_whatever_is_asked_at_once(tmp_path, calls, limit):
    """32 threads, random requests, some twice; the cost is any share of the reserve. At no time is more than the limit
    spent or reserved, and in the end what is counted is the sum of what was noted."""
    folder = tmp_path / str(len(list(tmp_path.iterdir())))
    scope = Scope("day x", Decimal(limit).scaleb(-9))

    def call(facts):
        name, worst, share, end = facts
        reserved = Decimal(worst).scaleb(-9)
        try:
            entry, may_send = journal.reserve(intent(str(name), reserved), [scope], fates_unknown=3).result()
        except BudgetError:
            return Decimal(0)
        assert journal.spent("day x") <= scope.limit_usd
        if not may_send:
            return Decimal(0)
        cost = (reserved * share / 100).quantize(Decimal("1e-9"))
        noted = {
            "a": lambda: journal.answered(entry, ANSWER, cost, 1.0, tries=1),
            "f": lambda: journal.failed(entry, "server", "500", cost, Usage(), tries=1),
            "u": lambda: journal.unknown(entry, "timeout", "", tries=1),
        }[end]()
        return noted.result().entry.cost_usd

    with Journal.open(folder) as journal, ThreadPoolExecutor(32) as threads:
        total = sum(threads.map(call, calls), Decimal(0))
        assert journal.spent("day x") == total <= scope.limit_usd
