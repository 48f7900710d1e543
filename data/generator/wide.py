"""The wide set: papers drawn by seed from the whole product of content, wording, notation, layout and style."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, LETTER, landscape

from data.generator.bills import Bill
from data.generator.companies import WIDE, needs_central
from data.generator.faces import central, is_central
from data.generator.ink import Ink, InkSheet, drawn_ink
from data.generator.languages import languages
from data.generator.layouts import LAYOUTS
from data.generator.layouts.composed import draw_composed, drawn_plan
from data.generator.layouts.frame import Frame
from data.generator.layouts.strip import Strip
from data.generator.sheet import COURIER, HELVETICA, TIMES, VERA, Face, Style
from data.generator.tickets import Ticket, drawn_ticket
from data.generator.truth import Document, stated
from data.generator.wide_bills import drawn_bill, drawn_words
from data.generator.wide_scans import PRINTED, scanned_document
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
WRITTEN = ("statement", "letter", "contract", "other")
"""Classes that ask for no payment; papers of the languages with a file of their own are none of them."""
OFTEN = ("DE", "DE", "AT", "GB", "GB", "US", "US", "US", "FR", "FR", "ES", "ES", "IT", "IT", "NL", "NL", "PT", "PT")
"""Countries that come more often than the others."""
ANYWHERE = ("craft", "french", "ledger", "minimal", "sideband")
FIXED = {
    "american": ("US",),
    "remittance": ("US",),
    "british": ("GB",),
    "din5008": ("DE", "AT"),
    "utility": ("DE", "AT"),
}
STRIPS = 400
"""How many styles of receipts there are."""
BARE = "{amount}"  # money without its currency
_COLOURS = ("#1f3a5f", "#7a1f2b", "#14532d", "#334155", "#5b3df5", "#9a3412", "#111111")
_FACES = (HELVETICA, HELVETICA, TIMES, VERA, COURIER)


def wide_documents(count: int, seed: int, wordings: str = "all", scans: float = 0.0) -> Iterator[Document]:
    """`count` papers, the same for the same seed; the first ones do not depend on how many follow. `wordings` as of
    `words.WORDINGS`; a share of `scans` comes as pictures without text."""
    for number in range(count):
        random, path, chance = Random(f"{seed}-{number}"), f"{number:05}.pdf", Random(f"scan {seed}-{number}")
        country = random.choice([*WIDE["countries"], *OFTEN])
        scanned = chance.random() < scans and not needs_central(country)
        document = _document(random, path, country, wordings, printed=scanned)
        yield scanned_document(document, chance) if scanned else document


def _document(random: Random, path: str, country: str, wordings: str, printed: bool) -> Document:
    """One paper of `country`; `printed` ones have their faces inside the file and look the same everywhere."""
    kind = random.choices(list(KINDS), list(KINDS.values()))[0]
    size = LETTER if country in ("US", "CA", "MX") else A4
    words = drawn_words(random, country, wordings)
    if words.locale.language in languages() and kind in WRITTEN:
        kind = "invoice"
    style = Style(
        _face(random.choice(_FACES), country, printed),
        HexColor(random.choice(_COLOURS)),
        words.wording,
        landscape(size) if random.random() < 0.03 else size,
        mixed=True,
    )
    if kind == "receipt" and random.random() < 0.75:
        return _receipt(random, path, country, words, style)
    bill = drawn_bill(random, country, "invoice" if kind in WRITTEN else kind, words)
    if kind in WRITTEN:
        sheet = _drawn(written(kind, random, bill), style, Ink(), bill)
        ok = ("letter", "other") if kind == "letter" else (kind,)
        return _paper(path, bill, words, sheet, f"wide:{kind}", kind, ok)
    return _bill(random, path, bill, words, style)


def _face(face: Face, country: str, printed: bool) -> Face:
    if needs_central(country):
        return central(face)
    return PRINTED[face] if printed else face


def _ink(random: Random, style: Style) -> Ink:
    """Letters without a shape in a standard face are lost where they are written one by one."""
    ink = drawn_ink(random)
    return replace(ink, parts="whole") if is_central(style.face) else ink


def _bill(random: Random, path: str, bill: Bill, words: Words, style: Style) -> Document:
    layout = random.choice(_fixed(bill)) if _plain(bill) and random.random() < 0.15 else ""
    words = replace(words, locale=bill.locale)
    if layout:
        told = replace(bill, references=(*bill.references, *bill.clutter[:3]))
        sheet = _drawn(lambda sheet: LAYOUTS[layout](sheet, told, words), style, _ink(random, style), bill)
        if all(sheet.says(line) for line in bill.seller.address):
            sheet.shown.add("seller_address")
        return _paper(path, bill, words, sheet, f"wide:{layout}")
    plan = drawn_plan(random)
    sheet = _drawn(lambda sheet: draw_composed(Frame(sheet, bill, words, plan)), style, _ink(random, style), bill)
    return _paper(path, bill, words, sheet, f"wide:{plan.name}")


def _plain(bill: Bill) -> bool:
    """Whether the layouts of the samples can say all that there is to it."""
    odd = bill.shipping or bill.rounding or bill.previous or bill.commission or bill.tax_included
    odd = odd or bill.locale.language in languages()
    return not odd and bill.doc_type in ("invoice", "purchase_order") and bill.locale.money != BARE


def _fixed(bill: Bill) -> list[str]:
    if bill.doc_type == "purchase_order":
        return ["order"]
    return [*ANYWHERE, *(name for name, countries in FIXED.items() if bill.seller.country in countries)]


def _drawn(drawing: Callable[[Any], None], style: Style, ink: Ink, bill: Bill | Ticket) -> InkSheet:
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
    if bill.doc_type == "receipt":
        fields.pop("amount_due", None)
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


def _receipt(random: Random, path: str, country: str, words: Words, style: Style) -> Document:
    ticket, seed, ink = drawn_ticket(random, country, words), random.randrange(STRIPS), _ink(random, style)
    width = random.choice((180, 204, 226, 226, 250))

    def drawing(sheet: InkSheet) -> None:
        Strip(sheet, ticket, words, seed).draw()

    trial = _drawn(drawing, replace(style, size=(width, 2000)), ink, ticket)
    sheet = _drawn(drawing, replace(style, size=(width, trial.y + 30)), ink, ticket)
    fields = {name: value for name, value in ticket.values().items() if name in sheet.shown}
    return Document(
        path,
        sheet.pdf(),
        "receipt",
        f"wide:strip-{seed}",
        words.locale.language,
        ticket.seller.name,
        fields=fields,
        boxes={name: places for name, places in sheet.boxes(ticket.printed()).items() if name in fields},
        wording=f"{words.locale.language}-{words.wording}",
    )
