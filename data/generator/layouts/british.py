"""The British VAT invoice: centred letterhead, two columns of particulars, VAT column, remittance line."""

from data.generator.blocks import address, beside, header_entries, heading, page_mark, total_entries, totals
from data.generator.invoices import Invoice
from data.generator.sheet import GREY, Sheet
from data.generator.table import Grid, Table
from data.generator.words import Words

LEFT, RIGHT = 56.0, 540.0
COLUMNS = (
    ("article", 70),
    ("description", 188),
    ("quantity", 42),
    ("unit", 32),
    ("unit_price", 52),
    ("tax_rate", 38),
    ("net_amount", 62),
)


def draw(sheet: Sheet, invoice: Invoice, words: Words) -> None:
    """The invoice."""
    seller, middle = invoice.seller, sheet.width / 2
    sheet.furniture = lambda further: page_mark(further, words, RIGHT, further.height - 30)
    sheet.text(middle, 60, seller.name, 19, bold=True, align="centre", colour=sheet.style.accent, shows="seller_name")
    sheet.text(middle, 75, ", ".join(seller.address), 9, align="centre")
    sheet.text(middle, 87, f"{words['phone']} {seller.phone}   {seller.email}", 9, align="centre")
    sheet.rule(LEFT, 98, RIGHT, weight=1.6, colour=sheet.style.accent)
    sheet.rule(LEFT, 101, RIGHT, weight=0.4, colour=sheet.style.accent)
    sheet.text(LEFT, 128, heading(invoice, words), 15, bold=True)
    sheet.text(
        RIGHT,
        128,
        f"{words['vat_id']} {seller.vat_id[:2]} {seller.vat_id[2:]}",
        9,
        align="right",
        shows="seller_vat_id",
    )
    sheet.text(LEFT, 152, words["bill_to"], 8, colour=GREY)
    address(sheet, LEFT, 166, invoice.buyer, "buyer", 10)
    beside(sheet, 345, 152, header_entries(invoice, words), 90, 9, 14, colon=True)
    sheet.y = 246
    Table(sheet, invoice, words, Grid(COLUMNS, rules="head", size=9, lead=13), LEFT).draw()
    sheet.y += 4
    totals(sheet, 392, RIGHT - 4, total_entries(invoice, words), 9.5)
    sheet.y += 36
    _remittance(sheet, invoice, words)
    sheet.text(middle, sheet.height - 44, seller.legal, 7.5, align="centre", colour=GREY)
    page_mark(sheet, words, RIGHT, sheet.height - 30)


def _remittance(sheet: Sheet, invoice: Invoice, words: Words) -> None:
    seller = invoice.seller
    if invoice.terms:
        sheet.y = sheet.paragraph(LEFT, sheet.y, invoice.terms, RIGHT - LEFT, 9) + 6
    if invoice.note:
        sheet.y = sheet.paragraph(LEFT, sheet.y, invoice.note, RIGHT - LEFT, 9) + 6
    if seller.iban:
        sheet.box(LEFT, sheet.y, RIGHT - LEFT, 44, weight=0.4)
        sort_code, account = seller.iban[8:14], seller.iban[14:]
        sheet.text(LEFT + 8, sheet.y + 14, f"Please pay {seller.name} by BACS: {seller.bank}", 8.5)
        sheet.text(
            LEFT + 8,
            sheet.y + 26,
            f"Sort code {sort_code[:2]}-{sort_code[2:4]}-{sort_code[4:]}   Account {account}",
            8.5,
        )
        sheet.text(
            LEFT + 8,
            sheet.y + 38,
            f"IBAN {seller.account}   BIC {seller.bic}   Ref. {invoice.number}",
            8.5,
            shows="iban",
        )
