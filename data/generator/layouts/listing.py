"""What a composed paper charges for: tables of many kinds, with sections, empty rows and sums, or plain text."""

from decimal import Decimal

from data.generator.invoices import Line
from data.generator.layouts.frame import Frame
from data.generator.sheet import PALE
from data.generator.table import Grid, Table

COLUMNS = (
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
    ("day", "description", "quantity", "unit_price", "net_amount"),
    ("day", "article", "description", "net_amount"),
    ("position", "day", "description", "quantity", "unit", "unit_price", "net_amount"),
    ("description", "quantity", "unit_price", "net_amount", "tax_rate", "gross_amount"),
    ("net_amount", "description"),
    (),
)
"""From left to right; none for plain text."""
RULES = ("none", "rows", "grid", "head")
_WIDTHS = {
    "position": 28,
    "article": 62,
    "quantity": 52,
    "unit": 38,
    "unit_price": 70,
    "tax_rate": 44,
    "net_amount": 76,
    "gross_amount": 74,
    "day": 66,
}


def draw_listing(frame: Frame) -> None:
    """The lines from the sheet's cursor downwards."""
    sheet, plan = frame.sheet, frame.plan
    left, right = frame.zone
    if not plan.columns:
        _plain(frame)
        return
    taken = sum(_WIDTHS.get(key, 0) for key in plan.columns)
    columns = [(key, _WIDTHS.get(key, right - left - taken)) for key in plan.columns]
    size = min(frame.size, 9.5)
    grid = Grid(
        columns,
        plan.rules,
        frame.pick("head fill", None, None, PALE, sheet.style.accent),
        zebra=frame.chance("zebra", 0.15),
        size=size,
        lead=size * 1.35,
        carry=frame.chance("carry", 0.3),
        currency=frame.money == "own" and frame.chance("line currency", 0.4),
    )
    _Listing(frame, grid, left).draw()
    if len(columns) < 4:
        sheet.shown.discard("line_items")


class _Listing(Table):
    """A table with what stands between and after its lines."""

    def __init__(self, frame: Frame, grid: Grid, x: float) -> None:
        super().__init__(frame.sheet, frame.bill, frame.words, grid, x)
        self.frame = frame
        lines = frame.bill.lines
        self.break_after = len(lines) // 2 if len(lines) > 3 and frame.chance("sections", 0.2) else 0

    def _row(self, number: int, line: Line, height: float) -> None:
        if self.break_after and number in (1, self.break_after + 1):
            self._section(number)
        super()._row(number, line, height)
        if self.break_after and number in (self.break_after, len(self.invoice.lines)):
            self._section_total(number)
        if number == len(self.invoice.lines):
            for _ in range(self.frame.pick("empty rows", 0, 0, 0, 0, 0, 3, 8) if self.grid.rules == "grid" else 0):
                self._empty_row()

    def _section(self, number: int) -> None:
        names = self.words.listed("section")
        name = names[(self.frame.plan.seed + number) % len(names)]
        self.sheet.y += self.grid.lead
        self.sheet.text(
            self.x + self.grid.pad, self.sheet.y, f"{1 if number == 1 else 2}. {name}", self.grid.size, bold=True
        )
        self.sheet.y += self.grid.pad

    def _section_total(self, number: int) -> None:
        """What the lines of the section come to: no total of the bill."""
        first = 0 if number == self.break_after else self.break_after
        total = sum((line.net_amount for line in self.invoice.lines[first:number]), Decimal(0))
        label = self.words["section_total"].format(section=self.words["section"])
        self.sheet.y += self.grid.lead
        right = self.x + self.width - self.grid.pad
        amount = self.words.locale.number(total)
        room = self.sheet.measure(amount, self.grid.size) + 12
        self.sheet.text(right - room, self.sheet.y, label, self.grid.size, align="right")
        self.sheet.text(right, self.sheet.y, amount, self.grid.size, align="right")
        self.sheet.y += self.grid.pad

    def _empty_row(self) -> None:
        height = self.grid.lead + self.grid.pad
        if self.sheet.y + height > self.sheet.bottom - 120:
            return
        x = self.x
        for _, width in self.grid.columns:
            self.sheet.box(x, self.sheet.y, width, height, weight=0.4)
            x += width
        self.sheet.y += height


def _plain(frame: Frame) -> None:
    """No table: what was done, and what it comes to."""
    for line in frame.bill.lines:
        frame.sheet.room(30)
        amount = frame.words.locale.number(line.net_amount)
        frame.write(
            frame.left, frame.sheet.y + 8, line.description.replace("\n", " "), (frame.right - frame.left) * 0.75
        )
        frame.write(frame.right, frame.sheet.y + 8, amount, 90, align="right")
        frame.sheet.y += frame.lead * 1.3
