"""Who buys, and all the other names and addresses of a composed paper."""

from collections.abc import Callable, Sequence
from random import Random

from data.generator.companies import WIDE, drawn_name
from data.generator.layouts.frame import Frame, Zone
from data.generator.sheet import PALE
from data.generator.vendors import COUNTRIES, Party

Parties = Callable[[Frame, Zone, float], float]


def draw_parties(frame: Frame, zone: Zone, y: float) -> float:
    """Buyer and others in `zone` from the baseline `y` on. Returns the baseline below."""
    return PARTIES[frame.plan.parties](frame, zone, y) + 6


def _blocks(frame: Frame) -> list[tuple[str, Party, str]]:
    """Label key, party and role of every block but the seller's, in this paper's order."""
    blocks = [("bill_to", frame.bill.buyer, "buyer")]
    blocks += [(key, party, "") for key, party in frame.bill.sides]
    return blocks[::-1] if frame.chance("buyer last", 0.15) else blocks


def _block(frame: Frame, zone: Zone, y: float, key: str, party: Party, role: str) -> float:
    """One name and address, with its label unless `key` is empty."""
    x, width = zone[0], zone[1] - zone[0]
    if key:
        y = frame.flow(x, y, frame.tagged(frame.label(key)), width, bold=frame.chance("bold block labels", 0.6))
    bold = frame.chance("bold names", 0.5)
    size = frame.size * (frame.pick("buyer size", 1.0, 1.0, 1.0, 1.2, 1.5) if role == "buyer" else 1.0)
    before, after = _attention(frame) if role == "buyer" else ("", "")
    y = frame.flow(x, y, before, width) if before else y
    y = frame.flow(x, y, frame.name(party), width, size, bold, shows=f"{role}_name" if role else ())
    y = frame.flow(x, y, after, width) if after else y
    shows = "seller_address" if role == "seller" else ()
    lines = [", ".join(party.address)] if frame.chance("one line", 0.1) else party.address
    y = frame.writes(x, y, lines, width, shows=shows)
    if frame.chance("country", 0.3):
        y = frame.flow(x, y, COUNTRIES[party.country], width)
    return _numbers(frame, zone, y, party, role)


def _attention(frame: Frame) -> tuple[str, str]:
    """What stands before and after the buyer's name: what opens the address, whom or which office it is for, and in
    whose care it is."""
    words, person = frame.words, frame.bill.attention
    opening = words["opening"] if frame.chance("opening", 0.08) else ""
    if not person:
        return opening, ""
    titled = f"{words['salutation']} {person}" if frame.chance("titled", 0.4) else person
    told = frame.pick(
        "addressee",
        person,
        titled,
        f"{words['ordered_by']} {person}",
        f"{words['attention']} {titled}",
        f"{words['attention']} {titled}",
        words["department"],
        f"{words['attention']} {words['department']}",
        f"{words['care_of']} {_keeper(frame)}",
    )
    return (opening, told) if frame.chance("person after", 0.75) else (told, "")


def _keeper(frame: Frame) -> str:
    """Somebody else who gets the buyer's letters."""
    random, country = Random(f"keeper {frame.plan.seed}"), frame.bill.buyer.country
    return drawn_name(random, country) if country in WIDE["countries"] else frame.bill.attention


def _numbers(frame: Frame, zone: Zone, y: float, party: Party, role: str) -> float:
    width = zone[1] - zone[0]
    if role and frame.chance(f"{role} mail", 0.15):
        y = frame.flow(zone[0], y, party.email, width)
    if role and frame.chance(f"{role} phone", 0.12):
        y = frame.flow(zone[0], y, party.phone, width)
    if role and party.vat_id and frame.chance(f"{role} vat", 0.45):
        label = frame.words["your_vat_id" if role == "buyer" else "vat_id"]
        y = frame.flow(zone[0], y, f"{frame.tagged(label)} {frame.vat_id(party.vat_id)}", width, shows=f"{role}_vat_id")
    return y


def _sender_line(frame: Frame, zone: Zone, y: float) -> float:
    joint = frame.pick("sender joint", " · ", " - ", ", ", " | ", " * ")
    line = joint.join([frame.bill.seller.name, *frame.bill.seller.address])
    frame.write(zone[0], y, line, min(zone[1] - zone[0], 250), 6.5, shows=("seller_name", "seller_address"), grey=True)
    return y + 14


