"""The wide set: papers drawn by seed from the whole product of content, wording, notation, layout and style."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, LETTER, landscape

from data.generator.bills import Bill
from data.generator.companies import WIDE, drawn_company, filled
from data.generator.ink import Ink, InkSheet, drawn_ink
from data.generator.layouts import LAYOUTS
from data.generator.layouts.composed import draw_composed, drawn_plan
from data.generator.layouts.frame import Frame
from data.generator.notations import drawn_locale
from data.generator.receipts import Receipt, draw_receipt
from data.generator.sheet import COURIER, HELVETICA, TIMES, VERA, Style
from data.generator.truth import Document, stated
from data.generator.wide_bills import drawn_bill, drawn_words
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
_FACES = (HELVETICA, HELVETICA, TIMES, VERA, COURIER)


def wide_documents(count: int, seed: int, wordings: str = "all") -> Iterator[Document]:
    """`count` papers, the same for the same seed; the first ones do not depend on how many follow. `wordings` as of
    `words.WORDINGS`."""
    for number in range(count):
        yield _document(Random(f"{seed}-{number}"), f"{number:05}.pdf", wordings)


def _document(random: Random, path: str, wordings: str) -> Document:
    kind = random.choices(list(KINDS), list(KINDS.values()))[0]
    country = random.choice([*WIDE["countries"], "DE", "GB", "US", "FR", "ES", "IT", "NL"])
    size = LETTER if country == "US" else A4
    words = drawn_words(random, country, wordings)
    style = Style(
        random.choice(_FACES),
        HexColor(random.choice(_COLOURS)),
        words.wording,
        landscape(size) if random.random() < 0.03 else size,
        mixed=True,
    )
    if kind == "receipt":
        return _receipt(random, path, country, replace(style, size=(226, 420)))
    bill = drawn_bill(random, country, kind if kind in ("credit_note", "purchase_order") else "invoice", words)
    if kind in ("statement", "letter", "contract", "other"):
        sheet = _drawn(written(kind, random, bill), style, Ink(), bill)
        ok = ("letter", "other") if kind == "letter" else (kind,)
        return _paper(path, bill, words, sheet, f"wide:{kind}", kind, ok)
    return _bill(random, path, bill, words, style)


def _bill(random: Random, path: str, bill: Bill, words: Words, style: Style) -> Document:
    plain = bill.doc_type == "purchase_order" or (bill.doc_type == "invoice" and bill.locale.money != BARE)
    layout = random.choice(_fixed(bill)) if plain and random.random() < 0.12 else ""
    words = replace(words, locale=bill.locale)
    if layout:
        sheet = _drawn(lambda sheet: LAYOUTS[layout](sheet, bill, words), style, drawn_ink(random), bill)
        return _paper(path, bill, words, sheet, f"wide:{layout}")
    plan = drawn_plan(random)
    sheet = _drawn(lambda sheet: draw_composed(Frame(sheet, bill, words, plan)), style, drawn_ink(random), bill)
    return _paper(path, bill, words, sheet, f"wide:{plan.name}")


def _fixed(bill: Bill) -> list[str]:
    if bill.doc_type == "purchase_order":
        return ["order"]
    return [*ANYWHERE, *(name for name, countries in FIXED.items() if bill.seller.country in countries)]


def _drawn(drawing: Callable[[Any], None], style: Style, ink: Ink, bill: Bill) -> InkSheet:
    """The sheet with the drawing on it; drawn again where there turn out to be more pages than one."""
    sheet = InkSheet(style, ink, bill.number, bill.seller.name)
    drawing(sheet)
    if sheet.page == 1:
        return sheet
    again = InkSheet(style, ink, bill.number, bill.seller.name, sheet.page)
    drawing(again)
    return again


def _paper(
    path: str, bill: Bill, words: Words, sheet: InkSheet, layout: str, asks_nothing: str = "", ok: tuple[str, ...] = ()
) -> Document:
    """The sheet as a document. `asks_nothing` is the class of one that asks for no payment and states no fields, `ok`
    the classes that it may be taken for."""
    fields = {} if asks_nothing else stated(bill, sheet.shown)
    return Document(
        path,
        sheet.pdf(),
        asks_nothing or bill.doc_type,
        layout,
        bill.locale.language,
        bill.seller.name,
        pages=max(each.page for each in sheet.prints),
        fields=fields,
        doc_type_ok=ok,
        boxes={name: places for name, places in sheet.boxes(bill.printed()).items() if name in fields},
        wording=f"{bill.locale.language}-{words.wording}",
    )


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
