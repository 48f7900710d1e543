"""How papers of every kind look: six shapes, each drawn in many ways."""

from collections.abc import Callable, Iterable, Iterator
from random import Random

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, LETTER

from data.generator.faces import CENTRAL, central
from data.generator.kinds import Setting, Shape, drawn_setting
from data.generator.sheet import COURIER, GREY, HELVETICA, TIMES, VERA, Sheet, Style
from data.generator.truth import Document
from data.generator.writing import LEFT, flow

_COLOURS = ("#1f3a5f", "#7a1f2b", "#14532d", "#334155", "#5b3df5", "#9a3412", "#111111", "#111111")
_SENTENCE = 34  # characters from which on a text is a sentence, not the label of an amount


def kind_documents(count: int, seed: int) -> Iterator[Document]:
    """`count` papers of every kind, the same for the same seed; the first ones do not depend on how many follow."""
    for number in range(count):
        yield _document(Random(f"kinds-{seed}-{number}"), number)


def _document(random: Random, number: int) -> Document:
    paper = drawn_setting(random)
    kind, language = paper.kind, paper.locale.language
    return Document(
        f"{number:05}.pdf",
        _drawn(paper),
        kind.doc_type,
        f"kind:{paper.name}-{language}",
        language,
        paper.seller.name,
        doc_type_ok=(kind.doc_type, *kind.also),
    )


def _drawn(paper: Setting) -> bytes:
    random = paper.random
    narrow = paper.kind.shape == "strip"
    face = random.choice((HELVETICA, HELVETICA, TIMES, VERA, COURIER))
    style = Style(
        central(face) if paper.locale.language in CENTRAL else face,
        HexColor(random.choice(_COLOURS)),
        size=(random.choice((170, 226, 280)), random.choice((420, 560, 700))) if narrow else _size(paper),
    )
    sheet = Sheet(style, paper.name, paper.seller.name)
    sheet.bottom = sheet.height - (20 if narrow else 70)
    if random.random() < 0.4 and not narrow:
        sheet.furniture = _footer(paper)
        sheet.furniture(sheet)
    _SHAPES[paper.kind.shape](sheet, paper)
    return sheet.pdf()


def _size(paper: Setting) -> tuple[float, float]:
    return LETTER if paper.locale.code == "en-US" else A4


def _footer(paper: Setting) -> Callable[[Sheet], None]:
    texts = [paper.usual("page"), f"{paper.seller.name} · {paper.seller.email} · {paper.seller.iban}"]
    form = texts[0] if paper.random.random() < 0.5 else texts[1]

    def draw(sheet: Sheet) -> None:
        text = form.replace("{n}", str(sheet.page)).replace("{m}", str(sheet.page + 1))
        sheet.text(sheet.width / 2, sheet.height - 30, text, 7.5, align="centre", colour=GREY)

    return draw


def _letterhead(sheet: Sheet, paper: Setting) -> None:
    """Who sends it and to whom, at one of the usual places, with or without."""
    random, seller, buyer = paper.random, paper.seller, paper.buyer
    align, x = random.choice((("left", LEFT), ("left", LEFT), ("right", sheet.width - 60), ("centre", sheet.width / 2)))
    if random.random() < 0.9:
        sheet.text(
            x, 52, seller.name, random.choice((9, 12, 15, 20)), bold=True, align=align, colour=sheet.style.accent
        )
        sheet.lines(x, 68, [*seller.address, f"{seller.phone}  {seller.email}"], 8, align=align, colour=GREY)
    lines = [buyer.name, *buyer.address] if random.random() < 0.6 else [paper.person(), *buyer.address]
    if random.random() < 0.8:
        sheet.lines(LEFT, random.choice((130, 140, 150)), lines, 9.5)
    sheet.y = random.choice((205, 220, 240))


