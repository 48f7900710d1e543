"""The totals of a composed paper: which are printed, and how."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from data.generator.blocks import NAMES, Entry
from data.generator.layouts.frame import Frame, Zone
from data.generator.sheet import PALE

Form = Callable[[Frame, Zone, float, Sequence[Entry]], float]


def draw_sums(frame: Frame) -> None:
    """Totals from the sheet's cursor downwards."""
    sheet, rows = frame.sheet, sum_rows(frame)
    summary = frame.chance("summary", 0.22) and any(frame.bill.taxes)
    lines = len(rows) + (len(frame.bill.taxes) + 3 if summary else 0)
    sheet.room(lines * frame.lead * 1.4 + 40)
    sheet.y += frame.lead * frame.pick("sums gap", 1.2, 1.8, 3.0)
    if summary and frame.chance("summary first", 0.5):
        _summary(frame)
    sheet.y = FORMS[frame.plan.sums](frame, frame.zone, sheet.y, rows)
    if summary and not frame.chance("summary first", 0.5):
        _summary(frame)
    _remarks(frame)


def printed(frame: Frame, value: Decimal, last: bool = False) -> str:
    """An amount, with its currency where this paper writes it so; `last` for those that stand out."""
    locale = frame.words.locale
    if frame.money == "own" or (frame.money == "bold" and last):
        return locale.amount(value)
    return locale.number(value)


def _shows(frame: Frame, name: str, last: bool) -> tuple[str, ...]:
    own = frame.money == "own" or (frame.money == "bold" and last and frame.words.locale.money != "{amount}")
    names = (name,) if name else ()
    return (*names, "currency") if own else names


def sum_rows(frame: Frame) -> list[Entry]:
    """Labels and amounts from the subtotal to the amount due: as many of them as this paper prints."""
    bill, words = frame.bill, frame.words
    detail = frame.pick("detail", "full", "full", "full", "full", "full", "full", "gross", "tax", "net")
    sign = -1 if bill.signed else 1
    rows: list[Entry] = []

    def add(label: str, value: Decimal, shows: str = "", bold: bool = False) -> None:
        tag = (
            f" {words.locale.currency}" if frame.money == "label" and (bold or frame.chance("all labels", 0.3)) else ""
        )
        rows.append(Entry(frame.cased(label) + tag, printed(frame, sign * value, bold), shows, bold))

    if bill.doc_type == "invoice" and frame.chance("account", 0.05) and not bill.previous:
        before = Decimal(1500 + frame.plan.seed % 90_000) / 100
        add(words["previous_balance"], before)
        add(words["received"], -before)
    if bill.allowance or bill.shipping or frame.chance("subtotal", 0.06):
        add(words["subtotal"], bill.lines_total, "net_total" if bill.lines_total == bill.net_total else "")
    if bill.allowance:
        add(f"{words['allowance']} {words.locale.percent(bill.allowance)}", -bill.allowance_total)
    if bill.shipping:
        add(words["shipping"], bill.shipping)
    if detail in ("full", "net") and not bill.tax_included:
        add(words["net_total"], bill.net_total, "net_total")
    if detail in ("full", "tax") and not bill.tax_included:
        _add_taxes(frame, add)
    if bill.rounding:
        add(words["rounding"], bill.rounding)
    gross = words[NAMES.get(bill.doc_type, {}).get("gross_total", "gross_total")]
    balance = bool(bill.paid or bill.previous or bill.commission)
    add(gross, bill.gross_total, "gross_total", bold=not balance)
    if detail == "full" and bill.tax_included:
        if frame.chance("net below", 0.5):
            add(words["net_total"], bill.net_total, "net_total")
        _add_taxes(frame, add)
    if bill.paid:
        add(words["paid"], -bill.paid if frame.chance("paid minus", 0.6) else bill.paid)
    if bill.doc_type == "receipt" and frame.chance("paid in full", 0.6):
        add(words["paid"], bill.gross_total, "gross_total", bold=True)
    if bill.commission:
        add(words["commission"], bill.commission_total)
    if bill.previous:
        add(words["previous_balance"], bill.previous)
    if balance or (bill.doc_type == "invoice" and frame.chance("always due", 0.3)):
        add(words["amount_due"], bill.amount_due, "amount_due", bold=True)
    return rows


