"""Prices: four token classes in exact decimals."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from routing.estimate import full_call
from routing.policy import Estimate
from routing.prices import PriceList, TokenPrices, Usage, cost

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
