"""Build a request: who may see the document, which pages, what is asked, in the words of the tier's interface."""

import io
from collections.abc import Mapping
from typing import Any, cast

from PIL import Image

from routing.errors import ForbiddenError
from routing.fields import Catalogue
from routing.policy import Policy, Tier
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
    pages = relevant_pages(document, kept.reading.pages, sheet_of(kept.reading), ask)
    pictured = [page.number for page in pages if page.number in kept.pictures] if tier.reads_images else []
    text = fenced(document, pages, pictured, known(document, ask, policy.acceptance))
    prefix = f"{INSTRUCTIONS}\n\n{task(ask.fields, ask.doc_types, ask.line_items, catalogue)}"
    api, pictures = api_of(tier), [kept.pictures[number] for number in pictured]
    lines = _lines(document, kept) if ask.line_items else 0
    output = expected_output(len(ask.fields), len(catalogue.fields), lines, policy.estimate)
    most = most_output(output, tier)
    schema = answer_schema(ask.fields, ask.doc_types, ask.line_items)
    body = _with_options(body_of(api, tier.model or "", prefix, text, pictures, schema, most, tier.output_limit), tier)
    caches = caching_pays(prefix, alike, tier.concurrency, tier, policy.estimate)
    sizes = [Image.open(io.BytesIO(picture)).size for picture in pictures]
    thinking = tier.thinking_tokens // 2
    return ModelRequest(
        document_id=document.file.document_id,
        tier=tier.name,
        kind=cast(ProviderKind, tier.kind),
        api=api,
        base_url=tier.base_url,
        model=tier.model or "",
        body=body,
        fields=ask.fields,
        pages=tuple(page.number for page in pages),
        expected=expected_usage([prefix, str(schema), text], len(pictures), output + thinking, policy.estimate),
        worst=worst_usage(without_pictures(body), sizes, most, _written(api, prefix, caches)),
        caches=caches,
    )


def api_of(tier: Tier) -> Api:
    """The interface of a paid tier: its own choice, Chat Completions for a compatible server, else the provider's."""
    if tier.api:
        return tier.api
    return "chat" if tier.kind == "openai" and tier.base_url else _USUAL[tier.kind]


def _written(api: Api, prefix: str, caches: bool) -> str | None:
    """What the provider is asked to keep: OpenAI decides by itself, Anthropic keeps what is marked."""
    if api != "messages":
        return None
    return prefix if caches else ""


def _lines(document: Examined, kept: Kept) -> int:
    """How many line items there may be: those that were found, or one for every fourth line of the pages."""
    return max(len(document.line_items), sum(len(page.words) for page in kept.reading.pages) // 40)


def _with_options(body: Body, tier: Tier) -> Body:
    """The body with what the policy adds to every call of the tier."""
    added: Body = {"service_tier": tier.service_tier} if tier.service_tier and tier.kind == "openai" else {}
    return _merged(body, added | tier.options)


def _merged(ours: Body, theirs: Mapping[str, Any]) -> Body:
    merged = dict(ours)
    for name, value in theirs.items():
        both = isinstance(value, dict) and isinstance(ours.get(name), dict)
        merged[name] = _merged(ours[name], value) if both else value
    return merged
