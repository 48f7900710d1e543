"""What bills of the wide set may hold beyond a plain invoice: charges, tax inside prices, balances, third parties."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from data.generator.invoices import Invoice, cents
from data.generator.vendors import Party

NONE = Decimal(0)


@dataclass(frozen=True)
class Bill(Invoice):
    """An invoice with more to it. Amounts are in the locale's currency.

    `shipping` is taxed at the highest rate, `rounding` is part of the gross total. `previous` is an earlier balance
    that is due too, `commission` what an agency keeps, in percent of the gross total. Where `tax_included`, the prices
    of the lines hold the tax. `signed` papers print what they give back with a minus. `untaxed` is the sentence that
    explains why there is no tax. `sides` are other parties on the page, by the key of their label; `clutter` other
    label-value pairs, keyed as in `words.toml`.
    """

    shipping: Decimal = NONE
    rounding: Decimal = NONE
    previous: Decimal = NONE
    commission: Decimal = NONE
    tax_included: bool = False
    signed: bool = False
    untaxed: str = ""
    attention: str = ""
    sides: tuple[tuple[str, Party], ...] = ()
    clutter: tuple[tuple[str, str], ...] = ()

    @property
    def sums(self) -> dict[Decimal, Decimal]:
        """What lines and shipping come to after discount, by tax rate, highest rate first; with tax where the prices
        hold it."""
        sums: dict[Decimal, Decimal] = {}
        for item in self.lines:
            sums[item.tax_rate] = sums.get(item.tax_rate, NONE) + item.net_amount
        sums = {rate: sums[rate] - cents(sums[rate] * self.allowance / 100) for rate in sorted(sums, reverse=True)}
        highest = next(iter(sums))
        return sums | {highest: sums[highest] + self.shipping}

    @property
    def taxable(self) -> dict[Decimal, Decimal]:
        """Net amount by tax rate."""
        return {rate: total - self.taxes[rate] for rate, total in self.sums.items()} if self.tax_included else self.sums

    @property
    def taxes(self) -> dict[Decimal, Decimal]:
        """Tax by rate."""
        base = Decimal(100)
        if self.tax_included:
            return {rate: cents(total * rate / (base + rate)) for rate, total in self.sums.items()}
        return {rate: cents(total * rate / base) for rate, total in self.sums.items()}

    @property
    def allowance_total(self) -> Decimal:
        """The discount as an amount."""
        return self.lines_total + self.shipping - sum(self.sums.values(), NONE)

    @property
    def gross_total(self) -> Decimal:
        """BT-112 as printed, with its rounding."""
        return self.net_total + self.tax_total + self.rounding

    @property
    def commission_total(self) -> Decimal:
        """What the agency keeps."""
        return cents(self.gross_total * self.commission / 100)

    @property
    def amount_due(self) -> Decimal:
        """BT-115, as printed."""
        return self.gross_total - self.paid - self.commission_total + self.previous

    @property
    def values(self) -> dict[str, str]:
        """Every header field that the paper could state, normalised."""
        return super().values | {"seller_address": " ".join(self.seller.address)}

    def printed(self) -> dict[str, list[str]]:
        """The ways in which each field may stand on the page."""
        amounts = {
            "net_total": self.net_total,
            "tax_total": self.tax_total,
            "gross_total": self.gross_total,
            "amount_due": self.amount_due,
        }
        ways = {
            "invoice_number": [self.number],
            "purchase_order_number": [self.number if self.doc_type == "purchase_order" else self.purchase_order],
            "issue_date": [self.locale.date(self.issue_date, long) for long in (False, True)],
            "due_date": [self.locale.date(self.due_date, long) for long in (False, True)] if self.due_date else [],
            "currency": [self.locale.currency, self.locale.sign],
            "seller_name": [self.seller.name],
            "buyer_name": [self.buyer.name],
            "seller_address": list(self.seller.address),
            "seller_vat_id": spaced(self.seller.vat_id),
            "buyer_vat_id": spaced(self.buyer.vat_id),
            "iban": [self.seller.iban, self.seller.account],
        }
        return ways | {name: [self.locale.number(value)] for name, value in amounts.items()}


def spaced(vat_id: str) -> list[str]:
    """The ways of writing a VAT id: in one piece, after the country's letters a gap, digits in threes."""
    if not vat_id[:2].isalpha() or not vat_id[2:].isalnum():
        return [vat_id]
    rest = vat_id[2:]
    return [vat_id, f"{vat_id[:2]} {rest}", " ".join([vat_id[:2], *_threes(rest)])]


def _threes(text: str) -> Iterable[str]:
    return (text[start : start + 3] for start in range(0, len(text), 3))
