"""One invoice in many guises: what is read of them must relate as the guises do."""

import hashlib
import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from PIL import Image
from read_helpers import ROOT

from data.generator.einvoices import hybrid, xml
from data.generator.invoices import Invoice, line
from data.generator.layouts import draw_invoice
from data.generator.locales import LOCALES
from data.generator.scans import pages
from data.generator.sheet import Style
from data.generator.vendors import BUYERS, VENDORS
from routing.policy import parse_policy
from tasks.documents import SourceFile
from tasks.examine import examine

POLICY = parse_policy((ROOT / "data" / "policy.toml").read_text(), "data/policy.toml")
STATED = ("invoice_number", "issue_date", "due_date", "currency", "net_total", "tax_total", "gross_total", "amount_due")
LINES = (
    line("Kopierpapier A4, 80 g", "40", "4.35", "19"),
    line("Ordner, breit, grau", "25", "2.79", "19"),
    line("Schreibtischleuchte LED", "3", "61.50", "19"),
    line("Anlieferung", "1", "14.90", "19"),
)
INVOICE = Invoice(
    "R-2026-4711", date(2026, 10, 31), VENDORS["papierhaus"], BUYERS["DE"], LOCALES["de-DE"], LINES, date(2026, 11, 30)
)  # fmt: skip


def drawn(invoice=INVOICE, layout="din5008"):
    return draw_invoice(invoice, layout, Style())


@pytest.fixture
def answer(tmp_path):
    """What is examined of a document given as bytes."""

    def ask(data, name="invoice.pdf"):
        path = tmp_path / name
        path.write_bytes(data)
        return examine(SourceFile(hashlib.sha256(data).hexdigest(), name, "", str(path), len(data)), POLICY)

    return ask


def stated(examined):
    return {name: examined.value(name) for name in STATED}


def amounts(examined):
    return [item.net_amount for item in examined.line_items]


def checks(examined):
    return {check.name: check.passed for check in examined.checks}


def expected(invoice=INVOICE):
    """What the generator knows of the invoice."""
    dates = {"issue_date": invoice.issue_date.isoformat(), "due_date": invoice.due_date.isoformat()}
    totals = {"net_total": invoice.net_total, "tax_total": invoice.tax_total, "gross_total": invoice.gross_total}
    money = {name: f"{value:.2f}" for name, value in totals.items()}
    return {"invoice_number": invoice.number, "currency": "EUR", "amount_due": money["gross_total"]} | dates | money


@pytest.mark.parametrize(("locale", "layout"), [("de-DE", "din5008"), ("fr-FR", "french"), ("nl-NL", "minimal")])
def test_three_locales_say_the_same(answer, locale, layout):
    """Other words, other marks, other order: the same values and the same rows."""
    got = answer(drawn(replace(INVOICE, locale=LOCALES[locale]), layout).pdf)
    assert stated(got) == expected()
    assert amounts(got) == [each.net_amount for each in LINES]
    assert checks(got)["lines_add_up"] is True


def test_xml_and_pages_say_the_same(answer):
    """As UBL, as CII inside its page, and as the page alone."""
    page = drawn()
    forms = [answer(xml(INVOICE, "ubl-2.1"), "invoice.xml"), answer(hybrid(INVOICE, page)), answer(page.pdf)]
    assert [form.text_source for form in forms] == ["xml", "xml", "text"]
    assert [stated(form) for form in forms] == [expected()] * 3
    assert [amounts(form) for form in forms] == [[each.net_amount for each in LINES]] * 3


def scan(dpi, turned=0):
    """The first page as a picture."""
    buffer = io.BytesIO()
    picture = pages(drawn().pdf, dpi)[0]
    picture.rotate(turned, Image.Resampling.BICUBIC, expand=True, fillcolor=255).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(("dpi", "turned"), [(150, 0), (300, 0), (150, 90), (150, 180), (150, 270), (150, 1.5)])
def test_a_scan_says_the_same(answer, dpi, turned):
    """However fine it is and whichever way it lies."""
    got = answer(scan(dpi, turned), "scan.png")
    assert stated(got) == expected()
    assert amounts(got) == [each.net_amount for each in LINES]


def test_a_coarse_scan_says_the_same_or_nothing(answer):
    """At 100 dpi letters of small print are six pixels high."""
    got = answer(scan(100), "scan.png")
    assert all(value in (None, expected()[name]) for name, value in stated(got).items())


def test_where_pages_end_makes_no_difference(answer):
    """Sixty rows, in layouts that cut the table at other rows."""
    many = replace(INVOICE, lines=tuple(line(f"Artikel {n}", str(1 + n % 7), f"{n}.35", "19") for n in range(1, 61)))
    got = [answer(drawn(many, layout).pdf) for layout in ("din5008", "ledger", "american")]
    assert len({each.page_count for each in got} | {1}) > 1
    assert [amounts(each) for each in got] == [[each.net_amount for each in many.lines]] * 3
    assert all(checks(each)["lines_add_up"] for each in got)


def test_the_same_layout_cut_at_other_rows_makes_no_difference(answer):
    """One layout on pages of three heights: the table goes on after other rows, all else stays."""
    many = replace(INVOICE, lines=tuple(line(f"Artikel {n}", str(1 + n % 7), f"{n}.35", "19") for n in range(1, 61)))
    got = [answer(draw_invoice(many, "din5008", Style(size=(595, height))).pdf) for height in (842, 760, 620)]
    cuts = [[item.page for item in each.line_items] for each in got]
    assert len({tuple(cut) for cut in cuts}) == 3
    assert [amounts(each) for each in got] == [[each.net_amount for each in many.lines]] * 3
    assert [stated(each) for each in got] == [expected(many)] * 3


def test_a_cent_between_the_xml_and_its_page_is_noticed(answer):
    """The XML counts, and the page that says otherwise is a reason to look."""
    dearer = replace(INVOICE, lines=(*LINES[:3], replace(LINES[3], unit_price=Decimal("14.91"))))
    alike, apart = answer(hybrid(INVOICE, drawn())), answer(hybrid(INVOICE, drawn(dearer)))
    assert stated(alike) == stated(apart) == expected()
    assert (checks(alike)["xml_matches_page"], checks(apart)["xml_matches_page"]) == (True, False)


def test_a_cent_more_is_a_cent_more(answer):
    """In the row, the totals, and nowhere else."""
    dearer = replace(INVOICE, lines=(*LINES[:3], replace(LINES[3], unit_price=Decimal("14.91"))))
    before, after = answer(drawn().pdf), answer(drawn(dearer).pdf)
    assert [b - a for a, b in zip(amounts(before), amounts(after), strict=True)] == [0, 0, 0, Decimal("0.01")]
    changed = {name for name in STATED if before.value(name) != after.value(name)}
    assert {"net_total", "gross_total", "amount_due"} <= changed <= {*STATED[4:]}
    assert stated(after) == expected(dearer)


def test_cents_that_the_total_does_not_share_are_noticed(answer):
    """A total that was printed wrongly is told as it is printed, and held."""
    wrong = replace(INVOICE, misprinted_total=INVOICE.gross_total + Decimal("0.05"))
    got = answer(drawn(wrong).pdf)
    assert got.value("gross_total") == f"{INVOICE.gross_total + Decimal('0.05'):.2f}"
    assert checks(got)["amounts_add_up"] is False
