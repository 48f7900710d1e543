"""The content of the wide set's bills: who bills whom for what, and all the other numbers and names around it."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from data.generator.bills import NONE, Bill
from data.generator.companies import WIDE, drawn_company, drawn_name, drawn_person, filled, iso, needs_central
from data.generator.invoices import Line, cents
from data.generator.notations import drawn_locale
from data.generator.vendors import Party
from data.generator.words import Words, clutter_patterns

NUMBERS = (
    "####",
    "#####",
    "######",
    "########",
    "##########",
    "YYYY-####",
    "YYYY/###",
    "YYYY/##/####",
    "RE-YYYY-###",
    "RE-YYYYMM##/###",
    "INV-#####",
    "INV/YYYY/#####",
    "IN######",
    "F#####",
    "FA-YYYY-####",
    "FV##########",
    "@@###",
    "@@######",
    "@#/YYYY/####",
    "@#####-YYYY",
    "#######",
    "#######-#",
    "YYYY####",
    "YYYY-##-###",
    "@@@-####-##",
    "INV#######",
    "##-####",
    "##/##",
    "####/YYYY",
    "FT A/###",
    "FT YYYY@/###",
    "VF#########",
    "00####",
    "##",
    "@@@######@@",
)
SPACED = ("RG YYYY ####", "INV ####", "### ### ###", "#.###.###", "FT YYYY@/###", "#", "RE YYYY/####")
"""Numbers of invoices, and the rarer ones that are hard to tell from other texts."""
ORDERS = ("PO-#####", "PO####", "45########", "B-####", "####", "#####", "P####/##", "@@-####", "YYYY-###", "@@@###")
CLUTTER = (0, 0, 1, 1, 2, 2, 3, 4, 6, 9, 14)
"""How many references a bill has."""


def drawn_bill(random: Random, country: str, kind: str, words: Words) -> Bill:
    """What one company of `country` bills another, usually of the same country; `kind` is `invoice`, `credit_note`,
    `purchase_order` or `receipt` (on a full page)."""
    locale = words.locale
    seller, buyer = drawn_company(random, country), _buyer(random, country, words)
    issued = date(2015, 1, 1) + timedelta(random.randrange(4300))
    days = random.choice((0, 7, 8, 10, 14, 14, 21, 30, 30, 30, 45, 60, 90))
    bill = Bill(
        number=_dated(random, random.choice(NUMBERS if random.random() < 0.97 else SPACED), issued),
        issue_date=issued,
        due_date=issued + timedelta(days) if random.random() < 0.7 else None,
        seller=_without(random, seller),
        buyer=buyer,
        locale=locale,
        purchase_order=_dated(random, random.choice(ORDERS), issued) if random.random() < 0.4 else "",
        lines=_lines(random, country, words.locale.language, issued),
        terms=words["pay_within"].format(days=days) if days and random.random() < 0.4 else "",
        attention=drawn_person(random, locale.language) if random.random() < 0.3 else "",
        sides=_sides(random, country, seller, buyer),
        doc_type=kind,
    )
    bill = replace(bill, clutter=_clutter(random, bill, words, days))
    return _as_kind(random, _priced(random, bill, words))


def _dated(random: Random, pattern: str, day: date) -> str:
    number = filled(random, pattern).replace("YYYY", str(day.year)).replace("MM", f"{day.month:02}")
    return number if number.strip("0#") else "1"


def _buyer(random: Random, country: str, words: Words) -> Party:
    others = [] if needs_central(country) else [other for other in WIDE["countries"] if not needs_central(other)]
    abroad = others and random.random() < 0.12
    buyer = drawn_company(random, random.choice(others) if abroad else country)
    if random.random() < 0.2:
        language = WIDE["countries"][buyer.country]["locale"][:2]
        person = drawn_person(random, language)
        titled = Random(f"title {person} {buyer.street}").random() < 0.3 and words.has("salutation")
        name = f"{words['salutation']} {person}" if titled else person
        return replace(buyer, name=name, vat_id="", email=f"{person.split(' ')[0].lower()}@post.example")
    return buyer if random.random() < 0.5 else replace(buyer, vat_id="")


def _without(random: Random, seller: Party) -> Party:
    draw = random.random()
    if draw < 0.12:
        return replace(seller, vat_id="")
    return replace(seller, iban="") if draw < 0.25 else seller


def _sides(random: Random, country: str, seller: Party, buyer: Party) -> tuple[tuple[str, Party], ...]:
    """Other names and addresses on the page: where it is delivered, where the money goes, for whom it is done."""
    count = random.choice((0, 0, 0, 0, 1, 1, 2))
    if not count:
        return ()
    other = drawn_company(random, country)
    elsewhere = replace(buyer, street=other.street, postcode=other.postcode, city=other.city, region=other.region)
    if buyer.country != iso(country):
        elsewhere = buyer
    known = {
        "ship_to": random.choice((buyer, elsewhere, elsewhere, other)),
        "sold_to": random.choice((elsewhere, other)),
        "remit_to": replace(seller, street=f"PO Box {random.randrange(100, 99999)}", city=other.city),
        "advertiser": other,
    }
    return tuple((key, known[key]) for key in random.sample(list(known), count))


def _clutter(random: Random, bill: Bill, words: Words, days: int) -> tuple[tuple[str, str], ...]:
    patterns = clutter_patterns()
    known = [key for key in patterns if words.has(key)]
    chosen = random.sample(known, random.choice(CLUTTER))
    return tuple((key, _told(random, random.choice(patterns[key]), bill, words, days)) for key in chosen)


def _told(random: Random, pattern: str, bill: Bill, words: Words, days: int) -> str:
    """A value of clutter from its pattern in `clutter.toml`."""
    locale, issued, seller = bill.locale, bill.issue_date, bill.seller
    facts = WIDE["countries"][seller.country]
    wide = random.random() < 0.15
    return _dated(random, pattern, issued).format(
        date=locale.date(issued if random.random() < 0.6 else issued + timedelta(1), wide),
        date2=locale.date(issued - timedelta(random.randrange(12)), wide),
        past=locale.date(issued - timedelta(random.randrange(8, 200)), wide),
        time=f"{random.randrange(7, 20)}:{random.randrange(60):02}",
        days=days or 30,
        person=drawn_person(random, locale.language),
        place=random.choice(facts["places"]),
        mail=bill.buyer.email,
        phone=filled(random, facts["phone"]),
        money=locale.amount(Decimal(random.randrange(100, 90000)) / 100),
        company=drawn_name(random, seller.country),
        method=words["methods"],
        grace=words["graces"].format(days=days or 30),
        number=bill.number,
    )


def _lines(random: Random, country: str, language: str, issued: date) -> tuple[Line, ...]:
    facts = WIDE["countries"][country]
    goods = WIDE["goods"][language]
    rates = [random.choice(facts["rates"])] if random.random() < 0.75 else facts["rates"][:2]
    count = random.choice((1, 1, 1, 2, 2, 3, 4, 5, 7, 10)) if random.random() < 0.93 else random.randrange(15, 60)
    return tuple(_line(random, goods, random.choice(rates), issued) for _ in range(count))


def _line(random: Random, goods: list[str], rate: str, issued: date) -> Line:
    few = random.random() < 0.7
    price = Decimal(random.choice((random.randrange(95, 9900), random.randrange(1000, 400000) if few else 990))) / 100
    price = random.choice((price, price, price.quantize(Decimal(5)) + 5))
    quantity = Decimal(random.choice(("1", "1", "1", "2", "3", "7.5", "0.25") if few else ("10", "24", "120", "400")))
    good = random.choice(goods) + random.choice(("", "", "", filled(random, " ####"), filled(random, "\nNo. @@-#####")))
    unit = random.choice(("C62", "C62", "HUR", "KGM", "MTR"))
    article = filled(random, random.choice(("@@-###", "######", "@####")))
    return Line(good, quantity, price, Decimal(rate), unit, article, issued - timedelta(random.randrange(40)))


def _priced(random: Random, bill: Bill, words: Words) -> Bill:
    """The bill with what makes its totals odd."""
    draw = random.random
    changes: dict[str, Any] = {}
    if draw() < 0.12:
        changes["allowance"] = Decimal(random.choice((2, 3, 5, 10, 15)))
    if draw() < 0.15:
        changes["shipping"] = Decimal(random.choice(("4.90", "6.50", "12.00", "25.00", "149.00")))
    if draw() < 0.12 and bill.seller.country not in ("US", "CA"):
        changes["tax_included"] = True
    if draw() < 0.14:
        changes["lines"] = tuple(replace(line, tax_rate=NONE) for line in bill.lines)
        changes["untaxed"] = words["untaxed"] if draw() < 0.6 else ""
    bill = replace(bill, **changes)
    if draw() < 0.04:
        bill = replace(
            bill, rounding=cents(bill.gross_total / 5 * 100).quantize(Decimal(1)) * 5 / 100 - bill.gross_total
        )
    return _owed(random, bill)


def _owed(random: Random, bill: Bill) -> Bill:
    draw = random.random()
    if draw < 0.1:
        return replace(bill, paid=cents(bill.gross_total * random.choice((20, 30, 50)) / 100))
    if draw < 0.13:
        return replace(bill, previous=Decimal(random.randrange(500, 90000)) / 100)
    if draw < 0.16:
        return replace(bill, commission=Decimal(15))
    return bill


def _as_kind(random: Random, bill: Bill) -> Bill:
    if bill.doc_type == "credit_note":
        earlier = _dated(random, random.choice(NUMBERS), bill.issue_date)
        minus = random.choice(("-{}", "-{}", "{}-", "({})", "- {}"))
        return replace(
            bill,
            due_date=None,
            paid=NONE,
            previous=NONE,
            commission=NONE,
            terms="",
            references=(("invoice_reference", earlier),) if random.random() < 0.8 else (),
            signed=random.random() < 0.45,
            locale=replace(bill.locale, minus=minus),
        )
    if bill.doc_type == "receipt":
        return replace(bill, due_date=None, paid=NONE, previous=NONE, commission=NONE, terms="")
    if bill.doc_type == "purchase_order":
        lines = tuple(replace(line, tax_rate=NONE) for line in bill.lines)
        return replace(
            bill, due_date=None, paid=NONE, previous=NONE, commission=NONE, purchase_order="", lines=lines, untaxed=""
        )
    return bill


def drawn_words(random: Random, country: str, wordings: str) -> Words:
    """A notation and a wording for papers of `country`: now and then English ones."""
    code = str(WIDE["countries"][country]["locale"])
    if random.random() < 0.1:
        code = f"en-{code[3:]}"
    return Words(drawn_locale(random, code), random.randrange(300), True, wordings)
