"""The real SDKs against the stand-in: answers, usage, faults and batches over all three interfaces."""

import asyncio
import logging
import traceback
from dataclasses import astuple
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime

import pytest
from asking import APIS, CHEAP, INVOICE, PREMIUM, case, everything, request_for, settings, tier
from standin import FAULTS, StandIn

from routing.errors import (
    BatchLostFault,
    ConnectionFault,
    ContentFilterFault,
    ContextFault,
    EmptyFault,
    KeyFault,
    MalformedFault,
    ModelFault,
    OverloadedFault,
    ProviderFault,
    QuotaFault,
    RateLimitFault,
    RefusalFault,
    RequestFault,
    ServerFault,
    TimeoutFault,
    TruncatedFault,
    UnreachableFault,
)
from routing.prices import TokenPrices, Usage, cost
from tasks.ask.answer import parse
from tasks.ask.failures import status_fault
from tasks.ask.providers import provider_of

KEY = "stand-in-key"
CLASSES = ("input", "cached_input", "cache_write", "output")
KINDS = {
    "timeout": TimeoutFault,
    "reset": ConnectionFault,
    "rate_limited": RateLimitFault,
    "rate_limited_bare": RateLimitFault,
    "quota": QuotaFault,
    "server": ServerFault,
    "overloaded": OverloadedFault,
    "invalid_key": KeyFault,
    "context_too_long": ContextFault,
    "broken_body": MalformedFault,
    "hanging": TimeoutFault,
    "malformed": MalformedFault,
    "wrong_schema": MalformedFault,
    "truncated": TruncatedFault,
    "refusal": RefusalFault,
    "content_filter": ContentFilterFault,
    "empty": EmptyFault,
}
ANSWERED = frozenset(["malformed", "wrong_schema", "truncated", "refusal", "content_filter", "empty"])


def asked(provider, api, request, key=KEY, **more):
    """What the tier answers to one request, by a client of its own."""

    async def ask():
        client = provider_of(tier(provider, api, **more), key)
        try:
            return await client.call(request)
        finally:
            await client.close()

    return asyncio.run(ask())


def fault_of(provider, api, request, **more):
    """The fault that comes of one request, from the call or from reading the answer."""
    with pytest.raises(ProviderFault) as fault:
        parse(request, asked(provider, api, request, **more))
    return fault.value


def priced(usage: Usage, model) -> Decimal:
    return cost(usage, TokenPrices(*(Decimal(getattr(model, name)) for name in CLASSES)))


@pytest.mark.parametrize("api", APIS)
def test_an_answer_has_values_with_quote_and_page_and_costs_what_is_billed(tmp_path, api):
    document = case(*INVOICE)
    with StandIn(settings(tmp_path, document)) as provider:
        request = request_for(document, tier(provider, api), everything())
        raw = asked(provider, api, request)
        (billed,) = provider.bill["calls"]
    answer = parse(request, raw)
    said = {field.name: field for field in answer.fields}
    assert (said["gross_total"].value, said["gross_total"].quote, said["gross_total"].page) == ("96.00", "96.00", 1)
    assert said["issue_date"].quote == "14 March 2026"
    assert "iban" in answer.absent
    assert priced(raw.usage, PREMIUM if api == "messages" else CHEAP) == Decimal(billed["usd"])
    assert raw.provider_request_id == billed["call_id"]
    assert request.request_hash == billed["request_hash"]
    assert raw.reasoning_tokens == (0 if api == "messages" else CHEAP.reasoning_tokens)


@pytest.mark.parametrize("api", APIS)
def test_all_four_token_classes_are_what_is_billed(tmp_path, api):
    """The first of many alike writes the prompt's beginning to the cache, the second reads it."""
    document = case(*INVOICE)
    with StandIn(settings(tmp_path, document)) as provider:
        paid = tier(provider, api, cache_from_tokens=500)
        request = request_for(document, paid, everything(), alike=1000)
        answers = [asked(provider, api, request) for _ in range(2)]
        bill = provider.bill["calls"]
    assert request.caches
    for raw, billed in zip(answers, bill, strict=True):
        assert astuple(raw.usage) == tuple(billed[name] for name in CLASSES)
    assert answers[0].usage.cache_write_tokens > 0
    assert answers[1].usage.cached_input_tokens > 0


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_told_apart_and_nothing_is_sent_twice(tmp_path, api, fault):
    document = case(*INVOICE)
    with StandIn(settings(tmp_path, document, script=(fault,), hang_seconds=20)) as provider:
        request = request_for(document, tier(provider, api))
        told = fault_of(provider, api, request, answer_seconds=0.5)
        billed = provider.bill["calls"]
        assert provider.received == 1
    if fault == "content_filter" and api == "messages":  # Anthropic's filter is a refusal
        assert isinstance(told, RefusalFault)
    else:
        assert type(told) is KINDS[fault]
    assert (told.usage is not None) == (fault in ANSWERED)
    assert not billed or told.may_be_billed or told.usage
    assert told.retry_after_seconds == (0.1 if fault == "rate_limited" else None)


