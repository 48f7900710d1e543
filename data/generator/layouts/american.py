"""The American invoice: a large heading, bill-to and ship-to, a row of terms, striped lines, a box of totals."""

from data.generator.blocks import Entry, above, address, beside, header_entries, heading, total_entries, totals
from data.generator.invoices import Invoice
from data.generator.sheet import GREY, PALE, Sheet
from data.generator.table import Grid, Table
from data.generator.words import Words

LEFT, RIGHT = 48.0, 564.0
COLUMNS = (
    ("quantity", 48),
    ("unit", 34),
    ("article", 82),
    ("description", 212),
    ("unit_price", 66),
    ("net_amount", 74),
)


def draw(sheet: Sheet, invoice: Invoice, words: Words) -> None:
    """The invoice."""
    seller, accent = invoice.seller, sheet.style.accent
    sheet.box(LEFT, 40, 34, 34, fill=accent, stroke=None)
    sheet.text(LEFT + 17, 64, seller.name[0], 22, bold=True, align="centre", colour=PALE)
    sheet.text(LEFT + 44, 54, seller.name, 12.5, bold=True, shows="seller_name")
    sheet.lines(LEFT + 44, 67, [" · ".join(seller.address), f"{seller.phone}  {seller.email}"], 8, colour=GREY)
    sheet.text(RIGHT, 62, heading(invoice, words).upper(), 24, bold=True, align="right", colour=accent)
    beside(sheet, RIGHT - 150, 96, header_entries(invoice, words)[:2], 150, 9, 14, align="right")
    for x, role in ((LEFT, "bill_to"), (LEFT + 190, "ship_to")):
        sheet.box(x, 122, 180, 14, fill=accent, stroke=None)
        sheet.text(x + 5, 132.5, words[role], 8.5, bold=True, colour=PALE)
        address(sheet, x + 5, 150, invoice.buyer, "buyer", 9)
    entries = header_entries(invoice, words)[2:] + ([Entry(words["terms"], invoice.terms)] if invoice.terms else [])
    above(sheet, LEFT, 212, entries, (RIGHT - LEFT) / max(1, len(entries)), boxed=True, fill=PALE)
    sheet.y = 246
    grid = Grid(COLUMNS, rules="rows", head_fill=accent, zebra=True, size=8.5, lead=13)
    Table(sheet, invoice, words, grid, LEFT).draw()
    sheet.y += 6
    totals(sheet, 400, RIGHT - 4, total_entries(invoice, words), 9.5, last_fill=PALE)
    sheet.y += 36
    if invoice.note:
        sheet.y = sheet.paragraph(LEFT, sheet.y, invoice.note, 320, 8.5)
    sheet.text(sheet.width / 2, sheet.height - 62, words["thanks"], 10, bold=True, align="centre", colour=accent)
    sheet.text(
        sheet.width / 2,
        sheet.height - 48,
        f"Tax ID {seller.tax_number}  ·  {seller.web or seller.email}",
        8,
        align="centre",
        colour=GREY,
    )
