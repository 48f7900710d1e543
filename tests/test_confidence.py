"""Confidence: signs add up to a probability, and a document is as sure as all its key fields together."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.confidence import ConfidenceTable, FieldSigns, document_confidence, field_confidence
from tasks.fields import shipped
from tasks.judge import table

RECEIPT = shipped().key_fields_of("receipt")
TABLE = ConfidenceTable(
    version="test",
    base={"*": 0.0, "iban": 1.0},
    weights={"label": 1.0, "iban.label": 2.0, "second_candidate": -1.0, "xml": 20.0},
    absent={"*": 0.3},
    most={"xml": 0.999, "text": 0.97, "ocr": 0.9},
    document={"base": 0.0, "risk": -1.0},
)


def sigmoid(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))


def test_log_odds_of_signs_add_up():
    """Evidence raises it, a doubt lowers it, an unknown sign says nothing."""
    assert field_confidence("net_total", ("label", "unheard_of"), ("second_candidate",), TABLE) == sigmoid(0.0)
    assert field_confidence("net_total", ("label",), (), TABLE) == sigmoid(1.0)


def test_a_field_may_have_weights_of_its_own():
    """They stand in for the shared ones."""
    assert field_confidence("iban", ("label",), (), TABLE) == pytest.approx(sigmoid(3.0))


@pytest.mark.parametrize(("evidence", "most"), [(("xml",), 0.999), (("ocr", "xml"), 0.999), (("label",) * 1, 0.97)])
def test_no_probability_goes_beyond_what_was_seen(evidence, most):
    """However many signs there are."""
    sure = replace(TABLE, base={"*": 50.0})
    assert field_confidence("net_total", evidence, (), sure) == most


def test_one_weak_key_field_makes_the_document_weak():
    """It is right only if all of them are."""
    strong = {name: FieldSigns(True, 0.99) for name in ("seller_name", "issue_date", "gross_total")}
    weak = strong | {"seller_name": FieldSigns(True, 0.4)}
    assert (
        document_confidence(RECEIPT, 1.0, weak, TABLE) <= 0.4 < 0.97 < document_confidence(RECEIPT, 1.0, strong, TABLE)
    )


def test_a_missing_key_field_lowers_the_document_a_lot():
    """Such documents normally state it."""
    found = {name: FieldSigns(True, 0.99) for name in ("seller_name", "issue_date")}
    assert document_confidence(RECEIPT, 1.0, found, TABLE) <= 0.3


def test_a_doubtful_class_makes_the_document_doubtful():
    """A wrongly typed document has the wrong key fields: no sum of sure ones is surer than the class."""
    sure = {name: FieldSigns(True, 1.0) for name in ("seller_name", "issue_date", "gross_total")}
    assert document_confidence(RECEIPT, 0.6, sure, TABLE) == pytest.approx(0.6)


def test_classes_without_key_fields_have_none():
    """They are judged by their class alone."""
    assert document_confidence((), 0.9, {}, TABLE) is None


def test_the_shipped_table_knows_every_source_and_trusts_xml_most():
    """And an issue date that was not found is more likely missed than absent."""
    shipped = table()
    assert shipped.most["xml"] > max(shipped.most["text"], shipped.most["ocr"]) > 0.9
    assert 0 < shipped.absent["issue_date"] < 0.5
    assert field_confidence("gross_total", ("xml",), (), shipped) > 0.99


CHANCES = st.lists(st.floats(0, 1), min_size=3, max_size=3)


@given(CHANCES, st.integers(0, 2), st.floats(0, 1))
def test_a_document_is_never_surer_than_its_weakest_field(chances, which, better):
    """And a field that becomes surer never makes the document less sure."""
    names = RECEIPT
    before = {name: FieldSigns(True, p) for name, p in zip(names, chances, strict=True)}
    after = before | {names[which]: FieldSigns(True, max(better, chances[which]))}
    sure = document_confidence(names, 1.0, before, table())
    assert sure <= min(chances)
    assert sure <= document_confidence(names, 1.0, after, table()) + 1e-12
