"""The wide set: papers drawn by seed from the whole product of content, wording, notation, layout and style."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, LETTER

from data.generator.companies import WIDE, drawn_company, filled
from data.generator.invoices import Invoice, Line, cents
from data.generator.layouts import Drawn, draw_invoice, draw_paper
from data.generator.layouts.composed import Composed, drawn_plan
from data.generator.notations import drawn_locale
from data.generator.receipts import Receipt, draw_receipt
from data.generator.sheet import COURIER, HELVETICA, TIMES, VERA, Style
from data.generator.truth import Document, stated
from data.generator.vendors import Party
from data.generator.wide_writings import written
from data.generator.words import Words

KINDS = {
    "invoice": 64,
    "credit_note": 8,
    "purchase_order": 7,
    "receipt": 9,
    "statement": 3,
    "letter": 4,
    "contract": 3,
    "other": 2,
}
"""How often each class comes, in a hundred papers."""
ANYWHERE = ("craft", "french", "ledger", "minimal", "sideband")
FIXED = {
    "american": ("US",),
    "remittance": ("US",),
    "british": ("GB",),
    "din5008": ("DE", "AT"),
    "utility": ("DE", "AT"),
}
BARE = "{amount}"  # money without its currency
_COLOURS = ("#1f3a5f", "#7a1f2b", "#14532d", "#334155", "#5b3df5", "#9a3412", "#111111")


def wide_documents(count: int, seed: int) -> Iterator[Document]:
    """`count` papers, the same for the same seed; the first ones do not depend on how many follow."""
    for number in range(count):
        yield _document(Random(f"{seed}-{number}"), number)


def _document(random: Random, number: int) -> Document:
    kind = random.choices(list(KINDS), list(KINDS.values()))[0]
    country = random.choice([*WIDE["countries"], "DE", "GB", "US", "FR", "ES", "IT", "NL"])
    style = Style(
        random.choice((HELVETICA, HELVETICA, TIMES, VERA, COURIER)),
        HexColor(random.choice(_COLOURS)),
        random.randrange(1000),
        LETTER if country == "US" else A4,
        mixed=True,
    )
    path = f"{number:05}.pdf"
    if kind == "receipt":
        return _receipt(random, path, country, replace(style, size=(226, 420)))
    invoice = drawn_invoice(random, country, style)
    if kind in ("statement", "letter", "contract", "other"):
        drawn = draw_paper(written(kind, random, invoice), style, kind, invoice.seller.name)
        ok = ("letter", "other") if kind == "letter" else (kind,)
        return _paper(path, invoice, drawn, f"wide:{kind}", kind, {}, ok)
    return _bill(random, path, _as_kind(random, invoice, kind), style)


def _bill(random: Random, path: str, invoice: Invoice, style: Style) -> Document:
    if invoice.doc_type == "purchase_order":
        return _fixed(path, invoice, "order", style)
    if invoice.doc_type == "invoice" and invoice.locale.money != BARE and random.random() < 0.25:
        country = invoice.seller.country
        own = [name for name, countries in FIXED.items() if country in countries]
        return _fixed(path, invoice, random.choice([*ANYWHERE, *own]), style)
    plan = drawn_plan(random)
    drawn = draw_paper(
        lambda sheet: Composed(plan)(sheet, invoice, Words(invoice.locale, style.wording, style.mixed)),
        style,
        invoice.number,
        invoice.seller.name,
    )
    return _paper(path, invoice, drawn, f"wide:{plan.name}", invoice.doc_type, stated(invoice, drawn.shown))


def _fixed(path: str, invoice: Invoice, layout: str, style: Style) -> Document:
    drawn = draw_invoice(invoice, layout, style)
    shown = drawn.shown - {"currency"} if invoice.locale.money == BARE else drawn.shown
    return _paper(path, invoice, drawn, f"wide:{layout}", invoice.doc_type, stated(invoice, shown))


def _paper(
    path: str,
    invoice: Invoice,
    drawn: Drawn,
    layout: str,
    doc_type: str,
    fields: dict[str, Any],
    ok: tuple[str, ...] = (),
) -> Document:
    language, vendor = invoice.locale.language, invoice.seller.name
    return Document(
        path, drawn.pdf, doc_type, layout, language, vendor, pages=drawn.pages, fields=fields, doc_type_ok=ok
    )


def drawn_invoice(random: Random, country: str, style: Style) -> Invoice:
    """What one company of `country` bills another, usually of the same country."""
    locale = drawn_locale(random, WIDE["countries"][country]["locale"])
    seller = drawn_company(random, country)
    buyer = drawn_company(random, country)
    while buyer.name == seller.name:
        buyer = drawn_company(random, country)
    issued = date(2023, 1, 1) + timedelta(random.randrange(1300))
    days = random.choice((7, 10, 14, 30, 30, 45, 60))
    words = Words(locale, style.wording, mixed=True)
    invoice = Invoice(
        number=filled(random, random.choice(NUMBERS)).replace("YYYY", str(issued.year)),
        issue_date=issued,
        due_date=issued + timedelta(days) if random.random() < 0.75 else None,
        seller=_without(random, seller),
        buyer=buyer if random.random() < 0.5 else replace(buyer, vat_id=""),
        locale=locale,
        purchase_order=filled(random, random.choice(ORDERS)) if random.random() < 0.45 else "",
        references=_references(random, issued, words),
        lines=_lines(random, country),
        allowance=Decimal(random.choice((2, 5, 10))) if random.random() < 0.1 else Decimal(0),
        terms=words["pay_within"].format(days=days) if random.random() < 0.6 else "",
    )
    if random.random() < 0.15:
        invoice = replace(invoice, paid=cents(invoice.gross_total * random.choice((20, 30, 50)) / 100))
    return invoice


NUMBERS = (
    "####",
    "#####",
    "YYYY-####",
    "YYYY/###",
    "RE-YYYY-###",
    "INV-#####",
    "F#####",
    "@@###",
    "@#/YYYY/####",
    "#######",
    "YYYY####",
    "@@@-####-##",
    "INV#######",
    "##-####",
    "FT A/###",
)
ORDERS = ("PO-#####", "45########", "B-####", "####", "P####/##", "@@-####")


def _without(random: Random, seller: Party) -> Party:
    draw = random.random()
    if draw < 0.1:
        return replace(seller, vat_id="")
    return replace(seller, iban="") if draw < 0.2 else seller


def _references(random: Random, issued: date, words: Words) -> tuple[tuple[str, str], ...]:
    delivered = words.locale.date(issued - timedelta(random.randrange(1, 20)))
    known = {
        "customer_number": filled(random, random.choice(("#####", "K-####", "C###", "1#### ##"))),
        "delivery_note": filled(random, "LS-#####"),
        "delivery_date": delivered,
        "contact": random.choice(WIDE["names"]["people"]),
        "period": f"{delivered} - {words.locale.date(issued)}",
        "project": filled(random, "@@##"),
    }
    return tuple((key, known[key]) for key in random.sample(list(known), random.choice((0, 1, 1, 2, 3))))


def _lines(random: Random, country: str) -> tuple[Line, ...]:
    facts = WIDE["countries"][country]
    goods = WIDE["goods"][facts["locale"][:2]]
    rates = [random.choice(facts["rates"])] if random.random() < 0.8 else facts["rates"][:2]
    lines = []
    for good in random.sample(goods, random.choice((1, 1, 2, 3, 4, 5, 7))):
        price = Decimal(random.choice((random.randrange(95, 9900), random.randrange(1000, 400000)))) / 100
        quantity = Decimal(random.choice(("1", "1", "2", "3", "10", "24", "7.5", "120")))
        lines.append(Line(good, quantity, price, Decimal(random.choice(rates)), "C62", filled(random, "@@-###")))
    return tuple(lines)


def _as_kind(random: Random, invoice: Invoice, kind: str) -> Invoice:
    if kind == "credit_note":
        earlier = filled(random, random.choice(NUMBERS)).replace("YYYY", str(invoice.issue_date.year))
        references = (("invoice_reference", earlier), *invoice.references[:1])
        return replace(invoice, doc_type=kind, due_date=None, paid=Decimal(0), terms="", references=references)
    if kind == "purchase_order":
        lines = tuple(replace(line, tax_rate=Decimal(0)) for line in invoice.lines)
        return replace(invoice, doc_type=kind, due_date=None, paid=Decimal(0), purchase_order="", lines=lines)
    return invoice


def _receipt(random: Random, path: str, country: str, style: Style) -> Document:
    locale = drawn_locale(random, WIDE["countries"][country]["locale"])
    if locale.language == "sv":
        locale = drawn_locale(random, "en-GB")
        country = "GB"
    goods = random.sample(WIDE["goods"][locale.language], random.choice((1, 2, 3, 5)))
    rates = WIDE["countries"][country]["rates"]
    items = [
        (good[:24], random.choice((1, 1, 2, 3)), str(Decimal(random.randrange(90, 6000)) / 100), random.choice(rates))
        for good in goods
    ]
    receipt = Receipt(
        seller=drawn_company(random, country),
        locale=locale,
        issue_date=date(2023, 1, 1) + timedelta(random.randrange(1300)),
        time=f"{random.randrange(8, 21)}:{random.randrange(60):02}",
        number=filled(random, "####"),
        items=items,
        tax_included=country != "US",
        extra=(filled(random, "Terminal ######"),),
    )
    drawn = draw_receipt(receipt, style)
    shown = drawn.shown - {"currency"} if locale.money == BARE else drawn.shown
    return Document(
        path,
        drawn.pdf,
        "receipt",
        "wide:receipt",
        locale.language,
        receipt.seller.name,
        fields=receipt.stated(shown),
    )
