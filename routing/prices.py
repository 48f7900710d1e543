"""What a call costs: four token classes, exact decimals, US dollars."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_MILLION = Decimal(1_000_000)
_NANO_DOLLAR = Decimal("0.000000001")


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call. The classes do not overlap: `input_tokens` excludes cached and cache-write tokens."""

    input_tokens: int = 0
    cached_input_tokens: int = 0
    cache_write_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True, slots=True)
class TokenPrices:
    """US dollars for a million tokens of each class."""

    input: Decimal
    cached_input: Decimal
    cache_write: Decimal
    output: Decimal


@dataclass(frozen=True, slots=True)
class PriceList:
    """The prices of one run, by tier name, frozen under a `version` that every call records."""

    version: str
    by_tier: dict[str, TokenPrices]

    def dearest(self, usage: Usage) -> Decimal:
        """What `usage` costs at the dearest tier in US dollars; 0 where the policy has no model tier."""
        return max((cost(usage, prices) for prices in self.by_tier.values()), default=Decimal(0))


def cost(usage: Usage, prices: TokenPrices) -> Decimal:
    """US dollars for `usage`, rounded half up to a billionth of a dollar."""
    micro_dollars = (
        usage.input_tokens * prices.input
        + usage.cached_input_tokens * prices.cached_input
        + usage.cache_write_tokens * prices.cache_write
        + usage.output_tokens * prices.output
    )
    return (micro_dollars / _MILLION).quantize(_NANO_DOLLAR, ROUND_HALF_UP)
