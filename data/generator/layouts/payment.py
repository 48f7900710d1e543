"""The lower part of composed papers: how to pay, what else is said, and the foot."""

from collections.abc import Callable, Sequence

from data.generator.layouts.frame import Frame, Zone
from data.generator.layouts.sums import printed
from data.generator.sheet import GREY

Line = tuple[str, tuple[str, ...]]
"""A text and the fields it shows."""


def draw_payment(frame: Frame) -> None:
    """Terms, bank details and notes from the sheet's cursor downwards."""
    sheet = frame.sheet
    sheet.room(110)
    sheet.y += frame.lead * 1.4
    width = frame.right - frame.left
    for text, shows in _terms(frame) if frame.bill.doc_type == "invoice" else []:
        sheet.y = frame.flow(frame.left, sheet.y, text, width, shows=shows)
    if frame.plan.payment in FORMS and frame.bill.doc_type not in ("purchase_order", "receipt"):
        sheet.y = FORMS[frame.plan.payment](frame, frame.zone, sheet.y + 4, bank(frame)) + 6
    for text in _notes(frame):
        sheet.room(40)
        sheet.y = frame.flow(frame.left, sheet.y, text, width)


def _terms(frame: Frame) -> list[Line]:
    """Until when to pay, in a sentence; and for how many days."""
    bill, words, found = frame.bill, frame.words, list[Line]()
    if bill.due_date and (
        frame.pick("due", "facts", "facts", "facts", "payment") == "payment" or frame.chance("said", 0.2)
    ):
        way = words["pay_until"]
        day = words.locale.date(bill.due_date, frame.chance("long due", 0.3))
        said = way.format(date=day, amount=printed(frame, bill.amount_due, last=True))
        found.append((said, ("due_date", "amount_due") if "{amount}" in way else ("due_date",)))
    return found + [(text, ()) for text in (bill.terms, bill.note) if text]


def _notes(frame: Frame) -> list[str]:
    words = frame.words
    return [
        *([words["notes"]] if frame.chance("note", 0.45) else []),
        *([words["thanks"]] if frame.chance("thanks", 0.3) else []),
        *([words["assigned"].format(bank=words["factors"])] if frame.chance("assigned", 0.05) else []),
    ]


def bank(frame: Frame) -> list[Line]:
    """The account, as this paper tells it."""
    seller, words, found = frame.bill.seller, frame.words, list[Line]()
    if frame.chance("payable", 0.3):
        found.append((words["payable"].format(seller=seller.name), ("seller_name",)))
    found.append((f"{frame.tagged(words['bank'])} {seller.bank}", ()))
    if seller.iban:
        found.append((f"{words['account']} {frame.account()}", ("iban",)))
    if seller.bic:
        found.append((f"{frame.pick('bic', 'BIC', 'BIC:', 'SWIFT', 'BIC/SWIFT:')} {seller.bic}", ()))
    if frame.chance("reference", 0.2):
        found.append((f"{frame.tagged(words['payment_reference'])} {frame.bill.number}", ("invoice_number",)))
    joined = frame.chance("bank in a line", 0.25)
    return (
        [("  ".join(text for text, _ in found), tuple(name for _, names in found for name in names))]
        if joined
        else found
    )


def _below(frame: Frame, zone: Zone, y: float, lines: Sequence[Line]) -> float:
    for text, shows in lines:
        y = frame.flow(zone[0], y, text, zone[1] - zone[0], shows=shows)
    return y


def _box(frame: Frame, zone: Zone, y: float, lines: Sequence[Line]) -> float:
    width = min(zone[1] - zone[0], 290)
    bottom = _below(frame, (zone[0] + 6, zone[0] + width - 6), y, lines)
    frame.sheet.box(zone[0], y - frame.lead, width, bottom - y + frame.lead * 0.6, weight=0.5)
    return bottom + 6


def _rightwards(frame: Frame, zone: Zone, y: float, lines: Sequence[Line]) -> float:
    return _below(frame, ((zone[0] + zone[1]) / 2, zone[1]), y, lines)


