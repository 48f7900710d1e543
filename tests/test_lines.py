"""Line items come from the table under its head: every row, with what belongs to it and nothing else."""

from decimal import Decimal

import pytest
from pages import page, reading, reading_of

from tasks.check import check
from tasks.documents import Field, LineItem
from tasks.extract.lines import line_table
from tasks.extract.sheet import sheet_of

HEAD = "Description                    Qty     Unit price      Amount"


def items(*lines: str) -> tuple[LineItem, ...]:
    return line_table(sheet_of(reading(*lines))).items


def test_reads_description_quantity_price_and_amount():
    """Numbers go to the column under whose head they stand."""
    (line,) = items(HEAD, "Copper wire, 2 mm               10          12.50      125.00", "Total   125.00")
    assert line.description == "Copper wire, 2 mm"
    assert (line.quantity, line.unit_price, line.net_amount) == (Decimal(10), Decimal("12.50"), Decimal("125.00"))
    assert line.page == 1


def test_a_wrapped_description_stays_with_its_row():
    """A line without an amount goes on with the description above it."""
    (line,) = items(
        HEAD,
        "Copper wire                     10          12.50      125.00",
        "insulated, on a reel",
        "Subtotal   125.00",
    )
    assert line.description == "Copper wire insulated, on a reel"


def test_totals_end_the_table():
    """Neither the subtotal nor what follows is a row."""
    lines = items(
        HEAD,
        "Wire                            10          12.50      125.00",
        "Nails                            1           5.00        5.00",
        "Subtotal                                               130.00",
        "Shipping                                                10.00",
    )
    assert [line.net_amount for line in lines] == [Decimal("125.00"), Decimal("5.00")]


def test_a_row_that_sums_up_the_others_is_none_of_them():
    """Whatever it is called."""
    lines = items(
        HEAD,
        "Wire                            10          12.50      125.00",
        "Nails                            1           5.00        5.00",
        "Order value                                            130.00",
    )
    assert len(lines) == 2


def test_a_table_over_two_pages_is_one_table():
    """Each page repeats the head; rows are numbered through."""
    first = page(HEAD, "Wire                            10          12.50      125.00", "Page 1 of 2", number=1)
    second = page(HEAD, "Nails                            1           5.00        5.00", "Total   130.00", number=2)
    lines = line_table(sheet_of(reading_of(first, second))).items
    assert [(line.line, line.page, line.net_amount) for line in lines] == [
        (1, 1, Decimal("125.00")),
        (2, 2, Decimal("5.00")),
    ]


def test_the_next_page_may_go_on_without_a_head():
    """Rows keep their columns."""
    first = page(HEAD, "Wire                            10          12.50      125.00", number=1)
    second = page("Nails                            1           5.00        5.00", "Total   130.00", number=2)
    assert len(line_table(sheet_of(reading_of(first, second))).items) == 2


def test_a_row_that_contradicts_itself_is_in_doubt():
    """Ten times 12.50 is not 250.00: rather misread than wrong."""
    sure, doubtful = items(
        HEAD,
        "Wire                            10          12.50      125.00",
        "Wire                            10          12.50      250.00",
        "Total   375.00",
    )
    assert sure.confidence > 0.8 > 0.5 > doubtful.confidence


def test_german_head_and_numbers():
    """Columns are known in other languages."""
    (line,) = items(
        "Bezeichnung                  Menge    Einzelpreis    Gesamtpreis",
        "Kupferdraht                     10       1.112,50      11.125,00",
        "Nettobetrag   11.125,00",
    )
    assert (line.quantity, line.unit_price, line.net_amount) == (Decimal(10), Decimal("1112.50"), Decimal("11125.00"))


def test_a_head_may_stand_in_two_lines():
    """`Unit` over `price`."""
    (line,) = items(
        "                                           Unit        Line",
        "Description                    Qty        price       total",
        "Copper wire, 2 mm               10         12.50      125.00",
    )
    assert (line.quantity, line.unit_price, line.net_amount) == (Decimal(10), Decimal("12.50"), Decimal("125.00"))


def test_a_head_may_name_no_more_than_what_and_how_much():
    """Services are often billed so."""
    lines = items("Work done      Net amount", "Wiring            1125.00", "Painting           300.00")
    assert lines == ()  # `work done` is no word that we know
    lines = items("Service        Net amount", "Wiring            1125.00", "Painting           300.00")
    assert [line.net_amount for line in lines] == [Decimal("1125.00"), Decimal("300.00")]