def _title(sheet: Sheet, paper: Setting) -> None:
    title = paper.one("titles")
    if not title:
        return
    random = paper.random
    if random.random() < 0.25:
        title = title.upper()
    if random.random() < 0.15:
        title = f"{title} {random.choice(('', 'Nr. ', 'No. ', 'n° ', 'n. '))}{paper.number()}"
    size, bold = random.choice((10, 11, 13, 16, 20, 26)), random.random() < 0.8
    x, align = random.choice(((LEFT, "left"), (LEFT, "left"), (sheet.width / 2, "centre"), (sheet.width - 60, "right")))
    for text in sheet.split(title, sheet.width - 2 * LEFT, size * 1.1):
        sheet.text(x, sheet.y, text, size, bold, align)
        sheet.y += size * 1.4
    sheet.y += 8


def _labels(sheet: Sheet, paper: Setting, least: float = 0.4) -> None:
    """Labels with values beside or under them, in one or two columns."""
    random = paper.random
    labels = paper.some("labels", least)
    columns = random.choice((1, 1, 2, 2, 3))
    mark, beside = random.choice((":", ":", "", " :")), random.random() < 0.7
    width = (sheet.width - 2 * LEFT) / columns
    offset = random.choice((0.45, 0.55)) * width
    for i, label in enumerate(labels):
        column = i % columns
        if column == 0 and i:
            sheet.y += 14 if beside else 26
            sheet.room(40)
        x = LEFT + column * width
        sheet.text(x, sheet.y, f"{label}{mark}", 8.5, bold=random.random() < 0.2)
        sheet.text(x + offset if beside else x, sheet.y if beside else sheet.y + 11, _value(paper, label), 8.5)
    sheet.y += 30


def _value(paper: Setting, label: str) -> str:
    """Something that may stand beside a label: a code where it has an abbreviation in it, else anything."""
    random = paper.random
    if any(mark in label for mark in ("IBAN", "BIC")):
        return paper.seller.iban or paper.number()
    ways = (paper.number, paper.number, paper.date, paper.date, paper.person, paper.money, lambda: paper.buyer.city)
    return random.choice(ways)()


def _table(sheet: Sheet, paper: Setting, first: Iterable[str], count: int, priced: bool = True) -> None:
    columns = paper.some("columns", 0.6)
    if not columns:
        return
    random = paper.random
    widths = [2.2 if i == min(1, len(columns) - 1) else 1.0 for i in range(len(columns))]
    unit = (sheet.width - 2 * LEFT + 20) / sum(widths)
    names = list(first)
    header = random.random() < 0.9
    for row in range(-1 if header else 0, count):
        sheet.room(30)
        x = LEFT - 10
        for i, width in enumerate(widths):
            text = columns[i] if row < 0 else _cell(paper, i, len(widths), names, row, priced)
            size = sheet.fitted(text, width * unit - 6, 8.5)
            right = i > 1
            sheet.text(x + width * unit - 4 if right else x, sheet.y, text, size, row < 0, "right" if right else "left")
            x += width * unit
        if row < 0 and random.random() < 0.7:
            sheet.rule(LEFT - 10, sheet.y + 4, x)
        sheet.y += random.choice((13, 15))
    sheet.y += 10


def _cell(paper: Setting, column: int, columns: int, names: list[str], row: int, priced: bool) -> str:
    text_column = min(1, columns - 1)
    if column == text_column:
        return names[row % len(names)] if names else ""
    if column == 0:
        return paper.random.choice((str(row + 1), paper.date(), paper.number())) if columns > 2 else paper.date()
    if not priced or (columns > 3 and column == 2):
        return str(paper.random.choice((1, 2, 3, 5, 10, 12, 40)))
    return paper.money(sign=False)


def _closing(sheet: Sheet, paper: Setting, least: float = 0.3) -> None:
    """Short texts as labels of amounts, long ones as sentences below them."""
    texts = paper.some("text", least)
    for text in [t for t in texts if len(t) < _SENTENCE]:
        sheet.room(30)
        sheet.text(sheet.width - 260, sheet.y, text, 9)
        sheet.text(sheet.width - 60, sheet.y, paper.money(sign=paper.random.random() < 0.5), 9, align="right")
        sheet.y += 14
    sheet.y += 14
    flow(sheet, [t for t in texts if len(t) >= _SENTENCE], 9)


