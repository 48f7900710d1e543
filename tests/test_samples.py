"""The sample folder: what it holds, that its truth is true, and that the generator makes it byte for byte."""

import hashlib
import io
import json
import re
import zipfile
import zlib
from collections import Counter
from datetime import date
from decimal import Decimal
from email import message_from_bytes, policy
from pathlib import Path

import pypdfium2
import pytest
from facturx import get_xml_from_pdf, xml_check_xsd
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from stdnum import iban
from stdnum.ch import vat as swiss_vat
from stdnum.eu import vat as eu_vat
from stdnum.gb import vat as british_vat
from stdnum.in_ import gstin

from data.generator.__main__ import write_samples
from data.generator.invoices import Invoice, Line
from data.generator.layouts import LAYOUTS, draw_invoice
from data.generator.locales import LOCALES
from data.generator.sheet import VERA, Style
from data.generator.truth import stated
from data.generator.vendors import BUYERS, VENDORS, valid_iban
from data.generator.words import Words

SAMPLES = Path(__file__).parents[1] / "data" / "samples"
ROWS = [json.loads(row) for row in (SAMPLES / "truth.jsonl").read_text("utf-8").splitlines()]
BY_PATH = {row["path"]: row for row in ROWS}
BILLS = [row for row in ROWS if row["doc_type"] in ("invoice", "credit_note") and row["fields"]]
TYPED = [row for row in ROWS if row["text_layer"]]


def payload(row):
    """The bytes of a row's document, out of its e-mail or zip where it lies in one."""
    file = SAMPLES / row["path"]
    if file.exists():
        return file.read_bytes()
    name = file.name
    if file.parent.suffix == ".zip":
        return zipfile.ZipFile(file.parent).read(name)
    mail = message_from_bytes(file.parent.read_bytes(), policy=policy.default)
    return next(part.get_content() for part in mail.iter_attachments() if part.get_filename() == name)


def text_of(row):
    """All text of a PDF, hidden text too."""
    document = pypdfium2.PdfDocument(payload(row))
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_generator_reproduces_the_committed_bytes(tmp_path):
    """Running it again changes no byte of data/samples."""
    if "ng" in zlib.ZLIB_RUNTIME_VERSION:
        pytest.skip("this Python deflates with zlib-ng, the committed samples were deflated with zlib")
    write_samples(tmp_path)
    made, committed = files(tmp_path), files(SAMPLES)
    assert made.keys() == committed.keys()
    assert [path for path in made if made[path] != committed[path]] == []


def test_every_row_names_its_document_by_hash_and_size():
    """document_id is the SHA-256 of the bytes at path, inside containers too."""
    for row in ROWS:
        content = payload(row)
        assert hashlib.sha256(content).hexdigest() == row["document_id"], row["path"]
        assert len(content) == row["bytes"]


def test_every_file_has_its_truth():
    """No file lies about without a row, none but the container of one."""
    named = {row["path"] for row in ROWS} | {row["path"].rpartition("/")[0] for row in ROWS}
    assert [path for path in files(SAMPLES) if path != "truth.jsonl" and path not in named] == []


def test_the_folder_is_small_and_varied():
    """At least 40 documents, 10 layouts, 5 languages and 5 currencies in less than 6 MB."""
    assert len(ROWS) >= 40
    assert len({row["layout"] for row in ROWS}) >= 10
    assert len({row["language"] for row in ROWS}) >= 5
    assert len({row["fields"].get("currency") for row in ROWS} - {None}) >= 5
    assert sum(len(content) for content in files(SAMPLES).values()) < 6_000_000


def test_every_kind_and_trouble_is_there():
    """Each document type, format and reason to stop has its example."""
    kinds = Counter(row["doc_type"] for row in ROWS)
    assert kinds.keys() >= {
        "invoice", "credit_note", "receipt", "purchase_order", "contract", "statement", "letter"
    }  # fmt: skip
    assert kinds["receipt"] >= 3
    assert {row["format"] for row in ROWS} >= {"pdf", "xml", "png", "jpg", "tif"}
    assert {row["expected_reason"] for row in ROWS} == {
        "clear", "same bytes", "same invoice re-sent", "same invoice scanned", "high value", "sums",
        "changed bank account", "hidden text", "encrypted", "corrupt",
    }  # fmt: skip
    assert any(row["pages"] >= 3 and len(row["fields"]["line_items"]) >= 70 for row in BILLS)


