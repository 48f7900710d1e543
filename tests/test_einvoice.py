"""E-invoice XML: every field with its path, whatever the format; what another library writes, we read the same."""

import copy
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from facturx import generate_xml

from routing.errors import CorruptError, UnsupportedError
from tasks.extract.einvoice import fields_of

SHARED = Path(__file__).parent.parent.parent / "shared" / "invoices"
FLAVORS = ["factur-x", "ubl-2.1", "zugferd-1"]
ZUGFERD_1_NAMES = {
    "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100": "urn:ferd:CrossIndustryDocument:invoice:1p0",
    "ReusableAggregateBusinessInformationEntity:100": "ReusableAggregateBusinessInformationEntity:12",
    "UnqualifiedDataType:100": "UnqualifiedDataType:15",
    "rsm:CrossIndustryInvoice": "rsm:CrossIndustryDocument",
    "rsm:ExchangedDocument>": "rsm:HeaderExchangedDocument>",
    "rsm:SupplyChainTradeTransaction": "rsm:SpecifiedSupplyChainTradeTransaction",
    "ApplicableHeaderTrade": "ApplicableSupplyChainTrade",
    "SpecifiedTradeSettlementHeaderMonetarySummation": "SpecifiedTradeSettlementMonetarySummation",
    "SpecifiedTradeSettlementLineMonetarySummation": "SpecifiedTradeSettlementMonetarySummation",
    "SpecifiedLineTrade": "SpecifiedSupplyChainTrade",
    "IssuerAssignedID": "ID",
    "RateApplicablePercent": "ApplicablePercent",
}
"""What ZUGFeRD 1 calls the things of Factur-X: no library writes it any more, and old invoices are full of it."""


def line(number, name, quantity, price, base, amount):
    return {
        "BT-126": str(number), "BT-153": name, "BT-129": quantity, "BT-130": "C62", "BT-146": price, "BT-149": base,
        "BT-150": "C62", "BT-131": amount, "BT-151": "S", "BT-152": "19",
    }  # fmt: skip


INVOICE = {
    "BT-1": "R-2024/17",
    "BT-2": date(2024, 3, 5),
    "BT-3": "380",
    "BT-5": "EUR",
    "BT-9": date(2024, 4, 4),
    "BT-13": "PO 445",
    "BT-72": date(2024, 3, 1),
    "BT-81": "58",
    "BT-84": "DE89370400440532013000",
    "BT-106": "1200.00",
    "BT-109": "1200.00",
    "BT-110": "228.00",
    "BT-112": "1428.00",
    "BT-113": "428.00",
    "BT-115": "1000.00",
    "BG-4": {"name": "Papier & Söhne GmbH", "vat_identifier": "DE136695976", "country_code": "DE"},
    "BG-7": {"name": "Käufer AG", "vat_identifier": "ATU12345675", "country_code": "AT"},
    "BG-23": [{"BT-116": "1200.00", "BT-117": "228.00", "BT-118": "S", "BT-119": "19"}],
    "BG-25": [line(1, "Papier A4", "200", "5", "10", "100.00"), line(2, "Drucker", "1", "1100", "1", "1100.00")],
}
STATED = {
    "invoice_number": "R-2024/17", "issue_date": "2024-03-05", "due_date": "2024-04-04", "currency": "EUR",
    "purchase_order_number": "PO 445", "seller_name": "Papier & Söhne GmbH", "seller_vat_id": "DE136695976",
    "buyer_name": "Käufer AG", "buyer_vat_id": "ATU12345675", "iban": "DE89370400440532013000",
    "net_total": "1200.00", "tax_total": "228.00", "gross_total": "1428.00", "amount_due": "1000.00",
}  # fmt: skip


def written(flavor, replacing=(), **terms):
    """The invoice as XML by the factur-x library, with other terms (`bt_3="381"`) and texts replaced."""
    data = copy.deepcopy(INVOICE) | {name.upper().replace("_", "-"): value for name, value in terms.items()}
    data = {name: value for name, value in data.items() if value is not None}
    library = "factur-x" if flavor == "zugferd-1" else flavor
    xml = generate_xml(data, flavor=library, level="en16931", check_xsd=False, check_schematron=False).decode()
    for old, new in ZUGFERD_1_NAMES.items() if flavor == "zugferd-1" else ():
        xml = xml.replace(old, new)
    for old, new in replacing:
        assert old in xml
        xml = xml.replace(old, new)
    return xml.encode()


def values(invoice):
    return {field.name: field.value for field in invoice.fields}


def field(invoice, name):
    return next(field for field in invoice.fields if field.name == name)


