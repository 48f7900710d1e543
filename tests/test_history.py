"""Checks across documents: what was seen before changes what may be accepted now, in this run or in an earlier one."""

import tracemalloc
from dataclasses import replace
from functools import cache
from importlib.resources import files

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from past import FINANCE, Past, invoice
from store_rows import DAY, document_row

from tasks.history import History
from tasks.history.keys import key
from tasks.store.store import Store

OTHER = "GB33BUKB20201555555555"
MINE = {"seller_name": "Northwind Traders Ltd", "seller_vat_id": "GB999999973"}


@pytest.fixture(params=["ledger", "chunk"])
def past(request, tmp_path):
    """Nothing was settled yet; what is, is found in the ledger or was settled in the same chunk."""
    with Store.open(tmp_path / "store") as store:
        yield Past(store, request.param)


def test_same_number_seller_date_and_amount_is_a_duplicate(past):
    """Other bytes, same invoice: the earlier one is named."""
    original = past.has(invoice("first"), invoice("between", invoice_number="X-1")).duplicate_of(invoice("second"))
    assert (original.document_id, original.file_name) == ("first", "first.pdf")


@pytest.mark.parametrize(
    "change",
    [
        {"invoice_number": "re 2026 0815"},
        {"seller_name": "MULLER & SOHNE GMBH"},
        {"seller_name": "Müller & Söhne Gmbh."},
    ],
)
def test_spelling_does_not_hide_a_duplicate(past, change):
    """Case, accents and punctuation differ between a page, its scan and its XML."""
    assert past.has(invoice("first")).duplicate_of(invoice("second", **change))


@pytest.mark.parametrize("field", ["issue_date", "gross_total", "amount_due", "currency"])
def test_same_number_with_another_date_or_amount_is_for_a_human(past, field):
    """It is no duplicate, and it is not accepted either."""
    other = {"issue_date": "2026-03-02", "currency": "CHF"}.get(field, "200.00")
    second = invoice("second", **{field: other})
    assert past.has(invoice("first")).duplicate_of(second) is None
    assert field.replace("_", " ") in past.failed(second)["number_not_reused"]


def test_duplicate_that_lacks_a_date_is_for_a_human(past):
    """What can't be compared is not settled: it may be a duplicate."""
    second = invoice("second", issue_date=None)
    assert past.has(invoice("first")).duplicate_of(second) is None
    assert "may be a duplicate of first.pdf" in past.failed(second)["number_not_reused"]


def test_same_number_of_another_seller_is_nothing_special(past):
    """Every seller counts for itself."""
    second = invoice("second", seller_name="Acme Corporation", iban=OTHER)
    assert past.has(invoice("first")).duplicate_of(second) is None
    assert past.failed(second) == {}


def test_credit_note_with_the_number_of_its_invoice_is_no_duplicate(past):
    """Classes are compared apart."""
    assert past.has(invoice("first")).duplicate_of(invoice("second", doc_type="credit_note")) is None


@pytest.mark.parametrize("outcome", ["duplicate", "rejected", "deferred"])
def test_only_what_was_taken_in_is_an_original(past, outcome):
    """What a duplicate is a duplicate of waits for a human or was accepted."""
    assert past.has(invoice("first"), outcome=outcome).duplicate_of(invoice("second")) is None


def test_a_later_run_replaces_what_an_earlier_one_read(tmp_path):
    """A document that was read again counts as it was read last."""
    with Store.open(tmp_path / "store") as store:
        past = Past(store, "ledger").has(invoice("first"))
        again = {"document_id": "first", "run_id": "run2"}
        later = document_row(999, "run2") | again | {"file_name": "first.pdf"}
        store.write("run2", DAY, {"documents": [later], "fields": [again | {"field": "iban", "state": "absent"}]})
        assert past.duplicate_of(invoice("second")) is None


def test_changed_bank_account_is_for_a_human(past):
    """A seller that suddenly names another account is the classic fraud."""
    second = invoice("second", invoice_number="RE-2", iban=OTHER)
    detail = past.has(invoice("first")).failed(second)["bank_account_unchanged"]
    assert detail == f"{OTHER} is new, first.pdf had DE89370400440532013000"


def test_duplicate_with_another_bank_account_is_no_duplicate(past):
    """A re-sent invoice with a new account must reach a human, not the pile of duplicates."""
    assert past.has(invoice("first")).duplicate_of(invoice("second", iban=OTHER)) is None


def test_account_of_a_document_in_review_does_not_become_trusted(past):
    """A doubtful letter can't launder its bank account by being seen first, where an accepted one disagrees."""
    past.has(invoice("first")).has(invoice("fraud", invoice_number="RE-2", iban=OTHER), outcome="review")
    assert "bank_account_unchanged" in past.failed(invoice("again", invoice_number="RE-3", iban=OTHER))


def test_account_seen_only_in_review_is_not_confirmed(past):
    """Nor is it where there is nothing else: seen twice is not known; and a third account still is a change."""
    past.has(invoice("first"), outcome="review")
    assert past.passed("bank_account_unchanged", invoice("second", invoice_number="RE-2")) is None
    assert past.passed("bank_account_unchanged", invoice("third", invoice_number="RE-3", iban=OTHER)) is False


def test_known_bank_account_passes(past):
    """The account that this seller always used is no reason to look."""
    assert past.has(invoice("first")).failed(invoice("second", invoice_number="RE-2")) == {}
    assert past.passed("bank_account_unchanged", invoice("second", invoice_number="RE-2")) is True


def test_a_later_review_does_not_take_the_trust_from_an_account(past):
    """An invoice may wait for a human for other reasons than its account."""
    past.has(invoice("first")).has(invoice("second", invoice_number="RE-2"), outcome="review")
    assert past.passed("bank_account_unchanged", invoice("third", invoice_number="RE-3")) is True


