"""A document laid out for extraction: its lines with their labels, dates and amounts, and where values may stand."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tasks.documents import Reading
from tasks.extract.conventions import Conventions, amount_readings, conventions_of, date_readings
from tasks.extract.labels import Label, find_labels
from tasks.extract.layout import COLUMN_GAP, Layout, Span, lay_out
from tasks.extract.values import Amount, Dated, find_amounts, find_dates

_DEPTH = 3.5  # line heights below a label in which its value may start


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value of a label may stand. `how` is `right`, `below` or `left`; `weight` how usual that place is."""

    span: Span
    how: str
    weight: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value that may be a field's, normalised, with what speaks for it and how much."""

    name: str
    value: str
    span: Span
    score: float
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """Everything that the extraction rules look at, found once. `text` is the document, a line a line."""

    layout: Layout
    labels: dict[int, tuple[Label, ...]]
    dates: dict[int, tuple[Dated, ...]]
    amounts: dict[int, tuple[Amount, ...]]
    conventions: Conventions
    text: str
    ocr: bool

    def labelled(self, name: str) -> Iterator[Label]:
        """Every label that may name the field."""
        return (label for labels in self.labels.values() for label in labels if name in label.names)

    def value_of(self, amount: Amount) -> Decimal | None:
        """What the amount means in this document, None where it can't be told."""
        readings = amount_readings(amount.raw, self.conventions)
        if len(readings) != 1:
            return None
        return -readings[0] if amount.negative else readings[0]

    def days_of(self, dated: Dated) -> tuple[date, ...]:
        """The days that the date can mean in this document: none, one or two."""
        return date_readings(dated.raw, self.conventions)

    def places(self, label: Label) -> Iterator[Place]:
        """Where the value of `label` may stand: right of it up to the next label, else below it."""
        right = self._right_of(label)
        if right:
            yield right
        yield from self._below(label)

    def is_label(self, span: Span) -> bool:
        """Whether a label opens the span."""
        return any(label.span.start <= span.start < label.span.end for label in self.labels.get(span.line.number, ()))

    def _right_of(self, label: Label) -> Place | None:
        line, start = label.span.line, label.span.end
        ends = [other.span.start for other in self.labels[line.number] if other.span.start >= start and _ends(other)]
        end = min(ends, default=len(line.tokens))
        if start >= end:
            return None
        near = line.tokens[start].gap <= COLUMN_GAP or label.colon
        return Place(Span(line, start, end), "right", 1.0 if near else 0.9)

    def _below(self, label: Label) -> Iterator[Place]:
        x0, _, x1, _ = label.span.box
        height = label.span.line.height
        weight = 0.8
        for line in self.layout.below(label.span.line, _DEPTH):
            under = [p for p in line.phrases if p.x0 < x1 + height and p.x1 > x0 - height]
            if not under:
                continue
            if any(self.is_label(phrase) and self._names_field(phrase) for phrase in under):
                return
            yield from (Place(_clip(phrase, x0, x1, height), "below", weight) for phrase in under)
            weight -= 0.25
            if weight < 0.5:
                return

    def _names_field(self, phrase: Span) -> bool:
        return any(label.span.start == phrase.start and label.sure for label in self.labels.get(phrase.line.number, ()))


def sheet_of(reading: Reading) -> Sheet:
    """The document of `reading` laid out for extraction."""
    layout = lay_out(reading.pages)
    days = {line.number: found for line in layout.lines if (found := find_dates(line))}
    numbers = {n.number: money for n in layout.lines if (money := find_amounts(n, days.get(n.number, ())))}
    text = "\n".join(" ".join(token.text for token in line.tokens) for line in layout.lines)
    conventions = conventions_of(
        [a.raw for row in numbers.values() for a in row if a.exact],
        [d.raw for row in days.values() for d in row],
        text,
    )
    ocr = any(page.text_source == "ocr" for page in reading.pages)
    return Sheet(layout, find_labels(layout), days, numbers, conventions, text, ocr)


def _ends(label: Label) -> bool:
    """Whether a label ends the value before it: a sure one in the middle of a phrase may be a part of the value."""
    return label.opens or label.colon


def _clip(phrase: Span, x0: float, x1: float, height: float) -> Span:
    """The part of a phrase that stands under a label, from the first token that reaches under it."""
    starts = [i for i in range(phrase.start, phrase.end) if phrase.line.tokens[i].box[2] > x0 - height]
    return Span(phrase.line, starts[0] if starts else phrase.start, phrase.end)
