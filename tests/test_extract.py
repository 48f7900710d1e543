"""Header fields are found by labels, positions and arithmetic; what is not on the page is absent."""

import time
from dataclasses import replace

import pytest
from pages import page, reading, reading_of, words_of

from tasks.documents import Field
from tasks.extract import extract
from tasks.extract.names import name_text
from tasks.extract.sheet import sheet_of

ENGLISH = (
    "# Northwind Ltd",
    "1 Harbour Street",
    "London E1 6AN",
    "www.northwind.example",
    "",
    "Bill to:",
    "Harper & Sons",
    "5 Mill Lane",
    "Leeds LS1 4AB",
    "",
    "# INVOICE",
    "Invoice No:   INV-2041",
    "Invoice date:   14 March 2024",
    "Due date:   13 April 2024",
    "PO number:   PO-7781",
    "",
    "Description          Qty     Unit price     Amount",
    "Copper wire           10          12.50     125.00",
    "",
    "                            Subtotal       £125.00",
    "                            VAT 20%         £25.00",
    "                            Total          £150.00",
)


def fields(*lines: str, doc_type: str = "invoice") -> dict[str, Field]:
    found = extract(sheet_of(reading(*lines)), doc_type, None)
    return {field.name: field for field in found.fields}


def values(*lines: str, doc_type: str = "invoice") -> dict[str, str | None]:
    return {name: field.value for name, field in fields(*lines, doc_type=doc_type).items()}


def test_reads_every_header_field_of_an_english_invoice():
    """Values stand right of their labels, sums fit, the seller is the letterhead, the buyer stands under `Bill to`."""
    got = values(*ENGLISH)
    wanted = {
        "invoice_number": "INV-2041",
        "issue_date": "2024-03-14",
        "due_date": "2024-04-13",
        "purchase_order_number": "PO-7781",
        "currency": "GBP",
        "seller_name": "Northwind Ltd",
        "buyer_name": "Harper & Sons",
        "net_total": "125.00",
        "tax_total": "25.00",
        "gross_total": "150.00",
        "amount_due": "150.00",
    }
    assert {name: got[name] for name in wanted} == wanted


def test_a_found_field_carries_the_page_and_the_box_where_it_stands():
    """Nothing is found without a place that a person can look at."""
    for field in fields(*ENGLISH).values():
        if field.state == "found":
            assert field.page == 1 and field.box is not None and field.raw_text
            assert field.box[0] < field.box[2] and field.box[1] < field.box[3]


def test_what_the_page_does_not_state_is_absent():
    """No bank account, no VAT id: absent, with no value and no confidence."""
    got = fields(*ENGLISH)
    assert got["iban"].state == "absent" and got["iban"].value is None


@pytest.mark.parametrize(
    ("number", "date", "net", "tax", "gross", "lines"),
    [
        (
            "RE-118",
            "2024-03-05",
            "1000.00",
            "190.00",
            "1190.00",
            (
                "Rechnungsnummer: RE-118",
                "Rechnungsdatum: 05.03.2024",
                "Nettobetrag   1.000,00 €",
                "MwSt. 19 %   190,00 €",
                "Gesamtbetrag   1.190,00 €",
            ),
        ),
        (
            "F-77",
            "2024-03-05",
            "1000.00",
            "200.00",
            "1200.00",
            (
                "Facture n° F-77 du 5 mars 2024",
                "Total HT   1 000,00 €",
                "TVA 20 %   200,00 €",
                "Total TTC   1 200,00 €",
            ),
        ),
        (
            "2024/9",
            "2024-03-05",
            "100.00",
            "21.00",
            "121.00",
            (
                "Factura nº 2024/9",
                "Fecha de factura   05/03/2024",
                "Base imponible   100,00 €",
                "IVA 21%   21,00 €",
                "Total factura   121,00 €",
            ),
        ),
        (
            "15/A",
            "2024-03-25",
            "100.00",
            "22.00",
            "122.00",
            (
                "Fattura n. 15/A",
                "Data fattura   25/03/2024",
                "Imponibile   100,00 €",
                "IVA 22%   22,00 €",
                "Totale fattura   122,00 €",
            ),
        ),
        (
            "20240012",
            "2024-03-05",
            "100.00",
            "21.00",
            "121.00",
            (
                "Factuurnummer: 20240012",
                "Factuurdatum: 5 maart 2024",
                "Subtotaal   € 100,00",
                "BTW 21%   € 21,00",
                "Totaal   € 121,00",
            ),
        ),
        (
            "FT 2024/31",
            "2024-03-25",
            "100.00",
            "23.00",
            "123.00",
            (
                "Fatura n.º FT 2024/31",
                "Data de emissão   25/03/2024",
                "Total sem IVA   100,00 €",
                "IVA 23%   23,00 €",
                "Total com IVA   123,00 €",
            ),
        ),
    ],
    ids=["de", "fr", "es", "it", "nl", "pt"],
)
def test_reads_other_languages(number, date, net, tax, gross, lines):
    """Labels, dates and numbers in the conventions of the language."""
    got = values("# Acme", *lines)
    assert (got["invoice_number"], got["issue_date"]) == (number, date)
    assert (got["net_total"], got["tax_total"], got["gross_total"], got["currency"]) == (net, tax, gross, "EUR")


