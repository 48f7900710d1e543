"""What a stand-in is told: models with their prices and errors, the truth, faults, pace."""

import json
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

FAULTS = (
    "timeout",  # answers far too late; billed
    "reset",  # tears the connection; half of them billed
    "rate_limited",  # 429 with retry-after
    "rate_limited_bare",  # 429 without
    "quota",  # 429 that says that the quota is used up
    "server",  # 500
    "overloaded",  # 529 (Anthropic), 503 (OpenAI)
    "invalid_key",  # 401
    "context_too_long",  # 400
    "broken_body",  # 200 whose JSON breaks off, connection closed; billed
    "hanging",  # 200 whose body stops in the middle, connection open; billed
    "malformed",  # the model's text is no JSON; billed
    "wrong_schema",  # the model's text is JSON of another form; billed
    "truncated",  # cut off at the most output tokens; billed
    "refusal",  # billed
    "content_filter",  # billed
    "empty",  # no text; billed
)
"""Every fault that can be injected."""


@dataclass(frozen=True, slots=True)
class Model:
    """One model: US dollars for a million tokens of each class, and how good it is.

    `p_right` is the probability that all of an answer is right: else one of its fields is spoiled (another value of the
    page, an invented one, or none). It hangs on seed, model, document and fields asked alone, not on when they are.
    """

    input: str
    cached_input: str
    cache_write: str
    output: str
    p_right: float = 1.0
    reasoning_tokens: int = 0
    cache_from_tokens: int = 1024
    bills_cache_writes: bool = True

    def usd(self, name: str) -> Decimal:
        return Decimal(getattr(self, name))


@dataclass(frozen=True, slots=True)
class Settings:
    """All of it. `truth` is a truth.jsonl (document_id, doc_type, fields, line_items); `faults` are probabilities by
    name; `script` holds faults (or None) for the first requests that come, before chance takes over.

    A field that the truth does not tell is `absent`, or `unanswered` where the truth does not tell all that is printed
    (as in recorded sets): then the model says nothing of it. Batches are worked off after `batch_seconds` at
    `batch_price` of the usual one; the share `batch_expires` of their requests expires, and `batch_done_at_cancel` is
    done where they are cancelled.
    """

    models: dict[str, Model]
    truth: str | None = None
    untold: str = "absent"
    seed: int = 0
    key: str = "stand-in-key"
    latency_seconds: float = 0.0
    hang_seconds: float = 600.0
    retry_after_seconds: float = 0.1
    faults: dict[str, float] = field(default_factory=dict)
    script: tuple[str | None, ...] = ()
    batch_seconds: float = 0.0
    batch_price: str = "0.5"
    batch_expires: float = 0.0
    batch_done_at_cancel: float = 0.0
    cache_seconds: float = 300.0

    def rows(self) -> list[dict[str, Any]]:
        if not self.truth:
            return []
        return [json.loads(line) for line in Path(self.truth).read_text(encoding="utf-8").splitlines() if line.strip()]

    def as_json(self) -> str:
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> "Settings":
        stated = json.loads(text)
        stated["models"] = {name: Model(**each) for name, each in stated["models"].items()}
        return Settings(**{**stated, "script": tuple(stated.get("script", ()))})
