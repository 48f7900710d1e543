"""Papers put together freely: every part of the page is placed and styled by its own choice of a `Plan`."""

from random import Random

from data.generator.layouts.facts import FORMS as FACTS
from data.generator.layouts.facts import draw_facts
from data.generator.layouts.frame import Frame, Plan, Zone
from data.generator.layouts.heads import HEADS, draw_head, draw_title
from data.generator.layouts.listing import COLUMNS, RULES, draw_listing
from data.generator.layouts.parties import PARTIES, draw_parties
from data.generator.layouts.payment import draw_foot, draw_payment
from data.generator.layouts.sums import FORMS as SUMS
from data.generator.layouts.sums import draw_sums
from data.generator.sheet import GREY, PALE

ARRANGEMENTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "classic": (("head",), ("title",), ("parties",), ("facts",)),
    "side": (("head",), ("title",), ("parties", "facts")),
    "letter": (("head",), ("parties", "facts"), ("title",)),
    "corner": (("head", "title facts"), ("parties",)),
    "corner title": (("head", "title"), ("parties", "facts")),
    "mirrored": (("head",), ("facts", "parties"), ("title",)),
    "sender right": (("parties", "head"), ("title",), ("facts",)),
    "titled": (("title",), ("facts", "head"), ("parties",)),
    "facts last": (("head",), ("parties",), ("title",), ("facts",)),
    "facts first": (("head", "facts"), ("title",), ("parties",)),
    "three": (("head", "parties"), ("title", "facts")),
    "sideways": (("title", "facts"), ("parties", "head")),
}
"""The parts of the upper page, row by row; parts of one row stand side by side, those of one place below each other."""
_PAYMENTS = ("foot", "foot", "below", "below", "box", "rightwards", "slip", "none")


def drawn_plan(random: Random) -> Plan:
    """Any plan."""
    return Plan(
        arrangement=random.choice(list(ARRANGEMENTS)),
        head=random.choice(list(HEADS)),
        parties=random.choice(list(PARTIES)),
        facts=random.choice(list(FACTS)),
        columns=random.choice(COLUMNS),
        rules=random.choice(RULES),
        sums=random.choice(("right", "right", *SUMS)),
        payment=random.choice(_PAYMENTS),
        seed=random.randrange(10**6),
    )


_PARTS = {"head": draw_head, "title": draw_title, "parties": draw_parties, "facts": draw_facts}


def draw_composed(frame: Frame) -> None:
    """The whole paper."""
    sheet = frame.sheet
    sheet.bottom = sheet.height - 104
    sheet.furniture = lambda _: _further_page(frame)
    y = frame.pick("top", 34.0, 44.0, 56.0, 70.0)
    if frame.chance("running head", 0.1):
        y = frame.write(frame.left, y - 12, frame.words["slogans"], frame.right - frame.left, 7, grey=True) + 8
    for row in ARRANGEMENTS[frame.plan.arrangement]:
        y = _row(frame, row, y) + frame.pick("gap", 8.0, 12.0, 18.0)
    sheet.y = y
    if frame.chance("lead", 0.3):
        sheet.y = frame.flow(frame.left, sheet.y, frame.words["bill_lead"], frame.right - frame.left)
    if frame.chance("sums first", 0.05):
        draw_sums(frame)
        draw_payment(frame)
        sheet.new_page()
        draw_listing(frame)
    else:
        draw_listing(frame)
        draw_sums(frame)
        draw_payment(frame)
    draw_foot(frame)
    _marks(frame)


def _row(frame: Frame, row: tuple[str, ...], y: float) -> float:
    left, right = frame.zone
    middle = left + (right - left) * frame.pick("middle", 0.48, 0.52, 0.56, 0.6)
    zones: list[Zone] = [(left, right)] if len(row) == 1 else [(left, middle - 10), (middle, right)]
    return max(_place(frame, place.split(" "), zone, y) for place, zone in zip(row, zones, strict=True))


def _place(frame: Frame, parts: list[str], zone: Zone, y: float) -> float:
    for part in parts:
        y = _PARTS[part](frame, zone, y + frame.size * 0.6)
    return y


def _further_page(frame: Frame) -> None:
    """What each further page begins with."""
    bill, sheet = frame.bill, frame.sheet
    if frame.chance("repeated head", 0.7):
        name = frame.name(bill.seller) if frame.chance("repeated name", 0.6) else frame.words[bill.doc_type]
        shows = "seller_name" if name.lower() == bill.seller.name.lower() else ()
        sheet.text(frame.left, 44, name, frame.size, bold=True, shows=shows)
        number = "purchase_order_number" if bill.doc_type == "purchase_order" else "invoice_number"
        sheet.text(frame.right, 44, bill.number, frame.size, align="right", shows=number)
        sheet.y = 70


def _marks(frame: Frame) -> None:
    """Page number, the program's own line, a stamp."""
    sheet, words = frame.sheet, frame.words
    page = words["page"].format(n=sheet.page, m=sheet.pages)
    at = frame.pick("page mark", "right", "centre", "top", "none")
    if at == "top":
        sheet.text(frame.right, 24, page, 7.5, align="right", colour=GREY)
    elif at != "none":
        sheet.text(frame.side(frame.zone, at), sheet.height - 20, page, 7.5, align=at, colour=GREY)
    if frame.chance("edge", 0.05):
        _edge(frame)
    if frame.chance("program", 0.18):
        sheet.text(frame.left, sheet.height - 12, words["credits"], 6.5, colour=GREY)
    if frame.chance("stamp", 0.05):
        sheet.text(frame.right, sheet.height / 2, words["original"], 20, True, "right", PALE)


def _edge(frame: Frame) -> None:
    """A line upwards along the left edge."""
    sheet, seller = frame.sheet, frame.bill.seller
    sheet.canvas.saveState()
    sheet.canvas.translate(16, 90)
    sheet.canvas.rotate(90)
    sheet.canvas.setFont(sheet.style.face.regular, 6)
    sheet.canvas.setFillColor(GREY)
    sheet.canvas.drawString(0, 0, f"{seller.name} - {seller.legal} - {frame.words['register']} {seller.tax_number}")
    sheet.canvas.restoreState()