def _window(frame: Frame, zone: Zone, y: float) -> float:
    """The address window of an envelope, under the sender's line."""
    if frame.plan.arrangement != "corner" and frame.chance("window right", 0.25) and zone[1] - zone[0] > 400:
        zone = (zone[0] + (zone[1] - zone[0]) * 0.55, zone[1])
    if frame.chance("sender line", 0.6):
        y = _sender_line(frame, zone, y)
    key = "bill_to" if frame.chance("window label", 0.15) else ""
    bottom = _block(frame, zone, y, key, frame.bill.buyer, "buyer")
    return _others(frame, zone, bottom + frame.lead * 0.6)


def _others(frame: Frame, zone: Zone, y: float) -> float:
    """The other parties below, in one line each or as blocks."""
    for key, party in frame.bill.sides:
        if frame.chance("sides in lines", 0.4):
            line = f"{frame.tagged(frame.label(key))} {', '.join([party.name, *party.address])}"
            y = frame.flow(zone[0], y, line, zone[1] - zone[0])
        else:
            y = _block(frame, zone, y, key, party, "") + 6
    return y


def _below(frame: Frame, zone: Zone, y: float) -> float:
    """One under the other, each with its label."""
    for key, party, role in _blocks(frame):
        y = _block(frame, zone, y, key, party, role) + 8
    return y


def _in_columns(
    frame: Frame, zone: Zone, y: float, blocks: Sequence[tuple[str, Party, str]], box: bool = False
) -> float:
    width = (zone[1] - zone[0]) / len(blocks)
    inset = 6 if box else 0
    ends = [
        _block(frame, (zone[0] + n * width + inset, zone[0] + (n + 1) * width - 8), y, *block)
        for n, block in enumerate(blocks)
    ]
    if box:
        for n in range(len(blocks)):
            frame.sheet.box(zone[0] + n * width, y - frame.lead, width - 4, max(ends) - y + frame.lead - 2, weight=0.5)
    return max(ends) + inset


def _beside(frame: Frame, zone: Zone, y: float) -> float:
    """Seller and buyer beside each other, and whoever else."""
    blocks = [("from", frame.bill.seller, "seller"), *_blocks(frame)]
    return _in_columns(frame, zone, y, blocks[::-1] if frame.chance("seller last", 0.25) else blocks)


def _columns(frame: Frame, zone: Zone, y: float) -> float:
    """All but the seller, side by side."""
    return _in_columns(frame, zone, y, _blocks(frame))


def _boxed(frame: Frame, zone: Zone, y: float) -> float:
    """In frames."""
    blocks = _blocks(frame)
    if frame.chance("seller boxed", 0.3):
        blocks = [("from", frame.bill.seller, "seller"), *blocks]
    return _in_columns(frame, zone, y + frame.lead * 0.4, blocks, box=True)


def _shaded(frame: Frame, zone: Zone, y: float) -> float:
    """Labels on bars."""
    blocks = _blocks(frame)
    width = (zone[1] - zone[0]) / len(blocks)
    for number, (key, _, _) in enumerate(blocks):
        x = zone[0] + number * width
        frame.sheet.box(x, y - frame.lead + 2, width - 6, frame.lead + 3, fill=PALE, stroke=None)
        frame.write(x + 4, y, frame.label(key), width - 12, bold=True)
    return _in_columns(frame, zone, y + frame.lead + 4, [("", party, role) for _, party, role in blocks])


def _lines(frame: Frame, zone: Zone, y: float) -> float:
    """Label and name in one line, as forms have it."""
    width, gap = zone[1] - zone[0], frame.pick("line gap", 70.0, 90.0)
    for key, party, role in [("from", frame.bill.seller, "seller"), *_blocks(frame)][
        frame.pick("from line", 0, 1, 1) :
    ]:
        frame.write(zone[0], y, frame.tagged(frame.label(key)), gap - 4, bold=True)
        shows = f"{role}_name" if role else ()
        y = frame.flow(zone[0] + gap, y, frame.name(party), width - gap, shows=shows)
        address = "seller_address" if role == "seller" else ()
        y = frame.flow(zone[0] + gap, y, ", ".join(party.address), width - gap, shows=address)
        y = _numbers(frame, (zone[0] + gap, zone[1]), y, party, role) + 3
    return y


PARTIES: dict[str, Parties] = {
    "window": _window,
    "below": _below,
    "beside": _beside,
    "columns": _columns,
    "boxed": _boxed,
    "shaded": _shaded,
    "lines": _lines,
}
"""By name; each draws from a baseline on and returns the one below."""