UNKNOWN_HEAD = (
    "Ausgeführte Arbeiten                                Euro",
    "Dachrinne gereinigt                               180.00",
    "  am 3. und 4. Mai",
    "Ziegel ersetzt                                     95.50",
    "Gerüst gestellt                                   240.00",
)


def test_rows_are_told_by_the_total_that_they_make():
    """Whatever stands above them: their amounts stand below each other and make a stated total."""
    total = "Netto                                             515.50"
    table = line_table(sheet_of(reading(*UNKNOWN_HEAD, total)), [Decimal("515.50")])
    assert [(line.description, line.net_amount) for line in table.items] == [
        ("Dachrinne gereinigt", Decimal("180.00")),
        ("Ziegel ersetzt", Decimal("95.50")),
        ("Gerüst gestellt", Decimal("240.00")),
    ]
    assert line_table(sheet_of(reading(*UNKNOWN_HEAD[:-1], total)), [Decimal("515.50")]).items == ()


def test_a_tax_under_the_rows_is_none_of_them():
    """Whatever it is called, also where no more than the total with tax is printed."""
    table = line_table(
        sheet_of(
            reading(
                HEAD,
                "Wire                            10          12.50      125.00",
                "Nails                           15           5.00       75.00",
                "Ghastly levy of 20 %                                    40.00",
                "To be paid                                             240.00",
            )
        ),
        [Decimal("240.00")],
    )
    assert [line.net_amount for line in table.items] == [Decimal("125.00"), Decimal("75.00")]


def test_a_part_of_the_row_above_is_no_row():
    """A levy that the price includes, though it stands in the columns."""
    table = line_table(
        sheet_of(
            reading(
                HEAD,
                "Tablet                           1         399.00      399.00",
                "Including copying levy           1           4.24        4.24",
                "Cover                            1          69.99       69.99",
                "Total                                                  468.99",
            )
        ),
        [Decimal("468.99")],
    )
    assert [line.net_amount for line in table.items] == [Decimal("399.00"), Decimal("69.99")]


def test_payments_under_the_rows_are_none_of_them():
    """What follows where the rows make the total was given or goes back."""
    table = line_table(
        sheet_of(
            reading(
                HEAD,
                "Batteries                        1           6.00        6.00",
                "Sum of it                                                6.00",
                "Banknote                                                50.00",
                "Given back                                              44.00",
            )
        ),
        [Decimal("6.00")],
    )
    assert [line.net_amount for line in table.items] == [Decimal("6.00")]


def test_a_scan_may_lose_the_decimal_mark():
    """`16 85` is 16.85 where quantity and price say so, on a scan alone."""
    lines = (HEAD, "Rice                             1          16.85      16 85", "Tea     1     3.00      3.00")
    scan = line_table(sheet_of(reading(*lines, source="ocr"))).items
    assert scan[0].net_amount == Decimal("16.85")
    assert line_table(sheet_of(reading(*lines))).items[0].net_amount != Decimal("16.85")


def test_a_discount_in_the_row_explains_its_amount():
    """Five times 4.55 less ten percent."""
    (line,) = items(
        "Description              Qty     Unit price     Disc      Amount",
        "Nougat                     5           4.55     10 %       20.48",
    )
    assert (line.net_amount, line.confidence) == (Decimal("20.48"), 0.9)


def test_rows_go_on_behind_the_sum_of_a_section():
    """A sum that is no total of the document ends a part of the table, not the table."""
    lines = (
        "Date          Description                 Amount",
        "1. Material",
        "01.02.2026    Copper wire                  20.00",
        "02.02.2026    Nails                        10.00",
        "Sum                                        30.00",
        "2. Work",
        "03.02.2026    Travel                       15.00",
        "03.02.2026    Installation                 55.00",
        "Sum                                        70.00",
        "Total                                     100.00",
    )
    table = line_table(sheet_of(reading(*lines)), {Decimal("100.00")})
    assert [item.net_amount for item in table.items] == [Decimal(n) for n in ("20.00", "10.00", "15.00", "55.00")]


