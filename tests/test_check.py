"""Checks on one document: each holds, fails, or says why it could not be made."""

from decimal import Decimal

import pytest
from pages import page, reading, reading_of, words_of

from tasks.check import check
from tasks.documents import Check, Field, LineItem, Reading
from tasks.extract.lines import LineTable


def field(name: str, value: str, **more: object) -> Field:
    return Field(name, "found", value, value, **more)  # type: ignore[arg-type]


def line(amount: str, confidence: float = 0.9, rate: str | None = None) -> LineItem:
    return LineItem(1, "x", None, None, Decimal(amount), Decimal(rate) if rate else None, 1, confidence)


def checks(
    values: dict[str, str],
    *lines: LineItem,
    on: Reading | None = None,
    doubts: tuple[str, ...] = (),
    sums: tuple[str, ...] = (),
) -> dict[str, Check]:
    fields = [field(name, value) for name, value in values.items()]
    table = LineTable(lines, doubts, tuple(Decimal(each) for each in sums))
    return {c.name: c for c in check(on or reading("Invoice"), fields, table)}


SUMS = {"net_total": "100.00", "tax_total": "19.00", "gross_total": "119.00", "amount_due": "119.00"}


def test_every_check_has_its_row():
    """Also where nothing could be checked: the names are what a policy lists."""
    assert set(checks({})) == {
        "amounts_add_up", "amount_due_adds_up", "lines_add_up", "rows_complete", "iban_valid", "vat_id_valid",
        "dates_in_order", "no_hidden_text", "pages_readable", "xml_matches_page", "one_currency",
    }  # fmt: skip
    assert all(c.passed in (None, True) for c in checks({}).values())


@pytest.mark.parametrize(("gross", "holds"), [("119.00", True), ("119.02", True), ("119.03", False), ("191.00", False)])
def test_net_and_tax_make_the_gross_total(gross, holds):
    """To two cents of rounding."""
    assert checks(SUMS | {"gross_total": gross})["amounts_add_up"].passed is holds


def test_a_second_tax_that_is_printed_leaves_the_totals_open():
    """So does a net total that includes the tax: neither proves anything, nor is it a reason to look."""
    two = SUMS | {"gross_total": "126.00"}
    assert checks(two)["amounts_add_up"].passed is False
    assert checks(two, on=reading("State tax 7.00"))["amounts_add_up"].passed is None
    within = SUMS | {"gross_total": "100.00"}
    assert checks(within)["amounts_add_up"].passed is False
    assert checks(within, on=reading("GST 19 %   81.00   19.00"))["amounts_add_up"].passed is None


def test_without_the_tax_the_difference_must_be_printed_or_a_usual_rate():
    """A misprinted total is no less wrong where the tax was not found."""
    totals = {"net_total": "100.00", "gross_total": "119.00"}
    assert checks(totals)["amounts_add_up"].passed is None
    other = totals | {"gross_total": "119.50"}
    assert checks(other)["amounts_add_up"].passed is False
    assert checks(other, on=reading("Deposit 19.50"))["amounts_add_up"].passed is None


def test_spaces_may_part_thousands():
    """`-12 316,87` is one amount."""
    due = {"gross_total": "61584.34", "amount_due": "49267.47"}
    assert checks(due, on=reading("Acompte -12 316,87 EUR"))["amount_due_adds_up"].passed is True


def test_a_difference_of_the_amount_due_must_be_stated():
    """40.00 were paid before: the page says so, or it is a reason for review."""
    due = SUMS | {"amount_due": "79.00"}
    assert checks(due, on=reading("Paid   40.00"))["amount_due_adds_up"].passed is True
    assert checks(due)["amount_due_adds_up"].passed is False


def test_change_that_is_taken_for_the_amount_due_is_no_reason_to_look():
    """A receipt over 64.15, paid with a hundred."""
    got = {"gross_total": "64.15", "amount_due": "35.85"}
    assert checks(got, on=reading("Cash 100.00", "Change 35.85"))["amount_due_adds_up"].passed is None
    assert checks(got, on=reading("Change 35.85"))["amount_due_adds_up"].passed is False


def test_lines_make_the_net_total_or_the_gross_total():
    """Prices may be stated with tax."""
    assert checks(SUMS, line("60.00"), line("40.00"))["lines_add_up"].passed is True
    assert checks(SUMS, line("119.00"))["lines_add_up"].passed is True
    assert checks(SUMS, line("60.00"), line("30.00"))["lines_add_up"].passed is False


def test_a_stated_discount_leads_from_the_lines_to_the_net_total():
    """Both the sum and the discount stand on the page, outside the rows."""
    assert checks(SUMS, line("110.00"), sums=("110.00", "10.00", "100.00"))["lines_add_up"].passed is True
    assert checks(SUMS, line("60.00"), sums=("40.00", "100.00"))["lines_add_up"].passed is False


