"""The German business letter: address window, reference block on the right, bank details in the footer's columns."""

from data.generator.blocks import Entry, address, beside, header_entries, heading, page_mark, total_entries, totals
from data.generator.invoices import Invoice
from data.generator.sheet import GREY, Sheet
from data.generator.table import Grid, Table
from data.generator.words import Words

LEFT, RIGHT = 70.0, 545.0
COLUMNS = (
    ("position", 28),
    ("article", 62),
    ("description", 183),
    ("quantity", 42),
    ("unit", 32),
    ("unit_price", 60),
    ("net_amount", 68),
)


def draw(sheet: Sheet, invoice: Invoice, words: Words) -> None:
    """The letter."""
    sheet.furniture = lambda further: _further_page(further, invoice, words)
    sheet.bottom = sheet.height - 110
    _letterhead(sheet, invoice)
    _footer(sheet, invoice, words)
    seller = invoice.seller
    sheet.text(LEFT, 138, " · ".join([seller.name, *seller.address]), 6.5, colour=GREY)
    sheet.rule(LEFT, 141, LEFT + 225, weight=0.3, colour=GREY)
    address(sheet, LEFT, 158, invoice.buyer, "buyer", 10, bold=False)
    entries = header_entries(invoice, words, vat=True)[1:]
    beside(sheet, 350, 158, entries, 95, 8.5, 12.5)
    _fold_marks(sheet)
    sheet.text(LEFT, 285, f"{heading(invoice, words)} {invoice.number}", 13, bold=True, shows="invoice_number")
    sheet.y = sheet.paragraph(LEFT, 306, _opening(invoice), RIGHT - LEFT, 9.5) + 4
    Table(sheet, invoice, words, Grid(COLUMNS, rules="head", size=8.5, carry=True), LEFT).draw()
    totals(sheet, 370, RIGHT - 4, total_entries(invoice, words), 9)
    sheet.y += 24
    sheet.room(40)
    if invoice.terms:
        sheet.y = sheet.paragraph(LEFT, sheet.y, invoice.terms, RIGHT - LEFT, 9) + 8
    if invoice.note:
        sheet.y = sheet.paragraph(LEFT, sheet.y, invoice.note, RIGHT - LEFT, 9) + 8
    sheet.text(LEFT, sheet.y, words["thanks"], 9)


def _opening(invoice: Invoice) -> str:
    if invoice.doc_type == "credit_note":
        return "Sehr geehrte Damen und Herren, wir schreiben Ihnen wie besprochen gut:"
    return "Sehr geehrte Damen und Herren, für unsere Lieferungen und Leistungen berechnen wir Ihnen:"


def _letterhead(sheet: Sheet, invoice: Invoice) -> None:
    accent = sheet.style.accent
    sheet.box(RIGHT - 20, 40, 20, 20, fill=accent, stroke=None)
    sheet.box(RIGHT - 32, 52, 10, 10, fill=accent, stroke=None)
    sheet.text(RIGHT - 42, 56, invoice.seller.name, 15, bold=True, align="right", colour=accent, shows="seller_name")
    sheet.text(RIGHT - 42, 70, invoice.seller.trade, 8, align="right", colour=GREY)


def _fold_marks(sheet: Sheet) -> None:
    for y in (298, 421, 595):
        sheet.rule(10, y, 18, weight=0.3, colour=GREY)


def _footer(sheet: Sheet, invoice: Invoice, words: Words) -> None:
    seller = invoice.seller
    top = sheet.height - 82
    sheet.rule(LEFT, top - 11, RIGHT, weight=0.5, colour=sheet.style.accent)
    registration = [f"{entry.label} {entry.value}" for entry in _registration(invoice, words)]
    columns = (
        (LEFT, 108, [seller.name, *seller.address], ()),
        (LEFT + 113, 140, [f"{words['phone']} {seller.phone}", seller.email, seller.web], ()),
        (LEFT + 258, 108, [*seller.legal.split("|"), *registration], "seller_vat_id"),
        (LEFT + 372, 103, [seller.bank, seller.account, f"BIC {seller.bic}"], "iban"),
    )
    for x, width, texts, shows in columns:
        size = min(sheet.fitted(text, width, 6.8) for text in texts)
        sheet.lines(x, top, texts, size, 8.8 / size, colour=GREY)
        sheet.shown.update([shows] if shows else [])
    page_mark(sheet, words, RIGHT, sheet.height - 28)


def _registration(invoice: Invoice, words: Words) -> list[Entry]:
    return [
        Entry(words["vat_id"], invoice.seller.vat_id, "seller_vat_id"),
        Entry(words["tax_number"], invoice.seller.tax_number),
    ]


def _further_page(sheet: Sheet, invoice: Invoice, words: Words) -> None:
    _letterhead(sheet, invoice)
    _footer(sheet, invoice, words)
    sheet.text(
        LEFT,
        95,
        f"{heading(invoice, words)} {invoice.number} – {words.locale.date(invoice.issue_date)}",
        9,
        colour=GREY,
    )
    sheet.y = 108
