"""What providers report as used, in our four classes, which do not overlap. Raises `KeyError` where nothing is said."""

from collections.abc import Mapping
from typing import Any

from routing.prices import Usage

Stated = Mapping[str, Any]


def openai_usage(stated: Stated, before: str, after: str) -> tuple[Usage, int]:
    """OpenAI's: cached and cache-write tokens are a part of the input, reasoning (the second result) of the output.

    `before` and `after` are what the interface calls input and output.
    """
    details = stated.get(f"{before}_tokens_details") or {}
    cached, written = int(details.get("cached_tokens") or 0), int(details.get("cache_write_tokens") or 0)
    usage = Usage(
        input_tokens=max(int(stated[f"{before}_tokens"]) - cached - written, 0),
        cached_input_tokens=cached,
        cache_write_tokens=written,
        output_tokens=int(stated[f"{after}_tokens"]),
    )
    reasoning = (stated.get(f"{after}_tokens_details") or {}).get("reasoning_tokens")
    return usage, int(reasoning or 0)


def anthropic_usage(stated: Stated) -> tuple[Usage, int]:
    """Anthropic's: its input excludes what is read from and written to the cache. Thinking is a part of the output."""
    usage = Usage(
        input_tokens=int(stated["input_tokens"]),
        cached_input_tokens=int(stated.get("cache_read_input_tokens") or 0),
        cache_write_tokens=int(stated.get("cache_creation_input_tokens") or 0),
        output_tokens=int(stated["output_tokens"]),
    )
    thinking = (stated.get("output_tokens_details") or {}).get("thinking_tokens")
    return usage, int(thinking or 0)
