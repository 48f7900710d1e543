"""The wide set: drawn by seed, its truth printed on its pages, its amounts adding up."""

import re
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from random import Random

import pypdfium2
import pytest
from read_helpers import LIMITS, words_of
from stdnum import iban

from data.generator.__main__ import write_wide
from data.generator.companies import WIDE, drawn_company
from data.generator.faces import CENTRAL
from data.generator.ink import Ink, InkSheet
from data.generator.languages import languages
from data.generator.layouts.strip import Strip
from data.generator.noise import Noise, noisy
from data.generator.notations import drawn_locale
from data.generator.sheet import Style
from data.generator.tickets import drawn_ticket
from data.generator.wide import wide_documents
from data.generator.words import Words, clutter_patterns
from tasks.read import read

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
    """A hundred papers bring ten languages, most classes, and seldom the same layout twice."""
    assert len({document.language for document in MADE}) >= 10
    assert len({document.doc_type for document in MADE}) >= 7
    assert Counter(document.layout for document in BILLS if "-" in document.layout).most_common(1)[0][1] <= 3


def printed(document, name):
    """What stands in the boxes where the truth says that the field is printed; on the whole page where the letters have
    no shape of their own in a standard face, and so no place."""
    if b"aogonek" in document.payload or document.language in CENTRAL:
        return letters(text_of(document))
    pages = list(pypdfium2.PdfDocument(document.payload))
    texts = []
    for number, x0, y0, x1, y1 in document.boxes[name]:
        height = pages[number - 1].get_height()
        texts.append(pages[number - 1].get_textpage().get_text_bounded(x0, height - y1 + 1, x1, height - y0 - 1))
    return letters(" ".join(texts))


@pytest.mark.parametrize("document", BILLS, ids=lambda document: document.path)
def test_what_the_truth_states_is_printed_where_it_says(document):
    """Names, numbers and the digits of every amount stand in their boxes; every box is on its page."""
    for name in ("invoice_number", "seller_name", "buyer_name", "purchase_order_number", "iban", "seller_vat_id"):
        if name in document.boxes:
            assert letters(document.fields[name]) in printed(document, name), name
    for name in ("net_total", "tax_total", "gross_total", "amount_due"):
        if name in document.boxes:
            assert document.fields[name].replace(".", "") in printed(document, name), name
    assert document.fields.keys() - document.boxes.keys() <= {"line_items", "amount_due", "seller_name"}


@pytest.mark.parametrize("document", BILLS, ids=lambda document: document.path)
def test_amounts_add_up(document):
    """Net and tax are the gross total, to the coin that it is rounded to; nobody owes less than nothing."""
    amounts = {name: Decimal(value) for name, value in document.fields.items() if name.endswith(("_total", "_due"))}
    if {"net_total", "tax_total"} <= amounts.keys():
        rounding = amounts["net_total"] + amounts["tax_total"] - amounts["gross_total"]
        assert abs(rounding) <= Decimal("0.05")
    assert amounts["amount_due"] > 0 and amounts["gross_total"] > 0


@pytest.mark.parametrize("country", WIDE["countries"])
def test_companies_have_valid_numbers(country):
    """Check digits of invented accounts are right, and names are not empty."""
    for seed in range(20):
        company = drawn_company(Random(seed), country)
        assert company.name.strip() == company.name != ""
        assert not company.iban or iban.is_valid(company.iban)


def test_a_seller_that_trades_under_another_name_is_still_called_by_its_own():
    """The sign over the shop is no name of a company (BT-28): the truth and the page have both."""
    sellers = [drawn_company(Random(seed), "DE") for seed in range(100)]
    assert 5 < sum(bool(seller.mark) for seller in sellers) < 40
    assert all(seller.mark != seller.name for seller in sellers)
    words = Words(drawn_locale(Random(1), "en-MY"), mixed=True)
    ticket = drawn_ticket(Random(1), "MY", words)
    marked = replace(ticket, seller=replace(ticket.seller, mark="Brewery Tap"))
    sheets = [InkSheet(Style(size=(226, 2000)), Ink(), "1", "") for _ in range(20)]
    for seed, sheet in enumerate(sheets):
        Strip(sheet, marked, words, seed).draw()
    assert any(sheet.says("Brewery Tap") for sheet in sheets)
    assert all("seller_name" in sheet.shown for sheet in sheets)


