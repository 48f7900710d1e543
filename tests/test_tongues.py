"""One invoice in seventeen further languages, each in three looks: every field and every row of it is read."""

import tomllib
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from looks import LOOKS, Paper

from tasks.classify import classify
from tasks.extract import extract
from tasks.extract.sheet import sheet_of
from tasks.extract.values import find_dates
from tasks.parse.dates import dates

TONGUES = tomllib.loads((Path(__file__).parent / "tongues.toml").read_text(encoding="utf-8"))
ISSUED, SUPPLIED, DUE = date(2024, 3, 14), date(2024, 3, 11), date(2024, 4, 27)
SOLD = ((12, Decimal("148.50")), (3, Decimal("210.00")), (1, Decimal("89.90")))
NET = sum((count * price for count, price in SOLD), Decimal(0))
WAYS = [(language, look) for language in TONGUES for look in LOOKS]


class Tongue:
    """What one language calls things, each in the way that goes with a look."""

    def __init__(self, language: str, look: str) -> None:
        self.facts: dict[str, Any] = TONGUES[language]
        self.way = list(LOOKS).index(look)

    def __getitem__(self, key: str) -> str:
        ways = str(self.facts[key]).split("|")
        return ways[self.way % len(ways)]

    def number(self, value: Decimal) -> str:
        """The amount as it is printed, without its currency."""
        group, point = self.facts["marks"]
        return f"{value:,.2f}".translate(str.maketrans({",": group, ".": point}))

    def money(self, value: Decimal) -> str:
        """The amount with its currency."""
        return str(self.facts["money"]).format(self.number(value))

    def day(self, day: date) -> str:
        """The day as it is printed."""
        month = self.facts["months"].split(" ")[day.month - 1]
        return self["day"].format(d=day.day, m=day.month, y=day.year, month=month)


def totals(tongue: Tongue) -> tuple[Decimal, Decimal]:
    """Tax and gross total."""
    tax = (NET * Decimal(str(tongue.facts["rate"])) / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return tax, NET + tax


def paper(tongue: Tongue) -> Paper:
    """The invoice in that language."""
    tax, gross = totals(tongue)
    seller_id, buyer_id, register = tongue["ids"].split(";")
    seller, buyer = tongue["seller"].split(";"), tongue["buyer"].split(";")
    goods, rate = tongue.facts["goods"].split("|"), f"{tongue.facts['rate']} %".replace(".", ",")
    return Paper(
        title=tongue["title"],
        seller=(
            tongue["seller_head"],
            [*seller, f"{tongue['company_id']}: {register}", f"{tongue['vat_id']}: {seller_id}"],
        ),
        buyer=(tongue["buyer_head"], [*buyer, f"{tongue['vat_id']}: {buyer_id}"]),
        labels=[
            (tongue["number"], "2024/00417"),
            (tongue["issued"], tongue.day(ISSUED)),
            (tongue["supplied"], tongue.day(SUPPLIED)),
            (tongue["due"], tongue.day(DUE)),
            (tongue["order"], "OB-77815"),
        ],
        columns=tongue["columns"].split(";"),
        rows=[
            (good, str(count), tongue.number(price), rate, tongue.number(count * price))
            for good, (count, price) in zip(goods, SOLD, strict=True)
        ],
        totals=[
            (tongue["net"], tongue.money(NET)),
            (tongue["tax"], tongue.money(tax)),
            (tongue["gross"], tongue.money(gross)),
            (tongue["owed"], tongue.money(gross)),
        ],
        text=[tongue["thanks"]],
        footer=[f"{tongue['account']}: {tongue['iban']}", tongue["page"]],
    )


def stated(tongue: Tongue) -> dict[str, str]:
    """What the invoice states, normalised."""
    tax, gross = totals(tongue)
    seller_id, buyer_id, _ = tongue["ids"].split(";")
    return {
        "invoice_number": "2024/00417",
        "issue_date": ISSUED.isoformat(),
        "due_date": DUE.isoformat(),
        "currency": tongue["currency"],
        "purchase_order_number": "OB-77815",
        "seller_name": tongue["seller"].split(";")[0],
        "seller_vat_id": seller_id,
        "buyer_name": tongue["buyer"].split(";")[0],
        "buyer_vat_id": buyer_id,
        "iban": tongue["iban"].replace(" ", ""),
        "net_total": str(NET),
        "tax_total": str(tax),
        "gross_total": str(gross),
        "amount_due": str(gross),
    }


@pytest.mark.parametrize(("language", "look"), WAYS)
def test_every_field_and_row_is_read(language, look):
    """By the words of the language, whatever stands where."""
    tongue = Tongue(language, look)
    sheet = sheet_of(LOOKS[look](paper(tongue)))
    found = extract(sheet, "invoice", None)
    values = {field.name: field.value for field in found.fields}
    assert {name: values[name] for name in stated(tongue)} == stated(tongue)
    assert [line.net_amount for line in found.line_items] == [count * price for count, price in SOLD]
    assert classify(sheet).doc_type == "invoice"


def test_the_account_is_no_vat_id():
    """Its first groups have the form of one: `CZ67 9158 1324`."""
    tongue = Tongue("cs", "plain")
    values = {
        field.name: field.value
        for field in extract(
            sheet_of(LOOKS["plain"](replace(paper(tongue), seller=("Dodavatel", ["Vltava s.r.o."])))), "invoice", None
        ).fields
    }
    assert values["iban"] == tongue["iban"].replace(" ", "")
    assert not (values["seller_vat_id"] or "").startswith("CZ67")


@pytest.mark.parametrize("language", TONGUES)
def test_every_month_is_known_by_its_name(language):
    """In the form that stands behind a day; `listopad` is October in one language and November in others."""
    for month, name in enumerate(TONGUES[language]["months"].split(" "), 1):
        assert date(2024, month, 14) in dates(f"14. {name} 2024")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024. március 14.", date(2024, 3, 14)),
        ("2024 m. kovo 14 d.", date(2024, 3, 14)),
        ("2024. gada 14. marts", date(2024, 3, 14)),
        ("14 marca 2024 r.", date(2024, 3, 14)),
        ("14 март 2024 г.", date(2024, 3, 14)),
    ],
)
def test_dates_are_found_in_the_order_of_the_language(text, day):
    """The year first, or a word for year and day between."""
    line = sheet_of(LOOKS["plain"](Paper(text, ("", ["x"]), ("", ["y"]), (), ("z",), ()))).layout.lines[0]
    assert [dates(found.raw) for found in find_dates(line)] == [(day,)]
