"""What passes between those who build a request, those who pay for it and those who read its answer. Plain data.

    build → ModelRequest → Provider.call ──────────────────→ RawAnswer → parse → ModelAnswer → ground → Field
                         → Provider.submit … results ──────→ RawAnswer
                                             a failure is always a `ProviderFault` of routing.errors, never a value

A request that was answered is a `RawAnswer` whatever the model said (a refusal is billed too), so that it can be made
durable before anybody looks inside; only `parse` says that it is no answer.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Literal, Protocol

from routing.errors import ProviderFault
from routing.prices import Usage

ProviderKind = Literal["openai", "anthropic"]
Api = Literal["responses", "chat", "messages"]
"""The provider's interface: OpenAI Responses, Chat Completions (also of compatible servers), Anthropic Messages."""

FinishReason = Literal["stop", "length", "refusal", "content_filter", "context", "other"]
"""Why the model stopped, one word for all providers. Only `stop` is an answer."""


@dataclass(frozen=True)
class ModelRequest:
    """One request on one document, ready to send: nothing about it is decided later.

    `body` is what the SDK's call takes, in JSON: model, prompt, schema, most output tokens. `fields` are those asked
    for, `pages` the numbers of those sent. `expected` is what it will probably take, `worst` what it can take at most
    (all input uncached, or written to the cache where that is asked for, all output allowed): what is reserved.
    `caches` says that the provider is asked to keep what the prompt begins with; it is no part of `body`, since the
    same question stays the same whatever is asked beside it.
    """

    document_id: str
    tier: str
    kind: ProviderKind
    api: Api
    base_url: str | None
    model: str
    body: Mapping[str, Any]
    fields: tuple[str, ...]
    pages: tuple[int, ...]
    expected: Usage
    worst: Usage
    caches: bool = False

    @cached_property
    def request_hash(self) -> str:
        """SHA-256 of all that makes the answer what it is, as 64 hex digits: the same request is never paid twice.

        It is also the `custom_id` in a batch. Neither document, tier nor the way of calling are part of it.
        """
        content = [self.kind, self.api, self.base_url, self.model, self.body]
        canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """What the provider sent back, and what it bills for it.

    `text` is the model's own text (JSON where all is well), "" where it gave none. `usage` is what the provider
    reported, in four classes that do not overlap; `reasoning_tokens` are counted inside its output tokens already.
    `model` is the one that answered, by the provider's word; `service_tier` likewise, "" where it says nothing.
    """

    text: str
    usage: Usage
    finish_reason: FinishReason
    provider_request_id: str
    model: str
    reasoning_tokens: int = 0
    service_tier: str = ""


@dataclass(frozen=True, slots=True)
class AnsweredField:
    """A field as the model gave it, not yet believed: `value` in its own words, the verbatim `quote`, and its page."""

    name: str
    value: str
    quote: str
    page: int


@dataclass(frozen=True, slots=True)
class AnsweredLine:
    """A line item as the model gave it: `values` by the names of `LineItem`, "" where not printed, and its page."""

    values: Mapping[str, str]
    page: int


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """A typed answer, not yet believed: nothing of it counts before `ground` found it on the pages.

    `doc_type` is None where it was not asked for; `absent` names the fields that the model says the pages do not
    state; `lines` is None where line items were not asked for.
    """

    doc_type: str | None
    fields: tuple[AnsweredField, ...]
    absent: tuple[str, ...]
    lines: tuple[AnsweredLine, ...] | None = None


BatchState = Literal["pending", "ended", "failed"]
"""`ended`: there are results, also where it expired or was cancelled with a part of them. `failed`: it was refused as a
whole, nothing was done or billed."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as the provider shows it. `requests` counts all of them, `detail` says why it failed."""

    batch_id: str
    state: BatchState
    requests: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of one request of a batch. A `BatchLostFault` says that it was not carried out and not billed."""

    request_hash: str
    outcome: RawAnswer | ProviderFault


@dataclass(frozen=True, slots=True)
class Found:
    """Batches that a submission may have become: `matching` for sure, `undecided` as long as they have not ended
    (Anthropic tells the custom ids of a batch only with its results)."""

    matching: tuple[str, ...]
    undecided: tuple[str, ...] = ()


class Provider(Protocol):
    """One paid tier's provider. Every method raises `ProviderFault`; retries are the caller's alone."""

    async def call(self, request: ModelRequest) -> RawAnswer:
        """The answer, now."""

    async def submit(self, requests: Sequence[ModelRequest], submission_id: str) -> str:
        """The batch's id at the provider. `submission_id` travels with it where the provider takes such a mark."""

    async def poll(self, batch_id: str) -> Batch:
        """How the batch stands."""

    def results(self, batch_id: str) -> AsyncIterator[BatchResult]:
        """What has come of an ended batch, one after another, in no particular order."""

    async def find(self, submission_id: str, request_hashes: frozenset[str], since: datetime) -> Found:
        """The batches of a submission whose id was never noted, among those created from `since` (UTC) on."""

    async def cancel(self, batch_id: str) -> None:
        """Stop what has not begun; what is done stays billed and its results can be had. No error if it has ended."""

    async def close(self) -> None:
        """Let go of its connections."""
