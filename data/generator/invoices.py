"""The content of invoices, credit notes, receipts and orders: what is sold, to whom, for how much."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from data.generator.locales import Locale
from data.generator.vendors import Party

CENT = Decimal("0.01")


def cents(value: Decimal) -> Decimal:
    """`value` rounded to cents, halves up."""
    return value.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `quantity` of `unit` (UN/ECE Recommendation 20) at `unit_price` before tax; `tax_rate` in percent.
    `day` is when it was delivered, where the paper tells."""

    description: str
    quantity: Decimal
    unit_price: Decimal
    tax_rate: Decimal = Decimal(0)
    unit: str = "C62"
    article: str = ""
    day: date | None = None

    @property
    def net_amount(self) -> Decimal:
        """Quantity times price, rounded."""
        return cents(self.quantity * self.unit_price)


def line(
    description: str, quantity: str, unit_price: str, tax_rate: str = "0", unit: str = "C62", article: str = ""
) -> Line:
    """A `Line` of decimal literals."""
    return Line(description, Decimal(quantity), Decimal(unit_price), Decimal(tax_rate), unit, article)


@dataclass(frozen=True)
class Invoice:
    """One commercial paper. Amounts are in the locale's currency.

    `allowance` is a discount in percent on all lines. `references` are further label-value pairs of the header, keyed
    as in `words.toml`. `misprinted_total` is what the paper wrongly says.
    """

    number: str
    issue_date: date
    seller: Party
    buyer: Party
    locale: Locale
    lines: tuple[Line, ...]
    due_date: date | None = None
    purchase_order: str = ""
    references: tuple[tuple[str, str], ...] = ()
    allowance: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    doc_type: str = "invoice"
    note: str = ""
    terms: str = ""
    misprinted_total: Decimal | None = None

    @property
    def lines_total(self) -> Decimal:
        """Sum of the lines before the discount."""
        return sum((item.net_amount for item in self.lines), Decimal(0))

    @property
    def taxable(self) -> dict[Decimal, Decimal]:
        """Net amount after discount by tax rate, highest rate first."""
        bases: dict[Decimal, Decimal] = {}
        for item in self.lines:
            bases[item.tax_rate] = bases.get(item.tax_rate, Decimal(0)) + item.net_amount
        return {rate: bases[rate] - cents(bases[rate] * self.allowance / 100) for rate in sorted(bases, reverse=True)}

    @property
    def taxes(self) -> dict[Decimal, Decimal]:
        """Tax by rate."""
        return {rate: cents(base * rate / 100) for rate, base in self.taxable.items()}

    @property
    def allowance_total(self) -> Decimal:
        """The discount as an amount."""
        return self.lines_total - self.net_total

    @property
    def net_total(self) -> Decimal:
        """BT-109: what is taxed, before tax."""
        return sum(self.taxable.values(), Decimal(0))

    @property
    def tax_total(self) -> Decimal:
        """BT-110: all tax."""
        return sum(self.taxes.values(), Decimal(0))

    @property
    def gross_total(self) -> Decimal:
        """BT-112, as printed."""
        return self.net_total + self.tax_total if self.misprinted_total is None else self.misprinted_total

    @property
    def amount_due(self) -> Decimal:
        """BT-115, as printed."""
        return self.gross_total - self.paid

    @property
    def values(self) -> dict[str, str]:
        """Every header field that the paper could state, normalised."""
        order = self.doc_type == "purchase_order"
        known = {
            "invoice_number": "" if order else self.number,
            "issue_date": self.issue_date.isoformat(),
            "due_date": self.due_date.isoformat() if self.due_date else "",
            "purchase_order_number": self.number if order else self.purchase_order,
            "currency": self.locale.currency,
            "seller_name": self.seller.name,
            "seller_vat_id": self.seller.vat_id,
            "buyer_name": self.buyer.name,
            "buyer_vat_id": self.buyer.vat_id,
            "iban": self.seller.iban,
            "net_total": str(self.net_total),
            "tax_total": str(self.tax_total),
            "gross_total": str(self.gross_total),
            "amount_due": "" if order else str(self.amount_due),
        }
        return {name: value for name, value in known.items() if value}
