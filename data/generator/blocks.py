"""The parts that layouts are put together from: header data, totals, tax summary, bank details."""

from collections.abc import Iterable
from dataclasses import dataclass

from reportlab.lib.colors import Color

from data.generator.invoices import Invoice
from data.generator.sheet import BLACK, GREY, Sheet
from data.generator.vendors import COUNTRIES, Party
from data.generator.words import Words

NAMES = {
    "credit_note": {"number": "credit_number", "issue_date": "credit_date", "gross_total": "credited"},
    "purchase_order": {"number": "order_number", "issue_date": "order_date", "gross_total": "order_total"},
    "receipt": {"number": "ticket_number", "issue_date": "receipt_date", "gross_total": "ticket_total"},
}
"""What papers other than invoices call the same things, as keys of `words.toml`."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A label, its value as printed, and the field it shows ("" for clutter)."""

    label: str
    value: str
    shows: str = ""
    bold: bool = False


def heading(invoice: Invoice, words: Words) -> str:
    """What the paper calls itself."""
    return words[invoice.doc_type]


def header_entries(invoice: Invoice, words: Words, vat: bool = False) -> list[Entry]:
    """Number, dates, order and the other references, in their usual order; `vat` adds the buyer's VAT id."""
    names = NAMES.get(invoice.doc_type, {})
    number = "purchase_order_number" if invoice.doc_type == "purchase_order" else "invoice_number"
    entries = [
        Entry(words[names.get("number", "number")], invoice.number, number, bold=True),
        Entry(words[names.get("issue_date", "issue_date")], words.locale.date(invoice.issue_date), "issue_date"),
    ]
    if invoice.due_date:
        entries.append(Entry(words["due_date"], words.locale.date(invoice.due_date), "due_date"))
    if invoice.purchase_order:
        entries.append(Entry(words["purchase_order_number"], invoice.purchase_order, "purchase_order_number"))
    if vat and invoice.buyer.vat_id:
        entries.append(Entry(words["vat_id"], invoice.buyer.vat_id, "buyer_vat_id"))
    return entries + [Entry(words[key], value) for key, value in invoice.references]


def total_entries(invoice: Invoice, words: Words, net: bool = True) -> list[Entry]:
    """Subtotal and discount, net, each tax, gross, payments and amount due: those that the paper needs."""
    amount = words.locale.amount
    entries = []
    if invoice.allowance:
        entries.append(Entry(words["subtotal"], amount(invoice.lines_total)))
        entries.append(
            Entry(f"{words['allowance']} {words.locale.percent(invoice.allowance)}", amount(-invoice.allowance_total))
        )
    if net:
        entries.append(Entry(words["net_total"], amount(invoice.net_total), "net_total"))
    entries += tax_entries(invoice, words)
    label = NAMES.get(invoice.doc_type, {}).get("gross_total", "gross_total")
    entries.append(Entry(words[label], amount(invoice.gross_total), "gross_total", bold=not invoice.paid))
    if invoice.paid:
        entries.append(Entry(words["paid"], amount(-invoice.paid)))
        entries.append(Entry(words["amount_due"], amount(invoice.amount_due), "amount_due", bold=True))
    return entries


def tax_entries(invoice: Invoice, words: Words) -> list[Entry]:
    """One entry a tax rate; the only one is the tax total."""
    amount = words.locale.amount
    rates = [(rate, tax) for rate, tax in invoice.taxes.items() if rate]
    shows = "tax_total" if len(rates) == 1 else ""
    entries = [Entry(words.tax(rate), amount(tax), shows) for rate, tax in rates]
    if len(rates) > 1:
        entries.append(Entry(words["tax_total"], amount(invoice.tax_total), "tax_total"))
    return entries


def beside(
    sheet: Sheet,
    x: float,
    y: float,
    entries: Iterable[Entry],
    gap: float,
    size: float = 9,
    lead: float = 13,
    colon: bool = False,
    align: str = "left",
) -> float:
    """Labels at `x` with their values `gap` further right. Returns the baseline below the last."""
    for entry in entries:
        label = f"{entry.label}:" if colon else entry.label
        room = gap - 6 if align == "left" else gap - sheet.measure(entry.value, size, entry.bold) - 6
        sheet.text(x, y, label, sheet.fitted(label, room, size), colour=BLACK if colon else GREY)
        sheet.text(x + gap, y, entry.value, size, entry.bold, align, shows=entry.shows or ())
        y += lead
    return y