@pytest.mark.parametrize("row", BILLS, ids=lambda row: row["path"])
def test_amounts_add_up_unless_marked(row):
    """Lines less discount = net, net + tax = gross, except in the one that is there to be wrong."""
    fields = {name: Decimal(row["fields"][name]) for name in ("net_total", "gross_total") if name in row["fields"]}
    if "net_total" not in fields:
        return
    tax = Decimal(row["fields"].get("tax_total", 0))
    lines = sum(Decimal(item["line_total"]) for item in row["fields"]["line_items"])
    assert 0 <= lines - fields["net_total"] <= lines * Decimal("0.05")
    assert (fields["net_total"] + tax == fields["gross_total"]) is (row["expected_reason"] != "sums")
    assert Decimal(row["fields"]["amount_due"]) <= fields["gross_total"]


def test_check_digits_are_right():
    """Every IBAN and VAT id of the invented companies would pass at a bank and a tax office."""
    valid = {"CH": swiss_vat.is_valid, "GB": british_vat.is_valid, "IN": gstin.is_valid}
    for party in [*VENDORS.values(), *BUYERS.values()]:
        assert not party.iban or (iban.is_valid(party.iban) and valid_iban(party.iban)), party.name
        assert not party.vat_id or valid.get(party.country, eu_vat.is_valid)(party.vat_id), party.name
    assert all(iban.is_valid(row["fields"]["iban"]) for row in BILLS if "iban" in row["fields"])


@pytest.mark.parametrize("row", TYPED, ids=lambda row: row["path"])
def test_what_the_truth_states_stands_on_the_page(row):
    """Each visible field of a typed PDF can be found in its text, in the notation of its country."""
    text = text_of(row)
    letters = re.sub(r"\W", "", text).casefold()
    for name, value in row["fields"].items():
        if name in ("line_items", "currency") or name in row["not_visible"]:
            continue
        sought = re.sub(r"\W", "", value).casefold()
        if name in ("issue_date", "due_date"):
            assert any(re.sub(r"\W", "", spelling) in letters for spelling in spellings(value)), (name, value)
        else:
            assert sought in letters, (name, value)


def spellings(value):
    """A date as the locales write it."""
    day = date.fromisoformat(value)
    return [locale.date(day, long).casefold() for locale in LOCALES.values() for long in (False, True)]


@pytest.mark.parametrize("row", [row for row in TYPED if "line_items" in row["fields"]], ids=lambda row: row["path"])
def test_every_line_stands_on_the_page(row):
    """No row of the truth is missing from the table, however many pages it takes."""
    words = re.sub(r"\W", "", text_of(row))
    for item in row["fields"]["line_items"]:
        assert re.sub(r"\W", "", item["description"])[:12] in words
        assert re.sub(r"\W", "", item["line_total"]) in words


@pytest.mark.parametrize("row", [row for row in ROWS if row["embedded_xml"]], ids=lambda row: row["path"])
def test_electronic_invoices_are_valid_and_say_what_the_truth_says(row):
    """The XML passes the standard's schema and holds the number and the amount due."""
    content = payload(row)
    xml = content if row["format"] == "xml" else get_xml_from_pdf(content)[1]
    root = etree.fromstring(xml)
    ubl = "oasis" in root.tag
    xml_check_xsd(xml, flavor="ubl-2.1" if ubl else "factur-x", level="en16931")
    values = {element.text for element in root.iter() if element.text}
    assert {row["fields"]["invoice_number"], row["fields"]["amount_due"], row["fields"]["iban"]} <= values


def test_scans_have_no_text():
    """A scanned PDF is a picture alone."""
    scans = [row for row in ROWS if row["path"].startswith("docs/scans/") and row["format"] == "pdf"]
    assert len(scans) >= 3
    assert all(text_of(row).strip() == "" and not row["text_layer"] for row in scans)


def test_hidden_text_is_in_the_file_and_not_in_the_truth():
    """The account that only a machine can see is in the text layer and in no field."""
    row = next(row for row in ROWS if row["expected_reason"] == "hidden text")
    hidden = re.search(r"IBAN (GB\w{20})", text_of(row))
    assert hidden
    assert hidden[1] not in json.dumps(row["fields"])


def test_the_changed_account_comes_after_the_known_one():
    """One seller, two accounts; in reading order the honest invoice is first and a person must see the second."""
    first, second = sorted((row for row in BILLS if "Kestrel" in row["path"]), key=lambda row: row["path"])
    assert first["fields"]["seller_vat_id"] == second["fields"]["seller_vat_id"]
    assert first["fields"]["iban"] != second["fields"]["iban"]
    assert (first["expected_outcome"], second["expected_outcome"]) == ("accepted", "review")