def _slip(frame: Frame, zone: Zone, y: float, lines: Sequence[Line]) -> float:
    """The part to tear off: who, what for, how much."""
    bill, words, sheet = frame.bill, frame.words, frame.sheet
    sheet.y = max(y, sheet.bottom - 90)
    sheet.rule(zone[0], sheet.y - 12, zone[1], dash=3)
    told: list[Line] = [(bill.seller.name, ("seller_name",)), *lines]
    _below(frame, (zone[0], zone[0] + 250), sheet.y, told)
    x, y = zone[0] + 270, sheet.y
    for key, value, shows in [
        ("number", bill.number, "invoice_number"),
        ("customer_number", str(10_000 + frame.plan.seed % 89_999), ""),
        ("due_date", words.locale.date(bill.due_date) if bill.due_date else "", "due_date"),
        ("amount_due", printed(frame, bill.amount_due, last=True), "amount_due"),
    ]:
        if value:
            frame.write(x, y, frame.tagged(frame.label(key)), 100)
            y = frame.write(zone[1], y, value, zone[1] - x - 105, align="right", shows=shows)
    return max(y, sheet.y + frame.lead * len(told))


FORMS: dict[str, Callable[[Frame, Zone, float, Sequence[Line]], float]] = {
    "below": _below,
    "box": _box,
    "rightwards": _rightwards,
    "slip": _slip,
}
"""By name; `foot` and `none` draw nothing here."""


def draw_foot(frame: Frame) -> None:
    """The last lines of a page: what is known of the sender, above all what the page has not told yet."""
    columns = _foot_columns(frame)
    if not columns:
        return
    form = frame.pick("foot", "columns", "columns", "columns", "lines", "centre")
    lines = max(map(len, columns)) if form == "columns" else len(columns)
    top = frame.sheet.height - max(frame.pick("foot height", 56.0, 66.0, 78.0), 28 + 10.5 * lines)
    if frame.chance("foot rule", 0.6):
        frame.sheet.rule(frame.left, top - 12, frame.right, weight=0.4, colour=GREY)
    if form == "columns":
        _in_columns(frame, columns, top)
    else:
        _in_lines(frame, columns, top, "left" if form == "lines" else "centre")


def _foot_columns(frame: Frame) -> list[list[Line]]:
    bill, words, seller, shown = frame.bill, frame.words, frame.bill.seller, frame.sheet.shown
    columns: list[list[Line]] = []
    if "seller_name" not in shown or frame.chance("name in foot", 0.45):
        address: list[Line] = [(text, ("seller_address",)) for text in seller.address]
        columns.append([(seller.name, ("seller_name",)), *address])
    if frame.chance("contact in foot", 0.5):
        columns.append([(f"{words['phone']} {seller.phone}", ()), (seller.email, ()), (seller.web, ())])
    numbers: list[Line] = []
    if seller.vat_id and ("seller_vat_id" not in shown or frame.chance("vat in foot", 0.3)):
        numbers.append((f"{frame.tagged(words['vat_id'])} {frame.vat_id(seller.vat_id)}", ("seller_vat_id",)))
    if frame.chance("register in foot", 0.4):
        numbers.append((f"{words['register']} {seller.tax_number}", ()))
        numbers.append((seller.legal, ()))
    columns += [numbers] if numbers and frame.chance("numbers in foot", 0.85) else []
    if frame.plan.payment == "foot" and bill.doc_type not in ("purchase_order", "receipt"):
        columns.append(bank(frame))
    return columns


def _in_columns(frame: Frame, columns: list[list[Line]], top: float) -> None:
    width = (frame.right - frame.left) / len(columns)
    for number, lines in enumerate(columns):
        y = top
        for text, shows in lines:
            y = frame.flow(frame.left + number * width, y, text, width - 8, 7.5, shows=shows, grey=True)


def _in_lines(frame: Frame, columns: list[list[Line]], top: float, align: str) -> None:
    joint, y = frame.pick("foot joint", " · ", " - ", " | ", "   "), top
    for lines in columns:
        text = joint.join(text for text, _ in lines)
        shows = tuple(name for _, names in lines for name in names)
        y = frame.flow(frame.side(frame.zone, align), y, text, frame.right - frame.left, 7.5, False, align, shows)