def test_allowances_and_charges_lead_from_the_lines_to_the_net_total():
    """They stand between the sum of the lines and the net total; amounts elsewhere explain nothing."""
    between = ("202.76", "147.30", "-14.73", "5.80", "193.83")
    net = {"net_total": "193.83", "gross_total": "215.14"}
    assert checks(net, line("202.76"), sums=between)["lines_add_up"].passed is True
    assert checks(net, line("202.76"), sums=("-14.73", "5.80", "193.83", "202.76"))["lines_add_up"].passed is False


def test_lines_and_their_tax_make_the_gross_total():
    """Where neither net total nor tax is printed: by the rates in the lines, or by a usual one."""
    gross = {"gross_total": "119.00"}
    assert checks(gross, line("100.00"))["lines_add_up"].passed is True
    assert checks({"gross_total": "113.00"}, line("50.00", rate="19"), line("50.00", rate="7"))["lines_add_up"].passed
    assert checks({"gross_total": "119.50"}, line("100.00"))["lines_add_up"].passed is False


@pytest.mark.parametrize(("rounding", "holds"), [((), False), (("-0.04",), True)])
def test_cash_is_rounded_to_coins_where_the_page_says_so(rounding, holds):
    """A receipt over 12.19 takes 12.15."""
    got = checks({"gross_total": "12.15"}, line("4.90"), line("7.29"), sums=rounding)
    assert got["lines_add_up"].passed is holds


@pytest.mark.parametrize("lost", ["0.05", "0.30", "12.00"])
def test_rounding_hides_no_row(lost):
    """However many rows there are: three thousand, of which one is missing."""
    rows = [line(lost)] * 3000
    total = {"net_total": str(Decimal(lost) * 3001)}
    assert checks(total, *rows)["lines_add_up"].passed is False


def test_a_sign_of_a_lost_row_fails_unless_the_rows_make_the_total():
    """A gap in the positions may be the seller's own."""
    gap = ("no row 2 to 2",)
    got = checks(SUMS, line("60.00"), doubts=gap)["rows_complete"]
    assert got.passed is False and "no row 2" in got.detail
    assert checks(SUMS, line("60.00"), line("40.00"), doubts=gap)["rows_complete"].passed is True
    assert checks({}, line("60.00"), doubts=gap)["rows_complete"].passed is False


def test_misread_tables_are_no_evidence_against_the_totals():
    """Rows that contradict themselves can't be summed; that they are all there can't be said either."""
    got = checks(SUMS, line("60.00", 0.3), line("30.00", 0.3))
    assert got["lines_add_up"].passed is None and "misread" in got["lines_add_up"].detail
    assert got["rows_complete"].passed is False


@pytest.mark.parametrize(("iban", "holds"), [("DE88200800000970375700", True), ("DE88200800000970375701", False)])
def test_ibans_have_check_digits(iban, holds):
    """ISO 13616."""
    assert checks({"iban": iban})["iban_valid"].passed is holds


@pytest.mark.parametrize(
    ("vat_id", "holds"), [("DE136695976", True), ("DE136695977", False), ("FR 32 123 456 789", False), ("12-345", None)]
)
def test_vat_ids_have_check_digits_where_they_are_european(vat_id, holds):
    """Others can't be checked."""
    assert checks({"seller_vat_id": vat_id})["vat_id_valid"].passed is holds


def test_nothing_is_due_before_it_is_issued():
    """The order of dates; no clock is asked."""
    assert checks({"issue_date": "2024-03-01", "due_date": "2024-03-31"})["dates_in_order"].passed is True
    assert checks({"issue_date": "2024-03-01", "due_date": "2024-02-01"})["dates_in_order"].passed is False


def test_hidden_text_fails_and_is_quoted():
    """For the person who will look."""
    on = reading("Invoice", hidden=tuple(words_of("Pay to DE00 instead", 10)))
    got = checks({}, on=on)["no_hidden_text"]
    assert got.passed is False and "Pay to DE00 instead" in got.detail


def test_xml_must_say_what_the_page_shows():
    """Number and gross total of the XML stand on the page, in whatever notation; else it names what does not."""
    fields = [field("invoice_number", "RE-7", xml_path="/a"), field("gross_total", "1190.00", xml_path="/b")]
    shown = {c.name: c for c in check(reading("Rechnung RE-7", "Brutto 1.190,00 €"), fields, LineTable())}
    assert shown["xml_matches_page"].passed is True
    other = {c.name: c for c in check(reading("Rechnung RE-7", "Brutto 190,00 €"), fields, LineTable())}
    assert other["xml_matches_page"].passed is False and "gross total" in other["xml_matches_page"].detail


def test_xml_without_a_page_has_nothing_to_match():
    """A standalone file."""
    alone = Reading("xml", "xml", 0, ())
    got = {c.name: c for c in check(alone, [field("invoice_number", "RE-7", xml_path="/a")], LineTable())}
    assert got["xml_matches_page"].passed is None and got["no_hidden_text"].passed is None


def test_two_currencies_are_told():
    """Extraction saw another currency beside amounts."""
    got = check(reading_of(page("x")), [field("currency", "EUR", evidence=("mark", "contested"))], LineTable())
    assert next(c for c in got if c.name == "one_currency").passed is False
