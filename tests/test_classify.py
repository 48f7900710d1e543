"""The class of a document: by a trained model over words and layout, honest where neither says anything."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import page, reading, reading_of

from routing.fields import DocumentType
from routing.policy import parse_policy
from tasks.classify import Classified, classify, model_version
from tasks.classify.model import from_bytes, shipped_model, to_bytes
from tasks.classify.vocabulary import vocabulary
from tasks.extract.sheet import sheet_of
from tasks.read import read

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "invoices"
TOTALS = ("Net   100.00 €", "Tax   19.00 €", "Total   119.00 €")
NO_PAYMENT = {"invoice", "credit_note", "receipt"}


def classified(*lines: str, doc_types: dict[str, DocumentType] | None = None) -> Classified:
    return classify(sheet_of(reading(*lines)), doc_types)


@pytest.mark.parametrize(
    ("doc_type", "lines"),
    [
        ("invoice", ("# INVOICE", "Invoice No: 7", "Invoice date: 1 May 2024", "Due date: 31 May 2024", *TOTALS)),
        (
            "invoice",
            ("# Rechnung", "Rechnungsnummer: 7", "Rechnungsdatum: 01.05.2024", "Zahlbar bis: 31.05.2024", *TOTALS),
        ),
        ("invoice", ("# FACTURE", "Facture n° 7", "Date de facture : 01/05/2024", "Net à payer   119,00 €", *TOTALS)),
        (
            "invoice",
            ("# Factura", "Número de factura: 7", "Fecha de factura: 01/05/2024", "Base imponible   100,00 €", *TOTALS),
        ),
        ("invoice", ("# Fattura", "Numero fattura: 7", "Data fattura: 01/05/2024", "Imponibile   100,00 €", *TOTALS)),
        ("invoice", ("# FACTUUR", "Factuurnummer: 7", "Factuurdatum: 1-5-2024", "Te betalen   119,00 €", *TOTALS)),
        (
            "invoice",
            ("# Fatura", "Número da fatura: 7", "Data de emissão: 01/05/2024", "Vencimento: 31/05/2024", *TOTALS),
        ),
        ("credit_note", ("# CREDIT NOTE", "Credit note no: 7", "Original invoice: 5", *TOTALS)),
        ("credit_note", ("# Gutschrift", "Gutschrift Nr. 7", "Ursprungsrechnung: 5", *TOTALS)),
        (
            "receipt",
            (
                "CORNER SHOP",
                "Cash receipt",
                "Tea   4.50",
                "Cash   10.00",
                "Change   5.50",
                "Thank you, please come again",
                "Cashier: 3",
            ),
        ),
        (
            "purchase_order",
            ("# PURCHASE ORDER", "PO number: 7", "Order date: 1 May 2024", "Ship to: us", "Supplier: them", *TOTALS),
        ),
        (
            "purchase_order",
            (
                "# ORDER",
                "Order date   05/01/2024",
                "Flight dates   05/01/2024 - 05/31/2024",
                "Spots   Rate   Amount",
                "18   $50.00   $900.00",
            ),
        ),
        (
            "contract",
            (
                "# NON-DISCLOSURE AGREEMENT",
                "This Agreement is made between the parties hereinafter named and whereas they",
                "wish to share confidential information the parties hereby agree that they shall not disclose",
                "IN WITNESS WHEREOF the parties have executed this agreement",
            ),
        ),
        (
            "statement",
            (
                "# Bank statement",
                "Statement period: May 2024",
                "Opening balance   10.00",
                "Deposits   5.00",
                "Withdrawals   2.00",
                "Closing balance   13.00",
            ),
        ),
        (
            "letter",
            (
                "Dear Ms Weber,",
                "thank you for your visit last week which we all enjoyed very much indeed and hope to",
                "see repeated soon.",
                "Yours sincerely",
                "Enclosure",
            ),
        ),
    ],
)
def test_tells_the_class(doc_type, lines):
    """In the languages of our documents."""
    assert classified(*lines).doc_type == doc_type


def test_prose_that_mentions_an_invoice_is_none():
    """A letter about one has the word, not the title, the labels or the totals."""
    got = classified(
        "Dear Sir or Madam,",
        "we have not yet received your payment for invoice 4711 that was due on the first of May and ask you kindly",
        "to settle the invoice within ten days, since we would otherwise have to charge you for the delay.",
        "Yours faithfully",
    )
    assert got.doc_type not in ("invoice", "receipt", "credit_note")


def test_a_report_full_of_amounts_is_no_invoice():
    """Figures alone say nothing."""
    got = classified(
        "# Annual report", "in millions   2023   2022", "Revenue   1,234.00   1,100.00", "EBIT   99.00   80.00"
    )
    assert got.doc_type == "other"


def test_what_says_nothing_is_other_and_not_sure():
    """Honest doubt goes to a person."""
    got = classified("lorem ipsum dolor", "sit amet")
    assert (got.doc_type, got.confidence < 0.9) == ("other", True)


def test_more_evidence_is_more_confidence():
    """A bare title is less than a title with the labels of its kind."""
    bare = classified("# INVOICE", *TOTALS)
    full = classified(
        "# INVOICE", "Invoice No: 7", "Invoice date: 1 May 2024", "Due date: 1 June 2024", "Bill to: you", *TOTALS
    )
    assert full.confidence > bare.confidence


@pytest.mark.parametrize(
    "lines",
    [
        ("# Angebot", "Angebotsnummer: 7", "Gültig bis: 31.05.2024", "Pos.   Bezeichnung   Menge   Preis", *TOTALS),
        ("# DELIVERY NOTE", "Delivery note no: 7", "Carrier: Hart", "Item   Ordered   Delivered", "Tea   5   5"),
        ("# FACTURE PROFORMA", "Proforma n° 7", "Sans valeur commerciale", "Valeur pour la douane", *TOTALS),
        ("# Payslip", "Employee: A. Weber", "Basic salary   2,000.00", "Income tax   300.00", "Net pay   1,700.00"),
        ("# Zahlungsavis", "Wir haben heute überwiesen:", "Rechnung   Datum   Betrag", "4711   01.05.2024   119,00"),
        ("# Mahnung", "Rechnung 4711 vom 01.05.2024", "ist noch offen", "Mahngebühr   5,00", "Offener Betrag   124,00"),
    ],
    ids=lambda lines: lines[0],
)
def test_what_names_amounts_and_invoices_but_bills_nothing_is_none(lines):
    """Offers, delivery notes, pro-formas, payslips, remittances and reminders: nobody may pay them as a bill."""
    got = classified(*lines)
    assert got.doc_type not in NO_PAYMENT or got.confidence < 0.9


ADVERTISED = (
    "Advertiser: Friends of the Park   Agency: Northern Media",
    "Flight dates: 05/01/2024 - 05/28/2024   Station: WXYZ-TV",
    "Account executive: J. Connor   Billing calendar: Broadcast",
    "Line   Description   Days   Rate   Spots   Amount",
    "1   Early news   MTWTF   $250.00   10   $2,500.00",
)


def test_a_broadcasters_order_is_not_its_invoice():
    """Both name spots, rates and flight dates."""
    ordered = classified("# ORDER", "Order   1551824", "Order type: NORMAL", *ADVERTISED, "Gross amount   $2,500.00")
    billed = classified(
        "# INVOICE", "Invoice #   1551824-1", "Invoice date   05/28/2024", *ADVERTISED, "Remit to: WXYZ-TV",
        "Net amount due   $2,125.00", "Due date   06/27/2024",
    )  # fmt: skip
    assert (ordered.doc_type, billed.doc_type) == ("purchase_order", "invoice")


def test_a_german_gutschrift_may_be_an_invoice_that_the_buyer_wrote():
    """The word alone does not tell; what stands around it does, or a person is asked."""
    lines = ("Menge   Preis   Betrag", "10   10,00   100,00", "Nettobetrag   100,00", "Umsatzsteuer   19,00")
    bought = classified(
        "# Gutschrift", "Lieferantennummer: 7", "Abrechnung im Gutschriftsverfahren", "Diese Gutschrift ersetzt Ihre",
        "Rechnung.", *lines, "Auszahlungsbetrag   119,00",
    )  # fmt: skip
    returned = classified("# Gutschrift", "Ursprungsrechnung: 4711", "Grund der Gutschrift: Retoure", *lines)
    assert bought.probabilities["invoice"] > returned.probabilities["invoice"]
    assert returned.doc_type == "credit_note"
    assert bought.doc_type == "invoice" or bought.confidence < 0.9


def test_words_that_a_scan_glued_together_are_still_known():
    """`InvoiceNo` is `Invoice No`."""
    got = classified("# TAXINVOICE", "InvoiceNo: 7", "InvoiceDate: 1 May 2024", "DueDate: 1 June 2024", *TOTALS)
    assert got.doc_type == "invoice"


ACCIDENTS = DocumentType(
    name="accident_log",
    meaning="The list of accidents of one site.",
    titles=("Accident log", "Unfallbuch"),
    signs=("injured person", "first aider", "body part", "verletzte person"),
)
ACCIDENT = ("# Accident log", "Site: Leeds", "Injured person: A. Weber", "Body part: hand", "First aider: J. Hart")


def test_a_class_of_ones_own_is_known_by_its_titles_and_signs():
    """It needs no training; without its description nobody guesses it."""
    assert classified(*ACCIDENT, doc_types={"accident_log": ACCIDENTS}).doc_type == "accident_log"
    assert classified(*ACCIDENT).doc_type in vocabulary({}).classes


def test_a_class_of_ones_own_takes_nothing_from_the_others():
    """What has none of its words is what it was."""
    lines = ("# INVOICE", "Invoice No: 7", "Invoice date: 1 May 2024", "Due date: 31 May 2024", *TOTALS)
    alone, beside = classified(*lines), classified(*lines, doc_types={"accident_log": ACCIDENTS})
    assert beside.doc_type == "invoice"
    assert beside.confidence == pytest.approx(alone.confidence, abs=0.02)


def test_titles_may_be_added_to_a_class_that_ships():
    """A house that calls its orders something else says so in its configuration."""
    lines = ("# Zwackelblatt", "Nummer: 7", "Bitte liefern Sie:", "10   Schrauben   1,00", "20   Muttern   2,00")
    ours = {"purchase_order": DocumentType(name="purchase_order", titles=("Zwackelblatt",))}
    before, after = classified(*lines), classified(*lines, doc_types=ours)
    assert after.probabilities["purchase_order"] > before.probabilities["purchase_order"]


@settings(max_examples=40)
@given(st.lists(st.text(min_size=1, max_size=40), max_size=12))
def test_any_text_has_a_class_with_a_probability(lines):
    """All probabilities together are one, none is more than the model's papers can show."""
    got = classify(sheet_of(reading(*lines)))
    assert sum(got.probabilities.values()) == pytest.approx(1)
    assert got.confidence == max(got.probabilities.values()) <= float(shipped_model().weights.calibration[1]) + 1e-6