@pytest.mark.parametrize("country", WIDE["countries"])
def test_every_language_has_every_word_that_papers_use(country):
    """No wording of any language lacks a word of the bills."""
    locale = drawn_locale(Random(1), WIDE["countries"][country]["locale"])
    words = [Words(locale, wording, mixed=True) for wording in range(20)]
    for key in ("invoice", "credit_note", "number", "issue_date", "due_date", "gross_total", "amount_due", "paid"):
        assert all(each[key] for each in words)


def test_scans_hold_the_same_papers_without_their_text():
    """Pictures of the same content; the same seed gives the same share of them."""
    plain, pictures = MADE[:6], list(wide_documents(6, SEED, scans=1.0))
    assert [d.fields for d in pictures] == [d.fields for d in plain]
    assert not any(d.text_layer for d in pictures)
    assert not any(text_of(d).strip() for d in pictures if d.path.endswith(".pdf"))


@pytest.mark.parametrize("country", WIDE["countries"])
def test_clutter_never_bears_the_label_of_a_field(country):
    """What the truth does not call an invoice number, a date or an order is not labelled as one."""
    words = Words(drawn_locale(Random(1), WIDE["countries"][country]["locale"]), mixed=True)
    fields = {
        letters(way)
        for key in ("number", "issue_date", "due_date", "purchase_order_number")
        for way in words.listed(key)
    }
    clutter = {letters(way) for key in clutter_patterns() for way in words.listed(key)}
    assert clutter & fields == set()


def test_every_language_with_a_file_has_the_same_words():
    """A key that one of them lacks would leave a gap on its papers."""
    keys = {name: facts["words"].keys() for name, facts in languages().items()}
    assert len(keys) == 6 and all(each == keys["da"] for each in keys.values())


def test_held_out_wordings_are_never_among_the_common_ones():
    """Labels of one kind of set do not occur in the other, for languages with several ways of saying it."""
    locale = drawn_locale(Random(1), "en-GB")

    def labels(wordings):
        papers = [Words(locale, number, True, wordings) for number in range(200)]
        return {letters(words[key]) for words in papers for key in ("number", "issue_date", "due_date", "gross_total")}

    assert len(labels("common")) > 20 and len(labels("held-out")) > 4
    assert labels("common").isdisjoint(labels("held-out"))
    assert labels("common") | labels("held-out") == labels("all")


@pytest.fixture
def reading(tmp_path):
    """One bill, read."""
    path = tmp_path / "bill.pdf"
    path.write_bytes(BILLS[0].payload)
    return read(str(path), "pdf", LIMITS)


def test_noise_makes_a_reading_look_like_ocr(reading):
    """Some words are misread, joined or lost, boxes move a little, and nothing else changes."""
    noisy_one = noisy(reading, Random(3), Noise(wrong=0.05, joined=0.3, missed=0.05))
    before, after = words_of(reading), words_of(noisy_one)
    assert noisy_one.text_source == "ocr" and noisy_one.page_count == reading.page_count
    assert len(before) * 0.4 < len(after) < len(before)
    assert 0.2 < len(set(before) & set(after)) / len(set(before)) < 1
    assert noisy(reading, Random(3), Noise(wrong=0.05, joined=0.3, missed=0.05)) == noisy_one


def test_no_noise_leaves_the_words(reading):
    """Without any chance of error the words are those of the text layer."""
    silent = Noise(wrong=0, lost=0, joined=0, split=0, missed=0, jitter=0)
    assert words_of(noisy(reading, Random(3), silent)) == words_of(reading)


def test_the_command_writes_documents_with_their_truth(tmp_path):
    """docs/ and truth.jsonl, one row a document."""
    assert write_wide(tmp_path / "set", 3, SEED) == 3
    rows = (tmp_path / "set" / "truth.jsonl").read_text("utf-8").splitlines()
    assert len(rows) == len(list((tmp_path / "set" / "docs").iterdir())) == 3
