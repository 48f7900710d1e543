"""Papers of the wide set that ask for no payment: statements of account, letters, contracts, quotations."""

import tomllib
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from data.generator.invoices import Invoice
from data.generator.sheet import GREY, Sheet
from data.generator.table import Grid, Table
from data.generator.words import Words
from data.generator.writing import LEFT, flow, rows

TEXTS = tomllib.loads((Path(__file__).parent / "wide_writings.toml").read_text("utf-8"))


def written(kind: str, random: Random, invoice: Invoice) -> Callable[[Sheet], None]:
    """The drawing of a `statement`, `letter`, `contract` or `other` between the parties of `invoice`."""
    choice = random.randrange(1000)
    draw = {"statement": _statement, "letter": _letter, "contract": _contract, "other": _quotation}[kind]
    return lambda sheet: draw(sheet, invoice, choice)


def _way(key: str, invoice: Invoice, choice: int) -> str:
    ways = TEXTS[key][invoice.locale.language].split("|")
    return str(ways[choice % len(ways)])


def _filled(key: str, invoice: Invoice) -> list[str]:
    locale = invoice.locale
    text = TEXTS[key][locale.language].format(
        seller=invoice.seller.name,
        buyer=invoice.buyer.name,
        number=invoice.number,
        date=locale.date(invoice.issue_date, long=True),
        amount=locale.amount(invoice.gross_total),
    )
    return list(text.split("\n"))


def _heads(sheet: Sheet, invoice: Invoice) -> None:
    seller, buyer = invoice.seller, invoice.buyer
    sheet.text(LEFT, 56, seller.name, 14, bold=True, colour=sheet.style.accent)
    sheet.lines(LEFT, 70, [*seller.address, f"{seller.phone}  {seller.email}"], 8, colour=GREY)
    sheet.lines(LEFT, 130, [buyer.name, *buyer.address], 10)
    sheet.text(sheet.width - LEFT, 200, invoice.locale.date(invoice.issue_date), 10, align="right")


def _letter(sheet: Sheet, invoice: Invoice, choice: int) -> None:
    _heads(sheet, invoice)
    sheet.y = 250
    flow(sheet, _filled("letter", invoice), 10.5)


def _contract(sheet: Sheet, invoice: Invoice, choice: int) -> None:
    sheet.y = 80
    flow(sheet, _filled("contract", invoice), 10.5)
    sheet.room(60)
    for x, party in ((LEFT, invoice.seller), (sheet.width / 2 + 20, invoice.buyer)):
        sheet.rule(x, sheet.y + 40, x + 180)
        sheet.text(x, sheet.y + 52, party.name, 9)


def _statement(sheet: Sheet, invoice: Invoice, choice: int) -> None:
    _heads(sheet, invoice)
    sheet.text(LEFT, 224, _way("statement", invoice, choice), 16, bold=True)
    sheet.y = 256
    opening, billed, received, closing = TEXTS["statement_rows"][invoice.locale.language].split("|")
    number, day = invoice.locale.number, invoice.issue_date
    balance = Decimal(choice)
    table = [tuple(TEXTS["statement_columns"][invoice.locale.language].split("|"))]
    table.append((invoice.locale.date(day), opening, "", "", number(balance)))
    for step, line in enumerate(invoice.lines):
        amount, debit = line.net_amount, step % 2 == 0
        balance += amount if debit else -amount
        text = f"{billed} {1040 + step}" if debit else received
        sides = (number(amount), "") if debit else ("", number(amount))
        table.append((invoice.locale.date(day + timedelta(step + 1)), text, *sides, number(balance)))
    table.append(("", closing, "", "", number(balance)))
    rows(sheet, (80, 170, 72, 72, 72), table, 9)


def _quotation(sheet: Sheet, invoice: Invoice, choice: int) -> None:
    _heads(sheet, invoice)
    title = _way("quotation", invoice, choice)
    sheet.text(LEFT, 224, f"{title} {invoice.number}", 16, bold=True)
    sheet.y = 250
    columns = (("position", 40), ("description", 290), ("quantity", 70), ("net_amount", 80))
    priced = columns if choice % 2 else columns[:3]
    words = Words(invoice.locale, sheet.style.wording, sheet.style.mixed)
    Table(sheet, invoice, words, Grid(priced, "rows"), LEFT).draw()
