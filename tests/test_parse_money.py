"""Amounts as printed: every notation means one value, or is told to be open; nothing is guessed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.parse.money import (
    Marks,
    amounts,
    currencies_of,
    currency_of,
    infer_marks,
    parse_amount,
    parse_percent,
    parse_quantity,
)

NOTATIONS = [
    Marks(".", ","),
    Marks(".", "'"),
    Marks(".", "’"),
    Marks(".", " "),
    Marks(",", "."),
    Marks(",", " "),
    Marks(",", "\u00a0"),
    Marks(",", "\u202f"),
    Marks(",", "'"),
]
CENTS = st.decimals(min_value=0, max_value=Decimal("999999999.99"), places=2)
DECORATIONS = ["{}", "€ {}", "€{}", "{} EUR", "{} €", "EUR {}", "CHF {}", "RM{}", "$ {}", "US$ {}", "{} kr", "{} zł"]
NEGATIVES = ["-{}", "- {}", "{}-", "−{}", "({})", "€ -{}", "-€{}", "(€{})", "{}- EUR", "–{} EUR"]


def written(value, marks):
    """The number in a notation, thousands grouped."""
    whole, _, cents = f"{value:,.2f}".partition(".")
    return whole.replace(",", marks.grouping) + marks.decimal + cents


@given(value=CENTS, marks=st.sampled_from(NOTATIONS), form=st.sampled_from(DECORATIONS))
def test_an_amount_with_cents_needs_no_help(value, marks, form):
    """Cents show the decimal mark, so that there is one reading in every notation, whatever currency stands beside."""
    assert amounts(form.format(written(value, marks))) == (value,)


@given(value=CENTS.filter(bool), marks=st.sampled_from(NOTATIONS), form=st.sampled_from(NEGATIVES))
def test_minus_stands_before_behind_or_around(value, marks, form):
    """A minus on either side of number or currency, and parentheses, make an amount negative."""
    assert parse_amount(form.format(written(value, marks))) == -value


@given(
    whole=st.integers(1, 999),
    thousandths=st.integers(0, 999),
    mark=st.sampled_from(".,"),
    form=st.sampled_from(DECORATIONS),
)
def test_three_digits_behind_one_mark_are_open(whole, thousandths, mark, form):
    """`1.234` is a thousand or one and a bit: both are told, and none is chosen."""
    text = form.format(f"{whole}{mark}{thousandths:03}")
    assert set(amounts(text)) == {Decimal(f"{whole}{thousandths:03}"), Decimal(f"{whole}.{thousandths:03}")}
    assert parse_amount(text) is None


@given(whole=st.integers(1, 999), rest=st.integers(0, 999), cents=CENTS, mark=st.sampled_from(".,"))
def test_the_documents_own_marks_decide_what_is_open(whole, rest, cents, mark):
    """One amount with cents tells how the document's other amounts are read."""
    marks = infer_marks([f"{whole}{mark}{rest:03}", written(cents, Marks(mark, ""))])
    assert marks is not None
    assert parse_amount(f"{whole}{mark}{rest:03}", marks) == Decimal(f"{whole}.{rest:03}")
    other = "," if mark == "." else "."
    assert parse_amount(f"{whole}{other}{rest:03}", marks) == Decimal(f"{whole}{rest:03}")


@given(text=st.text(alphabet="0123456789.,'’ -+()€%$EURkr", max_size=14))
def test_any_text_has_at_most_two_readings_and_one_is_never_picked_of_two(text):
    """No text raises, and a value is given only where it is the only one."""
    found = amounts(text)
    assert len(found) <= 2
    assert parse_amount(text) == (found[0] if len(found) == 1 else None)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3 038,14", "3038.14"),
        ("42'987,56", "42987.56"),
        ("42’987.56", "42987.56"),
        ("1,23,456.78", "123456.78"),
        ("1,23,456", "123456"),
        ("12,34,567.00", "1234567"),
        ("1.234.567", "1234567"),
        ("1.234,567", "1234.567"),
        ("1234.567", "1234.567"),
        ("0.500", "0.5"),
        ("１２，５０", "12.50"),
        ("١٢.٥٠", "12.50"),
        (".50", "0.50"),
        ("1.234,-", "1234"),
        ("12,--", "12"),
        ("12.–", "12"),
        ("Fr. 45.-", "45"),
        ("5", "5"),
        ("1 234", "1234"),
        ("00.00", "0"),
        ("+12,50", "12.50"),
    ],
)
def test_notations_met_on_real_invoices(text, value):
    """Swiss, French, Indian, round, full-width, Arabic digits, three decimals."""
    assert parse_amount(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    ["", "-", "€", "abc", "19 %", "12 50", "1,2,3", "12.345.67", "1.234.56", "12⁵⁰", "½", "1½", "--5", "(-5)", "007",
     "€ 5 USD", "1.234.-", "2024-03-15", "12:30", "1 234 5", "1234567890123456", "DE79 0000 0000 1234 5678 90"],
)  # fmt: skip
def test_what_is_no_amount_has_no_value(text):
    """Dates, times, rates, identifiers, raised digits and contradicting currencies are refused."""
    assert amounts(text) == ()
    assert parse_amount(text, Marks(",", ".")) is None


def test_a_document_that_contradicts_itself_has_no_convention():
    """`12,50` beside `12.50` leaves `1.234` open, as does a document without evidence."""
    assert infer_marks(["12,50", "12.50"]) is None
    assert infer_marks(["1.234", "5"]) is None
    assert infer_marks([]) is None


def test_grouping_alone_is_evidence():
    """`1.234.567` shows that the dot separates thousands, so that the comma must be the decimal mark."""
    assert infer_marks(["1.234.567 €"]) == Marks(",", ".")
    assert infer_marks(["19,00 %", "1 234"]) == Marks(",", " ")


def test_an_amount_at_odds_with_the_documents_marks_stays_open():
    """Where apostrophes separate thousands and dots cents, `1,234` is neither."""
    assert parse_amount("1,234", Marks(".", "'")) is None


def test_rates_and_quantities_are_no_money():
    """A rate needs its sign, a quantity bears no currency."""
    assert parse_percent("7,7 %") == Decimal("7.7")
    assert parse_percent("7,7") is None
    assert parse_quantity("3,000", Marks(",")) == 3
    assert parse_quantity("5 EUR") is None


@pytest.mark.parametrize(
    ("text", "currency"),
    [("€ 5", "EUR"), ("5.00 CHF", "CHF"), ("RM12.00", "MYR"), ("US$ 5", "USD"), ("$5.00 USD", "USD"), ("5 zł", "PLN"),
     ("5", None), ("$ 5", None), ("5 kr", None), ("€ 5 USD", None)],
)  # fmt: skip
def test_a_currency_is_told_where_the_mark_means_one(text, currency):
    """`$` and `kr` belong to several countries: alone they decide nothing."""
    assert currency_of(text) == currency


def test_a_shared_mark_tells_its_candidates():
    """The likeliest first, for whoever knows the country."""
    assert currencies_of("$ 5")[0] == "USD"
    assert set(currencies_of("5 kr")) == {"SEK", "NOK", "DKK", "ISK"}