def _letter(sheet: Sheet, paper: Setting) -> None:
    random = paper.random
    _letterhead(sheet, paper)
    if random.random() < 0.7:
        sheet.text(sheet.width - 60, sheet.y, paper.date(), 9.5, align="right")
        sheet.y += 24
    if random.random() < 0.6:
        _labels(sheet, paper, 0.2)
    _title(sheet, paper)
    texts = paper.some("text", 0.4)
    fillers = random.sample(paper.common["filler"], random.choice((0, 0, 1, 2, 4)))
    body = [*texts, *map(paper.filled, fillers)]
    size = random.choice((9, 10, 11))
    if paper.kind.doc_type == "letter" and random.random() < 0.85:
        body = [paper.usual("greeting"), *body, paper.usual("closing"), paper.person()]
    if "columns" in paper.words and random.random() < 0.6:
        flow(sheet, body[:2], size)
        _table(sheet, paper, paper.some("rows", 0.5) or paper.goods, random.randrange(1, 5))
        body = body[2:]
    flow(sheet, body, size)


def _form(sheet: Sheet, paper: Setting) -> None:
    """A title, boxes or lines to fill in, some of them filled, things to tick, remarks."""
    random = paper.random
    sheet.y = random.choice((60, 80, 100))
    if random.random() < 0.6:
        sheet.text(LEFT, 40, paper.seller.name, 9, colour=GREY)
    _title(sheet, paper)
    texts, labels = paper.some("text", 0.4), paper.some("labels", 0.5)
    full, boxed = random.choice((0.0, 0.5, 1.0)), random.random() < 0.4
    columns = random.choice((1, 1, 2))
    width = (sheet.width - 2 * LEFT) / columns
    numbered = random.random() < 0.4
    for i, label in enumerate(labels):
        if i % columns == 0:
            sheet.room(34)
            sheet.y += 24
        x = LEFT + (i % columns) * width
        text = f"{i + 1}. {label}" if numbered else label
        sheet.text(x, sheet.y, text, 8.5)
        value = _value(paper, label) if random.random() < full else random.choice(("", "", "________________"))
        sheet.text(x + width * 0.5, sheet.y, value, 9)
        if boxed:
            sheet.box(x - 4, sheet.y - 12, width - 2, 18)
        if texts and random.random() < 0.4 and i % columns == columns - 1:
            sheet.y += 16
            _ticked(sheet, paper, texts.pop(0))
    for text in texts:
        sheet.y += 18
        sheet.room(24)
        _ticked(sheet, paper, text)
    if "columns" in paper.words and random.random() < 0.5:
        sheet.y += 26
        _table(sheet, paper, paper.some("rows", 0.5) or paper.goods, random.randrange(1, 6))


def _ticked(sheet: Sheet, paper: Setting, text: str) -> None:
    if len(text) < _SENTENCE:
        sheet.box(LEFT, sheet.y - 7, 8, 8)
        sheet.text(LEFT + 14, sheet.y, text, 8.5)
    else:
        for line in sheet.split(text, sheet.width - 2 * LEFT, 8):
            sheet.text(LEFT, sheet.y, line, 8, colour=GREY)
            sheet.y += 10


def _prose(sheet: Sheet, paper: Setting) -> None:
    """Running text under headings, over as many pages as it takes, with tables where the kind has them."""
    random = paper.random
    sheet.y = random.choice((60, 90, 160, 300))
    _title(sheet, paper)
    if paper.words.get("labels") and random.random() < 0.7:
        _labels(sheet, paper, 0.3)
    size = random.choice((9, 10, 10.5, 11))
    for text in paper.some("text", 0.55):
        flow(sheet, [text], size)
        if not text.startswith("# "):
            flow(sheet, map(paper.filled, random.sample(paper.common["filler"], random.choice((0, 0, 1, 2)))), size)
        if "columns" in paper.words and random.random() < 0.15:
            _table(sheet, paper, paper.some("rows", 0.4), random.randrange(3, 10))
    if paper.kind.doc_type == "contract" and random.random() < 0.7:
        sheet.room(80)
        for x, name in ((LEFT, paper.seller.name), (sheet.width / 2 + 20, paper.buyer.name)):
            sheet.rule(x, sheet.y + 40, x + 180)
            sheet.text(x, sheet.y + 52, name, 9)


