"""A sheet that notes where every field is printed, and writes text as badly as real programs do."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from reportlab.lib.colors import Color
from reportlab.pdfbase import pdfmetrics

from data.generator.sheet import BLACK, Sheet, Style

HEADING = 13.0  # points from which on a text counts as a heading


@dataclass(frozen=True, slots=True)
class Ink:
    """How texts get into the file: in which `parts` (`whole` lines, `words`, `pieces` of words, `letters`), in which
    `order` (as `drawn`, by `columns`, `shuffled`, `bold` ones first), with `spaced` points between the letters of
    headings, `twice` for bold ones, as poor programs do it."""

    parts: str = "whole"
    order: str = "drawn"
    spaced: float = 0.0
    twice: bool = False
    seed: int = 0


def drawn_ink(random: Random) -> Ink:
    """Usually plain."""
    return Ink(
        parts=random.choices(("whole", "words", "pieces", "letters"), (60, 20, 12, 8))[0],
        order=random.choices(("drawn", "columns", "shuffled", "bold"), (65, 12, 15, 8))[0],
        spaced=random.choice((1.5, 2.5, 4.0)) if random.random() < 0.08 else 0.0,
        twice=random.random() < 0.04,
        seed=random.randrange(10**6),
    )


@dataclass(frozen=True, slots=True)
class Print:
    """One text on the page: its left end and baseline in points from the top left, and the fields it shows. Where it
    is a line of a longer text, `whole` is that text, and `start` where the line begins in it."""

    page: int
    x: float
    y: float
    text: str
    size: float
    font: str
    colour: Color
    spaced: float
    shows: tuple[str, ...]
    whole: str
    start: int

    def width(self, count: int | None = None) -> float:
        """Of the first `count` characters."""
        part = self.text[:count]
        return float(pdfmetrics.stringWidth(part, self.font, self.size)) + self.spaced * len(part)

    def boxes(self, spans: Iterable[tuple[int, int]]) -> Iterator[list[float]]:
        """Page, x0, y0, x1, y1 of what this line holds of each span of the whole text."""
        top, bottom = self.y - 0.76 * self.size, self.y + 0.24 * self.size
        for first, last in spans:
            start, end = max(0, first - self.start), min(len(self.text), last - self.start)
            if start < end:
                x0, x1 = self.x + self.width(start), self.x + self.width(end)
                yield [self.page, *(round(value, 1) for value in (x0, top, x1, bottom))]


class InkSheet(Sheet):
    """A `Sheet` whose texts are written, by its ink, as each page ends."""

    def __init__(self, style: Style, ink: Ink, title: str, author: str, pages: int = 1) -> None:
        super().__init__(style, title, author, pages)
        self.ink = ink
        self.prints: list[Print] = []
        self._written = 0
        self._random = Random(ink.seed)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 9,
        bold: bool = False,
        align: str = "left",
        colour: Color = BLACK,
        shows: str | Iterable[str] = (),
        line_of: tuple[str, int] | None = None,
    ) -> float:
        """As of `Sheet`; `shows` may name several fields with blanks between them. `line_of` is the longer text that
        this is a line of, and where the line begins in it."""
        fields = tuple(shows.split() if isinstance(shows, str) else shows)
        font = self.style.face.bold if bold else self.style.face.regular
        width = self.measure(text, size, bold)
        left = x - {"left": 0.0, "right": width, "centre": width / 2}[align]
        whole, start = line_of or (text, 0)
        self.prints.append(
            Print(self.page, left, y, text, size, font, colour, self._spaced(size), fields, whole, start)
        )
        self.shown.update(fields)
        return width

    def measure(self, text: str, size: float = 9, bold: bool = False) -> float:
        """As of `Sheet`."""
        return super().measure(text, size, bold) + self._spaced(size) * len(text)

    def _spaced(self, size: float) -> float:
        return self.ink.spaced if size >= HEADING else 0.0

    def new_page(self) -> None:
        """As of `Sheet`."""
        self._write()
        super().new_page()

    def pdf(self) -> bytes:
        """As of `Sheet`."""
        self._write()
        return super().pdf()

    def boxes(self, ways: Mapping[str, Sequence[str]]) -> dict[str, list[list[float]]]:
        """Where each field is printed: page, x0, y0, x1, y1 of every place. `ways` are the forms its value may have. A
        text that shows a field in no such form shows it as a whole; a field that no text was said to show, though the
        page was, is looked for in all of them."""
        found: dict[str, list[list[float]]] = {}
        for each in self.prints:
            for name in each.shows:
                spans = list(_spans(each.whole, ways.get(name, ()))) or [(0, len(each.whole))]
                found.setdefault(name, []).extend(each.boxes(spans))
        for name in sorted(self.shown - found.keys()):
            places = [box for each in self.prints for box in each.boxes(_spans(each.whole, ways.get(name, ())))]
            found |= {name: places} if places else {}
        return found

    def says(self, text: str) -> bool:
        """Whether `text` stands on the sheet, in one piece."""
        return any(text in each.text for each in self.prints)

    def _write(self) -> None:
        texts, self._written = self.prints[self._written :], len(self.prints)
        for each in self._ordered(texts):
            self.canvas.setFont(each.font, each.size)
            self.canvas.setFillColor(each.colour)
            for start, end in self._parts(each.text):
                x, y, text = each.x + each.width(start), self.height - each.y, each.text[start:end]
                self.canvas.drawString(x, y, text, charSpace=each.spaced)
                if self.ink.twice and each.size >= HEADING:
                    self.canvas.drawString(x + 0.3, y, text, charSpace=each.spaced)

    def _ordered(self, texts: list[Print]) -> list[Print]:
        if self.ink.order == "columns":
            return sorted(texts, key=lambda each: (each.x // 140, each.y))
        if self.ink.order == "bold":
            return sorted(texts, key=lambda each: each.font != self.style.face.bold)
        if self.ink.order == "shuffled":
            groups = [texts[start : start + 6] for start in range(0, len(texts), 6)]
            self._random.shuffle(groups)
            return [each for group in groups for each in group]
        return texts

    def _parts(self, text: str) -> Iterator[tuple[int, int]]:
        if self.ink.parts == "whole":
            yield 0, len(text)
            return
        start = 0
        for index in range(1, len(text) + 1):
            if index == len(text) or self._cuts(text, index):
                if text[start:index].strip():
                    yield start, index
                start = index

    def _cuts(self, text: str, index: int) -> bool:
        gap = text[index] == " " or text[index - 1] == " "
        share = {"words": 0.0, "pieces": 0.12, "letters": 1.0}[self.ink.parts]
        return gap or self._random.random() < share


def _spans(text: str, ways: Sequence[str]) -> Iterator[tuple[int, int]]:
    lowered = text.lower()
    for way in dict.fromkeys(filter(None, ways)):
        start = lowered.find(way.lower())
        if start >= 0:
            yield start, start + len(way)