def above(
    sheet: Sheet,
    x: float,
    y: float,
    entries: Iterable[Entry],
    width: float,
    boxed: bool = False,
    fill: Color | None = None,
) -> None:
    """Labels over their values, side by side, each `width` wide."""
    for entry in entries:
        if boxed:
            sheet.box(x, y - 11, width, 14, fill=fill)
            sheet.box(x, y + 3, width, 17)
        size = sheet.fitted(entry.label, width - 6, 7.5, boxed)
        sheet.text(x + 4, y, entry.label, size, bold=boxed, colour=BLACK if boxed else GREY)
        sheet.text(x + 4, y + 14, entry.value, sheet.fitted(entry.value, width - 6, 9), shows=entry.shows or ())
        x += width


def totals(
    sheet: Sheet,
    left: float,
    right: float,
    entries: Iterable[Entry],
    size: float = 9,
    lead: float = 14,
    last_fill: Color | None = None,
    rule: bool = True,
) -> None:
    """Labels at `left`, amounts ending at `right`, from the cursor downwards; the last one stands out."""
    entries = list(entries)
    sheet.room(lead * (len(entries) + 1))
    for entry in entries:
        sheet.y += lead + (4 if entry.bold else 0)
        if entry.bold and last_fill is not None:
            sheet.box(left - 5, sheet.y - lead + 3, right - left + 10, lead + 3, fill=last_fill, stroke=None)
        elif entry.bold and rule:
            sheet.rule(left, sheet.y - lead + 2, right, weight=0.8)
        sheet.text(left, sheet.y, entry.label, size, entry.bold)
        sheet.text(
            right,
            sheet.y,
            entry.value,
            size,
            entry.bold,
            "right",
            shows=[entry.shows, "currency"] if entry.shows else "currency",
        )


def tax_summary(
    sheet: Sheet,
    x: float,
    invoice: Invoice,
    words: Words,
    widths: tuple[float, float, float] = (50, 75, 70),
    size: float = 8,
) -> None:
    """A small grid of rate, taxable amount and tax, from the cursor downwards."""
    locale = words.locale
    rows = [(words["tax_rate"], words["taxable"], words["tax_amount"])]
    rows += [
        (locale.percent(rate), locale.number(invoice.taxable[rate]), locale.number(tax))
        for rate, tax in invoice.taxes.items()
    ]
    for number, row in enumerate(rows):
        left = x
        for text, width in zip(row, widths, strict=True):
            sheet.box(left, sheet.y, width, 14, weight=0.4)
            sheet.text(left + width - 4, sheet.y + 10, text, size, number == 0, "right")
            left += width
        sheet.y += 14


def address(
    sheet: Sheet,
    x: float,
    y: float,
    party: Party,
    role: str,
    size: float = 9,
    bold: bool = True,
    country: bool = False,
    align: str = "left",
) -> float:
    """Name and address; `role` is `seller` or `buyer`. Returns the baseline below the last line."""
    sheet.text(x, y, party.name, size, bold, align, shows=f"{role}_name")
    lines = [*party.address, COUNTRIES[party.country]] if country else list(party.address)
    return sheet.lines(x, y + size * 1.3, lines, size, align=align)


def bank_lines(
    sheet: Sheet, x: float, y: float, party: Party, words: Words, size: float = 8, lead: float = 1.35
) -> float:
    """Bank, IBAN and BIC. Returns the baseline below the last line."""
    sheet.text(x, y, party.bank, size)
    sheet.text(x, y + size * lead, f"IBAN {party.account}", size, shows="iban")
    sheet.text(x, y + 2 * size * lead, f"BIC {party.bic}", size)
    return y + 3 * size * lead


def page_mark(sheet: Sheet, words: Words, x: float, y: float, align: str = "right") -> None:
    """Page n of m."""
    sheet.text(x, y, words["page"].format(n=sheet.page, m=sheet.pages), 7.5, align=align, colour=GREY)
