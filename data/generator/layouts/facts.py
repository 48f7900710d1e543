"""Number, dates and all the other numbers of a composed paper, in many forms."""

from collections.abc import Callable, Sequence
from random import Random

from data.generator.blocks import NAMES, Entry
from data.generator.layouts.frame import Frame, Zone
from data.generator.sheet import PALE

Form = Callable[[Frame, Zone, float, Sequence[Entry]], float]


def entries(frame: Frame) -> list[Entry]:
    """What stands among the facts: the fields that the paper does not say elsewhere, and its clutter."""
    bill, locale = frame.bill, frame.words.locale
    order = bill.doc_type == "purchase_order"
    names = NAMES.get(bill.doc_type, {})
    number = Entry(
        frame.label(names.get("number", "number")), bill.number, "purchase_order_number" if order else "invoice_number"
    )
    day = Entry(frame.label(names.get("issue_date", "issue_date")), locale.date(bill.issue_date), "issue_date")
    found = [number] if numbering(frame) in ("facts", "both") else []
    found += [day] if numbering(frame) != "dated" and dating(frame) == "facts" else []
    if bill.due_date and frame.pick("due", "facts", "facts", "facts", "payment") == "facts":
        found.append(Entry(frame.label("due_date"), locale.date(bill.due_date), "due_date"))
    if bill.purchase_order:
        found.append(Entry(frame.label("purchase_order_number"), bill.purchase_order, "purchase_order_number"))
    found += [Entry(frame.label(key), value) for key, value in (*bill.references, *bill.clutter)]
    found = _ordered(frame, found + _extras(frame))
    return _coupled(frame, found) if frame.chance("coupled", 0.06) and len(found) > 1 else found


def numbering(frame: Frame) -> str:
    """Where the number stands: among the `facts`, in the `title`, `both`, in a sentence with the date (`dated`), or
    `bare` below the title."""
    return frame.pick(
        "numbering", "facts", "facts", "facts", "facts", "facts", "title", "title", "both", "dated", "bare"
    )


def dating(frame: Frame) -> str:
    """Where the issue date stands, unless with the number: among the `facts`, or `placed` after the town."""
    return frame.pick("dating", *(["facts"] * 8), "placed")


def _extras(frame: Frame) -> list[Entry]:
    bill, locale = frame.bill, frame.words.locale
    found = []
    if frame.chance("vat in facts", 0.2) and bill.seller.vat_id:
        found.append(Entry(frame.label("vat_id"), frame.vat_id(bill.seller.vat_id), "seller_vat_id"))
    if frame.chance("buyer's vat in facts", 0.4) and bill.buyer.vat_id:
        found.append(Entry(frame.label("your_vat_id"), frame.vat_id(bill.buyer.vat_id), "buyer_vat_id"))
    if frame.chance("currency in facts", 0.6 if frame.money == "bare" else 0.08):
        found.append(Entry(frame.label("currency"), locale.currency, "currency"))
    if frame.chance("total in facts", 0.12) and bill.doc_type == "invoice":
        found.append(Entry(frame.label("amount_due"), locale.amount(bill.amount_due), "amount_due", bold=True))
    return found


def _ordered(frame: Frame, found: list[Entry]) -> list[Entry]:
    if frame.chance("shuffled", 0.5):
        Random(frame.plan.seed).shuffle(found)
    return found


def _coupled(frame: Frame, found: list[Entry]) -> list[Entry]:
    """The first two under one label: `Number / Date`."""
    first, second, *others = found
    joint = frame.pick("couple", " / ", "/", " - ", ", ")
    both = f"{first.label}{joint}{second.label}", f"{first.value}{joint}{second.value}"
    return [Entry(*both, f"{first.shows} {second.shows}"), *others]


def draw_facts(frame: Frame, zone: Zone, y: float) -> float:
    """The facts in `zone` from the baseline `y` on. Returns the baseline below."""
    found = entries(frame)
    if not found:
        return y
    narrow = zone[1] - zone[0] < 330
    form = frame.plan.facts
    if narrow and form in ("strip", "row", "pairs", "stacked", "cells"):
        form = {"strip": "cells", "row": "beside", "pairs": "inline"}.get(form, form)
    return FORMS[form](frame, zone, y, found) + frame.pick("after facts", 4.0, 10.0)


