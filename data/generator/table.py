"""The table of an invoice's lines, over as many pages as it takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from reportlab.lib.colors import Color

from data.generator.invoices import Invoice, Line, cents
from data.generator.sheet import BLACK, GREY, PALE, WHITE, Sheet
from data.generator.words import Words

NUMERIC = ("quantity", "unit_price", "tax_rate", "net_amount", "gross_amount")


@dataclass(frozen=True, slots=True)
class Grid:
    """How a table looks. `columns` are (key, width) from left to right, keys as in `words.toml`.

    `rules`: `none`, `rows` (a thin line under each row), `grid` (every cell boxed), `head` (lines around the headings
    only). `head_fill` colours the heading row, `zebra` every second row. `carry` prints the running sum at page breaks.
    `currency` prints amounts with their currency; `lead` is the height of a text line.
    """

    columns: Sequence[tuple[str, float]]
    rules: str = "head"
    head_fill: Color | None = None
    zebra: bool = False
    size: float = 9
    lead: float = 12
    pad: float = 4
    carry: bool = False
    currency: bool = False


class Table:
    """Draws an invoice's lines at `x` from the sheet's cursor downwards."""

    def __init__(self, sheet: Sheet, invoice: Invoice, words: Words, grid: Grid, x: float) -> None:
        self.sheet, self.invoice, self.words, self.grid, self.x = sheet, invoice, words, grid, x
        self.width = sum(width for _, width in grid.columns)

    def draw(self) -> None:
        """The whole table; leaves the cursor below it."""
        self._head()
        total = Decimal(0)
        for number, line in enumerate(self.invoice.lines, 1):
            height = self._height(line)
            if self.sheet.y + height + (self.grid.lead if self.grid.carry else 0) > self.sheet.bottom:
                self._break(total)
            self._row(number, line, height)
            total += line.net_amount
        if self.grid.rules == "head":
            self.sheet.rule(self.x, self.sheet.y, self.x + self.width, weight=0.8)
        self.sheet.shown.add("line_items")

    def _break(self, total: Decimal) -> None:
        if self.grid.carry:
            self._carried(total)
        self.sheet.new_page()
        self._head()
        if self.grid.carry:
            self._carried(total)

    def _carried(self, total: Decimal) -> None:
        y = self.sheet.y + self.grid.lead
        right = self.x + self.width - self.grid.pad
        self.sheet.text(right - 90, y, self.words["carried"], self.grid.size, bold=True, align="right")
        self.sheet.text(right, y, self.words.locale.number(total), self.grid.size, bold=True, align="right")
        self.sheet.y += self.grid.lead + self.grid.pad

    def _head(self) -> None:
        grid, sheet = self.grid, self.sheet
        height = grid.lead + grid.pad
        dark = grid.head_fill is not None and grid.head_fill != PALE
        if grid.head_fill is not None:
            sheet.box(self.x, sheet.y, self.width, height, fill=grid.head_fill, stroke=None)
        x = self.x
        for key, width in grid.columns:
            self._cell(
                x, sheet.y + grid.lead - 0.5, key, width, self.words[key], bold=True, colour=WHITE if dark else BLACK
            )
            if grid.rules == "grid":
                sheet.box(x, sheet.y, width, height)
            x += width
        if grid.rules in ("head", "rows"):
            sheet.rule(self.x, sheet.y + height, self.x + self.width, weight=0.8)
        sheet.y += height

    def _cell(
        self, x: float, y: float, key: str, width: float, text: str, bold: bool = False, colour: Color = BLACK
    ) -> None:
        pad = self.grid.pad
        size = self.sheet.fitted(text, width - pad - 2.5, self.grid.size, bold)
        right = key in NUMERIC
        self.sheet.text(
            x + width - pad if right else x + pad, y, text, size, bold, "right" if right else "left", colour
        )

    def _height(self, line: Line) -> float:
        return max(1, len(self._description(line))) * self.grid.lead + self.grid.pad

    def _description(self, line: Line) -> list[str]:
        width = dict(self.grid.columns)["description"] - 2 * self.grid.pad
        return [part for row in line.description.split("\n") for part in self.sheet.split(row, width, self.grid.size)]

    def _row(self, number: int, line: Line, height: float) -> None:
        grid, sheet = self.grid, self.sheet
        if grid.zebra and number % 2 == 0:
            sheet.box(self.x, sheet.y, self.width, height, fill=PALE, stroke=None)
        x = self.x
        for key, width in grid.columns:
            if key == "description":
                sheet.lines(
                    x + grid.pad, sheet.y + grid.lead - 1, self._description(line), grid.size, grid.lead / grid.size
                )
            else:
                self._cell(x, sheet.y + grid.lead - 1, key, width, self._value(key, number, line))
            if grid.rules == "grid":
                sheet.box(x, sheet.y, width, height, weight=0.4)
            x += width
        sheet.y += height
        if grid.rules == "rows":
            sheet.rule(self.x, sheet.y, self.x + self.width, weight=0.3, colour=GREY)

    def _value(self, key: str, number: int, line: Line) -> str:
        locale = self.words.locale
        money = locale.amount if self.grid.currency else locale.number
        return {
            "position": lambda: str(number),
            "article": lambda: line.article,
            "quantity": lambda: locale.quantity(line.quantity),
            "unit": lambda: self.words.unit(line.unit),
            "unit_price": lambda: money(line.unit_price, max(2, -int(line.unit_price.as_tuple().exponent))),
            "tax_rate": lambda: locale.percent(line.tax_rate),
            "net_amount": lambda: money(line.net_amount),
            "gross_amount": lambda: money(line.net_amount + cents(line.net_amount * line.tax_rate / 100)),
            "day": lambda: locale.date(line.day) if line.day else "",
        }[key]()
