"""OpenAI's side: Responses, Chat Completions, their errors, and the shape of their batches."""

import json
from typing import Any

from .bill import Tokens
from .http import Response, as_json
from .model import Prompt, Said

ENDPOINTS = {"/v1/responses": "responses", "/v1/chat/completions": "chat"}

_STATUS = {
    "rate_limited": (429, "rate_limit_exceeded", "Rate limit reached for requests per min. Please try again."),
    "rate_limited_bare": (429, "rate_limit_exceeded", "Rate limit reached for tokens per min. Please try again."),
    "quota": (
        429,
        "insufficient_quota",
        "You exceeded your current quota, please check your plan and billing details.",
    ),
    "server": (500, "server_error", "The server had an error while processing your request."),
    "overloaded": (503, "overloaded", "The engine is currently overloaded, please try again later."),
    "invalid_key": (401, "invalid_api_key", "Incorrect API key provided: sk-***."),
    "context_too_long": (400, "context_length_exceeded", "Your input exceeds the context window of this model."),
    "unknown_model": (404, "model_not_found", "The model does not exist or you do not have access to it."),
    "bad_request": (400, "invalid_request_error", "Invalid request."),
}


def error(name: str, retry_after: float | None = None) -> Response:
    """The HTTP error of that name."""
    status, code, message = _STATUS[name]
    content = {"error": {"message": message, "type": code, "param": None, "code": code}}
    headers = {"x_request_id": "req-error"} | ({"retry_after": str(retry_after)} if retry_after is not None else {})
    return as_json(status, content, **headers)


def prompt(api: str, body: dict[str, Any]) -> Prompt:
    """The request in general terms. `KeyError` where it lacks what the interface needs."""
    if api == "responses":
        schema, begins = body["text"]["format"]["schema"], body["instructions"]
        rest = [part["text"] for turn in body["input"] for part in turn["content"] if part["type"] == "input_text"]
        most = body["max_output_tokens"]
    else:
        schema = body["response_format"]["json_schema"]["schema"]
        system, user = body["messages"]
        begins, content = system["content"], user["content"]
        rest = [content] if isinstance(content, str) else [part["text"] for part in content if part["type"] == "text"]
        most = body["max_completion_tokens"] if "max_completion_tokens" in body else body["max_tokens"]
    prefix = begins + json.dumps(schema)
    return Prompt(body["model"], prefix, "\n".join(rest), schema, most, marked=False, implicit=True)


def answer(api: str, said: Said, model: str) -> dict[str, Any]:
    """The body of a 200."""
    return _response(said, model) if api == "responses" else _completion(said, model)


def _response(said: Said, model: str) -> dict[str, Any]:
    content = [{"type": "output_text", "text": said.text, "annotations": []}]
    if said.reason == "refusal":
        content = [{"type": "refusal", "refusal": "I can't help with that."}]
    incomplete = {"length": "max_output_tokens", "content_filter": "content_filter"}.get(said.reason)
    message = {"id": "msg", "type": "message", "role": "assistant", "status": "completed", "content": content}
    return {
        "id": said.call_id,
        "object": "response",
        "created_at": 0,
        "status": "incomplete" if incomplete else "completed",
        "error": None,
        "incomplete_details": {"reason": incomplete} if incomplete else None,
        "model": model,
        "output": [message] if said.text or said.reason == "refusal" else [],
        "parallel_tool_calls": False,
        "tool_choice": "auto",
        "tools": [],
        "service_tier": "default",
        "usage": _usage(said.tokens, "input", "output"),
    }


def _completion(said: Said, model: str) -> dict[str, Any]:
    refused = said.reason == "refusal"
    message = {
        "role": "assistant",
        "content": None if refused else said.text,
        "refusal": "I can't help with that." if refused else None,
    }
    reason = said.reason if said.reason in ("length", "content_filter") else "stop"
    return {
        "id": said.call_id,
        "object": "chat.completion",
        "created": 0,
        "model": model,
        "choices": [{"index": 0, "finish_reason": reason, "message": message, "logprobs": None}],
        "usage": _usage(said.tokens, "prompt", "completion"),
    }


def _usage(tokens: Tokens, before: str, after: str) -> dict[str, Any]:
    """Cached and written tokens are a part of the input, reasoning a part of the output."""
    whole = tokens.input + tokens.cached_input + tokens.cache_write
    return {
        f"{before}_tokens": whole,
        f"{before}_tokens_details": {
            "cached_tokens": tokens.cached_input,
            "cache_write_tokens": tokens.cache_write,
        },
        f"{after}_tokens": tokens.output,
        f"{after}_tokens_details": {"reasoning_tokens": tokens.reasoning},
        "total_tokens": whole + tokens.output,
    }


def batch_line(custom_id: str, status: int, content: dict[str, Any]) -> dict[str, Any]:
    """One line of an output or error file."""
    response = {"status_code": status, "request_id": f"req-{custom_id[:8]}", "body": content}
    return {"id": f"line-{custom_id[:8]}", "custom_id": custom_id, "response": response, "error": None}


def expired_line(custom_id: str, code: str) -> dict[str, Any]:
    """The line of a request that was not carried out."""
    failed = {"code": code, "message": "This request could not be executed before the completion window expired."}
    return {"id": f"line-{custom_id[:8]}", "custom_id": custom_id, "response": None, "error": failed}


def batch(batch_id: str, shown: dict[str, Any]) -> dict[str, Any]:
    """A batch as it is shown."""
    return {
        "id": batch_id,
        "object": "batch",
        "completion_window": "24h",
        "errors": None,
        **shown,
    }