def test_values_below_their_labels_are_found():
    """A row of labels over a row of values."""
    got = values(
        "# Acme",
        "Invoice No     Invoice Date     Due Date",
        "665361-1       02/25/2020       03/26/2020",
        "Total          $99.00",
    )
    assert (got["invoice_number"], got["issue_date"], got["due_date"]) == ("665361-1", "2020-02-25", "2020-03-26")


def test_a_date_that_could_be_two_days_is_unreadable_and_never_guessed():
    """03/04 without any evidence of the order: the raw text is kept for a person."""
    date = fields("# Acme", "Invoice No: 7", "Invoice date: 03/04/2024", "Total   12.00")["issue_date"]
    assert (date.state, date.value, date.raw_text) == ("unreadable", None, "03/04/2024")
    assert "ambiguous_date" in date.doubts


def test_the_documents_own_dates_settle_an_open_one():
    """03/25 shows that months come first here."""
    got = values("# Acme", "Invoice No: 7", "Invoice date: 03/04/2024", "Due date: 03/25/2024", "Total   12.00")
    assert got["issue_date"] == "2024-03-04"


def test_arithmetic_chooses_among_labelled_amounts():
    """Two amounts are called a total; the one that net and tax make is the gross total."""
    got = values(
        "# Acme",
        "Invoice No: 7",
        "Total items   3.00",
        "Net total   200.00",
        "VAT   40.00",
        "Total   240.00",
        "Total   199.00",
    )
    assert got["gross_total"] == "240.00"


def test_what_is_due_may_differ_from_the_gross_total():
    """A part was paid before."""
    got = values("# Acme", "Invoice No: 7", "Total   100.00", "Amount paid   40.00", "Amount due   60.00")
    assert (got["gross_total"], got["amount_due"]) == ("100.00", "60.00")


def test_an_iban_is_read_whatever_its_spaces():
    """Its check digits are evidence."""
    iban = fields("# Acme", "Invoice No: 7", "Total   5,00 €", "IBAN: DE88 2008 0000 0970 3757 00 BIC: COBADEFFXXX")[
        "iban"
    ]
    assert iban.value == "DE88200800000970375700"
    assert "checksum" in iban.evidence


def test_a_receipt_states_its_seller_date_and_total():
    """What was given less the change is the total, whatever else is called one."""
    got = values(
        "KEDAI SENTOSA SDN BHD (123456-X)",
        "12 JALAN MAWAR, 43000 KAJANG",
        "Date: 25/03/2018 18:22",
        "TEH TARIK        4.50",
        "Total Qty        1.00",
        "Total            4.50",
        "Cash            10.00",
        "Change           5.50",
        doc_type="receipt",
    )
    assert (got["seller_name"], got["issue_date"], got["gross_total"]) == (
        "KEDAI SENTOSA SDN BHD",
        "2018-03-25",
        "4.50",
    )
    assert got["currency"] == "MYR"


def test_two_values_as_good_as_each_other_are_a_doubt():
    """A second candidate is told."""
    number = fields("# Acme", "Invoice No: 7001", "Invoice Number: 7002", "Total   5.00")["invoice_number"]
    assert "contested" in number.doubts


def test_contracts_have_no_invoice_fields():
    """Classes without header fields get none."""
    assert fields("# Agreement", "Invoice No: 7", doc_type="contract") == {}


def test_a_title_is_no_part_of_a_name_and_no_name_itself():
    """`Halden Freight Invoice` names Halden Freight, `SIMPLIFIED TAX INVOICE` nobody."""
    assert fields("# Halden Freight Invoice", "Invoice No: 7", "Total   5.00")["seller_name"].value == "Halden Freight"
    titled = fields("# SIMPLIFIED TAX INVOICE", "Halden Freight Ltd", "Invoice No: 7", "Total   5.00")
    assert titled["seller_name"].value == "Halden Freight Ltd"


