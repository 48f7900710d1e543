"""Batches, with the real SDKs against the stand-in: submitted by one run, picked up by another, and paid once."""

import asyncio
import contextlib
import threading
import time
from collections import Counter
from concurrent.futures import CancelledError
from datetime import timedelta
from decimal import Decimal

import pytest
from asking import APIS, settings
from paying import ask_all, billed, booked, cases_of, counted, entries, paid_policy, paid_tier, requests_for, spending
from standin import StandIn

from routing.errors import ConnectionFault
from tasks.ask.providers import provider_of
from tasks.prices import price_list
from tasks.spend import batches as module
from tasks.spend.asked import Run
from tasks.spend.batches import Batches
from tasks.spend.journal import Journal
from tasks.spend.till import Till

MANY = 24
"""Requests of which, at even chances, some are done and some are not: all but once in eight million times."""


def submit(store, rules, tier, requests, **more):
    """What a run that submits them hears."""

    async def ask():
        async with spending(store, rules, **more) as spender:
            return await Batches(spender).submit(tier.name, [(request, "") for request in requests])

    return asyncio.run(ask())


def collect(store, rules, run_id="run-2", **more):
    """What a later run picks up."""

    async def ask():
        async with spending(store, rules, run_id=run_id, **more) as spender:
            return await Batches(spender).collect()

    return asyncio.run(ask())


@pytest.mark.parametrize("api", APIS)
def test_a_later_run_picks_up_the_answers_at_half_the_price(tmp_path, api):
    """Until then its requests wait and are counted at their reserve; then they are answered without being sent."""
    cases = cases_of(5)
    with StandIn(settings(tmp_path, *cases, batch_seconds=1)) as provider:
        paid = paid_tier(provider, api)
        rules, requests = paid_policy(paid), requests_for(cases, paid)
        came = submit(tmp_path, rules, paid, requests)
        assert {asked.fault for asked in came.values()} == {"batch_pending"} and len(came) == 5
        reserved = counted(tmp_path)
        assert {asked.fault for asked in submit(tmp_path, rules, paid, requests, run_id="again").values()} == {
            "batch_pending"
        }
        while (collected := collect(tmp_path, rules)).pending:
            assert collected.answered == 0
        assert (collected.answered, collected.lost, collected.problems) == (5, 0, ())
        received = provider.received
        assert all(asked.answer for asked in ask_all(tmp_path, rules, requests, run_id="run-3"))
        assert provider.received == received
        assert booked(tmp_path) == billed(provider)
        assert 0 < counted(tmp_path) < reserved


@pytest.mark.parametrize("api", APIS)
def test_of_an_expired_batch_the_answers_count_and_the_rest_is_asked_again(tmp_path, api):
    """What was not carried out costs nothing, and may be sent another way."""
    cases = cases_of(12)
    with StandIn(settings(tmp_path, *cases, batch_expires=0.4, seed=3)) as provider:
        paid = paid_tier(provider, api)
        rules, requests = paid_policy(paid), requests_for(cases, paid)
        submit(tmp_path, rules, paid, requests)
        collected = collect(tmp_path, rules)
        assert collected.lost > 0 and collected.answered + collected.lost == 12
        assert all(asked.answer for asked in ask_all(tmp_path, rules, requests, run_id="run-3"))
        assert booked(tmp_path) == billed(provider)
    assert Counter(entry.state for entry in entries(tmp_path)) == {"answered": 12, "failed": collected.lost}


class BreaksOff:
    """A provider's batch interface whose submission arrives, and whose answer to it does not."""

    def __init__(self, provider, arrives):
        self._provider, self._arrives = provider, arrives

    async def submit(self, requests, submission_id):
        if self._arrives:
            await self._provider.submit(requests, submission_id)
        raise ConnectionFault("paid", "torn")

    def __getattr__(self, name):
        return getattr(self._provider, name)


def break_off(store, rules, tier, requests, arrives):
    """Submit a batch of which nobody notes the id."""

    async def ask():
        async with spending(store, rules) as spender:
            spender.providers[tier.name] = BreaksOff(spender.providers[tier.name], arrives)
            return await Batches(spender).submit(tier.name, [(request, "") for request in requests])

    return asyncio.run(ask())


@pytest.mark.parametrize("api", APIS)
def test_a_batch_whose_submission_was_broken_off_is_found_again(tmp_path, api):
    """By its mark, or by what is in it: its answers are picked up, and nothing is submitted twice."""
    cases = cases_of(4)
    with StandIn(settings(tmp_path, *cases)) as provider:
        paid = paid_tier(provider, api)
        rules, requests = paid_policy(paid), requests_for(cases, paid)
        came = break_off(tmp_path, rules, paid, requests, arrives=True)
        assert {asked.fault for asked in came.values()} == {"batch_pending"}
        assert collect(tmp_path, rules).answered == 4
        assert booked(tmp_path) == billed(provider)
        assert provider.received == 4


