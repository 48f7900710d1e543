"""Till receipts: a narrow strip, prices with or without the tax, paid on the spot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from data.generator.invoices import cents
from data.generator.layouts import Drawn, draw_paper
from data.generator.locales import Locale
from data.generator.sheet import Sheet, Style
from data.generator.vendors import Party
from data.generator.words import Words

MARGIN = 14.0


@dataclass(frozen=True)
class Receipt:
    """A receipt. `items` are (description, quantity, price, tax rate); where `tax_included`, prices hold the tax.
    `extra` are label-value clutter under the date, `tip` is added to the total."""

    seller: Party
    locale: Locale
    issue_date: date
    time: str
    number: str
    items: Sequence[tuple[str, int, str, str]]
    tax_included: bool = True
    tip: Decimal = Decimal(0)
    extra: Sequence[str] = ()

    @property
    def sums(self) -> dict[Decimal, Decimal]:
        """Prices as printed, by tax rate."""
        sums: dict[Decimal, Decimal] = {}
        for _, quantity, price, rate in self.items:
            sums[Decimal(rate)] = sums.get(Decimal(rate), Decimal(0)) + quantity * Decimal(price)
        return sums

    @property
    def taxes(self) -> dict[Decimal, Decimal]:
        """Tax by rate."""
        whole = Decimal(100)
        if self.tax_included:
            return {rate: cents(total * rate / (whole + rate)) for rate, total in self.sums.items()}
        return {rate: cents(total * rate / whole) for rate, total in self.sums.items()}

    @property
    def tax_total(self) -> Decimal:
        """All tax."""
        return sum(self.taxes.values(), Decimal(0))

    @property
    def gross_total(self) -> Decimal:
        """What was paid."""
        return sum(self.sums.values(), Decimal(0)) + (Decimal(0) if self.tax_included else self.tax_total) + self.tip

    def stated(self, shown: frozenset[str]) -> dict[str, Any]:
        """The truth of a strip that shows `shown`."""
        known = {
            "seller_name": self.seller.name,
            "seller_address": " ".join(self.seller.address),
            "seller_vat_id": self.seller.vat_id,
            "issue_date": self.issue_date.isoformat(),
            "currency": self.locale.currency,
            "tax_total": str(self.tax_total),
            "gross_total": str(self.gross_total),
        }
        return {name: value for name, value in known.items() if name in shown}


def draw_receipt(receipt: Receipt, style: Style) -> Drawn:
    """The strip, as long as it needs."""
    words = Words(receipt.locale, style.wording, style.mixed)
    return draw_paper(lambda sheet: _strip(sheet, receipt, words), style, receipt.number, receipt.seller.name)


def _strip(sheet: Sheet, receipt: Receipt, words: Words) -> None:
    _head(sheet, receipt, words)
    right = sheet.width - MARGIN
    for description, quantity, price, _ in receipt.items:
        amount = receipt.locale.number(quantity * Decimal(price))
        sheet.text(MARGIN, sheet.y, f"{quantity} x {description}" if quantity > 1 else description, 8)
        sheet.text(right, sheet.y, amount, 8, align="right")
        sheet.y += 12
    _sums(sheet, receipt, words)
    for text in (words["receipt_card"], *receipt.extra, words["receipt_thanks"]):
        sheet.text(sheet.width / 2, sheet.y, text, 7.5, align="centre")
        sheet.y += 13


def _head(sheet: Sheet, receipt: Receipt, words: Words) -> None:
    seller, middle = receipt.seller, sheet.width / 2
    sheet.text(middle, 30, seller.name, 12, bold=True, align="centre", shows="seller_name")
    y = sheet.lines(middle, 44, [*seller.address, f"{words['phone']} {seller.phone}"], 8, align="centre")
    sheet.shown.add("seller_address")
    if seller.vat_id:
        sheet.text(middle, y, f"{words['vat_id']} {seller.vat_id}", 7.5, align="centre", shows="seller_vat_id")
        y += 11
    sheet.rule(MARGIN, y, sheet.width - MARGIN, dash=2)
    sheet.text(MARGIN, y + 14, f"{receipt.locale.date(receipt.issue_date)}  {receipt.time}", 8, shows="issue_date")
    sheet.text(sheet.width - MARGIN, y + 14, f"{words['receipt_number']} {receipt.number}", 8, align="right")
    sheet.rule(MARGIN, y + 21, sheet.width - MARGIN, dash=2)
    sheet.y = y + 36


def _sums(sheet: Sheet, receipt: Receipt, words: Words) -> None:
    locale, right = receipt.locale, sheet.width - MARGIN
    sheet.rule(MARGIN, sheet.y - 5, right, dash=2)
    sheet.y += 8
    rows = [] if receipt.tax_included else [(words["receipt_subtotal"], sum(receipt.sums.values(), Decimal(0)))]
    taxes = [
        (words["receipt_tax"].format(rate=locale.percent(rate)), tax) for rate, tax in receipt.taxes.items() if rate
    ]
    for label, value in rows if receipt.tax_included else rows + taxes:
        _row(sheet, label, locale.number(value))
    if receipt.tip:
        _row(sheet, "Tip", locale.number(receipt.tip))
    sheet.y += 4
    sheet.text(MARGIN, sheet.y, words["receipt_total"], 12, bold=True)
    sheet.text(
        right,
        sheet.y,
        locale.amount(receipt.gross_total),
        12,
        bold=True,
        align="right",
        shows=("gross_total", "currency"),
    )
    sheet.y += 18
    if receipt.tax_included:
        for label, value in taxes:
            _row(sheet, label, locale.number(value))
    if len(taxes) == 1:
        sheet.shown.add("tax_total")
    sheet.y += 12


def _row(sheet: Sheet, label: str, value: str) -> None:
    sheet.text(MARGIN, sheet.y, label, 8)
    sheet.text(sheet.width - MARGIN, sheet.y, value, 8, align="right")
    sheet.y += 12
