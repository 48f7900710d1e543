"""The price list of a run: the policy first, then our reviewed file, then genai-prices. Nothing is 0 by default."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict, Field, ValidationError

from routing.errors import ConfigurationError
from routing.policy import Policy, Tier
from routing.prices import PriceList, Step, TokenPrices
from routing.spending import ClassPrices, Price

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo

_FILE = "data/prices.toml"
_LISTED = ("input_mtok", "cache_read_mtok", "cache_write_mtok", "output_mtok")
_SERVICE_TIERS = ("default", "flex", "priority")


class ReviewedPrice(Price):
    """One entry of data/prices.toml: a price, and who says so."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    provider: str
    model: str
    source: str = Field(min_length=1)
    date: date
    remark: str = Field(min_length=1)


def price_list(policy: Policy, at: datetime | None = None, reviewed: str | None = None) -> PriceList:
    """The prices of all paid tiers of `policy` at a moment, also of those without a key: estimates need them.

    `reviewed` is the text of a price file instead of data/prices.toml. Raises `ConfigurationError` for a model without
    a price, naming what to add.
    """
    text = reviewed if reviewed is not None else files("data").joinpath("prices.toml").read_text(encoding="utf-8")
    entries = {(entry.provider, entry.model): entry for entry in _entries(text)}
    at = at or datetime.now(UTC)
    ways = {tier.name: _ways(tier, entries, at) for tier in policy.tiers if tier.paid}
    asked = {tier.name: tier.service_tier or "default" for tier in policy.tiers}
    return PriceList(
        version=f"genai-prices {version('genai-prices')}, overrides {hashlib.sha256(text.encode()).hexdigest()[:8]}",
        by_tier={tier: prices.get(asked[tier]) or prices["default"] for tier, prices in ways.items()},
        batch={tier: prices["batch"] for tier, prices in ways.items() if "batch" in prices},
        service_tiers={(tier, way): p for tier, prices in ways.items() for way, p in prices.items() if way != "batch"},
    )


def _ways(tier: Tier, entries: Mapping[tuple[str, str], Price], at: datetime) -> dict[str, TokenPrices]:
    """The prices of a tier by the way of calling: `default`, other service tiers, `batch`.

    Raises `ConfigurationError` where there is none, or none for a service tier or batch that the policy asks for.
    """
    provider, model = tier.priced_as
    stated = tier.price or entries.get((provider, model))
    ways = _stated(stated) if stated else _listed(tier, at)
    if tier.batch and "batch" not in ways:
        remedy = "Add `batch_percent` to its price, or take `batch` from the tier."
        raise ConfigurationError(f"tiers.{tier.name}.batch", f"{model!r} has no price for batches", remedy)
    if tier.service_tier and tier.service_tier not in ways:
        problem = f"{model!r} has no price at the service tier {tier.service_tier!r}"
        raise ConfigurationError(f"tiers.{tier.name}.service_tier", problem, f"Leave it out, or add it to {_FILE}.")
    return ways


def _stated(price: Price) -> dict[str, TokenPrices]:
    whole = Decimal(100)
    percents = {"default": whole, "batch": price.batch_percent} | price.service_tier_percent
    return {way: _scaled(price, percent / whole) for way, percent in percents.items() if percent is not None}


def _scaled(price: Price, share: Decimal) -> TokenPrices:
    steps = tuple(Step(step.above_tokens, _tokens(step, share, price.usd_per_second)) for step in price.steps)
    return replace(_tokens(price, share, price.usd_per_second), steps=steps)


def _tokens(stated: ClassPrices, share: Decimal, usd_per_second: Decimal) -> TokenPrices:
    """A class without a price costs as input does."""
    whole = stated.input_usd
    cached = whole if stated.cached_input_usd is None else stated.cached_input_usd
    written = whole if stated.cache_write_usd is None else stated.cache_write_usd
    return TokenPrices(share * whole, share * cached, share * written, share * stated.output_usd, usd_per_second)


def _entries(text: str) -> list[ReviewedPrice]:
    try:
        found = tomllib.loads(text, parse_float=Decimal).get("price", [])
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError("price", f"is not valid TOML: {error}", "Correct that line.", _FILE) from None
    entries = []
    for number, entry in enumerate(found):
        try:
            entries.append(ReviewedPrice.model_validate(entry))
        except ValidationError as error:
            first = error.errors()[0]
            setting = ".".join(["price", str(number), *map(str, first["loc"])])
            raise ConfigurationError(setting, first["msg"], "Correct it.", _FILE) from None
    return entries


def _listed(tier: Tier, at: datetime) -> dict[str, TokenPrices]:
    """What genai-prices lists for the tier's model."""
    provider, name = tier.priced_as
    model = _model(provider, name)
    if model is None:
        raise ConfigurationError(
            f"tiers.{tier.name}.model",
            f"{name!r} of {provider} has no price",
            f"Add it to {_FILE} with its source and date, state the tier's `price`, or choose a model that "
            "genai-prices lists.",
        )
    contexts = {way: {"service_tier": way} for way in _SERVICE_TIERS} | {"batch": {"processing": "batch"}}
    offered = {way: context for way, context in contexts.items() if way == "default" or _offers(model, context, at)}
    return {way: _of_model(tier, vars(model.get_prices(at, context))) for way, context in offered.items()}


@cache
def _model(provider: str, name: str) -> "ModelInfo | None":
    from genai_prices.data_snapshot import get_snapshot  # 0.4 s, so only where no other price answers

    try:
        return get_snapshot().find_provider_model(name, None, provider, None)[1]
    except LookupError:
        return None


def _offers(model: "ModelInfo", context: dict[str, str], at: datetime) -> bool:
    """Whether the list has prices of their own for this way of calling, in force at that moment."""
    return any(
        variant.when == context and (variant.constraint is None or variant.constraint.active(at))
        for variant in model.price_variants or ()
    )


def _of_model(tier: Tier, listed: Mapping[str, Any]) -> TokenPrices:
    starts = sorted({step.start for name in _LISTED for step in getattr(listed.get(name), "tiers", ())})
    steps = tuple(Step(start, _at(tier, listed, start)) for start in starts)
    return replace(_at(tier, listed, None), steps=steps)


def _at(tier: Tier, listed: Mapping[str, Any], start: int | None) -> TokenPrices:
    """The prices of the step that starts at `start`; None is the first. A class without a price costs as input does."""
    found = {name: _at_step(listed.get(name), start) for name in _LISTED}
    whole, output = found["input_mtok"], found["output_mtok"]
    if whole is None or output is None:
        problem = f"{tier.model!r} is listed without a price for tokens"
        raise ConfigurationError(f"tiers.{tier.name}.model", problem, f"Add it to {_FILE}.")
    cached, written = (whole if usd is None else usd for usd in (found["cache_read_mtok"], found["cache_write_mtok"]))
    return TokenPrices(whole, cached, written, output)


def _at_step(price: Any, start: int | None) -> Decimal | None:  # noqa: ANN401 - genai-prices: Decimal, TieredPrices, None
    if price is None or isinstance(price, Decimal):
        return price
    reached = [step.price for step in price.tiers if start is not None and step.start <= start]
    return Decimal(reached[-1] if reached else price.base)
