"""Spending, with the real SDKs against the stand-in: what is booked is what is billed, and nothing is paid twice."""

import asyncio
import time
from collections import Counter
from decimal import Decimal

import pytest
from asking import APIS, settings
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from paying import (
    Told,
    ask_all,
    billed,
    booked,
    cases_of,
    counted,
    entries,
    paid_policy,
    paid_tier,
    requests_for,
    spending,
)
from standin import FAULTS, StandIn

WAITS = {"timeout", "reset", "broken_body", "hanging", "rate_limited", "rate_limited_bare", "server", "overloaded"}
STOPS = {"quota", "invalid_key"}
UNKNOWN = {"timeout", "reset", "broken_body", "hanging"}
STORM = {fault: 0.03 for fault in FAULTS if fault not in STOPS}


@pytest.mark.parametrize("api", APIS)
def test_what_is_booked_is_what_is_billed_to_the_last_digit(tmp_path, api):
    """By model and token class, with prompts that are written to the cache and read from it; asked again, nothing is
    sent and the answers are the same."""
    cases = cases_of(40)
    with StandIn(settings(tmp_path, *cases)) as provider:
        paid = paid_tier(provider, api, cache_from_tokens=500)
        requests = requests_for(cases, paid, alike=1000)
        first = ask_all(tmp_path, paid_policy(paid), requests)
        received = provider.received
        again = ask_all(tmp_path, paid_policy(paid), requests, run_id="run-2")
        assert booked(tmp_path) == billed(provider)
        assert provider.received == received == 40
    assert [asked.answer.text for asked in first] == [asked.answer.text for asked in again]
    (sums,) = booked(tmp_path).values()
    assert sums[1][1] > 0, "nothing was read from the cache"


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_no_answer_and_costs_what_is_booked(tmp_path, fault):
    """Each alone, on every request: what was not billed is sent again a few times and then waits, what may have been
    waits as unknown, what was answered is kept whatever it is; and the tier that is of no use is asked no more."""
    cases = cases_of(3)
    told = Told()
    with StandIn(settings(tmp_path, *cases, faults={fault: 1.0}, hang_seconds=20)) as provider:
        paid = paid_tier(provider, "chat", answer_seconds=0.4)
        rules = paid_policy(paid, calls={"tries": 3, "failures_in_a_row": 50})
        began = time.monotonic()
        came = ask_all(tmp_path, rules, requests_for(cases, paid), told=told)
        assert time.monotonic() - began < 8
        sure = billed(provider) if fault not in UNKNOWN else {}
        received = provider.received
        assert sum((Decimal(sums[2]) for sums in billed(provider).values()), Decimal(0)) <= counted(tmp_path)
    assert booked(tmp_path) == sure
    states = Counter(entry.state for entry in entries(tmp_path))
    if fault in UNKNOWN:
        assert states == {"unknown": 3} and received == 3
    elif fault in STOPS:
        assert [tier for tier, _ in told.off] == [paid.name]
        assert states["failed"] == received <= 3
    elif fault in WAITS:
        assert states == {"failed": 3} and received == 9
        assert {entry.tries for entry in entries(tmp_path)} == {3}
    elif fault == "context_too_long":
        assert states == {"failed": 3} and all(asked.failed for asked in came)
    else:
        assert states == {"answered": 3} and received == 3
    if fault in WAITS | STOPS:
        assert all(asked.waits and not asked.answer for asked in came)