def test_few_words_are_never_sure():
    """A hardly legible page is for a person."""
    assert all(classified(*lines).confidence < 0.9 for lines in [(), ("x",), ("4711   12.00",), ("the", "of", "and")])


def test_the_model_is_plain_arrays_and_comes_back_whole():
    """No pickle, and a card that tells what it was made of."""
    model = shipped_model()
    again = from_bytes(to_bytes(model))
    assert (again.version, again.classes, again.index) == (model.version, model.classes, model.index)
    assert (again.weights.terms == model.weights.terms).all()
    assert model.classes == vocabulary({}).classes
    assert model_version() in (ROOT / "data" / "models" / "classes.md").read_text(encoding="utf-8").splitlines()[0]


def test_terms_are_words_and_name_nobody():
    """No digits, hence no amounts, numbers or dates of any paper that was learned from."""
    assert not [term for term in shipped_model().index if any(c.isdigit() for c in term)]


def test_no_training_library_is_on_the_runs_path():
    """Starting a worker must not import what only training needs."""
    code = "import sys, tasks.examine; print([m for m in ('sklearn', 'scipy', 'torch', 'bench') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True).stdout == "[]\n"


def test_classifying_takes_about_a_millisecond_a_page():
    """Dense pages of 400 words; the processor's time, so that a busy machine does not matter."""
    lines = [f"Item {n}   of a dense page with a few words   {n}.00   {n * 3}.50" for n in range(30)]
    sheet = sheet_of(reading_of(*(page(*lines, number=number) for number in (1, 2, 3))))
    classify(sheet)
    began = time.process_time()
    for _ in range(20):
        classify(sheet)
    assert (time.process_time() - began) / 60 < 0.003


@pytest.mark.skipif(not SHARED.exists(), reason="../shared/invoices is not here")
def test_real_documents_that_nothing_was_learned_from_are_told_apart():
    """Every sixth short one with a text layer: at least 96 in a hundred, and hardly one wrong among the sure ones."""
    rows = [json.loads(row) for row in (SHARED / "truth.jsonl").read_text("utf-8").splitlines()]
    rows = [r for r in rows if r["text_layer"] and not r["embedded_xml"] and not r["stylesheet"]]
    rows = [r for r in rows if r["pages"] < 4][::6]
    limits = parse_policy((ROOT / "data" / "policy.toml").read_text("utf-8"), "policy.toml").limits
    got = [(row, classify(sheet_of(read(str(SHARED / row["path"]), "pdf", limits)))) for row in rows]
    wrong = [(row["path"], c.doc_type, c.confidence) for row, c in got if c.doc_type not in row["doc_type_ok"]]
    assert len(wrong) <= 0.04 * len(got), wrong
    assert len([path for path, _, confidence in wrong if confidence >= 0.9]) <= 1
