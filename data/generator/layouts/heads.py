"""The upper part of composed papers: who sends them, and what they are called."""

from collections.abc import Callable

from data.generator.blocks import heading
from data.generator.companies import brand
from data.generator.layouts.facts import dating, numbering
from data.generator.layouts.frame import Frame, Zone
from data.generator.sheet import GREY, WHITE

Head = Callable[[Frame, Zone, float], float]


def draw_head(frame: Frame, zone: Zone, y: float) -> float:
    """The letterhead in `zone` from the baseline `y` on. Returns the baseline below."""
    return HEADS[frame.plan.head](frame, zone, y)


def draw_title(frame: Frame, zone: Zone, y: float) -> float:
    """What the paper is called, with its number or date where they stand there. Returns the baseline below."""
    bill, words = frame.bill, frame.words
    title = heading(bill, words).upper() if frame.chance("title case", 0.33) else heading(bill, words)
    way, day = numbering(frame), words.locale.date(bill.issue_date, frame.chance("long day", 0.2))
    align = frame.pick("title align", "left", "left", "right", "centre")
    number = "purchase_order_number" if bill.doc_type == "purchase_order" else "invoice_number"
    size = frame.pick("title size", 11.0, 13.0, 15.0, 18.0, 22.0, 28.0)
    width, x, bold = zone[1] - zone[0], frame.side(zone, align), frame.chance("bold title", 0.75)
    if dating(frame) == "placed" and way != "dated":
        placed = words["place_dated"].format(place=bill.seller.city.split(" (")[0], date=day)
        y = frame.flow(zone[1], y, placed, width, align="right", shows="issue_date")
    if way == "dated":
        said = words["dated"].format(title=title, number=bill.number, date=day)
        return frame.flow(x, y + 6, said, width, min(size, 15), bold, align, shows=(number, "issue_date"))
    if way in ("title", "both"):
        said = words["numbered"].format(title=title, number=bill.number)
        return frame.flow(x, y + size / 2, said, width, size, bold, align, shows=number)
    if title := "" if way == "facts" and frame.chance("untitled", 0.04) else title:
        y = frame.flow(x, y + size / 2, title, width, size, bold, align)
    if way == "bare":
        hash_ = frame.pick("bare", "", "#", "# ", "")
        y = frame.flow(x, y, f"{hash_}{bill.number}", width, bold=bold, align=align, shows=number)
    return y


def _contact(frame: Frame) -> list[str]:
    """Telephone, fax, mail and site, as far as this paper tells them."""
    seller, words = frame.bill.seller, frame.words
    fax = seller.phone[:-2] + "99"
    told = [
        f"{frame.tagged(words['phone'])} {seller.phone}",
        f"{frame.tagged(words['fax'])} {fax}" if frame.chance("fax", 0.35) else "",
        f"{frame.tagged(words['mail'])} {seller.email}" if frame.chance("mail label", 0.4) else seller.email,
        seller.web if frame.chance("web", 0.6) else "",
    ]
    return [text for text in told if text][: frame.pick("contacts", 0, 1, 2, 3, 4)]


def _numbers(frame: Frame) -> list[tuple[str, str]]:
    """VAT id and tax number, with what they show."""
    seller, words = frame.bill.seller, frame.words
    found = []
    if seller.vat_id and frame.chance("vat in head", 0.4):
        found.append((f"{frame.tagged(words['vat_id'])} {frame.vat_id(seller.vat_id)}", "seller_vat_id"))
    if frame.chance("tax number in head", 0.2):
        found.append((f"{words['tax_number']} {seller.tax_number}", ""))
    return found


def _below(frame: Frame, zone: Zone, y: float, align: str, size: float) -> float:
    """Address, contact and numbers, one or more to a line."""
    x, width, seller = frame.side(zone, align), zone[1] - zone[0], frame.bill.seller
    joint = frame.pick("head joint", "", "", " - ", " · ", ", ", " | ")
    address = [joint.join(seller.address)] if joint else list(seller.address)
    for text in address:
        y = frame.flow(x, y, text, width, size, align=align, shows="seller_address")
    contact = _contact(frame)
    for text in [(joint or "  ").join(contact)] if contact and frame.chance("contact line", 0.5) else contact:
        y = frame.flow(x, y, text, width, size, align=align, grey=True)
    for text, shows in _numbers(frame):
        y = frame.flow(x, y, text, width, size, align=align, shows=shows, grey=True)
    return y


def _lettered(frame: Frame, zone: Zone, y: float, align: str) -> float:
    size = frame.pick("name size", 10.0, 12.0, 14.0, 16.0, 20.0, 24.0)
    bold, accent = frame.chance("bold name", 0.8), frame.sheet.style.accent
    name, x = frame.name(frame.bill.seller), frame.side(zone, align)
    if frame.bill.seller.mark and frame.chance("mark over name", 0.6):
        y = frame.flow(x, y + size * 0.5, frame.bill.seller.mark, zone[1] - zone[0], size, bold, align)
        size = min(size, frame.pick("size under mark", frame.size, 10.0, 12.0, size))
    y += size * 0.5
    if name.count(" ") > 1 and frame.chance("name in two lines", 0.15):
        half = frame.sheet.measure(name, size, bold) * 0.68
        y = frame.flow(x, y, name, min(half, zone[1] - zone[0]), size, bold, align, shows="seller_name")
    else:
        fitted = frame.sheet.fitted(name, zone[1] - zone[0], size, bold)
        frame.sheet.text(x, y, name, fitted, bold, align, accent, "seller_name")
        y += size * 0.5 + frame.size * 0.9
    if frame.chance("slogan", 0.2):
        y = frame.flow(x, y, frame.words["slogans"], zone[1] - zone[0], align=align, grey=True)
    if frame.chance("trade", 0.2):
        y = frame.flow(x, y, frame.bill.seller.trade, zone[1] - zone[0], align=align, grey=True)
    return _below(frame, zone, y, align, frame.size)


