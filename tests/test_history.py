"""Checks across documents: what was seen before changes what may be accepted now."""

from dataclasses import replace
from importlib.resources import files

import pytest

from routing.policy import parse_policy
from tasks.documents import Examined, Field, SourceFile
from tasks.history import History

FINANCE = parse_policy((files("data") / "policy.toml").read_text(encoding="utf-8"), "policy").finance
INVOICE = {
    "invoice_number": "RE-2026/0815",
    "issue_date": "2026-03-01",
    "seller_name": "Müller & Söhne GmbH",
    "currency": "EUR",
    "gross_total": "119.00",
    "amount_due": "119.00",
    "iban": "DE89370400440532013000",
}


def invoice(name: str, doc_type: str = "invoice", **changes: str | None) -> Examined:
    """An examined invoice; a field changed to None is absent."""
    stated = {k: v for k, v in (INVOICE | changes).items() if v is not None}
    fields = tuple(Field(k, "found", v) for k, v in stated.items())
    return Examined(SourceFile(name, f"{name}.pdf", "in", name, 1), doc_type=doc_type, fields=fields)


def history(*earlier: Examined, outcome: str = "accepted") -> History:
    known = History(FINANCE)
    for document in earlier:
        known.add(document, outcome)
    return known


def failed(known: History, document: Examined) -> dict[str, str]:
    return {check.name: check.detail for check in known.checks(document) if check.passed is False}


def test_same_number_seller_date_and_amount_is_a_duplicate():
    """Other bytes, same invoice: the earlier one is named."""
    original = history(invoice("first")).duplicate_of(invoice("second"))
    assert original and original.document_id == "first"


@pytest.mark.parametrize(
    "change",
    [
        {"invoice_number": "re 2026 0815"},
        {"seller_name": "MULLER & SOHNE GMBH"},
        {"seller_name": "Müller & Söhne Gmbh."},
    ],
)
def test_spelling_does_not_hide_a_duplicate(change):
    """Case, accents and punctuation differ between a page, its scan and its XML."""
    assert history(invoice("first")).duplicate_of(invoice("second", **change))


@pytest.mark.parametrize("field", ["issue_date", "gross_total", "amount_due", "currency"])
def test_same_number_with_another_date_or_amount_is_for_a_human(field):
    """It is no duplicate, and it is not accepted either."""
    other = {"issue_date": "2026-03-02", "currency": "CHF"}.get(field, "200.00")
    second = invoice("second", **{field: other})
    known = history(invoice("first"))
    assert known.duplicate_of(second) is None
    assert field.replace("_", " ") in failed(known, second)["number_not_reused"]


def test_duplicate_that_lacks_a_date_is_for_a_human():
    """What can't be compared is not settled: it may be a duplicate."""
    second = invoice("second", issue_date=None)
    known = history(invoice("first"))
    assert known.duplicate_of(second) is None
    assert "may be a duplicate of first.pdf" in failed(known, second)["number_not_reused"]


def test_same_number_of_another_seller_is_nothing_special():
    """Every seller counts for itself."""
    second = invoice("second", seller_name="Acme Corporation", iban="GB33BUKB20201555555555")
    assert history(invoice("first")).duplicate_of(second) is None
    assert failed(history(invoice("first")), second) == {}


def test_credit_note_with_the_number_of_its_invoice_is_no_duplicate():
    """Classes are compared apart."""
    assert history(invoice("first")).duplicate_of(invoice("second", doc_type="credit_note")) is None


def test_changed_bank_account_is_for_a_human():
    """A seller that suddenly names another account is the classic fraud."""
    second = invoice("second", invoice_number="RE-2", iban="GB33BUKB20201555555555")
    assert "GB33BUKB20201555555555 is new" in failed(history(invoice("first")), second)["bank_account_unchanged"]


def test_duplicate_with_another_bank_account_is_no_duplicate():
    """A re-sent invoice with a new account must reach a human, not the pile of duplicates."""
    second = invoice("second", iban="GB33BUKB20201555555555")
    assert history(invoice("first")).duplicate_of(second) is None


def test_account_of_a_document_in_review_does_not_become_trusted():
    """A doubtful letter can't launder its bank account by being seen first, where an accepted one disagrees."""
    known = history(invoice("first"))
    known.add(invoice("fraud", invoice_number="RE-2", iban="GB33BUKB20201555555555"), "review")
    again = invoice("again", invoice_number="RE-3", iban="GB33BUKB20201555555555")
    assert "bank_account_unchanged" in failed(known, again)


def test_known_bank_account_passes():
    """The account that this seller always used is no reason to look."""
    checks = {c.name: c.passed for c in history(invoice("first")).checks(invoice("second", invoice_number="RE-2"))}
    assert checks["number_not_reused"] and checks["bank_account_unchanged"]


def test_letters_are_not_compared():
    """Only invoices and credit notes have numbers and accounts to compare."""
    letter = replace(invoice("second"), doc_type="letter")
    assert history(invoice("first")).checks(letter) == ()
