"""The inputs by their numbers: what stands behind a number is the same on every machine with the same documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bench.fuzz.documents import odd
from bench.fuzz.mutations import mutated
from tasks.discover.sniff import HEAD_BYTES, extension_of
from tasks.documents import Box, Page, Reading, Word

MOST_BYTES = 60_000
MADE_UP = b"%PDF-made-up "
"""How inputs begin that are no document but a number: their pages are made up by it, past all readers."""

_KINDS = (*("pdf",) * 5, *("xml",) * 3, "png", "jpg", "tif", "zip", "eml", "made up")
_LABELS = (
    *("Invoice", "Rechnung", "Facture", "No.", "Nr.", "Number", "Date", "Datum", "Due", "Fällig", "Total", "Summe"),
    *("Betrag", "Net", "Netto", "VAT", "MwSt", "IBAN", "USt-IdNr.", "Qty", "Menge", "Price", "Preis", "Description"),
    *("Amount", "EUR", "€", "$", "kr", "From:", "To:", "Seller", "GmbH", "Ltd", "Inc.", "%", "19", "7", "x", "=", ":"),
)
_EXTREMES = (0.0, -1.0, 1e-9, 1e9, 1e38)


@dataclass(frozen=True)
class Corpus:
    """Documents by kind, in the order of their paths."""

    by_kind: dict[str, tuple[bytes, ...]]

    @classmethod
    def of(cls, folders: Sequence[Path]) -> "Corpus":
        """All files in `folders` that are not too large to change many times a second."""
        found: dict[str, list[bytes]] = {kind: [] for kind in _KINDS}
        for path in sorted(path for folder in folders for path in folder.rglob("*") if path.is_file()):
            if path.stat().st_size <= MOST_BYTES:
                data = path.read_bytes()
                found.setdefault(extension_of(data[:HEAD_BYTES]), []).append(data)
        return cls({kind: tuple(documents) for kind, documents in found.items() if documents})

    def input(self, number: int) -> bytes:
        """The input with that number."""
        chance = Random(number)
        kind = chance.choice(_KINDS)
        if kind == "made up":
            return MADE_UP + str(number).encode()
        documents = self.by_kind.get(kind) or self.by_kind["pdf"]
        other = chance.choice(self.by_kind[chance.choice(sorted(self.by_kind))])
        return mutated(min(chance.choices(documents, k=2), key=len), chance, other)  # small ones are read in less time


def made_up(number: int) -> Reading:
    """Pages of labels and odd values, most of them laid out like an invoice, some beyond all measure."""
    chance = Random(number)
    pages = tuple(_page(place, chance) for place in range(1, chance.choice((1, 1, 1, 2)) + 1))
    source = "ocr" if chance.random() < 0.3 else "text"
    return Reading(kind="pdf", text_source=source, page_count=len(pages), pages=pages)


def _page(number: int, chance: Random) -> Page:
    words = tuple(_word(place, chance) for place in range(chance.choice((0, 5, 5, 40, 40, 40, 200, 200, 200, 800))))
    width, height = (chance.choice((1e-5, 14400.0, 1e9)), 842.0) if chance.random() < 0.02 else (595.0, 842.0)
    return Page(
        number, width, height, words, chance.choice(("text", "ocr")), hidden=words[:2] if chance.random() < 0.1 else ()
    )


def _word(place: int, chance: Random) -> Word:
    text = chance.choice(_LABELS) if chance.random() < 0.6 else odd(chance).strip() or "-"
    return Word(text, _box(place, chance), chance.choice((1.0, 1.0, 0.5, 0.0)))


def _box(place: int, chance: Random) -> Box:
    if chance.random() < 0.01:
        return tuple(chance.choice((*_EXTREMES, 100.0)) for _ in range(4))  # type: ignore[return-value]
    row, column = divmod(place, 6)
    left, top = 40.0 + 90 * column + chance.choice((0, 0, 3)), 40.0 + 14 * row + chance.choice((0, 0, 1))
    return left, top, left + chance.choice((10, 40, 80)), top + chance.choice((10, 10, 30))