def business_key(row):
    return [row["fields"][name] for name in ("invoice_number", "seller_name", "gross_total")]


def test_duplicates_name_what_they_repeat():
    """Each has a twin of the same number, seller and amount that comes before it."""
    for row in (row for row in BILLS if row["expected_outcome"] == "duplicate"):
        same = [
            other["path"]
            for other in BILLS
            if all(
                other["fields"][key] == row["fields"][key] for key in ("invoice_number", "seller_name", "gross_total")
            )
        ]
        assert min(same) < row["path"]


@pytest.mark.parametrize("reason", ["encrypted", "corrupt"])
def test_unreadable_files_cannot_be_opened(reason):
    """A reader refuses them, so the truth states no field."""
    row = next(row for row in ROWS if row["expected_reason"] == reason)
    assert row["fields"] == {}
    with pytest.raises(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(payload(row))


@given(
    amount=st.decimals(min_value=-(10**9), max_value=10**9, places=2),
    locale=st.sampled_from(list(LOCALES.values())),
)
def test_a_locale_writes_amounts_that_can_be_read_back(amount, locale):
    """Taking out the grouping marks gives the same number, and every group but the first has its length."""
    text = locale.number(amount)
    assert Decimal(text.replace(locale.group, "").replace(locale.decimal, ".")) == amount
    _, *groups = text.lstrip("-").partition(locale.decimal)[0].split(locale.group)
    lengths = [len(group) for group in groups]
    assert lengths == [2 if locale.lakh else 3] * (len(groups) - 1) + [3] * bool(groups)


@given(
    prices=st.lists(st.decimals(min_value="0.01", max_value="9999", places=2), min_size=1, max_size=8),
    rates=st.lists(st.sampled_from([Decimal(0), Decimal(7), Decimal("8.1"), Decimal(19)]), min_size=8, max_size=8),
    allowance=st.sampled_from([Decimal(0), Decimal(3), Decimal("2.5")]),
)
def test_any_invoice_adds_up(prices, rates, allowance):
    """Net, taxes and gross agree to the cent whatever is sold at whatever rates."""
    lines = tuple(Line("x", Decimal(3), price, rate) for price, rate in zip(prices, rates, strict=False))
    invoice = Invoice(
        "1", date(2026, 1, 31), VENDORS["kestrel"], BUYERS["GB"], LOCALES["en-GB"], lines, allowance=allowance
    )
    assert invoice.net_total == invoice.lines_total - invoice.allowance_total
    assert invoice.gross_total == sum(invoice.taxable.values()) + sum(invoice.taxes.values())


@pytest.mark.parametrize("locale", LOCALES.values(), ids=lambda locale: locale.code)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_can_be_drawn_in_every_locale(layout, locale):
    """Content, wording, notation and placing combine freely; the number and the total are always visible."""
    lines = (Line("Valve, brass", Decimal(4), Decimal("1234.50"), Decimal(20)),)
    invoice = Invoice("A-1", date(2026, 3, 31), VENDORS["kestrel"], BUYERS["GB"], locale, lines, terms="30", note="-")
    drawn = draw_invoice(invoice, layout, Style(VERA, wording=1))
    assert {"invoice_number", "gross_total", "currency", "seller_name", "issue_date"} <= stated(
        invoice, drawn.shown
    ).keys()
    page = pypdfium2.PdfDocument(io.BytesIO(drawn.pdf))[0].get_textpage().get_text_range()
    assert Words(locale, 1)["quantity"].casefold() in page.casefold()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_layout_writes_beyond_the_page(layout):
    """However many rows push its foot down: text off the page is hidden text, and a clean paper has none."""
    for count in range(1, 46):
        lines = (Line("Valve, brass", Decimal(4), Decimal("1234.50"), Decimal(20)),) * count
        invoice = Invoice("A-1", date(2026, 3, 31), VENDORS["kestrel"], BUYERS["GB"], LOCALES["en-GB"], lines, note="-")
        for page in pypdfium2.PdfDocument(io.BytesIO(draw_invoice(invoice, layout, Style()).pdf)):
            text = page.get_textpage()
            assert all(text.get_rect(at)[1] > 0 for at in range(text.count_rects())), count
