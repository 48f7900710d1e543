"""A model's text as a typed answer, or the fault that says why it is none."""

import json
from dataclasses import replace

import pytest
from asking import INVOICE, case, everything, paid, request_for
from hypothesis import given
from hypothesis import strategies as st

from routing.errors import AnswerFault, MalformedFault
from routing.prices import Usage
from tasks.ask.answer import parse
from tasks.ask.types import ModelAnswer, RawAnswer

REQUEST = request_for(case(*INVOICE), paid(), everything())
RAW = RawAnswer("", Usage(10, 0, 0, 5), "stop", "id-1", "model-1")
ENTRY = {"name": "gross_total", "page": 1, "quote": "96.00", "value": "96.00"}


def answer(said) -> ModelAnswer:
    return parse(REQUEST, replace(RAW, text=said if isinstance(said, str) else json.dumps(said)))


def test_numbers_and_more_than_was_asked_for_are_understood():
    entry = {**ENTRY, "page": "1", "value": 96.0, "confidence": 0.9}
    said = {"fields": [entry, {**ENTRY, "name": "colour"}], "absent": ["iban", "colour"], "note": "x"}
    (field,) = answer(said).fields
    assert (field.name, field.value, field.page) == ("gross_total", "96", 1)
    assert answer(said).absent == ("iban",)


def test_a_code_fence_around_it_is_no_harm():
    assert answer("```json\n" + json.dumps({"fields": [ENTRY], "absent": []}) + "\n```").fields[0].value == "96.00"


def test_a_field_answered_twice_with_two_values_is_not_answered():
    assert answer({"fields": [ENTRY, {**ENTRY, "value": "80.00"}], "absent": []}).fields == ()
    assert len(answer({"fields": [ENTRY, ENTRY], "absent": []}).fields) == 1


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"absent": []},
        {"fields": {"gross_total": 1}, "absent": []},
        {"fields": [{"name": "gross_total"}], "absent": []},
        [ENTRY],
        "null",
        '{"fields": [',
        "96.00",
    ],
)
def test_an_answer_of_another_form_is_none_and_says_where_without_quoting_it(said):
    with pytest.raises(MalformedFault) as fault:
        answer(said)
    assert fault.value.usage == RAW.usage
    assert "gross_total" not in str(fault.value) and "96.00" not in str(fault.value)


NAMES = ["fields", "absent", "doc_type", "line_items", "name", "page", "quote", "value"]
PLAIN = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=9)
ANYTHING = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
)


@given(ANYTHING)
def test_whatever_a_model_says_is_an_answer_or_a_fault(said):
    try:
        assert isinstance(answer(said), ModelAnswer)
    except AnswerFault as fault:
        assert fault.usage == RAW.usage
