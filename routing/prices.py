"""What a call costs: four token classes, long-context steps, seconds of an own server; exact decimals, US dollars."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

Mode = Literal["sync", "batch"]
"""How a model is called: now, or by the provider's batch interface."""

_MILLION = Decimal(1_000_000)
_NANO_DOLLAR = Decimal("0.000000001")


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call. The classes do not overlap: `input_tokens` excludes cached and cache-write tokens.

    Tokens of reasoning are output.
    """

    input_tokens: int = 0
    cached_input_tokens: int = 0
    cache_write_tokens: int = 0
    output_tokens: int = 0

    @property
    def prompt_tokens(self) -> int:
        """All that was sent, from whichever class: what long-context steps go by."""
        return self.input_tokens + self.cached_input_tokens + self.cache_write_tokens


@dataclass(frozen=True, slots=True)
class TokenPrices:
    """US dollars for a million tokens of each class, and for a second of an own server's time.

    `steps` are dearer (or cheaper) prices of long prompts, lowest first.
    """

    input: Decimal
    cached_input: Decimal
    cache_write: Decimal
    output: Decimal
    usd_per_second: Decimal = Decimal(0)
    steps: tuple["Step", ...] = ()

    def at(self, prompt_tokens: int) -> "TokenPrices":
        """The prices of a call whose prompt is so long: a step counts for all of its tokens, as providers bill it."""
        reached = [step.prices for step in self.steps if prompt_tokens > step.above_tokens]
        return reached[-1] if reached else self


@dataclass(frozen=True, slots=True)
class Step:
    """Prices of a call with more than `above_tokens` prompt tokens."""

    above_tokens: int
    prices: TokenPrices


@dataclass(frozen=True, slots=True)
class PriceList:
    """The prices of one run, by tier name, frozen under a `version` that every call records.

    `by_tier` has those of a call now, at the service tier that the policy asks for; `batch` those of the batch
    interface, without tiers that have none; `service_tiers` those of other service tiers, by (tier, service tier).
    """

    version: str
    by_tier: Mapping[str, TokenPrices]
    batch: Mapping[str, TokenPrices] = field(default_factory=dict)
    service_tiers: Mapping[tuple[str, str], TokenPrices] = field(default_factory=dict)

    def of(self, tier: str, mode: Mode, service_tier: str = "") -> TokenPrices:
        """What a call is billed by; `service_tier` is the one that answered, where the provider says so."""
        if mode == "batch":
            return self.batch[tier]
        return self.service_tiers.get((tier, service_tier), self.by_tier[tier])

    def dearest(self, usage: Usage) -> Decimal:
        """What `usage` costs at the dearest tier in US dollars; 0 where the policy has no model tier."""
        return max((cost(usage, prices) for prices in self.by_tier.values()), default=Decimal(0))


def cost(usage: Usage, prices: TokenPrices, seconds: float = 0.0) -> Decimal:
    """US dollars for `usage`, and for `seconds` of the server's time, rounded half up to a billionth of a dollar."""
    rates = prices.at(usage.prompt_tokens)
    micro_dollars = (
        usage.input_tokens * rates.input
        + usage.cached_input_tokens * rates.cached_input
        + usage.cache_write_tokens * rates.cache_write
        + usage.output_tokens * rates.output
    )
    total = micro_dollars / _MILLION + rates.usd_per_second * Decimal(str(seconds))
    return total.quantize(_NANO_DOLLAR, ROUND_HALF_UP)


def most(worst: Usage, prices: TokenPrices, seconds: float = 0.0) -> Decimal:
    """The most that a call can cost of which `worst` is the usage at most: also if its prompt stays below a step."""
    reached = [prices, *(step.prices for step in prices.steps if worst.prompt_tokens > step.above_tokens)]
    return max(cost(worst, _flat(rates), seconds) for rates in reached)


def _flat(prices: TokenPrices) -> TokenPrices:
    return TokenPrices(prices.input, prices.cached_input, prices.cache_write, prices.output, prices.usd_per_second)
