"""The lower part of composed papers: totals and payment details, each in several forms."""

from data.generator.blocks import Entry, above
from data.generator.invoices import Invoice
from data.generator.sheet import GREY, PALE, Sheet
from data.generator.words import Words

LEFT, RIGHT = 48.0, 548.0


def draw_sums(sheet: Sheet, invoice: Invoice, words: Words, form: str, entries: list[Entry]) -> None:
    """Totals from the cursor downwards: at the `right`, the `left`, across the `wide` page, or as a `strip`."""
    bare = words.locale.money == "{amount}"
    sheet.room(18 * len(entries) + 30)
    sheet.y += 16
    if form == "strip" and len(entries) <= 5:
        above(sheet, LEFT, sheet.y + 10, entries, (RIGHT - LEFT) / len(entries), boxed=True, fill=PALE)
        sheet.y += 46
    else:
        label, amount = {"left": (LEFT, LEFT + 230), "wide": (LEFT, RIGHT)}.get(form, (340.0, RIGHT))
        for entry in entries:
            sheet.text(label, sheet.y, entry.label, 9.5, entry.bold)
            sheet.text(amount, sheet.y, entry.value, 9.5, entry.bold, "right", shows=entry.shows or ())
            sheet.y += 15
    if bare:
        sheet.text(LEFT, sheet.y + 6, words["amounts_in"].format(code=words.locale.currency), 8, shows="currency")
        sheet.y += 14
    else:
        sheet.shown.add("currency")
    sheet.y += 10


def draw_payment(sheet: Sheet, invoice: Invoice, words: Words, form: str, seller_below: bool) -> None:
    """Terms and bank details; `seller_below`: the foot alone tells who the seller is."""
    sheet.room(60)
    for text in filter(None, (invoice.terms, invoice.note)):
        sheet.y = sheet.paragraph(LEFT, sheet.y, text, RIGHT - LEFT, 9) + 6
    seller = invoice.seller
    bank = [f"{words['bank']}: {seller.bank}"]
    bank += [f"{words['account']} {seller.account}", f"BIC {seller.bic}"] if seller.iban else []
    if invoice.doc_type != "purchase_order" and form != "foot":
        if form == "box":
            sheet.box(LEFT - 6, sheet.y - 2, 260, 12 * len(bank) + 10)
        sheet.lines(LEFT, sheet.y + 10, bank, 8.5, 1.4)
        sheet.shown.update(["iban"] if seller.iban else [])
        sheet.y += 12 * len(bank) + 16
    _foot(sheet, invoice, words, bank if form == "foot" else [], seller_below)


def _foot(sheet: Sheet, invoice: Invoice, words: Words, bank: list[str], seller_below: bool) -> None:
    seller, top = invoice.seller, sheet.height - 78
    columns = []
    if seller_below:
        columns.append([seller.name, *seller.address])
        sheet.shown.add("seller_name")
        if seller.vat_id:
            columns.append([f"{words['vat_id']} {seller.vat_id}", f"{words['tax_number']} {seller.tax_number}"])
            sheet.shown.add("seller_vat_id")
    columns.append([f"{words['phone']} {seller.phone}", seller.email, seller.web])
    if bank and invoice.doc_type != "purchase_order":
        columns.append(bank)
        sheet.shown.update(["iban"] if seller.iban else [])
    sheet.rule(LEFT, top - 12, RIGHT, weight=0.4, colour=GREY)
    width = (RIGHT - LEFT) / len(columns)
    for number, texts in enumerate(columns):
        size = min(sheet.fitted(text, width - 8, 7.5) for text in texts)
        sheet.lines(LEFT + number * width, top, texts, size, 10 / size, colour=GREY)
