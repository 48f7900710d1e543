"""OpenAI, and servers that speak its protocol: Responses, Chat Completions, and Batch for both."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import httpx2
import openai

from routing.errors import BatchLostFault, ProviderFault
from routing.policy import Tier
from tasks.ask.bodies import arguments_of
from tasks.ask.failures import SdkErrors, scrubbed, status_fault, told_as_faults, unreadable
from tasks.ask.types import Batch, BatchResult, BatchState, FinishReason, Found, ModelRequest, RawAnswer
from tasks.ask.usage import Stated, openai_usage

_ADDRESS = "https://api.openai.com/v1"  # stated, because an environment variable moves the SDK's own default
_ENDPOINTS = {"responses": "/v1/responses", "chat": "/v1/chat/completions"}
_STATES: Mapping[str, BatchState] = {"completed": "ended", "expired": "ended", "cancelled": "ended", "failed": "failed"}
_REQUIRED = {"responses": ("model",), "chat": ("model", "messages")}
_LOST = frozenset({"batch_expired", "batch_cancelled"})
_MARK = "ledgerline_submission"
_KEPT_SECONDS = 7 * 24 * 3600  # a batch's files hold documents: OpenAI deletes them after a week
_FAILED_STATUS = {"server_error": 500, "rate_limit_exceeded": 429}
_ERRORS = SdkErrors(openai.OpenAIError, openai.APIStatusError, openai.APIConnectionError, openai.APITimeoutError)


class OpenAIProvider:
    """A `Provider` by OpenAI's SDK. `key` is None for a server that wants none."""

    def __init__(self, tier: Tier, key: str | None) -> None:
        self._tier, self._seconds = tier.name, tier.answer_seconds
        self._client = openai.AsyncOpenAI(
            api_key=key or "none",
            base_url=tier.base_url or _ADDRESS,
            max_retries=0,
            timeout=openai.Timeout(tier.answer_seconds, connect=10.0, pool=None),
            http_client=openai.DefaultAsyncHttpxClient(
                follow_redirects=False,  # a document goes nowhere else
                limits=httpx2.Limits(max_connections=None, max_keepalive_connections=tier.concurrency),
            ),
        )

    async def call(self, request: ModelRequest) -> RawAnswer:
        """The answer, now. Raises `ProviderFault`."""
        api: Any = self._client.responses if request.api == "responses" else self._client.chat.completions
        headers = {"X-Client-Request-Id": request.request_hash}
        more = {"prompt_cache_key": f"ledgerline-{request.tier}"} if request.caches and not request.base_url else {}
        arguments = arguments_of({**request.body, **more}, _REQUIRED[request.api])
        with told_as_faults(_ERRORS, self._tier, self._seconds):
            async with asyncio.timeout(self._seconds):
                raw = await api.with_raw_response.create(**arguments, extra_headers=headers)
            return self._answer(request.api, json.loads(raw.http_response.content), raw.headers.get("x-request-id"))

    async def submit(self, requests: Sequence[ModelRequest], submission_id: str) -> str:
        """The batch's id. All requests must be of one interface. Raises `ProviderFault`."""
        endpoint = _ENDPOINTS[requests[0].api]
        lines = [json.dumps(_line(request, endpoint), ensure_ascii=False) for request in requests]
        expiry: Any = {"anchor": "created_at", "seconds": _KEPT_SECONDS}
        with told_as_faults(_ERRORS, self._tier, self._seconds):
            uploaded = await self._client.files.create(
                file=(f"{submission_id}.jsonl", "\n".join(lines).encode()), purpose="batch", expires_after=expiry
            )
            batch = await self._client.batches.create(
                input_file_id=uploaded.id,
                endpoint=endpoint,  # type: ignore[arg-type]
                completion_window="24h",
                metadata={_MARK: submission_id},
                output_expires_after=expiry,
            )
        return batch.id

    async def poll(self, batch_id: str) -> Batch:
        """How the batch stands. Raises `ProviderFault`."""
        with told_as_faults(_ERRORS, self._tier, self._seconds):
            batch = await self._client.batches.retrieve(batch_id)
        errors = batch.errors.data or [] if batch.errors else []
        detail = "; ".join(scrubbed(error.message or "") for error in errors[:3])
        total = batch.request_counts.total if batch.request_counts else 0
        return Batch(batch.id, _STATES.get(batch.status, "pending"), total, detail)

    async def results(self, batch_id: str) -> AsyncIterator[BatchResult]:
        """What has come of an ended batch. Raises `ProviderFault`."""
        with told_as_faults(_ERRORS, self._tier, self._seconds):
            batch = await self._client.batches.retrieve(batch_id)
            api = next(name for name, endpoint in _ENDPOINTS.items() if endpoint == batch.endpoint)
            for file_id in (batch.output_file_id, batch.error_file_id):
                if file_id:
                    content = await self._client.files.content(file_id)
                    for line in content.text.splitlines():
                        yield self._result(api, json.loads(line))

    async def find(self, submission_id: str, request_hashes: frozenset[str], since: datetime) -> Found:
        """The batches that carry the submission's mark. Raises `ProviderFault`."""
        matching = []
        with told_as_faults(_ERRORS, self._tier, self._seconds):
            async for batch in self._client.batches.list(limit=100):
                if batch.created_at < since.timestamp() - 1:  # newest first, in whole seconds
                    break
                if (batch.metadata or {}).get(_MARK) == submission_id:
                    matching.append(batch.id)
        return Found(tuple(matching))

    async def cancel(self, batch_id: str) -> None:
        """Stop what has not begun. Raises `ProviderFault`."""
        if (await self.poll(batch_id)).state == "pending":
            with told_as_faults(_ERRORS, self._tier, self._seconds):
                await self._client.batches.cancel(batch_id)

    async def close(self) -> None:
        """Let go of its connections."""
        await self._client.close()

    def _result(self, api: str, line: Mapping[str, Any]) -> BatchResult:
        try:
            return BatchResult(line["custom_id"], self._outcome(api, line))
        except ProviderFault as fault:
            return BatchResult(line["custom_id"], fault)

    def _outcome(self, api: str, line: Mapping[str, Any]) -> RawAnswer:
        failed, response = line.get("error") or {}, line.get("response") or {}
        if failed.get("code") in _LOST:
            raise BatchLostFault(self._tier, str(failed["code"]))
        status = int(response.get("status_code") or 500)
        if status != 200 or failed:
            raise status_fault(self._tier, status, failed or (response.get("body") or {}).get("error") or {})
        return self._answer(api, response["body"], response.get("request_id"))

    def _answer(self, api: str, content: Stated, request_id: str | None) -> RawAnswer:
        try:
            return (
                _of_response(self._tier, content, request_id) if api == "responses" else _of_chat(content, request_id)
            )
        except (KeyError, TypeError, IndexError, AttributeError) as error:
            raise unreadable(self._tier, error) from None