def _left(frame: Frame, zone: Zone, y: float) -> float:
    return _lettered(frame, zone, y, "left")


def _right(frame: Frame, zone: Zone, y: float) -> float:
    return _lettered(frame, zone, y, "right")


def _centre(frame: Frame, zone: Zone, y: float) -> float:
    return _lettered(frame, zone, y, "centre")


def _logo(frame: Frame, x: float, y: float, size: float) -> None:
    """A picture without any letters."""
    sheet, accent = frame.sheet, frame.sheet.style.accent
    shape = frame.pick("logo", "square", "disc", "bars")
    if shape == "square":
        sheet.box(x, y, size, size, fill=accent, stroke=None)
    elif shape == "disc":
        sheet.canvas.setFillColor(accent)
        sheet.canvas.circle(x + size / 2, sheet.height - y - size / 2, size / 2, stroke=0, fill=1)
    else:
        for bar in range(4):
            sheet.box(x + bar * size / 4, y + size * (3 - bar) / 5, size / 6, size * (bar + 2) / 5, accent, None)


def _beside_logo(frame: Frame, zone: Zone, y: float) -> float:
    size = frame.pick("logo size", 34.0, 44.0, 58.0)
    _logo(frame, zone[0], y - 14, size)
    return max(_lettered(frame, (zone[0] + size + 10, zone[1]), y, "left"), y + size)


def _picture(frame: Frame, zone: Zone, y: float) -> float:
    """A logo alone: the page tells elsewhere who sends it."""
    size = frame.pick("logo size", 34.0, 44.0, 58.0)
    x = {"left": zone[0], "right": zone[1] - size}[frame.pick("picture side", "left", "right")]
    _logo(frame, x, y - 14, size)
    return y + size


def _wordmark(frame: Frame, zone: Zone, y: float) -> float:
    """The brand, with or without the address: the full name stands elsewhere."""
    word = brand(frame.bill.seller)
    word = word if frame.bill.seller.mark else word.split(" ")[0]
    mark = frame.pick("mark case", word, word.lower(), word.upper())
    size, accent = frame.pick("mark size", 18.0, 24.0, 30.0), frame.sheet.style.accent
    align = frame.pick("mark align", "left", "left", "right")
    frame.sheet.text(frame.side(zone, align), y + size / 2, mark, size, True, align, accent)
    y += size
    return _below(frame, zone, y, align, frame.size) if frame.chance("address under mark", 0.4) else y


def _band(frame: Frame, zone: Zone, y: float) -> float:
    """White on the house colour, across the page, where it stands alone above all else."""
    sheet, height = frame.sheet, frame.pick("band", 40.0, 56.0, 70.0)
    if sheet.prints or zone != frame.zone:
        return _lettered(frame, zone, y, "left")
    sheet.box(0, 0, sheet.width, height, fill=sheet.style.accent, stroke=None)
    name = frame.name(frame.bill.seller)
    size = sheet.fitted(name, (zone[1] - zone[0]) * 0.6, 18, True)
    sheet.text(zone[0], height / 2 + 5, name, size, True, colour=WHITE, shows="seller_name")
    for number, text in enumerate(_contact(frame)[:3]):
        sheet.text(zone[1], height / 2 - 6 + number * 10, text, 7.5, align="right", colour=WHITE)
    y = max(y, height + 18)
    if frame.chance("address under band", 0.6):
        line = ", ".join(frame.bill.seller.address)
        y = frame.flow(zone[0], y, line, zone[1] - zone[0], shows="seller_address")
    return y


def _line(frame: Frame, zone: Zone, y: float) -> float:
    """All in one small line, and a rule."""
    seller, joint = frame.bill.seller, frame.pick("line joint", " - ", " · ", " | ", ", ", " • ")
    parts = [frame.name(seller), *seller.address, *_contact(frame)]
    y = frame.flow(zone[0], y, joint.join(parts), zone[1] - zone[0], 8, shows=("seller_name", "seller_address"))
    for text, shows in _numbers(frame):
        y = frame.flow(zone[0], y, text, zone[1] - zone[0], 8, shows=shows)
    frame.sheet.rule(zone[0], y - 4, zone[1], weight=0.5, colour=GREY)
    return y + 6


def _apart(frame: Frame, zone: Zone, y: float) -> float:
    """Name at the left, all else at the right."""
    middle = zone[0] + (zone[1] - zone[0]) * 0.55
    name = frame.name(frame.bill.seller)
    size = frame.sheet.fitted(name, middle - zone[0] - 8, frame.pick("name size", 12.0, 15.0, 20.0), True)
    frame.sheet.text(zone[0], y, name, size, True, colour=frame.sheet.style.accent, shows="seller_name")
    return max(y + size, _below(frame, (middle, zone[1]), y, frame.pick("apart", "left", "right"), frame.size - 0.5))


def _none(frame: Frame, zone: Zone, y: float) -> float:
    """Nothing: a party block, the bank details or the foot tell the sender."""
    return y


HEADS: dict[str, Head] = {
    "left": _left,
    "right": _right,
    "centre": _centre,
    "beside logo": _beside_logo,
    "picture": _picture,
    "wordmark": _wordmark,
    "band": _band,
    "line": _line,
    "apart": _apart,
    "none": _none,
}
"""By name; each draws from a baseline on and returns the one below."""