def test_a_seller_may_have_two_accounts(past):
    """Each that a human or the checks accepted is known."""
    past.has(invoice("first"), invoice("second", invoice_number="RE-2", iban=OTHER))
    for iban in (OTHER, invoice("x").value("iban")):
        assert past.passed("bank_account_unchanged", invoice("third", invoice_number="RE-3", iban=iban)) is True


def test_another_spelling_with_the_same_vat_id_is_the_same_seller(past):
    """The name alone does not make a new seller, so it does not bring a new account in."""
    past.has(invoice("first", seller_vat_id="DE136695976"))
    second = invoice("second", seller_name="M&S Gruppe", seller_vat_id="DE 136695976", iban=OTHER)
    assert "bank_account_unchanged" in past.failed(second)


@pytest.mark.parametrize("shown", ["seller_name", "seller_vat_id"])
def test_a_known_sellers_account_does_not_vouch_for_another_seller(past, shown):
    """Who was paid before can't show a victim's name, or its VAT id, beside an account of his own."""
    past.has(invoice("victim", **MINE), invoice("own", seller_name="Shell Ltd", seller_vat_id="GB1", iban=OTHER))
    mixed = {"seller_name": "Shell Ltd", "seller_vat_id": "GB1"} | {shown: MINE[shown]}
    assert "bank_account_unchanged" in past.failed(invoice("mixed", invoice_number="R-3", iban=OTHER, **mixed))


@pytest.mark.parametrize("name", ["Northwlnd Traders Ltd", "Northwind Tradres Ltd", "North-wind Trader Ltd."])
def test_lookalike_of_a_known_seller_with_another_account_is_for_a_human(past, name):
    """A wrong, missing or swapped letter is overlooked by people; it makes a new seller to a machine."""
    second = invoice("second", seller_name=name, seller_vat_id="GB111111111", iban=OTHER)
    detail = past.has(invoice("first", **MINE)).failed(second)["seller_not_lookalike"]
    assert detail.startswith(f"{name} is new, with nearly the name of the seller of first.pdf")


@pytest.mark.parametrize(
    ("name", "iban"),
    [
        ("Northwlnd Traders Ltd", invoice("x").value("iban")),
        ("Northwind Traders Ltd.", OTHER),
        ("Eastwind Traders Ltd", OTHER),
    ],
)
def test_what_only_resembles_a_known_seller_is_no_lookalike(past, name, iban):
    """The same account, the very name (its account is another check's), or more than two slips apart."""
    second = invoice("second", seller_name=name, iban=iban)
    assert past.has(invoice("first", **MINE)).passed("seller_not_lookalike", second) is True


def test_lookalike_that_a_human_accepted_is_a_seller_of_its_own(past):
    """Two real sellers may have nearly one name: a person looks once; while she has not, nothing is settled."""
    twin = {"seller_name": "Northwind Trader Ltd", "iban": OTHER}
    past.has(invoice("first", **MINE)).has(invoice("a", invoice_number="1", **twin), outcome="review")
    assert past.passed("seller_not_lookalike", invoice("b", invoice_number="2", **twin)) is False
    past.has(invoice("c", invoice_number="3", **twin))
    assert past.passed("seller_not_lookalike", invoice("d", invoice_number="4", **twin)) is True


def test_letters_are_not_compared(past):
    """Only invoices and credit notes have numbers and accounts to compare."""
    letter = replace(invoice("second"), doc_type="letter")
    assert past.has(invoice("first")).history(letter).checks(letter) == ()


def test_one_number_on_a_thousand_invoices_does_not_fill_the_memory(tmp_path):
    """A seller whose number is misread the same way each time costs no more than any other; each is for a human."""
    with Store.open(tmp_path / "store") as store:
        ids = [f"{n:05}" for n in range(5000)]
        fields = [f | {"state": "found"} for i in ids for f in _fields_of(i)]
        store.write("run1", DAY, {"documents": [document_row(0) | {"document_id": i} for i in ids], "fields": fields})
        tracemalloc.start()
        history = History.load([invoice("new")], store.query, FINANCE)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    failed = {check.name for check in history.checks(invoice("new")) if check.passed is False}
    assert "number_not_reused" in failed
    assert peak < 1_000_000


@example(["\xa0", "\u3000-", "\t", " "])
@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cn"], exclude_characters="\0")), max_size=30))
def test_keys_are_the_same_in_python_and_in_sql(texts):
    """What was read now meets what the ledger holds, in any script."""
    assert _sql_keys(texts) == [key(text) for text in texts]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller & Söhne", "MULLER SOHNE"),
        ("ΑΘΗΝΑ Α.Ε.", "Αθήνα ΑΕ"),
        ("ООО «Ромашка»", "ооо ромашка"),
        ("DE89 3704 0044", "de8937040044"),
    ],
)
def test_key_leaves_out_spelling(one, other):
    """Spaces, punctuation, accents and case identify nobody, in any script."""
    assert key(one) == key(other)


def test_key_tells_sellers_apart_in_any_script():
    """Letters are not reduced to those of English."""
    assert key("ООО Ромашка 24") != key("ЗАО Вектор 24")


def _fields_of(document_id):
    values = {f.name: f.value for f in invoice("x").fields} | {"gross_total": f"{document_id}.00", "iban": document_id}
    return [{"document_id": document_id, "run_id": "run1", "field": name, "value": v} for name, v in values.items()]


def _sql_keys(texts):
    return [k for (k,) in _scratch().execute("select identity_key(unnest(?::varchar[]))", [texts]).fetchall()]


@cache
def _scratch():
    scratch = duckdb.connect()
    scratch.execute((files("data") / "sql" / "identity.sql").read_text(encoding="utf-8"))
    return scratch