def _add_taxes(frame: Frame, add: Callable[..., None]) -> None:
    bill, words = frame.bill, frame.words
    rates = [(rate, tax) for rate, tax in bill.taxes.items() if rate]
    if not rates:
        if frame.chance("zero tax", 0.5):
            add(
                words.tax(Decimal(0)) if frame.chance("zero rate", 0.5) else words["tax_total"],
                bill.tax_total,
                "tax_total",
            )
        return
    named = frame.chance("tax unnamed", 0.25) and len(rates) == 1
    for rate, tax in rates:
        label = words["tax_total"] if named else words.tax(rate)
        if frame.chance("taxed base", 0.12):
            label += f" ({words.locale.number(bill.taxable[rate])})"
        add(label, tax, "tax_total" if len(rates) == 1 else "")
    if len(rates) > 1 and frame.chance("taxes summed", 0.7):
        add(words["tax_total"], bill.tax_total, "tax_total")


def _amount(frame: Frame, x: float, y: float, left: float, entry: Entry) -> None:
    """The amount ending at `x`; its currency perhaps apart, at `left`."""
    shows = _shows(frame, entry.shows, entry.bold)
    if frame.money == "apart":
        at = left if frame.chance("sign far", 0.6) else x - frame.sheet.measure(entry.value, frame.size, entry.bold) - 4
        align = "left" if frame.chance("sign far", 0.6) else "right"
        sign = frame.words.locale.sign if "sign" in frame.words.locale.money else frame.words.locale.currency
        frame.sheet.text(at, y, sign, frame.size, entry.bold, align, shows="currency")
    frame.sheet.text(x, y, entry.value, frame.size, entry.bold, "right", shows=shows)


def _label(frame: Frame, x: float, y: float, width: float, entry: Entry, align: str = "left") -> None:
    shows = ("currency",) if frame.money == "label" and frame.words.locale.currency in entry.label else ()
    frame.write(x, y, frame.tagged(entry.label), width, bold=entry.bold, align=align, shows=shows)


def _columns(frame: Frame, x: float, amount: float, y: float, rows: Sequence[Entry]) -> float:
    right = frame.chance("sum labels right", 0.3)
    wide = max(frame.sheet.measure(row.value, frame.size, row.bold) for row in rows) + 22
    lead = frame.lead * frame.pick("sum lead", 1.0, 1.15, 1.35)
    for row in rows:
        if row.bold and frame.chance("sum rule", 0.4):
            frame.sheet.rule(x, y - frame.size, amount, weight=0.6)
        if row.bold and frame.chance("sum fill", 0.2):
            frame.sheet.box(x - 4, y - frame.size - 1, amount - x + 8, lead + 1, fill=PALE, stroke=None)
        room = amount - x - wide
        _label(frame, amount - wide if right else x, y, room, row, "right" if right else "left")
        _amount(frame, amount, y, amount - wide + 4, row)
        y += lead
    return y


def _right(frame: Frame, zone: Zone, y: float, rows: Sequence[Entry]) -> float:
    return _columns(frame, zone[1] - frame.pick("sum width", 170.0, 200.0, 240.0), zone[1], y, rows)


def _left(frame: Frame, zone: Zone, y: float, rows: Sequence[Entry]) -> float:
    return _columns(frame, zone[0], zone[0] + frame.pick("sum width", 190.0, 230.0, 270.0), y, rows)


def _wide(frame: Frame, zone: Zone, y: float, rows: Sequence[Entry]) -> float:
    return _columns(frame, zone[0], zone[1], y, rows)


def _boxed(frame: Frame, zone: Zone, y: float, rows: Sequence[Entry]) -> float:
    """Every label and amount in a cell."""
    width = frame.pick("sum width", 200.0, 230.0, 260.0)
    x = zone[0] if frame.chance("boxes left", 0.15) else zone[1] - width
    half, height = width * frame.pick("sum share", 0.5, 0.58), frame.lead + 4
    right = frame.chance("sum labels right", 0.3)
    for row in rows:
        frame.sheet.box(x, y - frame.lead, half, height, weight=0.4)
        frame.sheet.box(x + half, y - frame.lead, width - half, height, weight=0.4)
        _label(frame, x + half - 4 if right else x + 4, y, half - 8, row, "right" if right else "left")
        _amount(frame, x + width - 4, y, x + half + 4, row)
        y += height
    return y


