"""A purchase order: the buyer's own letterhead, the vendor and the delivery address, no bank and no due date."""

from data.generator.blocks import address, beside, header_entries, heading, total_entries, totals
from data.generator.invoices import Invoice
from data.generator.sheet import GREY, PALE, WHITE, Sheet
from data.generator.table import Grid, Table
from data.generator.words import Words

LEFT, RIGHT = 50.0, 545.0
COLUMNS = (
    ("position", 30),
    ("article", 78),
    ("description", 181),
    ("quantity", 46),
    ("unit", 34),
    ("unit_price", 60),
    ("net_amount", 66),
)


def draw(sheet: Sheet, invoice: Invoice, words: Words) -> None:
    """The order; its `seller` is the vendor it goes to."""
    buyer = invoice.buyer
    sheet.box(LEFT, 40, RIGHT - LEFT, 30, fill=sheet.style.accent, stroke=None)
    sheet.text(LEFT + 10, 60, buyer.name, 14, bold=True, colour=WHITE, shows="buyer_name")
    sheet.text(RIGHT - 10, 60, heading(invoice, words), 14, align="right", colour=WHITE)
    sheet.text(LEFT, 84, " · ".join(buyer.address), 8, colour=GREY)
    for x, label in ((LEFT, "vendor"), (LEFT + 170, "ship_to")):
        sheet.text(x, 112, words[label], 8, bold=True, colour=sheet.style.accent)
    address(sheet, LEFT, 126, invoice.seller, "seller", 9.5)
    address(sheet, LEFT + 170, 126, buyer, "buyer", 9.5)
    beside(sheet, 390, 112, header_entries(invoice, words), 155, 8.5, 13, align="right")
    sheet.y = 210
    Table(sheet, invoice, words, Grid(COLUMNS, rules="grid", head_fill=PALE, size=8.5), LEFT).draw()
    totals(sheet, 380, RIGHT - 4, total_entries(invoice, words, net=False), 9)
    sheet.y += 34
    for text in filter(None, (invoice.terms, invoice.note)):
        sheet.y = sheet.paragraph(LEFT, sheet.y, text, RIGHT - LEFT, 8.5) + 6
    for x, who in ((LEFT, "requested_by"), (LEFT + 300, "authorised_by")):
        sheet.rule(x, sheet.height - 90, x + 180)
        sheet.text(x, sheet.height - 79, words[who], 8, colour=GREY)
