"""A document laid out for extraction: its lines with their labels, dates and amounts, and where values may stand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from tasks.documents import Reading
from tasks.extract.conventions import Conventions, amount_readings, conventions_of, date_readings
from tasks.extract.labels import Label, find_labels
from tasks.extract.layout import COLUMN_GAP, Layout, Line, Span, lay_out
from tasks.extract.names import is_name, name_spans, names_owners, stacked
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


@dataclass(frozen=True, eq=False)
class Sheet:
    """Everything that the extraction rules look at, found once and when it is first asked for: a class without fields
    needs no labels. Labels, dates and amounts are by the number of their line; `added_labels` go before the usual."""

    layout: Layout
    ocr: bool
    added_labels: Mapping[int, tuple[Label, ...]] = field(default_factory=dict)
    _names: dict[int, tuple[Span, ...]] = field(default_factory=dict, init=False, repr=False)
    _stacked: dict[int, tuple[Span, ...]] = field(default_factory=dict, init=False, repr=False)
    _values: dict[str, Decimal | None] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def labels(self) -> dict[int, tuple[Label, ...]]:
        """The labels of each line that has any, from left to right."""
        return {**find_labels(self.layout), **self.added_labels}

    @cached_property
    def dates(self) -> dict[int, tuple[Dated, ...]]:
        """What looks like a date, on each line that has any."""
        return {line.number: found for line in self.layout.lines if (found := find_dates(line))}

    @cached_property
    def amounts(self) -> dict[int, tuple[Amount, ...]]:
        """The numbers of each line that are no part of a date."""
        dates = self.dates
        return {n.number: found for n in self.layout.lines if (found := find_amounts(n, dates.get(n.number, ())))}

    @cached_property
    def text(self) -> str:
        """The document, a line a line."""
        return "\n".join(line.text for line in self.layout.lines)

    @cached_property
    def conventions(self) -> Conventions:
        """How it writes numbers and dates."""
        numbers = [amount.raw for row in self.amounts.values() for amount in row if amount.exact]
        return conventions_of(numbers, [dated.raw for row in self.dates.values() for dated in row], self.text)

    def names_on(self, page: int) -> tuple[Span, ...]:
        """What may be the name of a company or a person on that page, in reading order."""
        if page not in self._names:
            phrases = (phrase for phrase in self.layout.phrases if phrase.line.page == page)
            parts = (part for phrase in phrases for part in self._behind_labels(phrase))
            names = [span for part in parts for span in name_spans(part) if is_name(self, span)]
            self._stacked[page] = tuple(both for span in names if (both := stacked(self, span)))
            owned = {token.box for both in self._stacked[page] if names_owners(both) for token in both.tokens}
            self._names[page] = tuple(span for span in names if span.tokens[-1].box not in owned)
        return self._names[page]

    def stacked_on(self, page: int) -> tuple[Span, ...]:
        """The names on that page that are set in two lines; what tells owners is no name without its other line."""
        self.names_on(page)
        return self._stacked[page]

    def _behind_labels(self, phrase: Span) -> Iterator[Span]:
        """The phrase, and what stands behind the labels in it: `To: Tynedale Lettings Ltd` has a name, too."""
        yield phrase
        for label in self.labels.get(phrase.line.number, ()):
            inside = phrase.start <= label.span.start and label.span.end < phrase.end
            if label.opens and inside and not label.may_be_word:
                yield Span(phrase.line, label.span.end, phrase.end)
        for i in range(phrase.start, phrase.end - 1):
            if phrase.line.tokens[i].text.endswith(":") and not self._is_labelled(phrase.line, i):
                yield Span(phrase.line, i + 1, phrase.end)

    def _is_labelled(self, line: Line, at: int) -> bool:
        return any(label.span.end == at + 1 for label in self.labels.get(line.number, ()))

    def labelled(self, name: str) -> Iterator[Label]:
        """Every label that may name the field."""
        return (label for labels in self.labels.values() for label in labels if name in label.names)

    def value_of(self, amount: Amount) -> Decimal | None:
        """What the amount means in this document, None where it can't be told."""
        if amount.raw not in self._values:
            readings = amount_readings(amount.raw, self.conventions)
            self._values[amount.raw] = readings[0] if len(readings) == 1 else None
        value = self._values[amount.raw]
        return -value if amount.negative and value is not None else value

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
    return Sheet(lay_out(reading.pages), any(page.text_source == "ocr" for page in reading.pages))


def _ends(label: Label) -> bool:
    """Whether a label ends the value before it: a sure one in the middle of a phrase may be a part of the value."""
    return label.opens or label.colon


def _clip(phrase: Span, x0: float, x1: float, height: float) -> Span:
    """The part of a phrase that stands under a label, from the first token that reaches under it."""
    starts = [i for i in range(phrase.start, phrase.end) if phrase.line.tokens[i].box[2] > x0 - height]
    return Span(phrase.line, starts[0] if starts else phrase.start, phrase.end)
