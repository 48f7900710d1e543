"""Papers of every kind, for training and measuring document classes: what each is, and what it says in each language.

The words are in kinds/LANGUAGE.toml: a further language is a further file, a further kind a row of `KINDS` and its
table in each file. How papers look is drawn in kinds_drawn.py.
"""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from typing import Literal

from data.generator.companies import WIDE, drawn_company, drawn_person, filled
from data.generator.locales import Locale
from data.generator.notations import drawn_locale
from data.generator.vendors import Party

Shape = Literal["letter", "form", "prose", "business", "strip", "account"]

_HERE = Path(__file__).parent / "kinds"
LANGUAGES = tuple(sorted(path.stem for path in _HERE.glob("*.toml")))


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of paper: its class, the shape it is drawn in, how often it comes, and which classes are right too."""

    doc_type: str
    shape: Shape
    weight: float = 1.0
    also: tuple[str, ...] = ()


KINDS = {
    "customer_statement": Kind("statement", "account", 2),
    "bank_statement": Kind("statement", "account", 2),
    "card_statement": Kind("statement", "account"),
    "open_items": Kind("statement", "account"),
    "business_letter": Kind("letter", "letter", 2, ("other",)),
    "reminder": Kind("letter", "letter", 2, ("other",)),
    "bank_letter": Kind("letter", "letter", 1, ("other",)),
    "complaint": Kind("letter", "letter", 1, ("other",)),
    "termination": Kind("letter", "letter", 1, ("other",)),
    "cover_letter": Kind("letter", "letter", 1, ("other",)),
    "memo": Kind("letter", "letter", 1, ("other",)),
    "email": Kind("letter", "letter", 1, ("other",)),
    "official_letter": Kind("letter", "letter", 1, ("other",)),
    "application": Kind("form", "form", 2),
    "registration": Kind("form", "form", 2),
    "claim": Kind("form", "form", 2),
    "mandate": Kind("form", "form"),
    "tax_form": Kind("form", "form", 2),
    "survey": Kind("form", "form"),
    "services": Kind("contract", "prose", 2),
    "rental": Kind("contract", "prose"),
    "employment": Kind("contract", "prose"),
    "nda": Kind("contract", "prose", 2),
    "sale": Kind("contract", "prose"),
    "terms": Kind("contract", "prose", 1, ("other",)),
    "order": Kind("purchase_order", "business", 4),
    "order_confirmation": Kind("purchase_order", "business", 3),
    "broadcast_order": Kind("purchase_order", "business", 4, ("contract",)),
    "broadcast_invoice": Kind("invoice", "business", 4),
    "delivery_note": Kind("other", "business", 2),
    "quote": Kind("other", "business", 2),
    "proforma": Kind("other", "business"),
    "payslip": Kind("other", "account"),
    "remittance": Kind("other", "account"),
    "timesheet": Kind("other", "account"),
    "price_list": Kind("other", "account"),
    "report": Kind("other", "prose", 3),
    "figures": Kind("other", "account", 2),
    "press": Kind("other", "prose"),
    "cv": Kind("other", "prose", 2),
    "minutes": Kind("other", "prose"),
    "manual": Kind("other", "prose"),
    "article": Kind("other", "prose", 2),
    "certificate": Kind("other", "letter"),
    "itinerary": Kind("other", "form"),
    "policy": Kind("other", "letter"),
    "bill": Kind("invoice", "business", 7),
    "self_billing": Kind("invoice", "business", 3),
    "credit": Kind("credit_note", "business", 4),
    "till": Kind("receipt", "strip", 12),
    "payment_receipt": Kind("receipt", "business", 2),
    "fare": Kind("receipt", "business", 3),
}


@dataclass(frozen=True)
class Setting:
    """All that one paper is drawn from: chance, kind, words, notation and the two parties."""

    random: Random
    name: str
    kind: Kind
    words: dict[str, list[str]]
    common: dict[str, list[str]]
    locale: Locale
    seller: Party
    buyer: Party
    goods: list[str]

    def date(self) -> str:
        """Some day, in the paper's notation."""
        day = date(2022, 1, 1) + timedelta(self.random.randrange(1700))
        return self.locale.date(day, long=self.random.random() < 0.3)

    def number(self) -> str:
        """Some document's number."""
        return filled(self.random, self.random.choice(("####", "2024-####", "@@-#####", "########", "@##/####")))

    def money(self, sign: bool = True) -> str:
        """Some amount, with its currency or bare."""
        amount = Decimal(self.random.randrange(150, 10 ** self.random.choice((4, 5, 6, 7)))) / 100
        return self.locale.amount(amount) if sign else self.locale.number(amount)

    def person(self) -> str:
        """Some person's name."""
        return drawn_person(self.random, self.locale.language)

    def filled(self, text: str) -> str:
        """`text` with its names in braces replaced."""
        return text.format(
            seller=self.seller.name,
            buyer=self.buyer.name,
            number=self.number(),
            date=self.date(),
            amount=self.money(),
            person=self.person(),
            city=self.buyer.city,
            n="{n}",
            m="{m}",
        )

    def some(self, key: str, least: float, most: float = 1.0) -> list[str]:
        """A share between `least` and `most` of what the language says under `key`, in its order."""
        ways = [way for way in self.words.get(key, []) if way]
        count = round(len(ways) * self.random.uniform(least, most))
        chosen = sorted(self.random.sample(range(len(ways)), count))
        return [self.filled(ways[i]) for i in chosen]

    def one(self, key: str) -> str:
        """One of the ways under `key`, or nothing."""
        return self.filled(self.random.choice(self.words.get(key) or [""]))

    def usual(self, key: str) -> str:
        """One of the ways in which any paper says it, such as its greeting."""
        return self.filled(self.random.choice(self.common[key]))


def drawn_setting(random: Random) -> Setting:
    """What some paper of some kind is drawn from."""
    country = random.choice([c for c, facts in WIDE["countries"].items() if facts["locale"][:2] in LANGUAGES])
    language = WIDE["countries"][country]["locale"][:2]
    texts = _texts(language)
    names = [name for name in KINDS if name in texts]
    name = random.choices(names, [KINDS[name].weight for name in names])[0]
    locale = drawn_locale(random, WIDE["countries"][country]["locale"])
    seller, buyer = drawn_company(random, country), drawn_company(random, country)
    goods = list(WIDE["goods"][language])
    return Setting(random, name, KINDS[name], texts[name], texts["common"], locale, seller, buyer, goods)


@cache
def _texts(language: str) -> dict[str, dict[str, list[str]]]:
    tables = tomllib.loads((_HERE / f"{language}.toml").read_text("utf-8"))
    return {name: {key: ways.split("|") for key, ways in table.items()} for name, table in tables.items()}
