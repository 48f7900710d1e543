"""How many tokens a request will take, and how many it can take at most: what is expected, and what is reserved."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from routing.policy import Estimate, Tier
from routing.prices import Usage

Size = tuple[int, int]
"""Width and height of a picture in pixels."""

_ENVELOPE = 1000  # tokens that a provider may add: roles, and its own words on the schema
_PATCH, _TOKENS_PER_PATCH = 32, 2.5
"""The dearest published count of picture tokens is 2.46 for each started square of 32 x 32 pixels."""

_ANSWER_FRAME = 60  # tokens of an answer without any entry
_ALLOWANCE = 2.0  # times the expected answer: what is allowed before it is cut off


def expected_output(fields: int, all_fields: int, lines: int, estimate: Estimate) -> int:
    """Tokens of an answer on so many of a type's fields, with so many line items."""
    share = fields / max(all_fields, 1)
    return _ANSWER_FRAME + math.ceil(share * estimate.output_tokens) + lines * estimate.output_tokens_per_line


def most_output(expected: int, tier: Tier) -> int:
    """What a model is allowed: room for an answer longer than expected, and for its thinking."""
    return math.ceil(_ALLOWANCE * expected) + 300 + tier.thinking_tokens


def expected_usage(texts: Sequence[str], pictures: int, output: int, estimate: Estimate) -> Usage:
    """What a request of these texts and pictures will probably take, nothing cached."""
    characters = sum(len(text) for text in texts)
    tokens = math.ceil(characters / estimate.characters_per_token) + pictures * estimate.image_tokens
    return Usage(input_tokens=tokens, output_tokens=output)


def worst_usage(body: Mapping[str, Any], sizes: Sequence[Size], output: int, written: str | None) -> Usage:
    """What a request can take at most: no token is shorter than a byte.

    `body` is the request without its pictures, whose `sizes` are counted instead. `written` is what the provider is
    asked to write to its cache; None where it caches what it likes, so that all may be billed as a cache write.
    """
    bytes_sent = len(json.dumps(body, ensure_ascii=False).encode())
    tokens = bytes_sent + _ENVELOPE + sum(math.ceil(_TOKENS_PER_PATCH * _patches(size)) for size in sizes)
    most_written = tokens if written is None else len(written.encode()) + _ENVELOPE if written else 0
    return Usage(input_tokens=max(tokens - most_written, 0), cache_write_tokens=most_written, output_tokens=output)


def caching_pays(prefix: str, alike: int, concurrency: int, tier: Tier, estimate: Estimate) -> bool:
    """Whether marking the prefix costs less than it saves.

    It must be long enough to be kept at all. All calls that start before the first has been answered write it, at 1.25
    times the price; the others read it, at a tenth: `1.25 w + 0.1 (n - w) < n` holds below w = 0.78 n.
    """
    tokens = len(prefix) / estimate.characters_per_token
    return tokens >= tier.cache_from_tokens and min(concurrency, alike) < 0.78 * alike


def _patches(size: Size) -> int:
    return math.ceil(size[0] / _PATCH) * math.ceil(size[1] / _PATCH)
