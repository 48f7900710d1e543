"""The Spanish and Italian invoice: boxed parties side by side, a strip of particulars, taxes and totals at the foot."""

from data.generator.blocks import above, header_entries, heading, page_mark, tax_summary
from data.generator.invoices import Invoice
from data.generator.sheet import BLACK, GREY, PALE, Sheet
from data.generator.table import Grid, Table
from data.generator.vendors import Party
from data.generator.words import Words

LEFT, RIGHT = 45.0, 550.0
HALF = (RIGHT - LEFT) / 2
COLUMNS = (
    ("article", 62),
    ("description", 219),
    ("quantity", 48),
    ("unit", 30),
    ("unit_price", 54),
    ("tax_rate", 36),
    ("net_amount", 56),
)


def draw(sheet: Sheet, invoice: Invoice, words: Words) -> None:
    """The invoice."""
    sheet.text(LEFT, 58, heading(invoice, words).upper(), 18, bold=True, colour=sheet.style.accent)
    sheet.text(RIGHT, 52, invoice.seller.trade, 9, align="right", colour=GREY)
    sheet.rule(LEFT, 66, RIGHT, weight=2, colour=sheet.style.accent)
    _party(sheet, invoice.seller, "seller", LEFT, words)
    _party(sheet, invoice.buyer, "buyer", LEFT + HALF + 6, words)
    entries = header_entries(invoice, words)
    above(sheet, LEFT, 190, entries, (RIGHT - LEFT) / len(entries), boxed=True, fill=PALE)
    sheet.y = 224
    Table(sheet, invoice, words, Grid(COLUMNS, rules="grid", head_fill=PALE, size=8.5, lead=13), LEFT).draw()
    _foot(sheet, invoice, words)
    page_mark(sheet, words, RIGHT, sheet.height - 26)


def _party(sheet: Sheet, party: Party, role: str, x: float, words: Words) -> None:
    sheet.box(x, 78, HALF - 6, 88)
    if role == "buyer":
        sheet.text(x + 6, 90, words["bill_to"], 7.5, colour=GREY)
    sheet.text(x + 6, 104, party.name, 10.5, bold=True, shows=f"{role}_name")
    y = sheet.lines(x + 6, 118, party.address, 9)
    if party.vat_id:
        sheet.text(x + 6, y, f"{words['vat_id']}: {party.vat_id}", 9, shows=f"{role}_vat_id")
    sheet.text(x + 6, y + 13, "  ".join(filter(None, (party.phone, party.email))), 8, colour=GREY)


def _foot(sheet: Sheet, invoice: Invoice, words: Words) -> None:
    sheet.room(116)
    sheet.y = max(sheet.y + 16, sheet.height - 250)
    top = sheet.y
    tax_summary(sheet, LEFT, invoice, words, (52, 84, 76), 8.5)
    y = top
    for label, value, shows in (
        (words["net_total"], invoice.net_total, "net_total"),
        (words["tax_total"], invoice.tax_total, "tax_total"),
        (words["gross_total"].upper(), invoice.gross_total, "gross_total"),
    ):
        bold = shows == "gross_total"
        sheet.box(RIGHT - 210, y, 210, 20, fill=PALE if bold else None, stroke=BLACK)
        sheet.text(RIGHT - 204, y + 13.5, label, 9, bold)
        sheet.text(
            RIGHT - 6, y + 13.5, words.locale.amount(value), 10 if bold else 9, bold, "right", shows=(shows, "currency")
        )
        y += 20
    _payment(sheet, invoice, words, max(y, sheet.y) + 28)


def _payment(sheet: Sheet, invoice: Invoice, words: Words, y: float) -> None:
    seller = invoice.seller
    sheet.text(LEFT, y, f"{words['terms']}: {invoice.terms}", 9)
    sheet.text(
        LEFT,
        y + 14,
        f"{words['bank']}: {seller.bank}   IBAN: {seller.account}   BIC/SWIFT: {seller.bic}",
        9,
        shows="iban",
    )
    if invoice.note:
        sheet.paragraph(LEFT, y + 32, invoice.note, RIGHT - LEFT, 7.5, colour=GREY)
    legal = "  ·  ".join(filter(None, (seller.name, seller.tax_number, seller.legal)))
    sheet.text(sheet.width / 2, sheet.height - 40, legal, 7, align="centre", colour=GREY)
