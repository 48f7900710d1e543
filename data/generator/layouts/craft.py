"""The small workshop's invoice: centred name, everything on the left, no rules in the table, a hand-made look."""

from data.generator.blocks import Entry, address, beside, header_entries, heading, total_entries
from data.generator.invoices import Invoice
from data.generator.sheet import GREY, Sheet
from data.generator.table import Grid, Table
from data.generator.words import Words

LEFT, RIGHT = 80.0, 520.0
COLUMNS = (
    ("quantity", 42),
    ("unit", 34),
    ("description", 208),
    ("unit_price", 58),
    ("tax_rate", 38),
    ("net_amount", 60),
)


def draw(sheet: Sheet, invoice: Invoice, words: Words) -> None:
    """The invoice."""
    seller, middle = invoice.seller, sheet.width / 2
    _ornament(sheet)
    sheet.text(middle, 82, seller.name, 22, align="centre", colour=sheet.style.accent, shows="seller_name")
    sheet.text(middle, 98, seller.trade, 10, align="centre", colour=GREY)
    contact = [", ".join(seller.address), f"{words['phone']} {seller.phone}", seller.email]
    sheet.text(middle, 112, "  –  ".join(contact), 8.5, align="centre", colour=GREY)
    address(sheet, LEFT, 158, invoice.buyer, "buyer", 11, bold=False)
    town = seller.city.split(" (")[0]
    dated = f"{town}, {words.locale.date(invoice.issue_date, long=True)}"
    sheet.text(RIGHT, 222, dated, 10.5, align="right", shows="issue_date")
    title = (
        f"{heading(invoice, words)} Nr. {invoice.number}" if words.locale.language == "de" else heading(invoice, words)
    )
    sheet.text(LEFT, 250, title, 14, bold=True, shows="invoice_number" if words.locale.language == "de" else ())
    others = [entry for entry in header_entries(invoice, words) if entry.shows not in _shown_above(words)]
    sheet.y = beside(sheet, LEFT, 270, others, 110, 10, 14, colon=True) + 8
    Table(sheet, invoice, words, Grid(COLUMNS, rules="none", size=10, lead=14), LEFT).draw()
    _totals_on_the_left(sheet, total_entries(invoice, words))
    for text in filter(None, (invoice.terms, invoice.note)):
        sheet.y = sheet.paragraph(LEFT, sheet.y, text, RIGHT - LEFT, 10) + 8
    _footer(sheet, invoice, words)


def _shown_above(words: Words) -> tuple[str, ...]:
    return ("issue_date", "invoice_number") if words.locale.language == "de" else ("issue_date",)


def _ornament(sheet: Sheet) -> None:
    middle, accent = sheet.width / 2, sheet.style.accent
    sheet.rule(middle - 60, 50, middle - 12, weight=0.8, colour=accent)
    sheet.rule(middle + 12, 50, middle + 60, weight=0.8, colour=accent)
    sheet.canvas.setStrokeColor(accent)
    for radius in (3, 6):
        sheet.canvas.circle(middle, sheet.height - 50, radius)


def _totals_on_the_left(sheet: Sheet, entries: list[Entry]) -> None:
    sheet.rule(LEFT, sheet.y + 4, RIGHT, weight=0.5, dash=2)
    sheet.y += 20
    for entry in entries:
        sheet.text(LEFT + 80, sheet.y, entry.label, 10.5, entry.bold)
        shows = [entry.shows, "currency"] if entry.shows else ["currency"]
        sheet.text(LEFT + 290, sheet.y, entry.value, 10.5, entry.bold, "right", shows=shows)
        sheet.y += 16
    sheet.y += 18


def _footer(sheet: Sheet, invoice: Invoice, words: Words) -> None:
    seller, foot = invoice.seller, sheet.height - 66
    _centred(sheet, foot, f"{seller.bank}   IBAN {seller.account}   BIC {seller.bic}", "iban")
    vat = f"{words['vat_id']} {seller.vat_id}   {words['tax_number']} {seller.tax_number}   {seller.legal}"
    _centred(sheet, foot + 12, vat, "seller_vat_id")


def _centred(sheet: Sheet, y: float, text: str, shows: str) -> None:
    sheet.text(sheet.width / 2, y, text, 8, align="centre", colour=GREY, shows=shows)
