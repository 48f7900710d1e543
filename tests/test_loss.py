"""What a wrong document costs: a fixed part, a share of its value, and others for some types, sellers and labels."""

from decimal import Decimal
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from routing_cases import ASKED, POLICY, options_of

from routing.decide import decide
from routing.errors import ConfigurationError
from routing.loss import Loss, SpecialLoss
from routing.policy import parse_policy

DEFAULT = (files("data") / "policy.toml").read_text(encoding="utf-8")
SPECIAL = """
[[loss.special]]
doc_types = ["receipt"]
fixed_usd = 3.0
share_of_value = 0.0

[[loss.special]]
sellers = ["Bolt Ltd"]
labels = ["legal"]
fixed_usd = 200.0
share_of_value = 0.5

[[tiers]]
name = "local\""""
LOSS = parse_policy(DEFAULT.replace('\n[[tiers]]\nname = "local"', SPECIAL, 1), "my.toml").loss


@pytest.mark.parametrize(
    ("what", "document", "usd"),
    [
        ("an invoice", (Decimal(1200), "invoice", "Acme", ""), "27.00"),
        ("one of unknown value", (None, "invoice", "Acme", ""), "20.00"),
        ("a receipt", (Decimal(1200), "receipt", "Acme", ""), "3.00"),
        ("of that seller and label", (Decimal(1200), "invoice", "BOLT ltd", "legal"), "800.00"),
        ("of that seller alone", (Decimal(1200), "invoice", "Bolt Ltd", "sales"), "27.00"),
        ("the first that fits", (Decimal(1200), "receipt", "Bolt Ltd", "legal"), "3.00"),
    ],
)
def test_the_first_special_loss_that_fits_comes_before_the_general_one(what, document, usd):
    """A list that is left out fits all; of those that are there each has to fit."""
    assert LOSS.of_wrong(*document) == Decimal(usd), what


def test_waiting_is_paid_by_the_hour():
    """A day costs what the policy says, eight hours a third of it."""
    assert LOSS.of_waiting(24) == POLICY.loss.usd_per_day_waiting
    assert LOSS.of_waiting(8) == pytest.approx(POLICY.loss.usd_per_day_waiting / 3, abs=Decimal("1e-6"))


def test_an_error_in_a_special_loss_is_named_with_its_line():
    """Also in a list of tables with a dotted name."""
    text = DEFAULT.replace('\n[[tiers]]\nname = "local"', SPECIAL.replace("0.5", "5"), 1)
    line = text[: text.index("share_of_value = 5")].count("\n") + 1
    with pytest.raises(ConfigurationError, match=rf"my\.toml:{line}: loss\.special\.1\.share_of_value"):
        parse_policy(text, "my.toml")


@given(st.decimals(min_value=0, max_value=10**7, places=2), st.decimals(min_value=0, max_value=10**7, places=2))
def test_a_higher_value_never_costs_less(one, other):
    """Of two documents that differ in value alone."""
    low, high = sorted((one, other))
    assert LOSS.of_wrong(low, "invoice") <= LOSS.of_wrong(high, "invoice")


def test_a_high_loss_sends_a_document_past_the_models_to_a_person():
    """Where an error that outlives a model costs thousands, a person looks at once."""
    loss = Loss(**POLICY.loss.model_dump(exclude={"special"}), special=(SpecialLoss(fixed_usd=5000, share_of_value=0),))
    dear = POLICY.model_copy(update={"loss": loss})
    assert decide(ASKED, POLICY, options=options_of(ASKED)).action == "escalate"
    assert decide(ASKED, dear, options=options_of(ASKED, dear)).action == "review"
