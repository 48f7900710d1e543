"""The software company's invoice: a lot of white, the amount due in large type, thin rules."""

from data.generator.blocks import address, beside, header_entries, heading, page_mark, total_entries, totals
from data.generator.invoices import Invoice
from data.generator.sheet import GREY, PALE, Sheet
from data.generator.table import Grid, Table
from data.generator.words import Words

LEFT, RIGHT = 40.0, 556.0
COLUMNS = (("description", 276), ("quantity", 60), ("unit_price", 90), ("net_amount", 90))


def draw(sheet: Sheet, invoice: Invoice, words: Words) -> None:
    """The invoice."""
    seller, locale = invoice.seller, words.locale
    sheet.box(0, 0, sheet.width, 6, fill=sheet.style.accent, stroke=None)
    sheet.text(LEFT, 60, heading(invoice, words).capitalize(), 20, bold=True)
    sheet.text(RIGHT, 60, seller.name.split(",")[0], 13, bold=True, align="right", colour=sheet.style.accent)
    beside(sheet, LEFT, 84, header_entries(invoice, words), 110, 9, 13.5)
    y = address(sheet, LEFT, 172, seller, "seller", 9, country=True)
    sheet.text(LEFT, y, seller.email, 9)
    if seller.vat_id:
        sheet.text(LEFT, y + 12, f"{words['vat_id']} {seller.vat_id}", 9, shows="seller_vat_id")
    sheet.text(LEFT + 210, 172, words["bill_to"], 9, bold=True)
    y = address(sheet, LEFT + 210, 184, invoice.buyer, "buyer", 9, bold=False, country=True)
    if invoice.buyer.vat_id and seller.vat_id:
        sheet.text(LEFT + 210, y, f"{words['vat_id']} {invoice.buyer.vat_id}", 9, shows="buyer_vat_id")
    due = (
        f"{locale.amount(invoice.amount_due)} {locale.currency}"
        if locale.sign == "$"
        else locale.amount(invoice.amount_due)
    )
    if invoice.due_date:
        due += f" · {words['due_date'].lower()} {locale.date(invoice.due_date, long=True)}"
    sheet.text(LEFT, 278, due, 17, bold=True, shows=("amount_due", "currency"))
    sheet.y = 304
    Table(sheet, invoice, words, Grid(COLUMNS, rules="rows", size=9, lead=14, pad=5, currency=True), LEFT).draw()
    sheet.y += 4
    totals(sheet, 320, RIGHT - 5, total_entries(invoice, words), 9, lead=17)
    sheet.y += 34
    _footer(sheet, invoice, words)


def _footer(sheet: Sheet, invoice: Invoice, words: Words) -> None:
    seller = invoice.seller
    for text in filter(None, (invoice.terms, invoice.note)):
        sheet.y = sheet.paragraph(LEFT, sheet.y, text, 380, 8.5, colour=GREY) + 6
    foot = sheet.height - 56
    sheet.rule(LEFT, foot - 12, RIGHT, weight=0.4, colour=PALE)
    if seller.iban:
        sheet.text(
            LEFT, foot, f"{seller.bank} · IBAN {seller.account} · BIC {seller.bic}", 7.5, colour=GREY, shows="iban"
        )
    legal = [*seller.legal.split("|"), f"{words['tax_number']} {seller.tax_number}"]
    sheet.text(LEFT, foot + 11, " · ".join(filter(None, legal)), 7.5, colour=GREY)
    page_mark(sheet, words, RIGHT, foot + 11)
