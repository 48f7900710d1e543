"""What a model is asked for: the fields in doubt and no others, what a failed check puts in doubt, all by rule."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from past import invoice
from routing_cases import POLICY

from routing.doubt import fields_to_ask
from tasks.documents import Check
from tasks.evidence import evidence_of
from tasks.fields import shipped

KEYS = shipped().key_fields_of("invoice")


def examined(confidence=0.999, changes=None, **document):
    """An invoice whose fields are all that sure, but for `changes`."""
    made = invoice("a")
    sure = {field.name: (changes or {}).get(field.name, confidence) for field in made.fields}
    fields = tuple(replace(field, confidence=sure[field.name]) for field in made.fields)
    return replace(made, fields=fields, doc_type_confidence=0.99, **document)


def asked(document, checks=(), policy=POLICY):
    """The fields that a model would be asked for."""
    return evidence_of(document, checks, policy).open_fields


def test_of_a_sure_document_nothing_is_asked():
    """No doubt, no question, no cent."""
    assert asked(examined()) == ()


def test_only_fields_in_doubt_are_asked():
    """The one field that is unsure, and not the others."""
    assert asked(examined(changes={"issue_date": 0.5})) == ("issue_date",)


def test_where_many_fields_are_a_little_unsure_as_many_are_asked_as_it_takes():
    """None is in doubt by itself, but together they do not reach what is needed: the least sure ones are asked."""
    little = {name: 0.99 - number / 1000 for number, name in enumerate(KEYS)}
    found = asked(examined(changes=little))
    assert 0 < len(found) < len(KEYS)
    assert set(found) == set(sorted(KEYS, key=little.__getitem__)[: len(found)])


def test_a_class_in_doubt_is_asked_for():
    """Which fields are key hangs on it."""
    assert asked(replace(examined(), doc_type_confidence=0.5)) == ("doc_type",)


@pytest.mark.parametrize(
    ("check", "fields"),
    [("iban_valid", ("iban",)), ("lines_add_up", ("line_items", "net_total")), ("no_hidden_text", ())],
)
def test_a_failed_check_tells_what_may_be_misread(check, fields):
    """What is no misreading is not asked for."""
    assert asked(examined(), [Check(check, False, "why")]) == fields


def test_a_high_value_has_every_key_field_read_again_where_the_policy_says_so():
    """From the limit on, also where nothing is in doubt; a cent below nothing is asked."""
    worth = evidence_of(examined(), (), POLICY).value_at_stake

    def by_rule(limit):
        review = POLICY.review.model_copy(update={"last_model_above_usd": limit})
        return asked(examined(), policy=POLICY.model_copy(update={"review": review}))

    assert by_rule(worth) == KEYS
    assert by_rule(worth + Decimal("0.01")) == ()


@given(
    st.dictionaries(st.sampled_from(KEYS), st.floats(0, 1)),
    st.sets(st.sampled_from(KEYS)),
    st.floats(0.01, 1),
    st.data(),
)
def test_what_is_not_asked_suffices_by_itself(confidences, doubted, needed, data):
    """Whatever is left out is sure enough together; a higher bar never asks for less."""
    left = set(confidences) - set(fields_to_ask(confidences, doubted, needed))
    product = 1.0
    for name in sorted(left, key=lambda name: -confidences[name]):
        product *= confidences[name]
    assert not left or product >= needed * (1 - 1e-12)
    assert not left & doubted
    higher = data.draw(st.floats(needed, 1))
    assert set(fields_to_ask(confidences, doubted, needed)) <= set(fields_to_ask(confidences, doubted, higher))