def _business(sheet: Sheet, paper: Setting) -> None:
    """A business paper: letterhead, title, references, a table of goods, what comes after it."""
    random = paper.random
    _letterhead(sheet, paper)
    if random.random() < 0.2:
        top, sheet.y = sheet.y, 52
        _title(sheet, paper)
        sheet.y = max(top, sheet.y)
    else:
        _title(sheet, paper)
    _labels(sheet, paper)
    goods = paper.some("rows", 0.4) or random.sample(paper.goods, min(len(paper.goods), 6))
    priced = paper.name != "delivery_note"
    _table(sheet, paper, goods, random.choice((1, 1, 2, 3, 5, 8, 25)), priced)
    if priced or random.random() < 0.4:
        _closing(sheet, paper)


def _account(sheet: Sheet, paper: Setting) -> None:
    """A paper that is a table: bookings, figures, hours, prices."""
    random = paper.random
    if random.random() < 0.7:
        _letterhead(sheet, paper)
    else:
        sheet.y = 70
    _title(sheet, paper)
    if paper.words.get("labels") and paper.words["labels"] != [""]:
        _labels(sheet, paper, 0.4)
    rows = paper.some("rows", 0.6) or paper.goods
    _table(sheet, paper, rows, random.choice((4, 8, 12, 25, 60)))
    _closing(sheet, paper)


def _strip(sheet: Sheet, paper: Setting) -> None:
    """A till's slip: all between two narrow margins, often all in capitals."""
    random, middle, right = paper.random, sheet.width / 2, sheet.width - 10
    cased = str.upper if random.random() < 0.45 else str
    size = random.choice((7.0, 7.0, 8.0))
    sheet.text(middle, 24, cased(paper.seller.name[:26]), random.choice((8, 10)), bold=True, align="centre")
    head = map(cased, [*paper.seller.address, paper.seller.phone])
    sheet.y = sheet.lines(middle, 36, head, size, align="centre") + 8
    title = cased(paper.one("titles"))
    sheet.text(middle, sheet.y, title, random.choice((8, 10, 12)), bold=random.random() < 0.5, align="centre")
    sheet.y += 14
    for label in paper.some("labels", 0.2, 0.6):
        text = f"{cased(label)}{random.choice((':', ' ', '.'))} {_value(paper, label)}"
        sheet.text(10, sheet.y, text[:44], sheet.fitted(text[:44], right - 10, size))
        sheet.y += 1.4 * size
    for good in random.choices(paper.goods, k=random.choice((1, 1, 2, 4, 6, 10))):
        _sold(sheet, paper, cased(good[:24]), size)
    for text in map(cased, paper.some("text", 0.2, 0.7)):
        amount = len(text) < 22 and random.random() < 0.8
        sheet.room(12)
        sheet.text(10 if amount else middle, sheet.y, text[:48], size, align="left" if amount else "centre")
        if amount:
            sheet.text(right, sheet.y, paper.money(sign=False), size, align="right")
        sheet.y += 1.55 * size


def _sold(sheet: Sheet, paper: Setting, good: str, size: float) -> None:
    """One good on a slip: its amount behind it, or quantity, price and amount below it."""
    right = sheet.width - 10
    sheet.room(26)
    sheet.text(10, sheet.y, good, size)
    if paper.random.random() < 0.3:
        sheet.y += 1.3 * size
        sheet.text(18, sheet.y, f"{paper.random.randrange(1, 6)} x {paper.money(sign=False)}", size)
    sheet.text(right, sheet.y, paper.money(sign=False), size, align="right")
    sheet.y += 1.4 * size


_SHAPES: dict[Shape, Callable[[Sheet, Setting], None]] = {
    "letter": _letter,
    "form": _form,
    "prose": _prose,
    "business": _business,
    "strip": _strip,
    "account": _account,
}
