"""Where things stand on the paper: one module a family, each with `draw(sheet, invoice, words)`."""

from collections.abc import Callable
from dataclasses import dataclass

from data.generator.invoices import Invoice
from data.generator.layouts import (
    american,
    british,
    craft,
    din5008,
    french,
    indian,
    ledger,
    minimal,
    order,
    remittance,
    sideband,
    southern,
    swiss,
    utility,
)
from data.generator.sheet import Sheet, Style
from data.generator.words import Words

Layout = Callable[[Sheet, Invoice, Words], None]

LAYOUTS: dict[str, Layout] = {
    "american": american.draw,
    "british": british.draw,
    "craft": craft.draw,
    "din5008": din5008.draw,
    "french": french.draw,
    "indian": indian.draw,
    "ledger": ledger.draw,
    "minimal": minimal.draw,
    "order": order.draw,
    "remittance": remittance.draw,
    "sideband": sideband.draw,
    "southern": southern.draw,
    "swiss": swiss.draw,
    "utility": utility.draw,
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A finished PDF and the names of the fields that can be seen on it."""

    pdf: bytes
    pages: int
    shown: frozenset[str]


def draw_invoice(invoice: Invoice, layout: str, style: Style, after: Layout | None = None) -> Drawn:
    """`invoice` in that layout and style; `after` draws something more on the last page."""

    def drawing(sheet: Sheet) -> None:
        words = Words(invoice.locale, style.wording, style.mixed)
        LAYOUTS[layout](sheet, invoice, words)
        if after is not None:
            after(sheet, invoice, words)

    return draw_paper(drawing, style, f"{invoice.number}", invoice.seller.name)


def draw_paper(drawing: Callable[[Sheet], None], style: Style, title: str, author: str) -> Drawn:
    """Draws twice: the first time to learn how many pages there are."""
    trial = Sheet(style, title, author)
    drawing(trial)
    sheet = Sheet(style, title, author, trial.page)
    drawing(sheet)
    return Drawn(sheet.pdf(), sheet.page, frozenset(sheet.shown))
