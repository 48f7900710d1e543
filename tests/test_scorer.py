"""The trained scorer reads what stands around a value; it decides together with the rules, and says how sure it is."""

from dataclasses import dataclass, replace
from importlib.resources import files
from io import BytesIO

import numpy as np
import pytest
from pages import reading
from test_extract import ENGLISH, fields

from tasks.documents import Check, Field
from tasks.extract import extract
from tasks.extract.candidates import FIELDS, candidates
from tasks.extract.scorer import shipped
from tasks.extract.sheet import sheet_of
from tasks.judge import with_checks

GERMAN = (
    "# Tannhof Elektro GmbH",
    "Industriestr. 4   80331 München",
    "",
    "Harper und Söhne OHG",
    "Mühlweg 5",
    "04109 Leipzig",
    "",
    "# Rechnung 2026-0815",
    "Kundennummer:   300417        Datum:   14.03.2026",
    "Lieferdatum:    02.03.2026",
    "",
    "Kupferdraht          10          12,50     125,00",
    "",
    "                       Nettobetrag     125,00 EUR",
    "                       MwSt 19 %        23,75 EUR",
    "                       Gesamtbetrag    148,75 EUR",
    "",
    "Bankverbindung:   Tannhof Elektro GmbH",
)


def scored(*lines, doc_type="invoice"):
    return shipped().score(sheet_of(reading(*lines)), doc_type)


def test_every_kind_of_candidate_has_its_network():
    """And the model file is plain arrays: it opens without pickle."""
    content = (files("data") / "models" / "fields.npz").read_bytes()
    with np.load(BytesIO(content), allow_pickle=False) as arrays:
        assert {name.partition(".")[0] for name in arrays.files} == set(FIELDS)


@pytest.mark.parametrize("lines", [ENGLISH, GERMAN])
def test_the_values_of_a_field_and_absent_share_one_probability(lines):
    """Nothing is counted twice, and the likeliest value comes first."""
    for values in scored(*lines).values():
        chances = [each.probability for each in values]
        assert 0 <= sum(chances) <= 1.0001
        assert chances == sorted(chances, reverse=True)
        assert len({each.value for each in values}) == len(values)


@pytest.mark.parametrize(
    ("lines", "field", "value"),
    [
        (ENGLISH, "invoice_number", "INV-2041"),
        (ENGLISH, "seller_name", "Northwind Ltd"),
        (ENGLISH, "gross_total", "150.00"),
        (GERMAN, "invoice_number", "2026-0815"),
        (GERMAN, "issue_date", "2026-03-14"),
        (GERMAN, "seller_name", "Tannhof Elektro GmbH"),
        (GERMAN, "gross_total", "148.75"),
    ],
)
def test_plain_papers_are_read_without_the_rules(lines, field, value):
    """Among customer numbers, delivery dates, buyers and partial sums."""
    best = scored(*lines)[field][0]
    assert best.value == value
    assert best.probability > 0.5


def test_a_long_document_keeps_its_head_and_its_totals():
    """However many amounts stand between, those at the end are candidates, and there are never more than sixty."""
    rows = [f"Item {i}                   {i}.00" for i in range(1, 400)]
    spots = candidates(sheet_of(reading("# Northwind Ltd", *rows, "Total     79800.00")), "amount")
    assert len(spots) <= 60
    assert spots[0].value == "1.00"
    assert spots[-1].value == "79800.00"


def test_a_value_carries_what_the_scorer_says_of_it():
    """One word of the six for every field that it scores, so that SQL can ask for it."""
    found = fields(*ENGLISH)
    for name in ("invoice_number", "issue_date", "seller_name", "gross_total"):
        assert sum(sign.startswith("scorer_") for sign in found[name].evidence) == 1


def test_a_value_that_no_label_names_can_still_be_found():
    """The number in the title of a letter, which the scorer alone proposes or the rules bear out."""
    found = fields(*GERMAN)["invoice_number"]
    assert found.value == "2026-0815"
    assert found.page == 1 and found.box


def test_a_seller_that_is_named_once_is_told_from_one_that_is_named_again():
    """Only a name that stands in a second place, such as beside the bank account, is borne out by the page."""
    once, twice = fields(*ENGLISH)["seller_name"], fields(*GERMAN)["seller_name"]
    assert {"said_once", "not_borne_out"} & set(once.evidence)
    assert "repeated" in twice.evidence


def test_an_ambiguous_date_with_a_label_is_not_replaced_by_a_surer_one():
    """03/04/2025 stays unreadable, though another date could be read."""
    lines = ("# Northwind", "Invoice No   7", "Invoice date   03/04/2025", "Delivered   2025-03-28", "Total   5.00")
    assert fields(*lines)["issue_date"].state == "unreadable"


def test_sums_that_hold_speak_for_the_totals():
    """And an amount due that is simply the gross total is not borne out by itself."""
    gross, due = Field("gross_total", "found", "100.00"), Field("amount_due", "found", "80.00")
    holds = (Check("lines_add_up", True), Check("amount_due_adds_up", True))
    assert with_checks((gross, due), holds)[1].evidence == ("lines_add_up", "amount_due_adds_up")
    same = Field("amount_due", "found", "100.00")
    assert with_checks((gross, same), holds)[1].evidence == ("lines_add_up",)
    failed = (Check("lines_add_up", False), Check("amount_due_adds_up", None))
    assert with_checks((gross, due), failed)[0].evidence == ("lines_differ",)


@dataclass
class Unsure:
    """The shipped scorer, but that much sure of the amount due."""

    probability: float

    def score(self, sheet, doc_type):
        found = shipped().score(sheet, doc_type)
        return {**found, "amount_due": [replace(found["amount_due"][0], probability=self.probability)]}


@pytest.mark.parametrize(("probability", "sign"), [(0.99, "scorer_sure"), (0.5, "as_gross")])
def test_an_amount_due_that_nothing_tells_from_the_gross_total_is_as_sure_as_that(probability, sign):
    """Where the scorer alone names it, and is not sure, what bears out the gross total bears out both."""
    found = extract(sheet_of(reading(*ENGLISH)), "invoice", None, Unsure(probability)).fields
    due = next(field for field in found if field.name == "amount_due")
    assert due.value == "150.00" and sign in due.evidence
    assert ("scorer_alone" in due.evidence) is (sign != "as_gross")