def test_a_storm_ends_with_the_books_right(tmp_path):
    """Every fault at once, at random: later runs settle what waited, nothing is billed twice but what nobody can tell
    (an answer that a busy machine hands over too late is that, too), and the sum is that of the bill."""
    cases = cases_of(60)
    with StandIn(settings(tmp_path, *cases, faults=STORM, script=tuple(STORM), seed=4, hang_seconds=20)) as provider:
        paid = paid_tier(provider, "chat", answer_seconds=0.5)
        rules = paid_policy(paid, calls={"tries": 4, "failures_in_a_row": 50})
        requests = requests_for(cases, paid)
        runs = [ask_all(tmp_path, rules, requests, run_id=f"run-{n}") for n in range(6)]
        bill = provider.bill["calls"]
    journal = entries(tmp_path)
    assert {entry.state for entry in journal} == {"answered", "failed", "unknown"}
    assert all(asked.answer or asked.failed for asked in runs[-1])
    doubtful = Counter(call["request_hash"] for call in bill if call["fault"] in UNKNOWN)
    unknown = Counter(entry.intent.request_hash for entry in journal if entry.state == "unknown")
    late = unknown - doubtful  # answers that came too late, and connections torn before anything was billed
    sure = [call for call in bill if call["fault"] not in UNKNOWN]
    times = Counter(call["request_hash"] for call in sure)
    assert {request: n for request, n in times.items() if n > 1 + late[request]} == {}
    billed_usd = sum(Decimal(call["usd"]) for call in sure if call["request_hash"] not in late)
    certain = [entry for entry in journal if entry.state != "unknown" and entry.intent.request_hash not in late]
    assert sum(entry.counted_usd for entry in certain) == billed_usd > 0
    assert sum(Decimal(call["usd"]) for call in bill) <= counted(tmp_path)


def test_a_wrong_key_turns_the_tier_off_at_once_and_the_others_go_on(tmp_path):
    """It is said once, and no more requests than were on their way reach the provider."""
    cases = cases_of(60)
    told = Told()
    with StandIn(settings(tmp_path, *cases)) as provider:
        wrong, right = (
            paid_tier(provider, "chat").model_copy(update={"concurrency": 4}),
            paid_tier(provider, "messages"),
        )
        requests = [*requests_for(cases, wrong), *requests_for(cases, right)]
        came = ask_all(tmp_path, paid_policy(wrong, right), requests, told=told, keys={wrong.name: "no key"})
    assert [(tier, "invalid_key" in why) for tier, why in told.off] == [(wrong.name, True)]
    assert {asked.fault for asked in came[:60]} == {"invalid_key", "left_alone"}
    assert all(asked.answer for asked in came[60:])
    assert sum(entry.fault == "invalid_key" for entry in entries(tmp_path)) <= 4


def test_a_tier_that_keeps_failing_is_left_alone_for_a_while(tmp_path):
    """After some failures in a row the rest waits without being sent, and later it is asked again."""
    cases = cases_of(12)
    with StandIn(settings(tmp_path, *cases, script=("server",) * 3)) as provider:
        paid = paid_tier(provider).model_copy(update={"concurrency": 1})
        rules = paid_policy(paid, calls={"tries": 1, "failures_in_a_row": 3, "leave_alone_seconds": 0.3})
        requests = requests_for(cases, paid)

        async def ask():
            async with spending(tmp_path, rules) as spender:
                first = [await spender.ask(request) for request in requests[:6]]
                await asyncio.sleep(0.4)
                return first, [await spender.ask(request) for request in requests]

        first, later = asyncio.run(ask())
    assert [asked.fault for asked in first] == ["server"] * 3 + ["left_alone"] * 3
    assert all(asked.answer for asked in later)


def test_no_more_goes_out_than_the_pace_allows(tmp_path):
    """Requests a minute and tokens a minute hold beside each other; a pause that the provider asks for is kept."""
    cases = cases_of(30)
    for limit in ({"requests_per_minute": 1200}, {"tokens_per_minute": 1_000_000}):
        store = tmp_path / next(iter(limit))
        with StandIn(settings(tmp_path, *cases)) as provider:
            paid = paid_tier(provider, **limit)
            requests = requests_for(cases, paid)
            began = time.monotonic()
            asked = ask_all(store, paid_policy(paid), requests)
            seconds = time.monotonic() - began
        expected = sum(each.expected.prompt_tokens + each.expected.output_tokens for each in requests)
        used = sum(each.answer.usage.prompt_tokens + each.answer.usage.output_tokens for each in asked)
        # The last one waits for the 29 before it, less a second that a tier may run ahead; tokens are counted as used.
        a_minute = {"requests_per_minute": 30, "tokens_per_minute": min(expected, used)}[next(iter(limit))]
        least = a_minute * 29 / 30 / (next(iter(limit.values())) / 60) - 1
        assert 0.3 < 0.95 * least < seconds < least + 3