@pytest.mark.parametrize(("total", "rows"), [("250.00", 2), ("240.00", 0)])
def test_prices_are_amounts_where_they_make_the_total(total, rows):
    """Of a table that has no column of amounts."""
    lines = (
        "Date        Description                 Rate",
        "01.02.2026  Evening news              150.00",
        "02.02.2026  Sports                    100.00",
    )
    table = line_table(sheet_of(reading(*lines, f"Gross total                           {total}")), {Decimal(total)})
    assert len(table.items) == rows


def test_a_row_that_is_filled_in_less_than_others_may_be_charged_nothing():
    """Where the rest make the total: its price is that of what was not delivered."""
    lines = (
        "Date        Code     Description          Rate",
        "01.02.2026  KX-11    Evening news       150.00",
        "02.02.2026           Sports             100.00",
        "03.02.2026  KX-17    Feature film       200.00",
    )
    table = line_table(sheet_of(reading(*lines, "Gross total                    350.00")), {Decimal("350.00")})
    assert [item.net_amount for item in table.items] == [Decimal("150.00"), Decimal("200.00")]


def test_a_receipt_may_print_the_code_of_the_tax_behind_an_amount():
    """And the currency in the head of its column."""
    first, second = items(
        "Item                  Amt(RM)", "Kopi o              17.00SR", "Roti                1.80SR", "Total      18.80"
    )
    assert (first.net_amount, second.net_amount) == (Decimal("17.00"), Decimal("1.80"))


def test_without_a_table_there_are_no_lines():
    """Prose with amounts is no table."""
    assert items("We thank you for your payment of 125.00 and remain", "with kind regards") == ()


ROWS = [f"Wire no {n:<22}{n:>3}          10.00{n * 10:>9}.00" for n in range(1, 13)]
HEADS = (
    HEAD,
    "Bezeichnung                    Menge   Einzelpreis     Betrag",
    "Désignation                    Qté     Prix unitaire   Montant HT",
    "Popis                          Počet   Cena za MJ      Cena celkem",
    "Nimike                         Määrä   À-hinta         Yhteensä",
    "Descriere                      Cant.   Preţ unitar     Valoare",
)


def cut(at: int, *, head: str = HEAD, repeated: bool = True) -> list[object]:
    """The amounts of the same table with the page cut after `at` rows."""
    first = page(head, *ROWS[:at], number=1)
    second = page(*([head] if repeated else []), *ROWS[at:], "Total   780.00", number=2)
    return [line.net_amount for line in line_table(sheet_of(reading_of(first, second))).items]


@pytest.mark.parametrize("at", [1, 3, 6, 11])
@pytest.mark.parametrize("repeated", [True, False])
@pytest.mark.parametrize("head", HEADS)
def test_where_the_page_is_cut_makes_no_difference(at, repeated, head):
    """Nor does it matter whether the head is repeated, or in which language it is."""
    assert cut(at, head=head, repeated=repeated) == [Decimal(n * 10) for n in range(1, 13)]


@pytest.mark.parametrize("lost", [0, 5, 11])
def test_a_lost_row_fails_a_check(lost):
    """The total stays: the lines no longer make it."""
    whole = [HEAD, *ROWS, "Total   780.00"]
    fields = [Field("net_total", "found", "780.00")]
    for lines, holds in ((whole, True), ([line for line in whole if line != ROWS[lost]], False)):
        read = reading(*lines)
        found = {c.name: c.passed for c in check(read, fields, line_table(sheet_of(read)))}
        assert found["lines_add_up"] is holds


TABLE = (HEAD, "Copper wire                     10          12.50      125.00")
LOOSE = ("Copper wire                              80.00", "Nails                                    45.00")


@pytest.mark.parametrize(
    ("above", "expected"),
    [
        (TABLE, True),
        (TABLE[:1], False),  # its only row is lost
        (LOOSE, True),
        (LOOSE[:1], False),  # one of two rows is lost that no head announces
        (("Thank you for your visit!",), None),
    ],
)
def test_a_table_that_is_lost_whole_fails_a_check(above, expected):
    """Its head, or amounts that are in no row, tell that there were rows; a page with totals alone is complete."""
    read = reading(
        *above, "Total                                   125.00", "Paid                                    125.00"
    )
    table = line_table(sheet_of(read), {Decimal("125.00")})
    complete = {c.name: c.passed for c in check(read, [Field("gross_total", "found", "125.00")], table)}[
        "rows_complete"
    ]
    assert complete is expected
