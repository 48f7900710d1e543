"""Anthropic's side: Messages, its errors, and the shape of its batches."""

import json
from typing import Any

from .http import Response, as_json
from .model import Prompt, Said

_STATUS = {
    "rate_limited": (429, "rate_limit_error", "This request would exceed your rate limit."),
    "rate_limited_bare": (429, "rate_limit_error", "Number of requests has exceeded your rate limit."),
    "quota": (400, "billing_error", "Your credit balance is too low to access the API."),
    "server": (500, "api_error", "Internal server error"),
    "overloaded": (529, "overloaded_error", "Overloaded"),
    "invalid_key": (401, "authentication_error", "invalid x-api-key"),
    "context_too_long": (400, "invalid_request_error", "prompt is too long: 250000 tokens > 200000 maximum"),
    "unknown_model": (404, "not_found_error", "model: no such model"),
    "bad_request": (400, "invalid_request_error", "Invalid request."),
}
_STOP = {
    "stop": "end_turn",
    "empty": "end_turn",
    "length": "max_tokens",
    "refusal": "refusal",
    "content_filter": "refusal",
}


def error_content(name: str) -> dict[str, Any]:
    """The body of the error of that name."""
    _, kind, message = _STATUS[name]
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req-error"}


def error(name: str, retry_after: float | None = None) -> Response:
    """The HTTP error of that name."""
    headers = {"request_id": "req-error"} | ({"retry_after": str(retry_after)} if retry_after is not None else {})
    return as_json(_STATUS[name][0], error_content(name), **headers)


def prompt(body: dict[str, Any]) -> Prompt:
    """The request in general terms. `KeyError` where it lacks what the interface needs."""
    schema = body["output_config"]["format"]["schema"]
    prefix = json.dumps(schema) + "".join(block["text"] for block in body["system"])
    rest = [part["text"] for turn in body["messages"] for part in turn["content"] if part["type"] == "text"]
    marked = any("cache_control" in block for block in body["system"])
    return Prompt(body["model"], prefix, "\n".join(rest), schema, body["max_tokens"], marked=marked, implicit=False)


def answer(said: Said, model: str) -> dict[str, Any]:
    """The body of a 200."""
    return {
        "id": said.call_id,
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [{"type": "text", "text": said.text}] if said.text else [],
        "stop_reason": _STOP[said.reason],
        "stop_sequence": None,
        "usage": {
            "input_tokens": said.tokens.input,
            "cache_read_input_tokens": said.tokens.cached_input,
            "cache_creation_input_tokens": said.tokens.cache_write,
            "output_tokens": said.tokens.output,
            "service_tier": "standard",
        },
    }