def test_a_batch_that_never_arrived_is_given_up_after_a_while(tmp_path, monkeypatch):
    """A provider may be slow to list what it has: only after a minute its requests are free to be sent again."""
    cases = cases_of(4)
    with StandIn(settings(tmp_path, *cases)) as provider:
        paid = paid_tier(provider)
        rules, requests = paid_policy(paid), requests_for(cases, paid)
        break_off(tmp_path, rules, paid, requests, arrives=False)
        assert collect(tmp_path, rules).pending == 4
        monkeypatch.setattr(module, "_FOUND_WITHIN", timedelta(seconds=-1))
        assert collect(tmp_path, rules).pending == 0
        assert counted(tmp_path) == 0
        assert all(asked.answer for asked in ask_all(tmp_path, rules, requests, run_id="run-3"))


@pytest.mark.parametrize("api", APIS)
def test_one_interrupt_stops_what_can_be_stopped(tmp_path, api):
    """The batches of this run are cancelled; what was done by then is billed, and not lost."""
    cases = cases_of(MANY)
    with StandIn(settings(tmp_path, *cases, batch_seconds=60, batch_done_at_cancel=0.5)) as provider:
        paid = paid_tier(provider, api)
        rules, requests = paid_policy(paid), requests_for(cases, paid)

        async def ask():
            async with spending(tmp_path, rules) as spender:
                batches = Batches(spender)
                await batches.submit(paid.name, [(request, "") for request in requests])
                await batches.cancel()

        asyncio.run(ask())
        collected = collect(tmp_path, rules)
        assert collected.pending == 0 and 0 < collected.answered < MANY
        assert booked(tmp_path) == billed(provider)


def test_only_what_fits_the_budget_is_submitted(tmp_path):
    """The others wait, and nothing is reserved for them."""
    cases = cases_of(10)
    with StandIn(settings(tmp_path, *cases)) as provider:
        paid = paid_tier(provider)
        rules, requests = paid_policy(paid), requests_for(cases, paid)
        came = submit(tmp_path, rules, paid, requests, budget="0.01")
        faults = Counter(asked.fault for asked in came.values())
        assert faults["over_budget"] > 0 and faults["batch_pending"] > 0
        assert counted(tmp_path) <= Decimal("0.01")
        assert collect(tmp_path, rules).answered == faults["batch_pending"]


def test_a_tier_that_is_not_active_keeps_its_batches_open(tmp_path):
    """Without its key nobody can ask: it is said, and nothing is given up."""
    cases = cases_of(2)
    with StandIn(settings(tmp_path, *cases)) as provider:
        paid, other = paid_tier(provider), paid_tier(provider, "messages")
        submit(tmp_path, paid_policy(paid), paid, requests_for(cases, paid))
        collected = collect(tmp_path, paid_policy(other))
        assert collected.pending == 2 and paid.name in collected.problems[0]
        assert collect(tmp_path, paid_policy(paid)).answered == 2


def test_a_refused_submission_leaves_no_trace(tmp_path):
    """A wrong key: nothing was submitted, nothing is counted, everything waits."""
    cases = cases_of(3)
    with StandIn(settings(tmp_path, *cases)) as provider:
        paid = paid_tier(provider)
        came = submit(tmp_path, paid_policy(paid), paid, requests_for(cases, paid), keys={paid.name: "wrong"})
    assert {asked.fault for asked in came.values()} == {"not_submitted"}
    assert counted(tmp_path) == 0


def test_leaving_the_till_by_an_interrupt_gives_up_calls_and_cancels_batches(tmp_path):
    """Ctrl-C while threads ask: what is on its way is unknown at once, the run's batches are stopped, and nobody waits
    for an answer."""
    cases = cases_of(MANY)
    how = settings(tmp_path, *cases, latency_seconds=30, batch_seconds=60, batch_done_at_cancel=0.5)
    with StandIn(how) as provider:
        now, later = paid_tier(provider, "chat", answer_seconds=60), paid_tier(provider, "messages")
        rules, calls, batch = paid_policy(now, later), requests_for(cases[:2], now), requests_for(cases, later)

        async def submitted(_, batches):
            await batches.submit(later.name, [(request, "") for request in batch])

        async def asked(spender, _):
            await asyncio.gather(*map(spender.ask, calls))

        tiers = {tier.name: provider_of(tier, "stand-in-key") for tier in (now, later)}

        def interrupted():
            run = Run("run-1", rules, price_list(rules))
            with (
                Journal.open(tmp_path) as journal,
                Till(journal, run, lambda: tiers, lambda mark: None, lambda *off: None) as till,
            ):
                till.run(submitted)
                threading.Thread(target=suppressed(till.run), args=(asked,)).start()
                while provider.received < 2 + MANY:
                    time.sleep(0.02)
                raise KeyboardInterrupt

        began = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            interrupted()
        assert time.monotonic() - began < 20
        assert Counter(e.state for e in entries(tmp_path)) == {"unknown": 2, "sent": MANY}
        collected = collect(tmp_path, rules)
        assert collected.pending == 0 and 0 < collected.answered < MANY


def suppressed(function):
    """`function`, whose thread ends quietly when what it waits for is cancelled."""

    def call(*args):
        with contextlib.suppress(CancelledError):
            function(*args)

    return call
