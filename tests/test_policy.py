"""The policy file: typed, complete, and clear about what is wrong and where."""

from pathlib import Path

import pytest

from routing.errors import ConfigurationError
from routing.policy import parse_policy
from tasks.prices import price_list

DEFAULT = (Path(__file__).parent.parent / "data" / "policy.toml").read_text(encoding="utf-8")


def test_default_policy_is_a_cascade_from_local_to_human():
    """The shipped file is valid and names the tiers of the contract in order."""
    policy = parse_policy(DEFAULT, "data/policy.toml")
    assert [tier.name for tier in policy.tiers] == ["local", "cheap", "premium", "human"]


def test_without_keys_only_free_tiers_and_humans_are_active():
    """No key, no paid tier; a key brings its own tier and no other."""
    policy = parse_policy(DEFAULT, "data/policy.toml")
    assert [t.name for t in policy.active_tiers({})] == ["local", "human"]
    assert [t.name for t in policy.active_tiers({"OPENAI_API_KEY": "k"})] == ["local", "cheap", "human"]


@pytest.mark.parametrize(
    ("old", "new", "setting"),
    [
        ("file_mb = 50", "file_mb = -1", "limits.file_mb"),
        ("file_mb = 50", "file_mb = 'big'", "limits.file_mb"),
        ("ocr_pages = 40", "ocr_page = 40", "limits.ocr_page"),
        ("value_above_usd = 50000", "value_above_usd = 0", "review.value_above_usd"),
        ('kind = "openai"', 'kind = "opeanai"', "tiers.1.kind"),
        ("confidence = 0.93", "confidence = 1.2", "acceptance.confidence"),
        ("approval_limits = {}", "approval_limits = { EUR = [0] }", "finance.approval_limits.EUR.0"),
        ("approval_limits = {}", "approval_limits = { eur = [1000] }", "finance.approval_limits.eur.[key]"),
    ],
)
def test_wrong_setting_is_named_with_its_line(old, new, setting):
    """A wrong or unknown setting is refused, and the error names file, line, setting and value."""
    text = DEFAULT.replace(old, new, 1)
    line = text[: text.index(new)].count("\n") + 1
    with pytest.raises(ConfigurationError) as refused:
        parse_policy(text, "my.toml")
    assert str(refused.value).startswith(f"my.toml:{line}: {setting}: ")


def test_missing_setting_is_named_with_its_table():
    """A setting that is missing is reported at the table where it belongs."""
    text = DEFAULT.replace("ocr_pages = 40", "# ocr_pages", 1)
    line = text[: text.index("[limits]")].count("\n") + 1
    with pytest.raises(ConfigurationError, match=rf"my\.toml:{line}: limits\.ocr_pages: Field required"):
        parse_policy(text, "my.toml")


def test_broken_toml_is_named_with_its_line():
    """What is not TOML is refused with the line that breaks it."""
    with pytest.raises(ConfigurationError, match=r"my\.toml:2: policy: is not valid TOML"):
        parse_policy("version = '1'\nlimits = = 3", "my.toml")


def test_cascade_without_a_human_is_refused():
    """Doubt has to end somewhere: a policy needs a human tier."""
    text = DEFAULT[: DEFAULT.index('[[tiers]]\nname = "human"')]
    with pytest.raises(ConfigurationError, match="kind 'human'"):
        parse_policy(text, "my.toml")


def test_a_batch_promise_that_can_not_be_kept_is_refused():
    """Its tier has to be asked during the run; and one document can't be under two promises."""
    promise = '[batch_promise]\ntier = "{}"\nmax_differing = 0.01\nconfidence = 0.95\nseed = "s"\n\n'
    plain = DEFAULT.replace("[checks_a_model", promise.format("premium") + "[checks_a_model", 1)
    assert parse_policy(plain, "policy.toml").batch_promise.tier == "premium"
    people = '[promise]\nmax_accepted_error = 0.01\nconfidence = 0.95\naudit_share = 0.1\naudit_seed = "s"\n\n'
    for broken, why in (
        (plain.replace('tier = "premium"', 'tier = "local"'), "paid tier"),
        (plain.replace('tier = "premium"', 'tier = "best"'), "paid tier"),
        (plain.replace('name = "premium"', 'name = "premium"\nbatch = true'), "without `batch`"),
        (plain.replace("\n[batch_promise]", f"\n{people}[batch_promise]"), r"\[promise\] or \[batch_promise\]"),
    ):
        with pytest.raises(ConfigurationError, match=why):
            parse_policy(broken, "policy.toml")


def test_hash_depends_on_settings_and_not_on_layout():
    """Comments and blank lines leave the hash alone, any setting changes it."""
    policy = parse_policy(DEFAULT, "a.toml")
    assert parse_policy(DEFAULT.replace("\n\n", "\n\n# a remark\n"), "b.toml").hash == policy.hash
    assert parse_policy(DEFAULT.replace("pages = 400", "pages = 401"), "c.toml").hash != policy.hash


def test_model_without_a_price_stops_at_the_start():
    """Nothing is priced at 0 by default: an unknown model is an error that says what to add."""
    policy = parse_policy(DEFAULT.replace('"gpt-5-mini"', '"gpt-17-imaginary"'), "my.toml")
    with pytest.raises(ConfigurationError, match=r"tiers\.cheap\.model.*no price.*data/prices\.toml"):
        price_list(policy)


def test_our_override_comes_before_the_listed_price():
    """A model in data/prices.toml costs what we reviewed there, whatever genai-prices lists."""
    policy = parse_policy(DEFAULT.replace('"claude-opus-5"', '"claude-haiku-5-5"'), "my.toml")
    assert price_list(policy).by_tier["premium"].input == 1