@pytest.mark.parametrize("flavor", FLAVORS)
def test_every_field_and_line_is_read(flavor):
    """UBL and CII say the same in other words."""
    invoice = fields_of(written(flavor))
    assert invoice.doc_type == "invoice"
    assert values(invoice) == STATED
    assert [
        (item.line, item.description, item.quantity, item.net_amount, item.tax_rate) for item in invoice.line_items
    ] == [
        (1, "Papier A4", 200, 100, 19),
        (2, "Drucker", 1, 1100, 19),
    ]


@pytest.mark.parametrize("flavor", FLAVORS)
def test_a_price_for_ten_is_told_for_one(flavor):
    """XML may price a base quantity; the unit price is for one."""
    assert [item.unit_price for item in fields_of(written(flavor)).line_items] == [Decimal("0.5"), 1100]


@pytest.mark.parametrize("flavor", FLAVORS)
def test_every_found_field_says_where_it_stands(flavor):
    """The path leads a person to the element, numbered where there are several."""
    invoice = fields_of(written(flavor))
    assert all(field.xml_path and field.raw_text and "xml" in field.evidence for field in invoice.fields)
    assert field(invoice, "invoice_number").xml_path in (
        "/Invoice/ID",
        "/CrossIndustryInvoice/ExchangedDocument/ID",
        "/CrossIndustryDocument/HeaderExchangedDocument/ID",
    )


@pytest.mark.parametrize("flavor", FLAVORS)
@pytest.mark.parametrize(
    ("code", "doc_type"), [("380", "invoice"), ("381", "credit_note"), ("384", "invoice"), ("389", "invoice")]
)
def test_the_type_code_tells_a_credit_note(flavor, code, doc_type):
    """A corrected and a self-billed invoice stay invoices; a credit note's totals are positive as they stand."""
    invoice = fields_of(written(flavor, bt_3=code))
    assert invoice.doc_type == doc_type
    assert values(invoice) == STATED
    assert len(invoice.line_items) == 2


@pytest.mark.parametrize("flavor", FLAVORS)
@pytest.mark.parametrize(("code", "doubts"), [("381", ()), ("380", ("negative_invoice",))])
def test_negative_totals_are_a_credit_with_positive_totals(flavor, code, doubts):
    """Whether the maker wrote a credit note with minus signs, or an invoice over less than nothing."""
    negative = {f"bt_{number}": f"-{INVOICE[f'BT-{number}']}" for number in (106, 109, 110, 112, 113, 115)}
    lines = [line(1, "Papier A4", "-200", "5", "10", "-100.00"), line(2, "Drucker", "-1", "1100", "1", "-1100.00")]
    invoice = fields_of(written(flavor, bt_3=code, bg_25=lines, **negative))
    assert (invoice.doc_type, invoice.doubts) == ("credit_note", doubts)
    assert values(invoice) == STATED
    assert [(item.quantity, item.net_amount) for item in invoice.line_items] == [(200, 100), (1, 1100)]


@pytest.mark.parametrize("flavor", FLAVORS)
def test_tax_is_told_in_the_invoice_currency(flavor):
    """A total in the currency of the tax office is passed over, whether it stands second or first."""
    terms = {"bt_5": "USD", "bt_6": "EUR", "bt_111": "210.00"}
    assert values(fields_of(written(flavor, **terms)))["tax_total"] == "228.00"
    swap = [('"USD">228.00', '"?">228.00'), ('"EUR">210.00', '"USD">210.00'), ('"?">228.00', '"EUR">228.00')]
    assert values(fields_of(written(flavor, replacing=swap, **terms)))["tax_total"] == "210.00"


def test_two_accounts_are_a_doubt():
    """The first is told, and that there is another."""
    other = "<cac:PayeeFinancialAccount><cbc:ID>DE75512108001245126199</cbc:ID></cac:PayeeFinancialAccount>"
    means = f"</cac:PaymentMeans><cac:PaymentMeans>{other}</cac:PaymentMeans>"
    iban = field(fields_of(written("ubl-2.1", replacing=[("</cac:PaymentMeans>", means)])), "iban")
    assert (iban.value, iban.doubts) == ("DE89370400440532013000", ("second_candidate",))
    assert iban.xml_path == "/Invoice/PaymentMeans[1]/PayeeFinancialAccount/ID"


@pytest.mark.parametrize("flavor", FLAVORS)
def test_what_is_not_stated_is_absent(flavor):
    """No due date, no order, no account; a seller without VAT id is told by its tax number."""
    seller = {"name": "Papier & Söhne GmbH", "tax_identifier": "201/113/40209", "country_code": "DE"}
    invoice = fields_of(written(flavor, bt_9=None, bt_13=None, bt_81=None, bt_84=None, bg_4=seller))
    for name in ("due_date", "purchase_order_number", "iban"):
        assert field(invoice, name).state == "absent"
    assert values(invoice)["seller_vat_id"] == "201/113/40209"


