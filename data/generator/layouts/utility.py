"""The utility's bill: the sum in a coloured panel, the account on one line, payments on account deducted."""

from data.generator.blocks import Entry, address, beside, header_entries, heading, page_mark, total_entries, totals
from data.generator.invoices import Invoice
from data.generator.sheet import GREY, PALE, WHITE, Sheet
from data.generator.table import Grid, Table
from data.generator.words import Words

LEFT, RIGHT = 60.0, 540.0
COLUMNS = (
    ("description", 232),
    ("quantity", 56),
    ("unit", 34),
    ("unit_price", 62),
    ("tax_rate", 38),
    ("net_amount", 58),
)


def draw(sheet: Sheet, invoice: Invoice, words: Words) -> None:
    """The bill."""
    seller = invoice.seller
    sheet.box(0, 0, sheet.width, 74, fill=sheet.style.accent, stroke=None)
    sheet.text(LEFT, 42, seller.name, 17, bold=True, colour=WHITE, shows="seller_name")
    sheet.text(LEFT, 58, seller.trade, 9, colour=WHITE)
    sheet.text(LEFT, 118, f"{seller.name}, {', '.join(seller.address)}", 6.5, colour=GREY)
    address(sheet, LEFT, 136, invoice.buyer, "buyer", 10, bold=False)
    _panel(sheet, invoice, words)
    sheet.text(LEFT, 254, heading(invoice, words), 15, bold=True, colour=sheet.style.accent)
    sheet.y = sheet.paragraph(LEFT, 274, invoice.note, RIGHT - LEFT, 9) + 8
    grid = Grid(COLUMNS, rules="rows", head_fill=PALE, size=8.5)
    Table(sheet, invoice, words, grid, LEFT).draw()
    totals(sheet, 350, RIGHT - 4, total_entries(invoice, words), 9, last_fill=PALE)
    sheet.y = sheet.paragraph(LEFT, sheet.y + 34, invoice.terms, RIGHT - LEFT, 9)
    _footer(sheet, invoice, words)


def _panel(sheet: Sheet, invoice: Invoice, words: Words) -> None:
    due = Entry(words["amount_due"], words.locale.amount(invoice.amount_due), "amount_due", bold=True)
    entries = header_entries(invoice, words)
    height = 13 * (len(entries) + 1) + 18
    sheet.box(322, 104, RIGHT - 322, height, fill=PALE, stroke=None)
    y = beside(sheet, 332, 122, entries, 198, 8.5, 13, align="right")
    beside(sheet, 332, y + 3, [due], 198, 10, 13, align="right")


def _footer(sheet: Sheet, invoice: Invoice, words: Words) -> None:
    seller, top = invoice.seller, sheet.height - 70
    sheet.rule(LEFT, top - 12, RIGHT, weight=0.4, colour=GREY)
    sheet.lines(LEFT, top, [f"Servicetelefon {seller.phone}", seller.email, seller.web], 7, colour=GREY)
    sheet.lines(LEFT + 140, top, seller.legal.split("|"), 7, colour=GREY)
    sheet.text(LEFT + 288, top, seller.bank, 7, colour=GREY)
    sheet.text(LEFT + 288, top + 9, f"IBAN {seller.account}  BIC {seller.bic}", 7, colour=GREY, shows="iban")
    vat = f"{words['vat_id']} {seller.vat_id} · {words['tax_number']} {seller.tax_number}"
    sheet.text(LEFT + 288, top + 18, vat, 7, colour=GREY, shows="seller_vat_id")
    page_mark(sheet, words, RIGHT, top + 40)