def seconds_of(count: int, pitch: float, host: str) -> float:
    """Seconds of the processor for a page of so many lines, `pitch` points from one to the next, each with a name."""
    words = []
    for n in range(count):
        name = "".join("abcdefghijklmnopqrstuvwxyz"[n // 26**place % 26] for place in range(3))
        words += words_of(f"Firma Nummer{name} GmbH   info@{host.format(name)}.example", 40 + pitch * n)
    sheet = sheet_of(reading_of(replace(page(), words=tuple(words))))
    began = time.process_time()
    extract(sheet, "invoice", None)
    return time.process_time() - began


def test_a_crowded_page_of_thousands_of_lines_takes_no_longer_than_one_with_room():
    """Lists, logs and drawings whose lines lie over each other, with a web domain each: no line is held against all."""
    seconds_of(50, 14, "post")
    assert seconds_of(4000, 0.2, "nummer{}x") < 3 * seconds_of(4000, 14, "post")


def test_the_seller_is_never_the_buyer():
    """A name that has been taken for the seller's is no buyer, however much its place looks like one."""
    got = values(
        "# Castellan Events Ltd.", "The Old Granary", "Bath BA1 1AA", "", "INVOICE CE-0611", "Total £21,600.00"
    )
    assert got["seller_name"] == "Castellan Events Ltd."
    assert got["buyer_name"] != "Castellan Events Ltd."


def test_a_name_stands_behind_its_label_too():
    """On the label's own line, with or without a colon."""
    got = values(
        "Verkauft von Lichtwelt Handels GmbH", "Hansaring 77", "50670 Köln", "", "Rechnungsnummer 55129",
        "Rechnungsdatum 17.11.2026", "Verkauft an: Druckhaus Ems KG", "Gesamtbetrag 84,97 €",
    )  # fmt: skip
    assert (got["seller_name"], got["buyer_name"]) == ("Lichtwelt Handels GmbH", "Druckhaus Ems KG")


@pytest.mark.parametrize(
    "lines, number",
    [
        (("Note de crédit n° NC 2026-0118", "Relative à la facture n° F 2026-0772"), "NC 2026-0118"),
        (("Kreditnota 90077", "Gjelder faktura: 81187"), "90077"),
        (("Gutschrift", "Rechnungsnummer: 4711"), "4711"),
    ],
)
def test_a_credit_note_has_its_own_number(lines, number):
    """Not that of the invoice which it corrects, unless it is the only one."""
    assert values(*lines, "Total: 90.00", doc_type="credit_note")["invoice_number"] == number


@pytest.mark.parametrize(
    "lines, name",
    [
        (("# Reed Sterilising Pty", "# Ltd", "PO Box 88"), "Reed Sterilising Pty Ltd"),
        (("# Bar Sport", "# di Neri Ugo & C. S.a.s.", "Via Po 3", "10100 Torino"), "Bar Sport di Neri Ugo & C. S.a.s."),
        (("# Forno F.lli Neri di Neri Ugo e Aldo & C. S.n.c.",), "Forno F.lli Neri di Neri Ugo e Aldo & C. S.n.c."),
        (("# Paul Kettler", "# Kettler Consulting GmbH", "Platz 20", "70173 Stuttgart"), "Kettler Consulting GmbH"),
        (("# Brightlane", "", "Brightlane Analytics, Inc.", "548 Market Street"), "Brightlane Analytics, Inc."),
    ],
)
def test_a_name_is_read_in_full_and_alone(lines, name):
    """With the legal form on the next line; without the person above the company; as it is registered."""
    assert values(*lines, "", "Invoice No: 3391", "Total: 90.00")["seller_name"] == name


def test_a_name_of_two_lines_behind_a_label_begins_behind_it():
    """What stands before it on its line is no part of it."""
    sheet = sheet_of(reading("To: Reed &", "Works Ltd"))
    (both,) = sheet.stacked_on(1)
    assert [phrase.text for phrase in both.line.phrases] == ["Reed &", "Works Ltd"]


@pytest.mark.parametrize(
    "line, name",
    [
        ("Please remit to Harborlight Company, Inc., PO Box 88, Duluth MN", "Harborlight Company, Inc."),
        ("Es liefert die Brauhaus Sonnen GmbH & Co. KG zu ihren Bedingungen", "Brauhaus Sonnen GmbH & Co. KG"),
        ("Firma Maschinenfabrik Oberland AG", "Maschinenfabrik Oberland AG"),
        ("Frau", None),
        ("Cash & Carry Nord GmbH", "Cash & Carry Nord GmbH"),
        ("Bar Roma", "Bar Roma"),
        ("Trattoria Da Nino", "Trattoria Da Nino"),
        ("Hotel Madrid", "Hotel Madrid"),
        ("Factuur Klantnr", None),
    ],
)
def test_a_name_is_told_from_the_words_around_it(line, name):
    """A sentence speaks of a company, a letter addresses it; forms of address and those who care for it are nobody."""
    sheet = sheet_of(reading(line))
    assert name in ([name_text(span) for span in sheet.names_on(1)] or [None])


@pytest.mark.parametrize(
    "line",
    ["Beaune, le 18 septembre 2026", "Münster, den 18. September 2026", "Warszawa, dnia 18.09.2026"],
)
def test_the_date_behind_a_town_is_the_day_of_issue(line):
    """As letters have it; the sale has a day of its own."""
    got = values(line, "Studio Kerner GmbH", "Data sprzedaży: 20.02.2026", "9,00 €")
    assert got["issue_date"] == "2026-09-18"


@pytest.mark.parametrize("name", ["Lieferant GmbH", "Supplier Ltd", "Proveedor S.L.", "Fournisseur SARL"])
def test_a_word_of_a_label_with_a_legal_form_is_a_name(name):
    """Samples and templates call their seller so; nothing else on the page is his name."""
    assert values("From", name, "1 Mill Lane", "", *ENGLISH[5:])["seller_name"] == name


def test_a_label_before_the_word_company_stays_one():
    """It names the buyer below, and is nobody's name."""
    got = values(*ENGLISH[:5], "Client company", "Harper & Sons", *ENGLISH[7:])
    assert (got["seller_name"], got["buyer_name"]) == ("Northwind Ltd", "Harper & Sons")


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (("HALDEN RETAIL SB(306295-X) FKA BISON STORES SB",), "HALDEN RETAIL SB"),
        (("HALDEN MEGA MAJU", "(SEMENYIH) SDN BHD", "(767840-W)"), "HALDEN MEGA MAJU (SEMENYIH) SDN BHD"),
    ],
)
def test_a_name_ends_with_its_register_number_and_may_go_on_in_parentheses(lines, name):
    """What the company was called before is no part of it; the town in parentheses is."""
    got = values(
        *lines, "12 Jalan Kenari", "47170 Puchong", "", "Date: 14/03/2018", "", "Total   9.00", doc_type="receipt"
    )
    assert got["seller_name"] == name