def _beside(frame: Frame, zone: Zone, y: float, found: Sequence[Entry]) -> float:
    x0, x1 = zone
    gap = min(frame.pick("gap", 80.0, 100.0, 120.0, 150.0), (x1 - x0) * 0.55)
    right = frame.chance("values right", 0.35)
    reach = x1 if x1 - x0 < 300 else x0 + 260
    bold, lead = frame.chance("bold labels", 0.35), frame.lead * frame.pick("fact lead", 1.0, 1.0, 1.2)
    for entry in found:
        below = frame.flow(x0, y, frame.tagged(entry.label), gap - 4, bold=bold)
        x, align = (reach, "right") if right else (x0 + gap, "left")
        strong = entry.bold or frame.chance("bold values", 0.2)
        end = frame.flow(x, y, entry.value, reach - x0 - gap, bold=strong, align=align, shows=entry.shows)
        y = max(y + lead, below, end)
    return y


def _said(frame: Frame, entry: Entry) -> str:
    tag = frame.pick("join", ": ", ": ", " ", ":", " : ", ":  ", "  ", " - ", ".: ", " # ")
    return f"{entry.label.rstrip(':')}{tag}{entry.value}"


def _inline(frame: Frame, zone: Zone, y: float, found: Sequence[Entry]) -> float:
    for entry in found:
        y = frame.write(zone[0], y, _said(frame, entry), zone[1] - zone[0], bold=entry.bold, shows=entry.shows)
    return y


def _flush(frame: Frame, zone: Zone, y: float, found: Sequence[Entry]) -> float:
    for entry in found:
        y = frame.write(zone[1], y, _said(frame, entry), zone[1] - zone[0], align="right", shows=entry.shows)
    return y


def _leaders(frame: Frame, zone: Zone, y: float, found: Sequence[Entry]) -> float:
    x0, width = zone[0], min(zone[1] - zone[0], 290)
    dot = frame.pick("dot", ".", " .", "_", "·")
    for entry in found:
        room = width * 0.55 - frame.sheet.measure(entry.label, frame.size)
        dots = dot * max(2, int(room / max(frame.sheet.measure(dot, frame.size), 1)))
        frame.write(x0, y, f"{entry.label}{dots}", width * 0.58)
        y = frame.write(x0 + width * 0.6, y, entry.value, width * 0.4, shows=entry.shows)
    return y


