"""The Indian tax invoice: everything in one ruled frame, tax split into CGST and SGST, amount in lakh grouping."""

from data.generator.blocks import Entry, header_entries
from data.generator.invoices import Invoice, cents
from data.generator.sheet import PALE, Sheet
from data.generator.table import Grid, Table
from data.generator.vendors import Party
from data.generator.words import Words

LEFT, RIGHT = 36.0, 559.0
MIDDLE = 300.0
COLUMNS = (
    ("position", 26),
    ("description", 211),
    ("article", 62),
    ("quantity", 50),
    ("unit", 34),
    ("unit_price", 64),
    ("net_amount", 76),
)


def draw(sheet: Sheet, invoice: Invoice, words: Words) -> None:
    """The invoice."""
    sheet.text(sheet.width / 2, 48, words["invoice"], 12, bold=True, align="centre")
    sheet.text(RIGHT, 48, "(ORIGINAL FOR RECIPIENT)", 7, align="right")
    sheet.box(LEFT, 56, MIDDLE - LEFT, 90)
    _party(sheet, invoice.seller, "seller", 70)
    sheet.box(LEFT, 146, MIDDLE - LEFT, 84)
    sheet.text(LEFT + 5, 158, "Buyer (Bill to)", 7.5)
    _party(sheet, invoice.buyer, "buyer", 171)
    _particulars(sheet, header_entries(invoice, words))
    sheet.y = 230
    Table(sheet, invoice, words, Grid(COLUMNS, rules="grid", head_fill=PALE, size=8.5), LEFT).draw()
    _taxes(sheet, invoice, words)
    _closing(sheet, invoice, words)


def _party(sheet: Sheet, party: Party, role: str, y: float) -> None:
    sheet.text(LEFT + 5, y, party.name, 10, bold=True, shows=f"{role}_name")
    y = sheet.lines(LEFT + 5, y + 12, [party.trade, *party.address] if party.trade else party.address, 8.5)
    sheet.text(LEFT + 5, y + 2, f"GSTIN/UIN: {party.vat_id}", 8.5, shows=f"{role}_vat_id")
    sheet.text(LEFT + 5, y + 13, "State Name: Maharashtra, Code: 27", 8.5)


def _particulars(sheet: Sheet, entries: list[Entry]) -> None:
    width, height = (RIGHT - MIDDLE) / 2, 29.0
    for number in range(12):
        x, y = MIDDLE + width * (number % 2), 56 + height * (number // 2)
        sheet.box(x, y, width, height)
        if number < len(entries):
            entry = entries[number]
            sheet.text(x + 4, y + 10, entry.label, 7.5)
            sheet.text(x + 4, y + 22, entry.value, 9, bold=True, shows=entry.shows or ())


def _taxes(sheet: Sheet, invoice: Invoice, words: Words) -> None:
    locale, rows = words.locale, [("Taxable Value", invoice.net_total, "net_total")]
    for rate, tax in invoice.taxes.items():
        half = cents(tax / 2)
        rows += [
            (f"Output CGST @ {locale.percent(rate / 2)}", half, ""),
            (f"Output SGST @ {locale.percent(rate / 2)}", tax - half, ""),
        ]
    rows += [("Total Tax Amount", invoice.tax_total, "tax_total"), ("Grand Total", invoice.gross_total, "gross_total")]
    sheet.room(16 * len(rows))
    for label, value, shows in rows:
        bold = shows == "gross_total"
        sheet.box(LEFT, sheet.y, RIGHT - LEFT - 76, 16)
        sheet.box(RIGHT - 76, sheet.y, 76, 16)
        sheet.text(RIGHT - 82, sheet.y + 11, label, 8.5, bold, "right")
        sheet.text(RIGHT - 4, sheet.y + 11, locale.number(value), 8.5, bold, "right", shows=shows or ())
        sheet.y += 16


def _closing(sheet: Sheet, invoice: Invoice, words: Words) -> None:
    sheet.room(52)  # and as much again in the margin
    seller, top = invoice.seller, sheet.y
    sheet.box(LEFT, top, RIGHT - LEFT, 26)
    sheet.text(LEFT + 5, top + 10, "Amount Chargeable", 7.5)
    sheet.text(RIGHT - 5, top + 10, "E. & O.E", 7.5, align="right")
    total = words.locale.amount(invoice.amount_due)
    sheet.text(LEFT + 5, top + 21, f"{total} only", 9, bold=True, shows=("amount_due", "currency"))
    sheet.box(LEFT, top + 26, MIDDLE - LEFT, 76)
    sheet.text(LEFT + 5, top + 38, "Declaration", 7.5)
    sheet.paragraph(LEFT + 5, top + 50, invoice.note, MIDDLE - LEFT - 10, 8)
    sheet.box(MIDDLE, top + 26, RIGHT - MIDDLE, 76)
    sheet.text(MIDDLE + 5, top + 38, f"Bank: {seller.bank}   IFSC: {seller.bic}", 8)
    sheet.text(MIDDLE + 5, top + 50, f"{words['terms']}: {invoice.terms}", 8)
    sheet.text(RIGHT - 5, top + 68, f"for {seller.name}", 9, bold=True, align="right")
    sheet.text(RIGHT - 5, top + 96, "Authorised Signatory", 8, align="right")
    sheet.text(sheet.width / 2, top + 118, "This is a Computer Generated Invoice", 7.5, align="centre")
