"""The Swiss invoice: sender and window on the right, and the payment part with its QR code at the foot."""

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing

from data.generator.blocks import address, beside, header_entries, heading, total_entries, totals
from data.generator.invoices import Invoice
from data.generator.sheet import GREY, WHITE, Sheet
from data.generator.table import Grid, Table
from data.generator.words import Words

LEFT, RIGHT = 62.0, 540.0
SLIP = 298.0
COLUMNS = (
    ("position", 30),
    ("description", 222),
    ("quantity", 46),
    ("unit", 36),
    ("unit_price", 70),
    ("net_amount", 74),
)


def draw(sheet: Sheet, invoice: Invoice, words: Words) -> None:
    """The invoice."""
    seller = invoice.seller
    sheet.bottom = sheet.height - SLIP - 10
    sheet.text(LEFT, 56, seller.name, 14, bold=True, colour=sheet.style.accent, shows="seller_name")
    contact = [seller.trade, *seller.address, f"{words['phone']} {seller.phone}", seller.web]
    sheet.lines(LEFT, 70, contact, 8, colour=GREY)
    sheet.text(LEFT, 126, f"{words['vat_id']} {seller.vat_id}", 8, colour=GREY, shows="seller_vat_id")
    address(sheet, 350, 112, invoice.buyer, "buyer", 10, bold=False)
    sheet.text(LEFT, 190, f"{heading(invoice, words)} {invoice.number}", 14, bold=True, shows="invoice_number")
    sheet.y = beside(sheet, LEFT, 208, header_entries(invoice, words)[1:], 100, 8.5, 11.5)
    Table(sheet, invoice, words, Grid(COLUMNS, rules="rows", size=8.5), LEFT).draw()
    totals(sheet, 360, RIGHT - 4, total_entries(invoice, words), 8.5, lead=12)
    sheet.text(LEFT, sheet.y + 22, invoice.terms, 8.5)
    _payment_slip(sheet, invoice, words)


def _payment_slip(sheet: Sheet, invoice: Invoice, words: Words) -> None:
    top = sheet.height - SLIP
    sheet.rule(0, top, sheet.width, weight=0.4, dash=2)
    sheet.rule(176, top, 176, sheet.height, weight=0.4, dash=2)
    sheet.text(14, top + 20, "Empfangsschein", 11, bold=True)
    _slip_parties(sheet, invoice, 14, top + 36, 8)
    sheet.text(190, top + 20, "Zahlteil", 11, bold=True)
    _qr_code(sheet, invoice, 190, top + 34)
    _slip_parties(sheet, invoice, 350, top + 20, 9)
    amount = words.locale.number(invoice.amount_due).replace("’", " ")
    for x, y in ((14, top + 212), (190, top + 212)):
        sheet.text(x, y, "Währung", 7, bold=True)
        sheet.text(x, y + 11, words.locale.currency, 9, shows="currency")
        sheet.text(x + 48, y, "Betrag", 7, bold=True)
        sheet.text(x + 48, y + 11, amount, 9, shows="amount_due")
    sheet.text(96, top + 252, "Annahmestelle", 7, bold=True)


def _slip_parties(sheet: Sheet, invoice: Invoice, x: float, y: float, size: float) -> None:
    seller = invoice.seller
    sheet.text(x, y, "Konto / Zahlbar an", 7, bold=True)
    sheet.text(x, y + 11, seller.account, size, shows="iban")
    y = sheet.lines(x, y + 22, [seller.name, *seller.address], size, 1.25) + 8
    sheet.text(x, y, "Zusätzliche Informationen", 7, bold=True)
    sheet.text(x, y + 11, f"Rechnung {invoice.number}", size)
    sheet.text(x, y + 30, "Zahlbar durch", 7, bold=True)
    sheet.lines(x, y + 41, [invoice.buyer.name, *invoice.buyer.address], size, 1.25)


def _qr_code(sheet: Sheet, invoice: Invoice, x: float, y: float) -> None:
    code = QrCodeWidget(_payload(invoice), barLevel="M", barWidth=150, barHeight=150, barBorder=0)
    drawing = Drawing(150, 150)
    drawing.add(code)
    renderPDF.draw(drawing, sheet.canvas, x, sheet.height - y - 150)
    sheet.box(x + 65, y + 65, 20, 20, fill=sheet.style.accent, stroke=WHITE, weight=2)
    sheet.box(x + 73, y + 68, 4, 14, fill=WHITE, stroke=None)
    sheet.box(x + 68, y + 73, 14, 4, fill=WHITE, stroke=None)


def _payload(invoice: Invoice) -> str:
    """The text of a Swiss QR code, version 2.0, without a structured reference."""
    seller, buyer = invoice.seller, invoice.buyer
    creditor = ["K", seller.name, seller.address[0], seller.address[1], "", "", seller.country]
    debtor = ["K", buyer.name, buyer.address[0], buyer.address[1], "", "", buyer.country]
    amount = [str(invoice.amount_due), invoice.locale.currency]
    head = ["SPC", "0200", "1", seller.iban]
    return "\n".join([*head, *creditor, *[""] * 7, *amount, *debtor, "NON", "", f"Rechnung {invoice.number}", "EPD"])
