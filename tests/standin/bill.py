"""What a stand-in bills: its own count of tokens by class, its own prices, its own cache."""

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .settings import Model

CLASSES = ("input", "cached_input", "cache_write", "output")


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of one call in four classes that do not overlap; `reasoning` are inside `output`."""

    input: int = 0
    cached_input: int = 0
    cache_write: int = 0
    output: int = 0
    reasoning: int = 0


@dataclass(frozen=True, slots=True)
class Billed:
    """One billed call. `request_hash` is what the client said it was (its header, or the custom id in a batch),
    `fault` what was done to it."""

    call_id: str
    model: str
    mode: str
    tokens: Tokens
    usd: Decimal
    request_hash: str
    fault: str | None


@dataclass
class Bill:
    """Every call that was billed."""

    batch_price: Decimal
    calls: list[Billed] = field(default_factory=list)

    def add(
        self, call_id: str, name: str, model: Model, mode: str, tokens: Tokens, request_hash: str, fault: str | None
    ) -> None:
        millionths = sum((getattr(tokens, each) * model.usd(each) for each in CLASSES), Decimal(0))
        factor = self.batch_price if mode == "batch" else Decimal(1)
        usd = (millionths * factor / 1_000_000).quantize(Decimal("1e-9"), ROUND_HALF_UP)
        self.calls.append(Billed(call_id, name, mode, tokens, usd, request_hash, fault))

    @property
    def usd(self) -> Decimal:
        return sum((call.usd for call in self.calls), Decimal(0))

    def as_json(self) -> dict[str, Any]:
        """The sum, the sums by model and way of calling, and every call."""
        sums: dict[str, dict[str, Any]] = defaultdict(
            lambda: {**dict.fromkeys(CLASSES, 0), "calls": 0, "usd": Decimal(0)}
        )
        for call in self.calls:
            entry = sums[f"{call.model} {call.mode}"]
            for each in CLASSES:
                entry[each] += getattr(call.tokens, each)
            entry["calls"] += 1
            entry["usd"] += call.usd
        return {
            "usd": str(self.usd),
            "sums": {name: {**entry, "usd": str(entry["usd"])} for name, entry in sums.items()},
            "calls": [
                {
                    "call_id": call.call_id,
                    "model": call.model,
                    "mode": call.mode,
                    "request_hash": call.request_hash,
                    "fault": call.fault,
                    "usd": str(call.usd),
                    **{each: getattr(call.tokens, each) for each in CLASSES},
                }
                for call in self.calls
            ],
        }


@dataclass
class PromptCache:
    """Which beginnings of prompts are kept, for `seconds` since they were last used."""

    seconds: float
    now: Callable[[], float] = time.monotonic
    kept: dict[tuple[str, str], float] = field(default_factory=dict)

    def holds(self, model: str, prefix: str) -> bool:
        return self.kept.get((model, prefix), 0.0) > self.now()

    def keep(self, model: str, prefix: str) -> None:
        self.kept[(model, prefix)] = self.now() + self.seconds


def text_tokens(text: str) -> int:
    """A token for every four bytes begun."""
    return -(-len(text.encode()) // 4)


def picture_tokens(width: int, height: int) -> int:
    """As Anthropic counts them."""
    return -(-width * height // 750)
