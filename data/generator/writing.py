"""Papers of running text: headings, numbered clauses, paragraphs, over as many pages as they take."""

from collections.abc import Iterable

from reportlab.lib.colors import HexColor

from data.generator.sheet import GREY, Sheet

LEFT = 72.0
INK = HexColor("#1b2a6b")


def flow(sheet: Sheet, blocks: Iterable[str], size: float = 10, lead: float = 1.42) -> None:
    """Print `blocks` from the cursor downwards. One that begins with `# ` is a heading, with `- ` hangs in."""
    for block in blocks:
        if block.startswith("# "):
            sheet.room(46)
            sheet.y += 8
            sheet.text(LEFT, sheet.y, block[2:], size + 0.5, bold=True)
            sheet.y += size * 1.7
            continue
        hang = 18.0 if block.startswith("- ") else 0.0
        for text in sheet.split(block.removeprefix("- "), sheet.width - 2 * LEFT - hang, size):
            sheet.room(size)
            sheet.text(LEFT + hang, sheet.y, text, size)
            sheet.y += size * lead
        sheet.y += size * 0.55


def rows(sheet: Sheet, widths: tuple[float, ...], table: Iterable[tuple[str, ...]], size: float = 8.5) -> None:
    """Print a table from the cursor downwards: the first row bold, all but the first two columns set right."""
    for number, row in enumerate(table):
        x = LEFT - 12
        for column, (text, width) in enumerate(zip(row, widths, strict=True)):
            right = column > 1
            sheet.text(x + width - 4 if right else x, sheet.y, text, size, number == 0, "right" if right else "left")
            x += width
        if number == 0:
            sheet.rule(LEFT - 12, sheet.y + 5, x)
            sheet.y += 4
        sheet.y += 15
    sheet.rule(LEFT - 12, sheet.y - 9, LEFT - 12 + sum(widths), weight=0.4, colour=GREY)


def signature(sheet: Sheet, x: float, y: float, strokes: Iterable[tuple[float, ...]]) -> None:
    """A name in ink at the baseline `y`; each stroke is a curve of four points, x and y in turn, y upwards."""
    canvas = sheet.canvas
    canvas.saveState()
    canvas.translate(x, sheet.height - y)
    canvas.setStrokeColor(INK)
    canvas.setLineWidth(1.1)
    canvas.setLineCap(1)
    for stroke in strokes:
        canvas.bezier(*stroke)
    canvas.restoreState()
