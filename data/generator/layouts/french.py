"""The French invoice: seller top left, customer boxed on the right, full grid, tax summary left and totals right."""

from data.generator.blocks import (
    above,
    address,
    bank_lines,
    header_entries,
    heading,
    page_mark,
    tax_summary,
    total_entries,
    totals,
)
from data.generator.invoices import Invoice
from data.generator.sheet import GREY, PALE, Sheet
from data.generator.table import Grid, Table
from data.generator.words import Words

LEFT, RIGHT = 42.0, 553.0
COLUMNS = (
    ("article", 64),
    ("description", 207),
    ("quantity", 45),
    ("unit", 38),
    ("unit_price", 58),
    ("tax_rate", 39),
    ("net_amount", 60),
)


def draw(sheet: Sheet, invoice: Invoice, words: Words) -> None:
    """The invoice."""
    seller = invoice.seller
    sheet.furniture = lambda further: _footer(further, invoice, words)
    sheet.text(LEFT, 58, seller.name, 16, bold=True, colour=sheet.style.accent, shows="seller_name")
    sheet.text(LEFT, 71, seller.trade, 8, colour=GREY)
    sheet.lines(LEFT, 86, [*seller.address, f"{words['phone']} {seller.phone}", seller.email], 8.5)
    sheet.text(RIGHT, 58, heading(invoice, words), 20, bold=True, align="right")
    sheet.box(318, 96, RIGHT - 318, 78)
    sheet.text(326, 109, words["bill_to"], 7.5, colour=GREY)
    y = address(sheet, 326, 124, invoice.buyer, "buyer", 10)
    if invoice.buyer.vat_id:
        sheet.text(326, y + 2, f"{words['vat_id']} : {invoice.buyer.vat_id}", 8, shows="buyer_vat_id")
    entries = header_entries(invoice, words)
    above(sheet, LEFT, 205, entries, (RIGHT - LEFT) / len(entries), boxed=True, fill=PALE)
    sheet.y = 242
    Table(sheet, invoice, words, Grid(COLUMNS, rules="grid", head_fill=PALE, size=8.5), LEFT).draw()
    sheet.y += 14
    sheet.room(110)
    top = sheet.y
    tax_summary(sheet, LEFT, invoice, words)
    foot = sheet.y
    sheet.y = top - 6
    totals(sheet, 388, RIGHT - 4, total_entries(invoice, words), 9, last_fill=PALE)
    sheet.y = max(sheet.y, foot) + 26
    _payment(sheet, invoice, words)
    _footer(sheet, invoice, words)


def _payment(sheet: Sheet, invoice: Invoice, words: Words) -> None:
    if invoice.terms:
        sheet.text(LEFT, sheet.y, f"{words['terms']} : {invoice.terms}", 8.5)
        sheet.y += 14
    if invoice.seller.iban:
        sheet.y = bank_lines(sheet, LEFT, sheet.y, invoice.seller, words, 8.5) + 4
    if invoice.note:
        sheet.paragraph(LEFT, sheet.y, invoice.note, 320, 7, colour=GREY)


def _footer(sheet: Sheet, invoice: Invoice, words: Words) -> None:
    seller = invoice.seller
    sheet.rule(LEFT, sheet.height - 52, RIGHT, weight=0.4, colour=GREY)
    facts = [seller.name, *seller.legal.split("|"), f"{words['tax_number']} {seller.tax_number}"]
    legal = " – ".join(filter(None, facts))
    sheet.text(sheet.width / 2, sheet.height - 40, legal, 7, align="centre", colour=GREY)
    vat = f"{words['vat_id']} {seller.vat_id}"
    sheet.text(sheet.width / 2, sheet.height - 30, vat, 7, align="centre", colour=GREY, shows="seller_vat_id")
    page_mark(sheet, words, RIGHT, sheet.height - 18)
