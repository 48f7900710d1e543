"""Prices: four token classes in exact decimals."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.errors import ConfigurationError
from routing.estimate import full_call
from routing.policy import Estimate, parse_policy
from routing.prices import PriceList, Step, TokenPrices, Usage, cost, most
from tasks.prices import price_list

tokens = st.integers(min_value=0, max_value=10_000_000)
usages = st.builds(Usage, tokens, tokens, tokens, tokens)
rate = st.decimals(min_value=0, max_value=200, places=3)
prices = st.builds(TokenPrices, rate, rate, rate, rate)
SETTINGS = Estimate(
    characters_per_token=4, instruction_tokens=900, image_tokens=1600, output_tokens=700, output_tokens_per_line=45
)


def test_each_token_class_has_its_own_price():
    """Cached and cache-write tokens are billed at their own rates, never twice."""
    usage = Usage(input_tokens=1000, cached_input_tokens=2000, cache_write_tokens=3000, output_tokens=400)
    rates = TokenPrices(Decimal(5), Decimal("0.5"), Decimal("6.25"), Decimal(25))
    assert cost(usage, rates) == Decimal("0.034750000")


@given(usages, prices)
def test_cost_is_exact_to_a_billionth_of_a_dollar(usage, rates):
    """No float anywhere: the result is a multiple of 1e-9 and within half of it of the exact sum."""
    exact = (
        usage.input_tokens * rates.input
        + usage.cached_input_tokens * rates.cached_input
        + usage.cache_write_tokens * rates.cache_write
        + usage.output_tokens * rates.output
    ) / Decimal(1_000_000)
    assert abs(cost(usage, rates) - exact) <= Decimal("0.0000000005")
    assert cost(usage, rates).as_tuple().exponent == -9


@given(usages, prices, prices)
def test_dearest_tier_is_the_dearest_for_this_usage(usage, one, other):
    """Which tier is dearest depends on what is sent, not on its name."""
    listed = PriceList("v", {"a": one, "b": other})
    assert listed.dearest(usage) == max(cost(usage, one), cost(usage, other))


def test_estimate_grows_with_text_pictures_and_lines():
    """A scan is priced by its pictures, a long table by its answer."""
    plain = full_call(4000, 0, 0, SETTINGS)
    assert plain == Usage(input_tokens=1900, output_tokens=700)
    assert full_call(0, 3, 0, SETTINGS).input_tokens == 900 + 3 * 1600
    assert full_call(0, 0, 100, SETTINGS).output_tokens == 700 + 4500


NOVEMBER = datetime(2026, 11, 24, tzinfo=UTC)
POLICY = (Path(__file__).parent.parent / "data" / "policy.toml").read_text(encoding="utf-8")
REVIEWED = """
[[price]]
provider = "openai"
model = "gpt-17"
input_usd = 2
cached_input_usd = 0.2
output_usd = 8
batch_percent = 50
service_tier_percent = { flex = 40 }
steps = [{ above_tokens = 1000, input_usd = 4, output_usd = 12 }]
source = "the provider's page"
date = "2026-11-24"
remark = "a test"
"""


def with_cheap(model="gpt-17", **settings):
    """The default policy with another model as its cheap tier."""
    lines = "".join(f"{name} = {value}\n" for name, value in settings.items())
    return parse_policy(POLICY.replace('model = "gpt-5-mini"\n', f'model = "{model}"\n{lines}'), "my.toml")


def test_a_long_prompt_is_billed_at_the_prices_of_its_step_for_all_its_tokens():
    """The step goes by all that was sent, cached tokens too; at the limit itself the lower prices hold."""
    low = TokenPrices(Decimal(3), Decimal("0.3"), Decimal("3.75"), Decimal(15))
    high = TokenPrices(Decimal(6), Decimal("0.6"), Decimal("7.5"), Decimal("22.5"))
    stepped = TokenPrices(low.input, low.cached_input, low.cache_write, low.output, steps=(Step(200_000, high),))
    short, long = Usage(100_000, 100_000, 0, 10), Usage(100_000, 100_001, 0, 10)
    assert cost(short, stepped) == cost(short, low)
    assert cost(long, stepped) == cost(long, high)


@given(usages, prices, prices, st.integers(1, 30_000_000))
def test_no_call_costs_more_than_the_most_that_was_reserved(worst, base, stepped, above):
    """Any use of at most the reserved tokens, below or above a step, dearer or cheaper."""
    rates = TokenPrices(base.input, base.cached_input, base.cache_write, base.output, steps=(Step(above, stepped),))
    for share in (0, 1, 2, 3):
        used = Usage(
            *(getattr(worst, n) * share // 3 for n in ("input_tokens", "cached_input_tokens")),
            worst.cache_write_tokens,
            worst.output_tokens * share // 3,
        )
        assert cost(used, rates) <= most(worst, rates)


def test_an_own_server_costs_by_the_second():
    """Tokens may cost nothing, its time does."""
    prices = TokenPrices(*[Decimal(0)] * 4, usd_per_second=Decimal("0.0002"))
    assert cost(Usage(1000, 0, 0, 100), prices, seconds=12.5) == Decimal("0.0025")


def test_a_new_model_with_its_price_is_one_entry():
    """What data/prices.toml states is used, per way of calling; a class without a price costs as input does."""
    prices = price_list(with_cheap(), NOVEMBER, REVIEWED)
    now, batch = prices.of("cheap", "sync"), prices.of("cheap", "batch")
    assert (now.input, now.cached_input, now.cache_write, now.output) == (2, Decimal("0.2"), 2, 8)
    assert (batch.input, batch.at(1001).output) == (1, 6)
    assert prices.of("cheap", "sync", "flex").input == Decimal("0.8")


def test_a_changed_price_is_another_version():
    """Every call records which prices it was reckoned with."""
    one, other = (price_list(with_cheap(), NOVEMBER, text) for text in (REVIEWED, REVIEWED.replace("= 8", "= 9")))
    assert other.of("cheap", "sync").output == 9
    assert one.version != other.version


def test_the_models_of_the_default_policy_are_stated_as_they_are_listed():
    """data/prices.toml has them so that a run need not load the whole list: it must not go stale unseen."""
    text = (Path(__file__).parent.parent / "data" / "policy.toml").read_text(encoding="utf-8")
    policy = parse_policy(text, "data/policy.toml")
    stated, listed = price_list(policy), price_list(policy, reviewed="")
    assert replace(stated, version="") == replace(listed, version="")


def test_listed_models_have_batch_and_service_tier_prices_and_steps():
    """genai-prices knows half-price batches, flex, and the long-context prices of a model."""
    prices = price_list(with_cheap("gpt-5.4", service_tier='"flex"'), NOVEMBER)
    assert prices.of("cheap", "sync").input == Decimal("1.25")
    assert prices.of("cheap", "sync", "default").input == Decimal("2.5")
    assert prices.of("cheap", "batch").at(272_001).input == Decimal("2.5")
    assert prices.of("premium", "batch").output == Decimal("12.5")


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"batch": "true"}, r"tiers\.cheap\.batch: .*no price for batches"),
        ({"service_tier": '"priority"'}, r"tiers\.cheap\.service_tier: .*no price at the service tier 'priority'"),
    ],
)
def test_a_way_of_calling_without_a_price_stops_the_run(settings, problem):
    """Nothing is guessed: half of the list price is not everywhere what a batch costs."""
    text = REVIEWED.replace("batch_percent = 50", "")
    with pytest.raises(ConfigurationError, match=problem):
        price_list(with_cheap(**settings), NOVEMBER, text)


def test_a_server_of_ones_own_states_its_price_even_if_it_is_0():
    """An address without a price is refused; a stated 0 counts, and so does the name under which a model is listed."""
    local = {"base_url": '"http://localhost:11434/v1"'}
    with pytest.raises(ConfigurationError, match=r"`price` \(0 is one\), or `listed_as`"):
        with_cheap("qwen3", **local)
    free = with_cheap("qwen3", **local, price="{ input_usd = 0, output_usd = 0, usd_per_second = 0.0001 }")
    assert price_list(free, NOVEMBER).of("cheap", "sync").usd_per_second == Decimal("0.0001")
    azure = with_cheap("our-deployment", **local, listed_as='"azure/gpt-4o"')
    assert price_list(azure, NOVEMBER).of("cheap", "sync").input > 0


def test_an_entry_that_makes_no_sense_is_named():
    """File, entry and setting."""
    with pytest.raises(ConfigurationError, match=r"data/prices.toml: price\.0\.remark"):
        price_list(with_cheap(), NOVEMBER, REVIEWED.replace('remark = "a test"', ""))
