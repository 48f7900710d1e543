"""Papers put together freely: every part of the page is placed and styled by its own choice of a `Plan`."""

from random import Random

from data.generator.layouts.facts import FORMS as FACTS
from data.generator.layouts.facts import draw_facts
from data.generator.layouts.frame import Frame, Plan, Zone
from data.generator.layouts.heads import HEADS, draw_head, draw_title
from data.generator.layouts.parties import PARTIES, draw_parties
from data.generator.layouts.payment import draw_foot, draw_payment
from data.generator.layouts.sums import FORMS as SUMS
from data.generator.layouts.sums import draw_sums
from data.generator.sheet import GREY, PALE
from data.generator.table import Grid, Table

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
_COLUMNS = (
    ("description", "quantity", "unit_price", "net_amount"),
    ("description", "quantity", "unit_price", "net_amount"),
    ("description", "net_amount"),
    ("quantity", "description", "net_amount"),
    ("position", "description", "quantity", "unit_price", "tax_rate", "net_amount"),
    ("quantity", "description", "unit_price", "net_amount"),
    ("article", "description", "quantity", "unit", "unit_price", "net_amount"),
    ("position", "article", "description", "unit_price", "quantity", "net_amount"),
    ("description", "tax_rate", "quantity", "unit_price", "net_amount"),
    ("article", "quantity", "unit", "description", "unit_price", "tax_rate", "net_amount"),
    (),
)
_WIDTHS = {
    "position": 28,
    "article": 62,
    "quantity": 52,
    "unit": 38,
    "unit_price": 70,
    "tax_rate": 44,
    "net_amount": 76,
}
_PAYMENTS = ("foot", "foot", "below", "below", "box", "rightwards", "slip", "none")


def drawn_plan(random: Random) -> Plan:
    """Any plan."""
    return Plan(
        arrangement=random.choice(list(ARRANGEMENTS)),
        head=random.choice(list(HEADS)),
        parties=random.choice(list(PARTIES)),
        facts=random.choice(list(FACTS)),
        columns=random.choice(_COLUMNS),
        rules=random.choice(("none", "rows", "grid", "head")),
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
    _lines(frame)
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


def _lines(frame: Frame) -> None:
    sheet, plan = frame.sheet, frame.plan
    left, right = frame.zone
    if not plan.columns:
        _plain_lines(frame)
        return
    taken = sum(_WIDTHS.get(key, 0) for key in plan.columns)
    columns = [(key, _WIDTHS.get(key, right - left - taken)) for key in plan.columns]
    fill = frame.pick("head fill", None, None, PALE, sheet.style.accent)
    size = min(frame.size, 9.5)
    grid = Grid(
        columns,
        plan.rules,
        fill,
        zebra=frame.chance("zebra", 0.15),
        size=size,
        lead=size * 1.35,
        carry=frame.chance("carry", 0.3),
        currency=frame.money == "own" and frame.chance("line currency", 0.4),
    )
    Table(sheet, frame.bill, frame.words, grid, left).draw()
    if len(columns) < 4:
        sheet.shown.discard("line_items")


def _plain_lines(frame: Frame) -> None:
    """No table: what was done, and what it comes to."""
    for line in frame.bill.lines:
        frame.sheet.room(30)
        amount = frame.words.locale.number(line.net_amount)
        frame.write(
            frame.left, frame.sheet.y + 8, line.description.replace("\n", " "), (frame.right - frame.left) * 0.75
        )
        frame.write(frame.right, frame.sheet.y + 8, amount, 90, align="right")
        frame.sheet.y += frame.lead * 1.3


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
    if frame.chance("program", 0.18):
        sheet.text(frame.left, sheet.height - 12, words["credits"], 6.5, colour=GREY)
    if frame.chance("stamp", 0.05):
        sheet.text(frame.right, sheet.height / 2, words["original"], 20, True, "right", PALE)
