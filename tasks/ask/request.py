"""Build a request: who may see the document, which pages, what is asked, in the words of the tier's interface."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from PIL import Image

from routing.errors import ForbiddenError
from routing.fields import Catalogue
from routing.policy import Policy, Tier
from routing.prices import Usage
from tasks.ask.bodies import Body, body_of, without_pictures
from tasks.ask.kept import Kept
from tasks.ask.prompt import INSTRUCTIONS, fenced, task
from tasks.ask.relevant import relevant_pages
from tasks.ask.schema import answer_schema
from tasks.ask.tokens import caching_pays, expected_output, expected_usage, most_output, worst_usage
from tasks.ask.types import Api, ModelRequest, ProviderKind
from tasks.ask.wanted import Ask, known
from tasks.documents import Examined
from tasks.extract.sheet import sheet_of

_USUAL: Mapping[str, Api] = {"openai": "responses", "anthropic": "messages"}


@dataclass(frozen=True, slots=True)
class _Question:
    """What is sent, whatever the interface: instructions and task, the fenced document, the answer's schema."""

    prefix: str
    text: str
    schema: Body
    pages: tuple[int, ...]
    pictures: tuple[bytes, ...]


def build(
    document: Examined,
    sensitivity: str,
    kept: Kept,
    ask: Ask,
    tier: Tier,
    policy: Policy,
    catalogue: Catalogue,
    alike: int = 1,
) -> ModelRequest:
    """The request that asks `tier` about the document; `alike` counts the requests of this round with the same `ask`.

    Raises `ForbiddenError` where the tier may not see a document of that sensitivity: routing should have known.
    """
    if sensitivity not in tier.sensitivities:
        raise ForbiddenError(document.file.document_id, tier.name, sensitivity)
    question = _question(document, kept, ask, tier, policy, catalogue)
    answer = expected_output(len(ask.fields), len(catalogue.fields), _lines(document, kept, ask), policy.estimate)
    most = most_output(answer, tier)
    body = _body(question, tier, most)
    caches = caching_pays(question.prefix, alike, tier.concurrency, tier, policy.estimate)
    return ModelRequest(
        document_id=document.file.document_id,
        tier=tier.name,
        kind=cast(ProviderKind, tier.kind),
        api=api_of(tier),
        base_url=tier.base_url,
        model=tier.model or "",
        body=body,
        fields=ask.fields,
        pages=question.pages,
        expected=_expected(question, answer, tier, policy),
        worst=_worst(question, body, most, api_of(tier), caches),
        caches=caches,
    )


def api_of(tier: Tier) -> Api:
    """The interface of a paid tier: its own choice, Chat Completions for a compatible server, else the provider's."""
    if tier.api:
        return tier.api
    return "chat" if tier.kind == "openai" and tier.base_url else _USUAL[tier.kind]


def _question(document: Examined, kept: Kept, ask: Ask, tier: Tier, policy: Policy, catalogue: Catalogue) -> _Question:
    pages = relevant_pages(document, kept.reading.pages, sheet_of(kept.reading), ask)
    pictured = [page.number for page in pages if page.number in kept.pictures] if tier.reads_images else []
    return _Question(
        prefix=f"{INSTRUCTIONS}\n\n{task(ask.fields, ask.doc_types, ask.line_items, catalogue)}",
        text=fenced(document, pages, pictured, known(document, ask, policy.acceptance)),
        schema=answer_schema(ask.fields, ask.doc_types, ask.line_items),
        pages=tuple(page.number for page in pages),
        pictures=tuple(kept.pictures[number] for number in pictured),
    )


def _body(question: _Question, tier: Tier, most: int) -> Body:
    """The body with what the policy adds to every call of the tier."""
    prefix, text, pictures, schema = question.prefix, question.text, question.pictures, question.schema
    body = body_of(api_of(tier), tier.model or "", prefix, text, pictures, schema, most, tier.output_limit)
    added: Body = {"service_tier": tier.service_tier} if tier.service_tier and tier.kind == "openai" else {}
    return _merged(body, added | tier.options)


def _expected(question: _Question, answer: int, tier: Tier, policy: Policy) -> Usage:
    """What it will probably take: of what it may think, half."""
    texts = [question.prefix, json.dumps(question.schema), question.text]
    return expected_usage(texts, len(question.pictures), answer + tier.thinking_tokens // 2, policy.estimate)


def _worst(question: _Question, body: Body, most: int, api: Api, caches: bool) -> Usage:
    """What it can take: OpenAI decides by itself what it writes to its cache, Anthropic writes what is marked."""
    written = (question.prefix if caches else "") if api == "messages" else None
    sizes = [Image.open(io.BytesIO(picture)).size for picture in question.pictures]
    return worst_usage(without_pictures(body), sizes, most, written)


def _lines(document: Examined, kept: Kept, ask: Ask) -> int:
    """How many line items there may be: those that were found, or one for every forty words."""
    if not ask.line_items:
        return 0
    return max(len(document.line_items), sum(len(page.words) for page in kept.reading.pages) // 40)


def _merged(ours: Body, theirs: Mapping[str, Any]) -> Body:
    merged = dict(ours)
    for name, value in theirs.items():
        both = isinstance(value, dict) and isinstance(ours.get(name), dict)
        merged[name] = _merged(ours[name], value) if both else value
    return merged
