"""Anthropic: Messages, and Message Batches."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import anthropic
import httpx2

from routing.errors import BatchLostFault, ProviderFault
from routing.policy import Tier
from tasks.ask.bodies import arguments_of
from tasks.ask.failures import SdkErrors, status_fault, told_as_faults, unreadable
from tasks.ask.types import Batch, BatchResult, FinishReason, Found, ModelRequest, RawAnswer
from tasks.ask.usage import Stated, anthropic_usage

_ADDRESS = "https://api.anthropic.com"  # stated, because an environment variable moves the SDK's own default
_REQUIRED = ("model", "max_tokens", "messages")
_FINISH: Mapping[str, FinishReason] = {
    "end_turn": "stop", "stop_sequence": "stop", "max_tokens": "length", "refusal": "refusal",
    "model_context_window_exceeded": "context",
}  # fmt: skip
_STATUS = {
    "invalid_request_error": 400, "authentication_error": 401, "billing_error": 402, "permission_error": 403,
    "not_found_error": 404, "request_too_large": 413, "rate_limit_error": 429, "timeout_error": 504,
    "overloaded_error": 529,
}  # fmt: skip
"""The HTTP status that each kind of error has where it does not come in a batch."""
_ERRORS = SdkErrors(
    anthropic.AnthropicError, anthropic.APIStatusError, anthropic.APIConnectionError, anthropic.APITimeoutError
)


class AnthropicProvider:
    """A `Provider` by Anthropic's SDK. `key` is None for a server that wants none."""

    def __init__(self, tier: Tier, key: str | None) -> None:
        self._tier, self._seconds = tier.name, tier.answer_seconds
        self._client = anthropic.AsyncAnthropic(
            api_key=key or "none",
            base_url=tier.base_url or _ADDRESS,
            max_retries=0,
            timeout=anthropic.Timeout(tier.answer_seconds, connect=10.0, pool=None),
            http_client=anthropic.DefaultAsyncHttpxClient(
                follow_redirects=False,  # a document goes nowhere else
                limits=httpx2.Limits(max_connections=None, max_keepalive_connections=tier.concurrency),
            ),
        )

    async def call(self, request: ModelRequest) -> RawAnswer:
        """The answer, now. Raises `ProviderFault`."""
        headers = {"X-Client-Request-Id": request.request_hash}
        arguments = arguments_of(_marked(request), _REQUIRED)
        with told_as_faults(_ERRORS, self._tier, self._seconds):
            async with asyncio.timeout(self._seconds):
                raw = await self._client.messages.with_raw_response.create(**arguments, extra_headers=headers)
            return self._answer(json.loads(raw.http_response.content), raw.headers.get("request-id"))

    async def submit(self, requests: Sequence[ModelRequest], submission_id: str) -> str:
        """The batch's id; Anthropic takes no mark on it. Raises `ProviderFault`."""
        entries: Any = [{"custom_id": each.request_hash, "params": _marked(each)} for each in requests]
        with told_as_faults(_ERRORS, self._tier, self._seconds):
            batch = await self._client.messages.batches.create(requests=entries)
        return batch.id

    async def poll(self, batch_id: str) -> Batch:
        """How the batch stands. Raises `ProviderFault`."""
        with told_as_faults(_ERRORS, self._tier, self._seconds):
            batch = await self._client.messages.batches.retrieve(batch_id)
        return Batch(batch.id, "ended" if batch.processing_status == "ended" else "pending", _size(batch))

    async def results(self, batch_id: str) -> AsyncIterator[BatchResult]:
        """What has come of an ended batch. Raises `ProviderFault`."""
        with told_as_faults(_ERRORS, self._tier, self._seconds):
            async for each in await self._client.messages.batches.results(batch_id):
                yield self._result(each.custom_id, each.result.to_dict())

    async def find(self, submission_id: str, request_hashes: frozenset[str], since: datetime) -> Found:
        """Ended batches that hold one of the requests; of those that have not ended, all of the same size may be it.

        Raises `ProviderFault`.
        """
        matching, undecided = [], []
        with told_as_faults(_ERRORS, self._tier, self._seconds):
            async for batch in self._client.messages.batches.list(limit=100):
                if batch.created_at < since:  # newest first
                    break
                if batch.processing_status != "ended":
                    undecided += [batch.id] if _size(batch) == len(request_hashes) else []
                elif batch.results_url and await self._holds(batch.id, request_hashes):
                    matching.append(batch.id)
        return Found(tuple(matching), tuple(undecided))

    async def cancel(self, batch_id: str) -> None:
        """Stop what has not begun. Raises `ProviderFault`."""
        if (await self.poll(batch_id)).state == "pending":
            with told_as_faults(_ERRORS, self._tier, self._seconds):
                await self._client.messages.batches.cancel(batch_id)

    async def close(self) -> None:
        """Let go of its connections."""
        await self._client.close()

    async def _holds(self, batch_id: str, request_hashes: frozenset[str]) -> bool:
        """Whether the batch's first result is of one of the requests: a batch is of one submission altogether."""
        async for each in await self._client.messages.batches.results(batch_id):
            return each.custom_id in request_hashes
        return False

    def _result(self, request_hash: str, result: Mapping[str, Any]) -> BatchResult:
        try:
            return BatchResult(request_hash, self._outcome(result))
        except ProviderFault as fault:
            return BatchResult(request_hash, fault)

    def _outcome(self, result: Mapping[str, Any]) -> RawAnswer:
        if result["type"] == "succeeded":
            return self._answer(result["message"], None)
        if result["type"] != "errored":
            raise BatchLostFault(self._tier, str(result["type"]))
        stated = (result.get("error") or {}).get("error") or {}
        raise status_fault(self._tier, _STATUS.get(stated.get("type", ""), 500), stated)

    def _answer(self, content: Stated, request_id: str | None) -> RawAnswer:
        try:
            usage, thinking = anthropic_usage(content["usage"])
            return RawAnswer(
                text="".join(block["text"] for block in content["content"] if block["type"] == "text"),
                usage=usage,
                finish_reason=_FINISH.get(content["stop_reason"] or "", "other"),
                provider_request_id=request_id or content["id"],
                model=content["model"],
                reasoning_tokens=thinking,
                service_tier=content["usage"].get("service_tier") or "",
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise unreadable(self._tier, error) from None


def _marked(request: ModelRequest) -> dict[str, Any]:
    """The body, its instructions marked to be kept in the prompt cache where that pays."""
    body = dict(request.body)
    if request.caches:
        body["system"] = [{**block, "cache_control": {"type": "ephemeral"}} for block in body["system"]]
    return body


def _size(batch: Any) -> int:  # noqa: ANN401 - the SDK's batch, listed or retrieved
    counts = batch.request_counts
    return int(counts.processing + counts.succeeded + counts.errored + counts.canceled + counts.expired)