def _columns(count: int, zone: Zone) -> int:
    fit = max(1, int((zone[1] - zone[0]) // 84))
    return min(count, fit)


def _stacked(frame: Frame, zone: Zone, y: float, found: Sequence[Entry]) -> float:
    number = _columns(len(found), zone)
    width = (zone[1] - zone[0]) / number
    below = frame.chance("values first", 0.06)
    for start in range(0, len(found), number):
        for column, entry in enumerate(found[start : start + number]):
            x = zone[0] + column * width
            labels, values = (y + frame.lead, y) if below else (y, y + frame.lead)
            frame.write(x, labels, frame.tagged(entry.label), width - 8, frame.size - 1, grey=True)
            frame.write(x, values, entry.value, width - 8, bold=entry.bold, shows=entry.shows)
        y += frame.lead * 2.4
    return y


def _strip(frame: Frame, zone: Zone, y: float, found: Sequence[Entry]) -> float:
    number = _columns(len(found), zone)
    width = (zone[1] - zone[0]) / number
    boxed, fill = frame.chance("strip boxes", 0.7), PALE if frame.chance("strip fill", 0.5) else None
    align = frame.pick("strip align", "left", "left", "centre")
    height = frame.lead + 3
    for start in range(0, len(found), number):
        for column, entry in enumerate(found[start : start + number]):
            x = zone[0] + column * width
            if boxed:
                frame.sheet.box(x, y - height + 4, width, height, fill=fill)
                frame.sheet.box(x, y + 4, width, height)
            at = frame.side((x + 4, x + width - 4), align)
            frame.write(at, y, entry.label, width - 8, frame.size - 0.5, bold=boxed, align=align)
            frame.write(at, y + height, entry.value, width - 8, align=align, shows=entry.shows)
        y += 2 * height + 12
    return y


def _cells(frame: Frame, zone: Zone, y: float, found: Sequence[Entry]) -> float:
    """The boxes of a form: a small label in the corner, the value under it."""
    number = min(_columns(len(found), zone), frame.pick("cells", 2, 3, 4))
    width, height = (zone[1] - zone[0]) / number, frame.lead * 2.1
    y -= frame.lead
    for index, entry in enumerate(found):
        x = zone[0] + index % number * width
        frame.sheet.box(x, y, width, height, weight=0.4)
        frame.write(x + 3, y + frame.size * 0.9, entry.label, width - 6, 6.5)
        frame.write(x + 5, y + frame.lead * 1.75, entry.value, width - 8, bold=entry.bold, shows=entry.shows)
        if index % number == number - 1 or index == len(found) - 1:
            y += height
    return y + frame.lead


def _grid(frame: Frame, zone: Zone, y: float, found: Sequence[Entry]) -> float:
    """A table of two columns."""
    x0, width = zone[0], min(zone[1] - zone[0], 280)
    height, half = frame.lead + 4, width * frame.pick("grid share", 0.4, 0.5, 0.55)
    fill = PALE if frame.chance("grid fill", 0.5) else None
    right = frame.chance("grid right", 0.3)
    for entry in found:
        frame.sheet.box(x0, y - height + 4, half, height, fill=fill, weight=0.4)
        frame.sheet.box(x0 + half, y - height + 4, width - half, height, weight=0.4)
        frame.write(x0 + 4, y, frame.tagged(entry.label), half - 8, bold=frame.chance("grid bold", 0.4))
        x = x0 + width - 4 if right else x0 + half + 4
        align = "right" if right else "left"
        frame.write(x, y, entry.value, width - half - 8, bold=entry.bold, align=align, shows=entry.shows)
        y += height
    return y + 4


def _row(frame: Frame, zone: Zone, y: float, found: Sequence[Entry]) -> float:
    """Heads in one line, a rule, the values in the next: the columns are as wide as their texts."""
    sheet, x0 = frame.sheet, zone[0]
    while found:
        widths = [max(sheet.measure(e.label, frame.size, True), sheet.measure(e.value, frame.size)) + 14 for e in found]
        count = max(1, next((n for n in range(len(widths), 0, -1) if sum(widths[:n]) <= zone[1] - x0), 1))
        x = x0
        for entry, width in zip(found[:count], widths, strict=False):
            frame.write(x, y, entry.label, zone[1] - x, bold=True)
            frame.write(x, y + frame.lead + 2, entry.value, zone[1] - x, shows=entry.shows)
            x += width
        if frame.chance("row rule", 0.6):
            sheet.rule(x0, y + 3, zone[1], weight=0.5)
        y, found = y + frame.lead * 2.6, found[count:]
    return y


def _pairs(frame: Frame, zone: Zone, y: float, found: Sequence[Entry]) -> float:
    """Two or three to a line, as far as they fit."""
    number, gap = frame.pick("pairs", 2, 2, 3), frame.pick("pair gap", " | ", "    ", " / ", " · ")
    x, placed = zone[0], 0
    for entry in found:
        said = _said(frame, entry)
        if placed == number or (placed and x + frame.sheet.measure(gap + said, frame.size, True) > zone[1]):
            x, y, placed = zone[0], y + frame.lead, 0
        elif placed:
            x += frame.sheet.text(x, y, gap, frame.size)
        x += frame.sheet.text(x, y, said, frame.size, entry.bold, shows=entry.shows)
        placed += 1
    return y + frame.lead


def _halves(frame: Frame, zone: Zone, y: float, found: Sequence[Entry]) -> float:
    """One half at the left, the other at the right."""
    middle = (zone[0] + zone[1]) / 2
    half = (len(found) + 1) // 2
    first = _beside(frame, (zone[0], middle - 8), y, found[:half])
    return max(first, _beside(frame, (middle + 8, zone[1]), y, found[half:]))


FORMS: dict[str, Form] = {
    "beside": _beside,
    "inline": _inline,
    "flush": _flush,
    "leaders": _leaders,
    "stacked": _stacked,
    "strip": _strip,
    "cells": _cells,
    "grid": _grid,
    "row": _row,
    "pairs": _pairs,
    "halves": _halves,
}
"""By name; each draws from a baseline on and returns the one below."""