def test_the_provider_s_pause_is_honoured(tmp_path):
    """`retry-after` of a second holds everybody back, not only the one who was told."""
    cases = cases_of(8)
    with StandIn(settings(tmp_path, *cases, script=("rate_limited",), retry_after_seconds=0.8)) as provider:
        paid = paid_tier(provider).model_copy(update={"concurrency": 1})
        rules = paid_policy(paid, calls={"longest_wait_seconds": 5})
        began = time.monotonic()
        assert all(asked.answer for asked in ask_all(tmp_path, rules, requests_for(cases, paid)))
        assert time.monotonic() - began > 0.8
        assert provider.received == 9


def test_the_same_request_asked_at_once_is_sent_once(tmp_path):
    """Two documents with the same text share the answer, and its price is paid for the first."""
    (document,) = cases_of(1)
    with StandIn(settings(tmp_path, document, latency_seconds=0.2)) as provider:
        paid = paid_tier(provider)
        came = ask_all(tmp_path, paid_policy(paid), requests_for([document] * 5, paid))
        assert provider.received == 1
    assert len({asked.answer.provider_request_id for asked in came}) == 1


def test_what_is_interrupted_is_unknown_and_what_was_not_sent_is_not(tmp_path):
    """Cancelled in the middle: calls on their way are counted at their reserve, nothing else is."""
    cases = cases_of(12)
    with StandIn(settings(tmp_path, *cases, latency_seconds=5)) as provider:
        paid = paid_tier(provider, answer_seconds=10).model_copy(update={"concurrency": 4})

        async def ask():
            async with spending(tmp_path, paid_policy(paid)) as spender:
                asking = [asyncio.ensure_future(spender.ask(request)) for request in requests_for(cases, paid)]
                while provider.received < 4:
                    await asyncio.sleep(0.02)
                for task in asking:
                    task.cancel()
                return await asyncio.gather(*asking, return_exceptions=True)

        came = asyncio.run(ask())
        assert provider.received == 4
    assert all(isinstance(asked, asyncio.CancelledError) for asked in came)
    assert Counter(entry.state for entry in entries(tmp_path)) == {"unknown": 4}


@pytest.fixture(scope="module")
def budget_stand_in(tmp_path_factory):
    """A stand-in for many budgets, and 40 requests."""
    cases = cases_of(40)
    folder = tmp_path_factory.mktemp("budgets")
    with StandIn(settings(folder, *cases, faults={"server": 0.05, "truncated": 0.05})) as provider:
        yield folder, provider, requests_for(cases, paid_tier(provider))


@examples(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 130), st.sampled_from(["run", "day_usd", "month_usd"]))
def test_the_bill_never_passes_the_budget(budget_stand_in, percent, which):
    """Any budget, 32 requests at once, some of which fail: never a billionth too much, and nothing waits as long as the
    worst of another call fits. What did not fit is answered by runs with more money."""
    folder, provider, requests = budget_stand_in
    store = folder / str(len(list(folder.iterdir())))
    whole, worst = Decimal("0.028"), Decimal("0.0057")
    limit = whole * percent / 100
    before = Decimal(provider.bill["usd"])
    budget, limits = (limit, {}) if which == "run" else (None, {which: limit})
    told = Told()
    came = ask_all(store, paid_policy(paid_tier(provider), **limits), requests, budget=budget, told=told)
    spent = Decimal(provider.bill["usd"]) - before
    assert spent == counted(store) <= limit
    if any(asked.fault == "over_budget" for asked in came):
        assert 100 in [mark.percent for mark in told.marks]
        assert spent > limit - worst
    later = ask_all(store, paid_policy(paid_tier(provider)), requests, run_id="run-2")
    assert not any(asked.fault == "over_budget" for asked in later)
    assert Decimal(provider.bill["usd"]) - before == counted(store)
