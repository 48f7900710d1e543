"""The studio's invoice: the seller's particulars in a coloured band down the left side."""

from data.generator.blocks import address, beside, header_entries, heading, page_mark, total_entries, totals
from data.generator.invoices import Invoice
from data.generator.sheet import GREY, PALE, WHITE, Sheet
from data.generator.table import Grid, Table
from data.generator.words import Words

BAND, LEFT, RIGHT = 150.0, 176.0, 560.0
COLUMNS = (("description", 172), ("quantity", 46), ("unit_price", 62), ("tax_rate", 40), ("net_amount", 64))


def draw(sheet: Sheet, invoice: Invoice, words: Words) -> None:
    """The invoice."""
    _band(sheet, invoice, words)
    sheet.text(LEFT, 70, heading(invoice, words).upper(), 26, colour=sheet.style.accent)
    address(sheet, LEFT, 108, invoice.buyer, "buyer", 10)
    if invoice.buyer.vat_id:
        vat = f"{words['vat_id']} {invoice.buyer.vat_id}"
        sheet.text(LEFT, 108 + 13 * (1 + len(invoice.buyer.address)), vat, 8.5, colour=GREY, shows="buyer_vat_id")
    sheet.y = beside(sheet, LEFT, 186, header_entries(invoice, words), 120, 9, 14) + 10
    sheet.y = max(sheet.y, 270)
    Table(sheet, invoice, words, Grid(COLUMNS, rules="head", zebra=True, size=8.5, lead=13), LEFT).draw()
    sheet.y += 4
    totals(sheet, 380, RIGHT - 4, total_entries(invoice, words), 9, last_fill=PALE)
    sheet.y += 34
    for text in filter(None, (invoice.terms, invoice.note)):
        sheet.y = sheet.paragraph(LEFT, sheet.y, text, RIGHT - LEFT, 8.5) + 6
    page_mark(sheet, words, RIGHT, sheet.height - 30)


def _band(sheet: Sheet, invoice: Invoice, words: Words) -> None:
    seller = invoice.seller
    sheet.box(0, 0, BAND, sheet.height, fill=sheet.style.accent, stroke=None)
    y = 70.0
    for part in sheet.split(seller.name, BAND - 40, 15):
        sheet.text(20, y, part, 15, bold=True, colour=WHITE)
        y += 18
    sheet.shown.add("seller_name")
    sheet.text(20, y, seller.trade, 7.5, colour=WHITE)
    y = sheet.lines(20, y + 34, [*seller.address, seller.phone], 8.5, colour=WHITE)
    for text in sheet.split(seller.email.replace("@", " @"), BAND - 30, 7.5):
        sheet.text(20, y, text.replace(" @", "@"), 7.5, colour=WHITE)
        y += 10
    y = sheet.height - 150
    for label, value, shows in (
        (words["tax_number"], seller.tax_number, ""),
        (words["vat_id"], seller.vat_id, "seller_vat_id"),
        ("IBAN", seller.account, "iban"),
        ("BIC", seller.bic, ""),
    ):
        if value:
            sheet.text(20, y, label, 7, colour=PALE)
            sheet.text(20, y + 10, value, 8, colour=WHITE, shows=shows or ())
            y += 27
