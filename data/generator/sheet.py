"""The sheet a paper is drawn on, from the top left; it notes every field that was printed."""

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import reportlab
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

BLACK = HexColor("#111111")
GREY = HexColor("#666666")
PALE = HexColor("#eef0f2")
WHITE = HexColor("#ffffff")


@dataclass(frozen=True, slots=True)
class Face:
    """A typeface in regular and bold."""

    regular: str
    bold: str


HELVETICA = Face("Helvetica", "Helvetica-Bold")
TIMES = Face("Times-Roman", "Times-Bold")
COURIER = Face("Courier", "Courier-Bold")
VERA = Face("Vera", "VeraBd")

_FONTS = Path(reportlab.__file__).parent / "fonts"
for _name in ("Vera", "VeraBd"):
    pdfmetrics.registerFont(TTFont(_name, _FONTS / f"{_name}.ttf"))


def _embedded(*stems: str) -> Face:
    """A face whose outlines go into the file, so that every machine renders the same pixels."""
    faces = [pdfmetrics.EmbeddedType1Face(str(_FONTS / f"{stem}.afm"), str(_FONTS / f"{stem}.pfb")) for stem in stems]
    for stem, face in zip(stems, faces, strict=True):
        pdfmetrics.registerTypeFace(face)
        pdfmetrics.registerFont(pdfmetrics.Font(stem, face.name, "WinAnsiEncoding"))
    return Face(*stems)


PRINTED_SANS = _embedded("_a______", "_ab_____")
PRINTED_SERIF = _embedded("_er_____", "_eb_____")
PRINTED_MONO = _embedded("com_____", "cob_____")
"""Faces for papers that are rendered and scanned."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a paper looks, whatever its layout: its face, its house colour, and which wording it uses (`mixed`: as of
    `Words`)."""

    face: Face = HELVETICA
    accent: Color = field(default_factory=lambda: HexColor("#1f3a5f"))
    wording: int = 0
    size: tuple[float, float] = A4
    mixed: bool = False


class Sheet:
    """A PDF in the making. Coordinates are points from the top left; `y` is a baseline, and the cursor of what flows.

    `pages` is the number of pages that will come out, where it is known from an earlier drawing. `shown` gathers the
    names of the fields that were printed. `furniture` is drawn on each further page as it begins and may move `y`.
    """

    def __init__(self, style: Style, title: str, author: str, pages: int = 1) -> None:
        self.style = style
        self.width, self.height = style.size
        self.page = 1
        self.pages = pages
        self.y = 0.0
        self.bottom = self.height - 90
        self.shown: set[str] = set()
        self.furniture: Callable[[Sheet], None] = lambda sheet: None
        self._buffer = io.BytesIO()
        self.canvas = Canvas(self._buffer, pagesize=style.size, invariant=1, pageCompression=1)
        self.canvas.setTitle(title)
        self.canvas.setAuthor(author)

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
    ) -> float:
        """Print one line of text at the baseline `y`; `align` says which end stands at `x`. Returns its width."""
        font = self.style.face.bold if bold else self.style.face.regular
        self.canvas.setFont(font, size)
        self.canvas.setFillColor(colour)
        draw = {
            "left": self.canvas.drawString,
            "right": self.canvas.drawRightString,
            "centre": self.canvas.drawCentredString,
        }[align]
        draw(x, self.height - y, text)
        self.shown.update([shows] if isinstance(shows, str) else shows)
        return self.measure(text, size, bold)

    def lines(
        self,
        x: float,
        y: float,
        texts: Iterable[str],
        size: float = 9,
        lead: float = 1.3,
        align: str = "left",
        colour: Color = BLACK,
    ) -> float:
        """Print lines below each other. Returns the baseline below the last."""
        for text in texts:
            self.text(x, y, text, size, align=align, colour=colour)
            y += size * lead
        return y

    def paragraph(
        self, x: float, y: float, text: str, width: float, size: float = 9, lead: float = 1.35, colour: Color = BLACK
    ) -> float:
        """Print text broken to `width`. Returns the baseline below the last line."""
        return self.lines(x, y, self.split(text, width, size), size, lead, colour=colour)

    def split(self, text: str, width: float, size: float = 9) -> list[str]:
        """`text` broken into lines of at most `width`."""
        return list(simpleSplit(text, self.style.face.regular, size, width))

    def fitted(self, text: str, width: float, size: float, bold: bool = False) -> float:
        """The largest type size up to `size` at which `text` is no wider than `width`."""
        return min(size, size * width / max(self.measure(text, size, bold), 1e-6))

    def measure(self, text: str, size: float = 9, bold: bool = False) -> float:
        """Width of `text`."""
        return float(pdfmetrics.stringWidth(text, self.style.face.bold if bold else self.style.face.regular, size))

    def rule(
        self,
        x0: float,
        y0: float,
        x1: float,
        y1: float | None = None,
        weight: float = 0.6,
        colour: Color = BLACK,
        dash: float = 0,
    ) -> None:
        """A line, level unless `y1` is given; dashed in steps of `dash`."""
        self.canvas.saveState()
        self.canvas.setLineWidth(weight)
        self.canvas.setStrokeColor(colour)
        if dash:
            self.canvas.setDash(dash, dash)
        self.canvas.line(x0, self.height - y0, x1, self.height - (y0 if y1 is None else y1))
        self.canvas.restoreState()

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: Color | None = None,
        stroke: Color | None = BLACK,
        weight: float = 0.6,
    ) -> None:
        """A rectangle whose top left corner is at `x`, `y`."""
        self.canvas.setLineWidth(weight)
        if fill is not None:
            self.canvas.setFillColor(fill)
        if stroke is not None:
            self.canvas.setStrokeColor(stroke)
        self.canvas.rect(
            x, self.height - y - height, width, height, stroke=int(stroke is not None), fill=int(fill is not None)
        )

    def new_page(self) -> None:
        """Begin a further page with its furniture."""
        self.canvas.showPage()
        self.page += 1
        self.y = 60
        self.furniture(self)

    def room(self, height: float) -> None:
        """Begin a further page unless `height` more fits above `bottom`."""
        if self.y + height > self.bottom:
            self.new_page()

    def pdf(self) -> bytes:
        """The finished file."""
        self.canvas.save()
        return self._buffer.getvalue()
