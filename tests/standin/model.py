"""A stand-in's models, whatever interface they are asked by: what they answer and what that takes."""

import base64
import hashlib
import io
import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from PIL import Image

from .answers import Answerer, Question
from .bill import Bill, PromptCache, Tokens, picture_tokens, text_tokens
from .settings import Model, Settings

_PICTURE = re.compile(r'"(?:data:image/jpeg;base64,)?(/9j/[A-Za-z0-9+/=]+)"')
_UNBILLED = frozenset(
    ["rate_limited", "rate_limited_bare", "quota", "server", "overloaded", "invalid_key", "context_too_long"]
)


@dataclass(frozen=True, slots=True)
class Prompt:
    """A request as all interfaces have it: `prefix` is what begins it (instructions and schema), `marked` whether the
    client asks for it to be cached, `implicit` whether the provider does so by itself."""

    model: str
    prefix: str
    text: str
    schema: dict[str, Any]
    most: int
    marked: bool
    implicit: bool

    @staticmethod
    def pictures_of(body: dict[str, Any]) -> int:
        """Tokens of the pictures in the body."""
        found = _PICTURE.findall(json.dumps(body))
        return sum(picture_tokens(*Image.open(io.BytesIO(base64.b64decode(each))).size) for each in found)


@dataclass(frozen=True, slots=True)
class Said:
    """What the model said: `reason` is stop, length, refusal, content_filter or empty."""

    call_id: str
    text: str
    reason: str
    tokens: Tokens


def fingerprint(body: dict[str, Any]) -> str:
    """A hash of the request's body."""
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


class Models:
    """All models of a stand-in with their bill."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.bill = Bill(Decimal(settings.batch_price))
        self._cache = PromptCache(settings.cache_seconds)
        self._answerer = Answerer(settings.rows(), settings.seed, settings.untold)
        self._calls = 0

    def knows(self, model: str) -> bool:
        return model in self.settings.models

    def say(
        self, prompt: Prompt, pictures: int, mode: str, request_hash: str, fault: str | None, billed: bool = True
    ) -> Said:
        """Answer, and bill it."""
        self._calls += 1
        call_id = f"call-{self._calls:06d}"
        model = self.settings.models[prompt.model]
        text, reason = self._text(prompt, model, fault)
        output = text_tokens(text) + model.reasoning_tokens
        if fault == "truncated" or output > prompt.most:
            text, reason, output = text[: len(text) // 2], "length", prompt.most
        tokens = self._tokens(prompt, pictures, model, output)
        if billed and fault not in _UNBILLED:
            self.bill.add(call_id, prompt.model, model, mode, tokens, request_hash, fault)
        return Said(call_id, text, reason, tokens)

    def _text(self, prompt: Prompt, model: Model, fault: str | None) -> tuple[str, str]:
        if fault in ("refusal", "content_filter", "empty"):
            return "", fault
        if fault == "malformed":
            return "Certainly! Here is the data you asked for:", "stop"
        if fault == "wrong_schema":
            return json.dumps({"fields": {"gross_total": 1}, "absent": "none"}), "stop"
        return self._answerer.answer(Question(prompt.model, prompt.text, prompt.schema), model.p_right), "stop"

    def _tokens(self, prompt: Prompt, pictures: int, model: Model, output: int) -> Tokens:
        prefix, rest = text_tokens(prompt.prefix), text_tokens(prompt.text) + pictures
        reasoning = min(model.reasoning_tokens, output)
        if prefix < model.cache_from_tokens or not (prompt.marked or prompt.implicit):
            return Tokens(prefix + rest, 0, 0, output, reasoning)
        held = self._cache.holds(prompt.model, prompt.prefix)
        self._cache.keep(prompt.model, prompt.prefix)
        if held:
            return Tokens(rest, prefix, 0, output, reasoning)
        if model.bills_cache_writes:
            return Tokens(rest, 0, prefix, output, reasoning)
        return Tokens(prefix + rest, 0, 0, output, reasoning)
