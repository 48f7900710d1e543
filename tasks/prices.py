"""The price list of a run: our reviewed overrides first, genai-prices under them. Nothing is priced at 0 by default."""

import hashlib
import tomllib
from decimal import Decimal
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from routing.errors import ConfigurationError
from routing.policy import Policy, Tier
from routing.prices import PriceList, TokenPrices

_CLASSES = ("input_usd", "cached_input_usd", "cache_write_usd", "output_usd")


def price_list(policy: Policy) -> PriceList:
    """The prices of all paid tiers of `policy`, also of those without a key: estimates need them.

    Raises `ConfigurationError` for a model without a price, naming what to add.
    """
    text = files("data").joinpath("prices.toml").read_text(encoding="utf-8")
    overrides = tomllib.loads(text, parse_float=Decimal)["price"]
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return PriceList(
        version=f"genai-prices {version('genai-prices')}, overrides {digest}",
        by_tier={tier.name: _prices_of(tier, overrides) for tier in policy.tiers if tier.paid},
    )


def _prices_of(tier: Tier, overrides: list[dict[str, Any]]) -> TokenPrices:
    for entry in overrides:
        if (entry["provider"], entry["model"]) == (tier.kind, tier.model):
            return TokenPrices(*(Decimal(entry[name]) for name in _CLASSES))
    return _listed_prices(tier)


def _listed_prices(tier: Tier) -> TokenPrices:
    from genai_prices.data_snapshot import get_snapshot  # 0.4 s, so only where no override answers

    try:
        _, model = get_snapshot().find_provider_model(tier.model or "", None, tier.kind, None)
    except LookupError:
        raise ConfigurationError(
            f"tiers.{tier.name}.model",
            f"{tier.model!r} of {tier.kind} has no price",
            "Add it to data/prices.toml with its source and date, or choose a model that genai-prices lists.",
        ) from None
    listed = model.prices if not isinstance(model.prices, list) else model.prices[-1].prices
    input_price = _base(listed.input_mtok)
    return TokenPrices(
        input=input_price,
        cached_input=_base(listed.cache_read_mtok, input_price),
        cache_write=_base(listed.cache_write_mtok, input_price),
        output=_base(listed.output_mtok),
    )


def _base(price: Any, otherwise: Decimal | None = None) -> Decimal:  # noqa: ANN401 - genai-prices has Decimal | TieredPrices | None
    """The price of the first step of a list; `otherwise` where the provider has no price of its own for the class."""
    if price is None:
        if otherwise is None:
            raise ConfigurationError("prices", "a model has no price for its tokens", "Add it to data/prices.toml.")
        return otherwise
    return Decimal(getattr(price, "base", price))
