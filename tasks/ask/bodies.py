"""A question as the body that each interface takes: JSON, so that it can be hashed and sent in files."""

import base64
from collections.abc import Sequence
from typing import Any

from tasks.ask.schema import SCHEMA_NAME
from tasks.ask.types import Api

Body = dict[str, Any]


def body_of(
    api: Api, model: str, prefix: str, text: str, pictures: Sequence[bytes], schema: Body, most: int, limit: str
) -> Body:
    """The body of one request: `prefix` is what begins alike in many, `text` the document, `pictures` are JPEG,
    `most` the output tokens allowed, `limit` what Chat Completions calls that."""
    seen = [base64.b64encode(picture).decode() for picture in pictures]
    if api == "responses":
        return _responses(model, prefix, text, seen, schema, most)
    if api == "chat":
        return _chat(model, prefix, text, seen, schema) | {limit: most}
    return _messages(model, prefix, text, seen, schema, most)


def arguments_of(body: Body, required: Sequence[str]) -> Body:
    """The body as keyword arguments of the SDK's call: by name what it can't do without, the rest as it is, so that an
    option that only some server knows gets there too."""
    named = {name: body[name] for name in required}
    return {**named, "extra_body": {name: value for name, value in body.items() if name not in required}}


def without_pictures(body: Body) -> Body:
    """The body without the pictures' data: what counts as text."""
    kept: Body = _emptied(body)
    return kept


def _responses(model: str, prefix: str, text: str, pictures: Sequence[str], schema: Body, most: int) -> Body:
    content: list[Body] = [{"type": "input_text", "text": text}]
    content += [{"type": "input_image", "image_url": _data_url(each), "detail": "high"} for each in pictures]
    return {
        "model": model,
        "instructions": prefix,
        "input": [{"role": "user", "content": content}],
        "text": {"format": {"type": "json_schema", "name": SCHEMA_NAME, "schema": schema, "strict": True}},
        "max_output_tokens": most,
        "store": False,
    }


def _chat(model: str, prefix: str, text: str, pictures: Sequence[str], schema: Body) -> Body:
    content: list[Body] = [{"type": "text", "text": text}]
    content += [{"type": "image_url", "image_url": {"url": _data_url(each), "detail": "high"}} for each in pictures]
    form = {"name": SCHEMA_NAME, "schema": schema, "strict": True}
    return {
        "model": model,
        "messages": [
            {"role": "system", "content": prefix},
            {"role": "user", "content": content if pictures else text},
        ],
        "response_format": {"type": "json_schema", "json_schema": form},
    }


def _messages(model: str, prefix: str, text: str, pictures: Sequence[str], schema: Body, most: int) -> Body:
    content: list[Body] = [{"type": "text", "text": text}]
    content += [
        {"type": "image", "source": {"type": "base64", "media_type": "image/jpeg", "data": each}} for each in pictures
    ]
    return {
        "model": model,
        "system": [{"type": "text", "text": prefix}],
        "messages": [{"role": "user", "content": content}],
        "output_config": {"format": {"type": "json_schema", "schema": schema}},
        "max_tokens": most,
    }


def _data_url(picture: str) -> str:
    return f"data:image/jpeg;base64,{picture}"


def _emptied(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return {name: _emptied(each) for name, each in value.items() if name not in ("image_url", "source")}
    return [_emptied(each) for each in value] if isinstance(value, list) else value
