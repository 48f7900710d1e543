"""What bears out the seller that was chosen, and what speaks against it."""

import pytest
from pages import reading

from tasks.extract import extract
from tasks.extract.sheet import sheet_of


def signs(*lines, doc_type="invoice"):
    """The evidence of the seller's name."""
    fields = {f.name: f for f in extract(sheet_of(reading(*lines)), doc_type, None).fields}
    return set(fields["seller_name"].evidence)


INVOICE = ("Copper Works Ltd", "1 Mill Lane, Whitby SD5 8VP", "", "Invoice no 4711", "", "Total    99.00")


def test_a_name_that_is_said_again_and_again_is():
    """In three lines, as in a letterhead, a footer and beside the account."""
    assert "often" not in signs(*INVOICE)
    assert "often" in signs(*INVOICE, "Please pay to Copper Works Ltd", "Copper Works Ltd, registered in England")


@pytest.mark.parametrize(("payee", "other"), [("Copper Works Ltd", False), ("Silver Trust plc", True)])
def test_that_somebody_else_is_to_be_paid_is_a_sign(payee, other):
    """It may be a bank that bought the claim, or the seller himself."""
    assert ("other_payee" in signs(*INVOICE, "", f"Account holder: {payee}")) is other


@pytest.mark.parametrize(("name", "trade"), [("THE CORNER KITCHEN", True), ("OASIS VILLAGE", False)])
def test_a_receipts_seller_is_borne_out_by_its_trade(name, trade):
    """Where it stands could be a slogan or the building."""
    assert ("trade" in signs(name, "Whitby", "Receipt 12", "Total 9.00", doc_type="receipt")) is trade


def test_one_word_that_is_said_once_may_be_anything():
    """A brand, a greeting; said again it is a name."""
    receipt = ("Whitby", "Receipt 12", "Total 9.00")
    assert "one_word" in signs("Halden", *receipt, doc_type="receipt")
    assert "one_word" not in signs("Halden", *receipt, "Halden", doc_type="receipt")


@pytest.mark.parametrize(
    ("footer", "apart"),
    [
        ("SIRET 732 829 320 00074 - SARL au capital de 8 000 euros", True),
        ("Moulin Vert SARL au capital de 8 000 euros", False),
        ("SIRET 732 829 320 00074", False),
    ],
)
def test_a_legal_form_that_stands_with_the_capital_may_be_no_part_of_the_name(footer, apart):
    """Additional legal information (BT-33) is told beside the name, not in it."""
    page = ("Moulin Vert SARL - 4 rue des Lilas - 84340 Malaucène", "", "Facture no 4711", "", "Total    99,00", footer)
    assert ("form_apart" in signs(*page)) is apart


def test_a_name_in_the_letterhead_that_is_the_payees_too_agrees():
    """Two places that say who sells, each by its own means."""
    assert "agreed" in signs(*INVOICE, "", "Payable to:", "Copper Works Ltd")
    assert "agreed" not in signs(*INVOICE, "", "Copper Works Ltd")


@pytest.mark.parametrize(
    ("lines", "numbered"),
    [
        (("COPPER SDN BHD (767840-W)",), True),
        (("COPPER SDN BHD", "(Co. Reg. No: 767840-W)"), True),
        (("COPPER SDN BHD", "767840-W"), True),
        (("COPPER SDN BHD", "12 Jalan Kenari (Lot 4)"), False),
        (("COPPER SDN BHD", "03-5612 7718"), False),
    ],
)
def test_a_register_number_at_the_name_tells_a_company_from_a_sign(lines, numbered):
    """Behind it in parentheses, or alone below it; no other number is one."""
    page = ("# BREWERY TAP", *lines, "47170 Puchong", "Receipt 12", "Total 9.00")
    assert ("numbered" in signs(*page, doc_type="receipt")) is numbered


@pytest.mark.parametrize("said", ["COPPER SDN BHD", "THE CORNER KITCHEN"])
def test_a_legal_form_or_on_a_receipt_a_trade_bears_a_name_out(said):
    """What has neither and is said once is borne out by nothing."""
    rest = ("Whitby", "Receipt 12", "Total 9.00")
    assert "said_once_on_receipt" in signs(said, *rest, doc_type="receipt")
    assert "not_borne_out_on_receipt" in signs("OASIS VILLAGE", *rest, doc_type="receipt")


def test_a_company_under_the_larger_sign_of_a_shop_may_not_be_the_one_that_is_meant():
    """Some call the shop the seller, others the company (BT-27, BT-28); on an invoice it is the company."""
    shop = ("COPPER SDN BHD (767840-W)", "47170 Puchong", "No 12", "Total 9.00")
    assert "outshone" in signs("# BREWERY TAP", *shop, doc_type="receipt")
    assert "outshone" not in signs("BREWERY TAP", *shop, doc_type="receipt")
    assert "outshone" not in signs("# BREWERY TAP", *shop)


@pytest.mark.parametrize(
    ("imprint", "other"),
    [
        ("Copper Vets is a trading name of Mill Lane Holdings Limited. Registered in England 4711900.", True),
        ("Copper Vets Limited. Registered in England 4711900.", False),
        ("Copper Vets, member of the guild", False),
    ],
)
def test_a_registered_company_beside_a_name_without_a_legal_form_may_be_the_seller(imprint, other):
    """The letterhead may have the name that it trades under (BT-28)."""
    page = ("# Copper Vets", "1 Mill Lane, Whitby SD5 8VP", "", "Invoice no 4711", "", "Total    99.00", "", imprint)
    assert ("other_registered" in signs(*page)) is other