@pytest.mark.parametrize("fault", sorted(ANSWERED))
def test_what_a_useless_answer_costs_is_known(tmp_path, fault):
    document = case(*INVOICE)
    with StandIn(settings(tmp_path, document, script=(fault,))) as provider:
        told = fault_of(provider, "chat", request_for(document, tier(provider, "chat")))
        assert str(priced(told.usage, CHEAP)) == provider.bill["usd"]
    assert not told.retryable


@pytest.mark.parametrize(
    ("status", "stated", "headers", "kind"),
    [
        (429, {"message": "Quota exceeded for metric requests per minute"}, {}, RateLimitFault),
        (429, {"message": "You exceeded your current quota"}, {}, QuotaFault),
        (429, {"message": "You exceeded your current quota"}, {"retry-after": "3"}, RateLimitFault),
        (
            429,
            {"code": "rate_limit_exceeded", "message": "Add a card at account/billing"},
            {},
            RateLimitFault,
        ),
        (429, {"message": "Please check your plan and billing details"}, {}, QuotaFault),
        (429, {}, {}, RateLimitFault),
        (402, {}, {}, QuotaFault),
        (403, {"type": "permission_error"}, {}, KeyFault),
        (404, {"code": "DeploymentNotFound"}, {}, ModelFault),
        (400, {"code": "unsupported_parameter", "message": "no `effort`"}, {}, RequestFault),
        (413, {"type": "request_too_large"}, {}, ContextFault),
        (400, {"code": "content_filter"}, {}, ContentFilterFault),
        (408, {}, {}, ServerFault),
        (504, {}, {}, TimeoutFault),
        (529, {}, {}, OverloadedFault),
    ],
)
def test_a_status_and_its_words_tell_the_kind(status, stated, headers, kind):
    assert type(status_fault("cheap", status, stated, headers)) is kind


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "2"}, 2),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_what_the_provider_asks_to_wait_is_told(headers, seconds):
    assert status_fault("cheap", 429, {}, headers).retry_after_seconds == seconds


def test_a_provider_may_name_the_time_until_which_to_wait():
    def wait(seconds):
        until = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
        return status_fault("cheap", 429, {}, {"retry-after": until}).retry_after_seconds

    assert 50 < wait(60) <= 60
    assert wait(-60) == 0


@pytest.mark.parametrize("api", APIS)
def test_an_option_that_only_a_server_knows_gets_there(tmp_path, api):
    document = case(*INVOICE)
    options = {"chat_template_kwargs": {"enable_thinking": False}}
    with StandIn(settings(tmp_path, document)) as provider:
        asked(provider, api, request_for(document, tier(provider, api, options=options)))
        assert provider.bodies[0]["chat_template_kwargs"] == {"enable_thinking": False}


def test_a_server_that_is_not_there_has_billed_nothing(tmp_path):
    document = case(*INVOICE)
    with StandIn(settings(tmp_path, document)) as provider:
        request = request_for(document, tier(provider, "chat"))
    told = fault_of(provider, "chat", request)
    assert isinstance(told, UnreachableFault)
    assert not told.may_be_billed


@pytest.mark.parametrize("api", APIS)
def test_the_key_and_the_document_stay_out_of_logs_and_errors(tmp_path, api, caplog):
    caplog.set_level(logging.DEBUG)
    document = case(*INVOICE)
    with StandIn(settings(tmp_path, document, script=("server", "broken_body", "reset"))) as provider:
        request = request_for(document, tier(provider, api))
        told = [fault_of(provider, api, request) for _ in range(3)]
        told.append(fault_of(provider, api, request, key="sk-wrong-secret-key"))
    shown = [caplog.text, *("".join(traceback.format_exception(fault)) for fault in told), *map(repr, told)]
    for secret in (KEY, "sk-wrong-secret-key"):
        assert not any(secret in text for text in shown)
    assert not any("Kestrel" in text for text in shown[1:])


# --- batches


def run(coroutine):
    return asyncio.run(coroutine)


async def collected(client, batch_id):
    return {result.request_hash: result.outcome async for result in client.results(batch_id)}


def several(provider, api, count=4):
    cases = [case(*INVOICE, f"Your reference   {n}") for n in range(count)]
    return cases, [request_for(each, tier(provider, api), everything()) for each in cases]


