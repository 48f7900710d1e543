"""What the receipts of the wide set hold: purchases with discounts, service, tips, roundings and cash given."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from data.generator.bills import spaced
from data.generator.companies import WIDE, drawn_company, filled
from data.generator.invoices import cents
from data.generator.receipts import Receipt
from data.generator.vendors import Party
from data.generator.words import Words


@dataclass(frozen=True)
class Ticket(Receipt):
    """A receipt with more to it: a discount and a service charge in the prices' own terms, a rounding, cash given."""

    discount: Decimal = Decimal(0)
    service: Decimal = Decimal(0)
    rounding: Decimal = Decimal(0)
    tendered: Decimal = Decimal(0)

    @property
    def sums(self) -> dict[Decimal, Decimal]:
        """Prices after discount and with service, by tax rate; both go to the first rate."""
        sums = super().sums
        first = next(iter(sums))
        return sums | {first: sums[first] - self.discount + self.service}

    @property
    def goods_total(self) -> Decimal:
        """What the items come to."""
        return sum((quantity * Decimal(price) for _, quantity, price, _ in self.items), Decimal(0))

    @property
    def net_total(self) -> Decimal:
        """Without the tax."""
        whole = sum(self.sums.values(), Decimal(0))
        return whole - self.tax_total if self.tax_included else whole

    @property
    def gross_total(self) -> Decimal:
        """What was paid, rounded."""
        return super().gross_total + self.rounding

    def values(self) -> dict[str, str]:
        """Every field that the strip could state, normalised."""
        known = {
            "invoice_number": self.number,
            "seller_name": self.seller.name,
            "seller_address": " ".join(self.seller.address),
            "seller_vat_id": self.seller.vat_id,
            "issue_date": self.issue_date.isoformat(),
            "currency": self.locale.currency,
            "net_total": str(self.net_total),
            "tax_total": str(self.tax_total),
            "gross_total": str(self.gross_total),
        }
        return {name: value for name, value in known.items() if value}

    def printed(self) -> dict[str, list[str]]:
        """The ways in which each field may stand on the strip."""
        number = self.locale.number
        return {
            "invoice_number": [self.number],
            "seller_name": [self.seller.name],
            "seller_address": list(self.seller.address),
            "seller_vat_id": spaced(self.seller.vat_id),
            "issue_date": [self.locale.date(self.issue_date, long) for long in (False, True)],
            "currency": [self.locale.currency, self.locale.sign],
            "net_total": [number(self.net_total)],
            "tax_total": [number(self.tax_total)],
            "gross_total": [number(self.gross_total)],
        }


def drawn_ticket(random: Random, country: str, words: Words) -> Ticket:
    """A purchase in a shop of `country`."""
    facts = WIDE["countries"][country]
    goods = words.listed("ticket_goods")
    rates = [random.choice(facts["rates"])] if random.random() < 0.7 else facts["rates"][:2]
    count = random.choice((1, 1, 2, 3, 4, 6, 9, 14))
    ticket = Ticket(
        seller=drawn_company(random, country),
        locale=words.locale,
        issue_date=date(2014, 1, 1) + timedelta(random.randrange(4600)),
        time=_time(random),
        number=filled(random, random.choice(("####", "######", "POS######", "@@-#####", "#-####-##", "##########"))),
        items=[_item(random, goods, rates) for _ in range(count)],
        tax_included=country not in ("US", "CA") and random.random() < 0.9,
    )
    return _paid(random, ticket)


def drawn_branch(random: Random, seller: Party) -> str:
    """The building or the part of the town where the shop is, in capitals: it could be taken for a name."""
    house = random.choice(("{} Mall", "{} Village", "{} Plaza", "Centro {}", "{} Center", "{} - {}", "{}"))
    return str(house.format(seller.city.split(" (")[0], filled(random, "@#"))).upper()


def _time(random: Random) -> str:
    hour, minute = random.randrange(7, 23), random.randrange(60)
    half = f"{(hour - 1) % 12 + 1}:{minute:02} {'PM' if hour > 11 else 'AM'}"
    return random.choice((f"{hour:02}:{minute:02}", f"{hour:02}:{minute:02}:{random.randrange(60):02}", half))


def _item(random: Random, goods: list[str], rates: list[str]) -> tuple[str, int, str, str]:
    price = random.choice((random.randrange(50, 900), random.randrange(100, 4000), random.randrange(10, 1000) * 10))
    return random.choice(goods), random.choice((1, 1, 1, 2, 3)), f"{price / 100:.2f}", random.choice(rates)


def _paid(random: Random, ticket: Ticket) -> Ticket:
    goods = ticket.goods_total
    if random.random() < 0.15:
        ticket = replace(ticket, discount=cents(goods * random.choice((5, 10, 20)) / 100))
    if random.random() < 0.08:
        ticket = replace(ticket, service=cents(goods / 10))
    if random.random() < 0.07:
        ticket = replace(ticket, tip=cents(goods * random.choice((10, 15, 18)) / 100))
    if random.random() < 0.12:
        whole = ticket.gross_total
        ticket = replace(ticket, rounding=(whole * 20).quantize(Decimal(1)) / 20 - whole)
    notes = [Decimal(note) for note in (5, 10, 20, 50, 100, 200, 500) if note > ticket.gross_total]
    cash = random.random() < 0.45
    return replace(ticket, tendered=(notes or [ticket.gross_total])[0] if cash else Decimal(0))