def _strip(frame: Frame, zone: Zone, y: float, rows: Sequence[Entry]) -> float:
    """Labels side by side, amounts below them."""
    if len(rows) > 6:
        return _right(frame, zone, y, rows)
    width, height = (zone[1] - zone[0]) / len(rows), frame.lead + 4
    boxed, align = frame.chance("strip boxes", 0.6), frame.pick("strip amounts", "left", "right", "right", "centre")
    for number, row in enumerate(rows):
        x = zone[0] + number * width
        if boxed:
            frame.sheet.box(x, y - frame.lead, width, height, fill=PALE if frame.chance("strip fill", 0.5) else None)
            frame.sheet.box(x, y - frame.lead + height, width, height)
        at = frame.side((x + 4, x + width - 4), align)
        _label(frame, at, y, width - 8, row, align)
        shows = _shows(frame, row.shows, row.bold)
        frame.write(at, y + height, row.value, width - 8, bold=row.bold, align=align, shows=shows)
    return y + 2 * height


def _said(frame: Frame, zone: Zone, y: float, rows: Sequence[Entry]) -> float:
    """Each a line of text, label and amount in one."""
    align = frame.pick("said align", "left", "left", "right")
    for row in rows:
        text = f"{row.label.rstrip(':')}: {row.value}"
        shows = _shows(frame, row.shows, row.bold)
        y = frame.write(frame.side(zone, align), y, text, zone[1] - zone[0], 0, row.bold, align, shows)
    return y


FORMS: dict[str, Form] = {
    "right": _right,
    "left": _left,
    "wide": _wide,
    "boxed": _boxed,
    "strip": _strip,
    "said": _said,
}
"""By name; each draws from a baseline on and returns the one below."""


def _summary(frame: Frame) -> None:
    """A small table of the taxes by rate; its last row sums them up."""
    bill, words, sheet = frame.bill, frame.words, frame.sheet
    number = words.locale.number
    heads = [words["tax_rate"], words["taxable"], words["tax_amount"], words["gross_total"]]
    rows: list[list[str]] = [
        [words.locale.percent(rate), number(base), number(bill.taxes[rate]), number(base + bill.taxes[rate])]
        for rate, base in bill.taxable.items()
    ]
    whole = bill.net_total + bill.tax_total
    last = [words["subtotal"].split(" ")[0], number(bill.net_total), number(bill.tax_total), number(whole)]
    summed = frame.chance("summary total", 0.6)
    count = frame.pick("summary columns", 3, 4)
    x0, width = frame.left, frame.pick("summary width", 52.0, 64.0, 80.0)
    sheet.y += frame.lead
    for row in [heads, *rows, *([last] if summed else [])]:
        fields = ("", "net_total", "tax_total", "")
        marked = row is last or (len(rows) == 1 and row is rows[0])
        for column, text in enumerate(row[:count]):
            x = x0 + (column + 1) * width - 3
            shows = fields[column] if marked else ""
            frame.write(x, sheet.y, text, width - 5, 7.5, row is heads, "right", shows=(shows,) if shows else ())
            if frame.chance("summary grid", 0.4):
                sheet.box(x - width + 3, sheet.y - 9, width, 12, weight=0.3)
        sheet.y += 12
    sheet.y += frame.lead


def _remarks(frame: Frame) -> None:
    """What else is said of the amounts: why there is no tax, the currency, another currency's total."""
    bill, words, sheet = frame.bill, frame.words, frame.sheet
    width = frame.right - frame.left
    sheet.y += frame.lead * 0.6
    rates = [rate for rate in bill.taxes if rate]
    if bill.tax_included and frame.chance("included", 0.6) and len(rates) == 1:
        text = words["included"].format(
            rate=words.locale.percent(rates[0]), amount=printed(frame, bill.tax_total, last=True)
        )
        sheet.y = frame.write(frame.left, sheet.y, text, width, shows="tax_total")
    if bill.untaxed:
        sheet.y = frame.write(frame.left, sheet.y, bill.untaxed, width, frame.size - 0.5)
    if (
        frame.money == "bare"
        and ("currency" not in sheet.shown or frame.chance("amounts in", 0.3))
        and not frame.chance("unsaid", 0.15)
    ):
        said = words["amounts_in"].format(code=words.locale.currency)
        sheet.y = frame.write(frame.left, sheet.y, said, width, frame.size - 1, shows="currency")
    if frame.chance("other currency", 0.04):
        other = "USD" if words.locale.currency != "USD" else "EUR"
        rate = Decimal(8500 + frame.plan.seed % 3000) / 10000
        said = f"{words['exchange_rate']} 1 {words.locale.currency} = {words.locale.number(rate, 4)} {other}"
        sheet.y = frame.write(frame.left, sheet.y, said, width, frame.size - 0.5)
        total = f"{words['gross_total']} {other} {words.locale.number(bill.gross_total * rate)}"
        sheet.y = frame.write(frame.left, sheet.y, total, width, frame.size - 0.5)
