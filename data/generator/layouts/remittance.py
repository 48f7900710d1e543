"""The American invoice with a remittance stub to cut off at the foot; charges without a tax."""

from data.generator.blocks import Entry, address, beside, header_entries, heading, total_entries, totals
from data.generator.invoices import Invoice
from data.generator.sheet import GREY, Sheet
from data.generator.table import Grid, Table
from data.generator.words import Words

LEFT, RIGHT = 54.0, 558.0
COLUMNS = (("article", 86), ("description", 246), ("quantity", 48), ("unit_price", 60), ("net_amount", 64))


def draw(sheet: Sheet, invoice: Invoice, words: Words) -> None:
    """The invoice."""
    seller = invoice.seller
    sheet.bottom = sheet.height - 220
    sheet.text(LEFT, 60, seller.name.upper(), 15, bold=True, shows="seller_name")
    sheet.lines(LEFT, 74, [*seller.address, seller.phone, seller.email], 9)
    sheet.text(RIGHT, 60, heading(invoice, words).upper(), 15, align="right", colour=GREY)
    beside(sheet, 372, 80, header_entries(invoice, words), 186, 9, 13, align="right")
    sheet.rule(LEFT, 152, RIGHT, weight=1.2)
    sheet.text(LEFT, 170, words["bill_to"].upper(), 7.5, bold=True)
    address(sheet, LEFT, 184, invoice.buyer, "buyer", 10, bold=False)
    sheet.y = 232
    Table(sheet, invoice, words, Grid(COLUMNS, rules="head", size=9, lead=13), LEFT).draw()
    sheet.y += 2
    entries = total_entries(invoice, words, net=bool(invoice.tax_total))
    totals(sheet, 398, RIGHT - 4, entries, 10, lead=16)
    if invoice.note:
        sheet.paragraph(LEFT, sheet.y + 26, invoice.note, 300, 8.5, colour=GREY)
    _stub(sheet, invoice, words)


def _stub(sheet: Sheet, invoice: Invoice, words: Words) -> None:
    seller, top = invoice.seller, sheet.height - 190
    sheet.rule(0, top, sheet.width, weight=0.5, dash=4)
    sheet.text(sheet.width / 2, top - 5, "Please detach and return this portion with your payment", 7, align="centre")
    sheet.text(LEFT, top + 30, "REMIT TO", 8, bold=True)
    sheet.lines(LEFT, top + 46, [seller.name, *seller.address], 10)
    due = (
        [] if invoice.due_date is None else [Entry(words["due_date"], words.locale.date(invoice.due_date), "due_date")]
    )
    entries = [
        Entry(words["number"], invoice.number, "invoice_number"),
        *due,
        Entry(words["amount_due"], words.locale.amount(invoice.amount_due), "amount_due", bold=True),
    ]
    beside(sheet, 360, top + 34, entries, 198, 10, 17, align="right")
    sheet.text(360, top + 95, "Amount enclosed  $", 10)
    sheet.rule(455, top + 97, RIGHT)
    sheet.text(
        LEFT, top + 130, f"Federal Tax ID {seller.tax_number}   {words['terms']}: {invoice.terms}", 8, colour=GREY
    )