@pytest.mark.parametrize(
    ("upper", "lower", "name"),
    [
        ("HOTEL ALPENBLICK", "ZUG AG", "HOTEL ALPENBLICK ZUG AG"),
        ("POPULAR BOOK", "CO. (M) SDN BHD", "POPULAR BOOK CO. (M) SDN BHD"),
        ("SUSHI HALDEN", "KMF FOOD WORKS SDN BHD", "KMF FOOD WORKS SDN BHD"),
    ],
)
def test_a_name_may_stand_on_two_lines_but_the_sign_of_a_shop_is_no_part_of_it(upper, lower, name):
    """What stands before the legal form tells whether the second line is a name by itself."""
    got = values(
        upper, lower, "12 Jalan Kenari", "47170 Puchong", "", "14/03/2018", "", "Total   9.00", doc_type="receipt"
    )
    assert got["seller_name"] == name


@pytest.mark.parametrize(
    "lines, currency",
    [
        (("Moneda MXN", "Total $ 9,802.00"), "MXN"),
        (("Ottawa, Canada", "All prices in USD", "Total $ 9,802.00"), "USD"),
        (("Umlazi Steel (Pty) Ltd", "Total R 24 652.92"), "ZAR"),
        (("Celkem Kč      51 240,00",), "CZK"),
    ],
)
def test_a_mark_means_what_the_page_says_of_it(lines, currency):
    """A dollar is whose code is said, before whose country; a mark may stand apart from its amount."""
    assert values("Invoice No: 3391", *lines)["currency"] == currency


@pytest.mark.parametrize(("head", "currency"), [("Price(€)", "EUR"), ("Amount(MYR)", "MYR"), ("Price(net)", None)])
def test_a_column_says_in_parentheses_what_its_amounts_are(head, currency):
    """Glued to its label too, as tills print it."""
    till = ("Corner Kitchen", "Receipt 12", "1 May 2024", f"Item          {head}", "Tea          4.50", "Total   4.50")
    assert values(*till, doc_type="receipt").get("currency") == currency
