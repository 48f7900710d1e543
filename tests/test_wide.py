"""The wide set: drawn by seed, its truth printed on its pages, its amounts adding up."""

import re
from collections import Counter
from decimal import Decimal
from random import Random

import pypdfium2
import pytest
from stdnum import iban

from data.generator.__main__ import write_wide
from data.generator.companies import WIDE, drawn_company
from data.generator.notations import drawn_locale
from data.generator.wide import wide_documents
from data.generator.words import Words

SEED = 11
MADE = list(wide_documents(120, SEED))
BILLS = [document for document in MADE if document.doc_type in ("invoice", "credit_note")]


def letters(text):
    return re.sub(r"[\W_]", "", text).casefold()


def text_of(document):
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(document.payload))


def test_the_same_seed_gives_the_same_bytes_however_many_follow():
    """A document depends on seed and number alone; another seed gives other ones."""
    assert [d.payload for d in wide_documents(5, SEED)] == [d.payload for d in MADE[:5]]
    assert {d.document_id for d in wide_documents(5, SEED + 1)}.isdisjoint({d.document_id for d in MADE})


def test_it_is_wide():
    """A hundred papers bring eight languages, most classes, and seldom the same layout twice."""
    assert len({document.language for document in MADE}) == 8
    assert len({document.doc_type for document in MADE}) >= 7
    assert Counter(document.layout for document in BILLS if "-" in document.layout).most_common(1)[0][1] <= 3


@pytest.mark.parametrize("document", BILLS, ids=lambda document: document.path)
def test_what_the_truth_states_is_printed(document):
    """Names, numbers and the digits of every amount stand on the page."""
    text = letters(text_of(document))
    for name in ("invoice_number", "seller_name", "buyer_name", "purchase_order_number", "iban", "seller_vat_id"):
        if name in document.fields and not document.layout.endswith(("sideband", "ledger")):
            assert letters(document.fields[name]) in text, name
    for name in ("net_total", "tax_total", "gross_total", "amount_due"):
        if name in document.fields:
            assert document.fields[name].replace(".", "") in text, name


@pytest.mark.parametrize("document", BILLS, ids=lambda document: document.path)
def test_amounts_add_up(document):
    """Net and tax are the gross total; nobody owes more than that."""
    amounts = {name: Decimal(value) for name, value in document.fields.items() if name.endswith(("_total", "_due"))}
    if {"net_total", "tax_total"} <= amounts.keys():
        assert amounts["net_total"] + amounts["tax_total"] == amounts["gross_total"]
    assert 0 < amounts["amount_due"] <= amounts["gross_total"]


@pytest.mark.parametrize("country", WIDE["countries"])
def test_companies_have_valid_numbers(country):
    """Check digits of invented accounts are right, and names are not empty."""
    for seed in range(20):
        company = drawn_company(Random(seed), country)
        assert company.name.strip() == company.name != ""
        assert not company.iban or iban.is_valid(company.iban)


@pytest.mark.parametrize("country", WIDE["countries"])
def test_every_language_has_every_word_that_papers_use(country):
    """No wording of any language lacks a word of the bills."""
    locale = drawn_locale(Random(1), WIDE["countries"][country]["locale"])
    words = [Words(locale, wording, mixed=True) for wording in range(20)]
    for key in ("invoice", "credit_note", "number", "issue_date", "due_date", "gross_total", "amount_due", "paid"):
        assert all(each[key] for each in words)


def test_the_command_writes_documents_with_their_truth(tmp_path):
    """docs/ and truth.jsonl, one row a document."""
    assert write_wide(tmp_path / "set", 3, SEED) == 3
    rows = (tmp_path / "set" / "truth.jsonl").read_text("utf-8").splitlines()
    assert len(rows) == len(list((tmp_path / "set" / "docs").iterdir())) == 3