@pytest.mark.parametrize("flavor", FLAVORS)
def test_one_unreadable_field_leaves_the_others(flavor):
    """A maker's error in one place is that field's: nothing is guessed, nothing else is lost."""
    invoice = fields_of(written(flavor, replacing=[(">1428.00<", ">1.428,00<")]))
    gross = field(invoice, "gross_total")
    assert (gross.state, gross.value, gross.raw_text) == ("unreadable", None, "1.428,00")
    assert values(invoice) == STATED | {"gross_total": None}


def test_an_account_number_is_no_iban():
    """BT-84 may hold any account number."""
    invoice = fields_of(written("ubl-2.1", replacing=[("DE89370400440532013000", "12345678")]))
    assert field(invoice, "iban").state == "absent"


def test_an_iban_is_told_without_its_spaces():
    """As the page prints it and as the standard wants it are one value; what stands there is kept."""
    iban = field(fields_of(written("ubl-2.1", replacing=[("DE8937040044", "DE89 3704 0044 ")])), "iban")
    assert (iban.value, iban.raw_text) == ("DE89370400440532013000", "DE89 3704 0044 0532013000")


def test_where_nothing_else_is_said_the_gross_total_is_due():
    """ZUGFeRD's small profiles leave the amount due out."""
    due = field(fields_of(written("factur-x", replacing=[("DuePayableAmount", "Other")])), "amount_due")
    assert (due.value, due.evidence) == ("1428.00", ("xml", "gross_total"))
    assert due.xml_path.endswith("/GrandTotalAmount")


def test_lines_that_only_group_or_remark_are_no_lines():
    """The sum of the lines is the net total only without headings and sub-totals."""
    status = "<ram:LineStatusReasonCode>GROUP</ram:LineStatusReasonCode>"
    xml = written("factur-x", replacing=[("<ram:LineID>1</ram:LineID>", f"<ram:LineID>1</ram:LineID>{status}")])
    assert [item.description for item in fields_of(xml).line_items] == ["Drucker"]


@pytest.mark.parametrize(
    ("xml", "error"),
    [
        (b"", CorruptError),
        (b"<Invoice", CorruptError),
        (b"<html/>", UnsupportedError),
        (b'<Invoice xmlns="urn:example"/>', UnsupportedError),
        (b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>', UnsupportedError),
    ],
)
def test_what_is_no_einvoice_is_refused(xml, error):
    """Broken, foreign or hostile XML is an error of the document, with its class."""
    with pytest.raises(error):
        fields_of(xml)


def test_an_empty_invoice_states_nothing():
    """A root alone: every field is absent, and that is no error."""
    invoice = fields_of(b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>')
    assert {field.state for field in invoice.fields} == {"absent"}
    assert invoice.line_items == ()


def shared_invoices():
    """(truth, XML) of every e-invoice among the shared documents."""
    for text in (SHARED / "truth.jsonl").read_text().splitlines():
        truth = json.loads(text)
        if truth["embedded_xml"] and truth["doc_type"] in ("invoice", "credit_note"):
            path = SHARED / truth["path"]
            yield truth, path.read_bytes() if truth["format"] == "xml" else attached(path)


def attached(path):
    with pdfium.PdfDocument(path) as document:
        files = [document.get_attachment(index) for index in range(document.count_attachments())]
        return next(
            bytes(file.get_data())
            for file in files
            if file.get_name().lower().endswith("invoice.xml") or file.get_name() == "factur-x.xml"
        )


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared documents (../shared/invoices) are not on this machine")
def test_real_einvoices_are_read_exactly():
    """Factur-X, ZUGFeRD 1 and 2 in PDF, XRechnung in UBL and CII: every header field and line of the truth."""
    wrong = []
    for truth, xml in shared_invoices():
        invoice = fields_of(xml)
        told = values(invoice)
        expected = {name: value for name, value in truth["fields"].items() if name != "line_items"}
        wrong += [(truth["path"], name, told[name]) for name, value in expected.items() if not same(told[name], value)]
        lines = [tuple(as_number(item[key]) for key in ("quantity", "unit_price", "line_total", "tax_rate"))
                 for item in truth["fields"].get("line_items", ())]  # fmt: skip
        if lines and lines != [(i.quantity, i.unit_price, i.net_amount, i.tax_rate) for i in invoice.line_items]:
            wrong.append((truth["path"], "line_items", invoice.line_items))
    assert wrong == []


def same(told, expected):
    return told == expected or as_number(told) == as_number(expected) is not None


def as_number(text):
    try:
        return Decimal(text)
    except (TypeError, ArithmeticError):
        return None