@pytest.mark.parametrize("api", APIS)
def test_a_batch_answers_every_request_at_half_the_price(tmp_path, api):
    with StandIn(settings(tmp_path, *(case(*INVOICE, f"Your reference   {n}") for n in range(4)))) as provider:
        _, requests = several(provider, api)

        async def ask():
            client = provider_of(tier(provider, api), KEY)
            batch_id = await client.submit(requests, "submission-1")
            state = await client.poll(batch_id)
            results = await collected(client, batch_id)
            await client.close()
            return state, results

        state, results = run(ask())
        bill = provider.bill
    assert (state.state, state.requests) == ("ended", 4)
    assert results.keys() == {request.request_hash for request in requests}
    model = PREMIUM if api == "messages" else CHEAP
    whole = sum(priced(raw.usage, model) for raw in results.values())
    assert abs(Decimal(bill["usd"]) - whole / 2) <= Decimal("1e-9") * len(requests)
    assert {call["mode"] for call in bill["calls"]} == {"batch"}
    for request in requests:
        assert parse(request, results[request.request_hash]).fields


@pytest.mark.parametrize("api", APIS)
def test_of_an_expired_batch_what_was_answered_is_had_and_the_rest_is_not_billed(tmp_path, api):
    cases = [case(*INVOICE, f"Your reference   {n}") for n in range(24)]
    with StandIn(settings(tmp_path, *cases, batch_expires=0.5, seed=3)) as provider:
        _, requests = several(provider, api, 24)

        async def ask():
            client = provider_of(tier(provider, api), KEY)
            return await collected(client, await client.submit(requests, "submission-1"))

        results = run(ask())
        billed = {call["request_hash"] for call in provider.bill["calls"]}
    lost = {each for each, outcome in results.items() if isinstance(outcome, BatchLostFault)}
    assert 0 < len(lost) < 24
    assert results.keys() - lost == billed


@pytest.mark.parametrize("api", APIS)
def test_a_cancelled_batch_bills_what_was_done(tmp_path, api):
    cases = [case(*INVOICE, f"Your reference   {n}") for n in range(24)]
    with StandIn(settings(tmp_path, *cases, batch_seconds=60, batch_done_at_cancel=0.5)) as provider:
        _, requests = several(provider, api, 24)

        async def ask():
            client = provider_of(tier(provider, api), KEY)
            batch_id = await client.submit(requests, "submission-1")
            before = await client.poll(batch_id)
            await client.cancel(batch_id)
            await client.cancel(batch_id)
            return before, await collected(client, batch_id)

        before, results = run(ask())
        billed = {call["request_hash"] for call in provider.bill["calls"]}
    assert before.state == "pending"
    assert 0 < len(billed) < 24
    assert billed == {each for each, outcome in results.items() if not isinstance(outcome, ProviderFault)}


@pytest.mark.parametrize("api", APIS)
def test_a_batch_whose_id_was_never_noted_is_found_again(tmp_path, api):
    cases = [case(*INVOICE, f"Your reference   {n}") for n in range(4)]
    with StandIn(settings(tmp_path, *cases)) as provider:
        _, requests = several(provider, api)
        hashes = frozenset(request.request_hash for request in requests[:2])
        since = datetime.now(UTC) - timedelta(seconds=2)

        async def ask():
            client = provider_of(tier(provider, api), KEY)
            await client.submit(requests[2:], "another")
            mine = await client.submit(requests[:2], "lost")
            found = await client.find("lost", hashes, since)
            later = await client.find("lost", hashes, datetime.now(UTC) + timedelta(hours=1))
            return mine, found, later

        mine, found, later = run(ask())
    assert (found.matching, found.undecided) == ((mine,), ())
    assert later.matching == ()


def test_anthropic_tells_only_of_an_ended_batch_what_is_in_it(tmp_path):
    with StandIn(settings(tmp_path, case(*INVOICE), batch_seconds=60)) as provider:
        _, requests = several(provider, "messages", 2)
        hashes = frozenset(request.request_hash for request in requests)

        async def ask():
            client = provider_of(tier(provider, "messages"), KEY)
            mine = await client.submit(requests, "lost")
            return mine, await client.find("lost", hashes, datetime.now(UTC) - timedelta(seconds=2))

        mine, found = run(ask())
    assert (found.matching, found.undecided) == ((), (mine,))


def test_faults_inside_a_batch_are_told_apart(tmp_path):
    cases = [case(*INVOICE, f"Your reference   {n}") for n in range(3)]
    for api in APIS:
        script = ("context_too_long", "truncated", "timeout")
        with StandIn(settings(tmp_path, *cases, script=script)) as provider:
            _, requests = several(provider, api, 3)

            async def ask(api=api, provider=provider, requests=requests):
                client = provider_of(tier(provider, api), KEY)
                return await collected(client, await client.submit(requests, "submission-1"))

            results = run(ask())
        long, cut, lost = (results[request.request_hash] for request in requests)
        assert isinstance(long, ContextFault)
        assert cut.finish_reason == "length"
        assert isinstance(lost, BatchLostFault)
