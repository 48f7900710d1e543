"""The class of a document: by its title and the signs of its kind, and honest where neither is there."""

import pytest
from pages import reading

from tasks.classify import Classified, classify
from tasks.extract.sheet import sheet_of

TOTALS = ("Net   100.00 €", "Tax   19.00 €", "Total   119.00 €")


def classified(*lines: str) -> Classified:
    return classify(sheet_of(reading(*lines)))


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
