"""The wholesaler's line-printer invoice: one width of type, dashed rules, sums carried from page to page."""

from data.generator.blocks import header_entries, heading, total_entries
from data.generator.invoices import Invoice
from data.generator.sheet import Sheet
from data.generator.table import Grid, Table
from data.generator.words import Words

LEFT, RIGHT = 40.0, 556.0
COLUMNS = (
    ("position", 30),
    ("article", 76),
    ("description", 206),
    ("quantity", 44),
    ("unit", 38),
    ("unit_price", 56),
    ("net_amount", 66),
)
SIZE = 8.0


def draw(sheet: Sheet, invoice: Invoice, words: Words) -> None:
    """The invoice."""
    sheet.furniture = lambda further: _head(further, invoice, words)
    sheet.bottom = sheet.height - 70
    _head(sheet, invoice, words)
    sheet.lines(LEFT, 116, ["", *invoice.buyer.address], 9.5)
    sheet.text(LEFT, 116, invoice.buyer.name, 9.5, shows="buyer_name")
    _particulars(sheet, invoice, words)
    sheet.y = max(sheet.y, 190)
    Table(sheet, invoice, words, Grid(COLUMNS, rules="head", size=SIZE, lead=11, carry=True), LEFT).draw()
    sheet.room(150)
    for entry in total_entries(invoice, words):
        sheet.y += 13
        sheet.text(RIGHT - 110, sheet.y, entry.label, 9, entry.bold, "right")
        shows = [entry.shows, "currency"] if entry.shows else ["currency"]
        sheet.text(RIGHT - 4, sheet.y, entry.value, 9, entry.bold, "right", shows=shows)
    sheet.rule(RIGHT - 200, sheet.y + 4, RIGHT, dash=3)
    _closing(sheet, invoice, words)


def _head(sheet: Sheet, invoice: Invoice, words: Words) -> None:
    seller = invoice.seller
    sheet.text(LEFT, 44, seller.name.upper(), 13, bold=True, shows="seller_name")
    sheet.text(LEFT, 56, " * ".join(filter(None, [seller.trade, *seller.address])).upper(), 7.5)
    sheet.text(LEFT, 66, f"{words['phone']} {seller.phone}  {seller.email}", 7.5)
    sheet.rule(LEFT, 74, RIGHT, dash=3)
    title = f"{heading(invoice, words).upper()}  {invoice.number}"
    sheet.text(LEFT, 90, title, 11, bold=True, shows="invoice_number")
    sheet.text(RIGHT, 90, words["page"].format(n=sheet.page, m=sheet.pages), 9, align="right")
    sheet.y = 104


def _particulars(sheet: Sheet, invoice: Invoice, words: Words) -> None:
    y = 116.0
    for entry in header_entries(invoice, words)[1:]:
        label = f"{entry.label} ".ljust(20, ".")
        sheet.text(330, y, f"{label}: {entry.value}", 8.5, shows=entry.shows or ())
        y += 11
    sheet.y = y + 8


def _closing(sheet: Sheet, invoice: Invoice, words: Words) -> None:
    seller = invoice.seller
    sheet.y += 24
    for text in filter(None, (invoice.terms, invoice.note)):
        sheet.y = sheet.paragraph(LEFT, sheet.y, text, RIGHT - LEFT, SIZE) + 4
    if seller.iban:
        sheet.text(LEFT, sheet.y, f"{seller.bank}  IBAN {seller.account}  BIC {seller.bic}", SIZE, shows="iban")
        sheet.y += 11
    vat = f"{words['vat_id']} {seller.vat_id}  {words['tax_number']} {seller.tax_number}"
    sheet.text(LEFT, sheet.y, vat, SIZE, shows="seller_vat_id" if seller.vat_id else ())