def _line(request: ModelRequest, endpoint: str) -> dict[str, Any]:
    return {"custom_id": request.request_hash, "method": "POST", "url": endpoint, "body": request.body}


def _of_response(tier: str, content: Stated, request_id: str | None) -> RawAnswer:
    if content["status"] == "failed":
        failed = content.get("error") or {}
        raise status_fault(tier, _FAILED_STATUS.get(failed.get("code", ""), 400), failed)
    usage, reasoning = openai_usage(content["usage"], "input", "output")
    parts = [part for item in content["output"] if item["type"] == "message" for part in item["content"]]
    incomplete = (content.get("incomplete_details") or {}).get("reason")
    reasons: dict[str | None, FinishReason] = {
        "max_output_tokens": "length", "content_filter": "content_filter", None: "stop",
    }  # fmt: skip
    refused = any(part["type"] == "refusal" for part in parts)
    return RawAnswer(
        text="".join(part["text"] for part in parts if part["type"] == "output_text"),
        usage=usage,
        finish_reason="refusal" if refused else reasons.get(incomplete, "other"),
        provider_request_id=request_id or content["id"],
        model=content["model"],
        reasoning_tokens=reasoning,
        service_tier=content.get("service_tier") or "",
    )


def _of_chat(content: Stated, request_id: str | None) -> RawAnswer:
    usage, reasoning = openai_usage(content["usage"], "prompt", "completion")
    choice = content["choices"][0]
    message, reason = choice["message"], choice.get("finish_reason")
    finish: FinishReason = reason if reason in ("stop", "length", "content_filter") else "other"
    return RawAnswer(
        text=message.get("content") or "",
        usage=usage,
        finish_reason="refusal" if message.get("refusal") else finish,
        provider_request_id=request_id or content.get("id") or "",
        model=content.get("model") or "",
        reasoning_tokens=reasoning,
        service_tier=content.get("service_tier") or "",
    )
