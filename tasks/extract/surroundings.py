"""What stands around a candidate and what it looks like: the numbers that the trained scorer reads.

Words are known by the pieces they are made of (whole, and runs of three letters), hashed into a fixed number of
buckets, so that `Factuurnr` says what `Factuurnummer` said. Each place around the candidate has buckets of its own.
Digits in words are all alike. Of the rules it knows which labels stand there, not what they choose by them.
"""

import math
import re
import zlib
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from tasks.extract.candidates import Kind, Spot
from tasks.extract.layout import Line, Span
from tasks.extract.names import has_legal_form, is_under, plain
from tasks.extract.parties import domains_of, has_register_number, in_address_window, in_domains, is_registered
from tasks.extract.sheet import Sheet

PLACES = ("own", "left", "far_left", "above", "second_above", "third_above", "right", "below")
"""The places around a candidate whose words are read, in the order of `words_around`."""

BUCKETS = 2048
"""Pieces of words are hashed into so many buckets for each place."""

Vector = NDArray[np.float32]
_DIGITS = re.compile(r"\d")
_WORDS = 6  # words of a place
_BLOCK = 7  # line heights below a name that are its block
_REACHED = re.compile(r"@|www\.|https?:|\b(?:tel|tél|fon|phone|fax|mobile|telefon)", re.IGNORECASE)
_BANK = re.compile(r"\b(?:IBAN|BIC|SWIFT|sort code|BSB|bankgiro|plusgiro)\b|\b[A-Z]{2}\d{2} ?(?:\d{4} ?){3}")
_TAX_NUMBER = re.compile(r"\b[A-Z]{2,3}[- ]?\d[\d. ]{6,12}\b|\b\d{2}[A-Z]{5}\d{4}|\b\d{3}[- ]\d{3}[- ]\d{2}[- ]\d{2}\b")
_LINES_ABOVE = 10  # lines that are searched for a phrase above


@lru_cache(maxsize=50_000)
def pieces(key: str) -> tuple[int, ...]:
    """The buckets of a word's key: the whole word, its beginning, and its runs of three letters; of a label's `=field`
    the whole alone."""
    if key.startswith("="):
        return (zlib.crc32(key.encode()) % BUCKETS,)
    bounded = f"^{_DIGITS.sub('0', key)}$"
    parts = {bounded, f"<{bounded[:5]}", *(bounded[i : i + 3] for i in range(len(bounded) - 2))}
    return tuple(sorted({zlib.crc32(part.encode()) % BUCKETS for part in parts}))


def words_around(sheet: Sheet, spot: Spot) -> tuple[tuple[str, ...], ...]:
    """The keys of the words in each of `PLACES`, nearest first, and `=field` for each label that is known there."""
    span = spot.span
    line, left, right = span
    above = _phrases_above(sheet, span, 3)
    above += [Span(line, 0, 0)] * (3 - len(above))
    below = _phrase_below(sheet, span) or Span(line, 0, 0)
    near = Span(line, max(0, left - 3), left)
    far = Span(line, max(0, left - 8), near.start)
    places = (span, near, far, *above, Span(line, right, min(right + 3, len(line.tokens))), below)
    return tuple([_words(sheet, place) for place in places])


def _words(sheet: Sheet, place: Span) -> tuple[str, ...]:
    line, start, end = place
    if start == end:
        return ()
    words = [token.key for token in line.tokens[start : min(end, start + _WORDS)] if token.key]
    for label in sheet.labels.get(line.number, ()):
        if start < label.span.end and label.span.start < end:
            words += _named(label.names, label.sure)
    return tuple(words)


@cache
def _named(names: tuple[str, ...], sure: bool) -> tuple[str, ...]:
    """What stands for a label that may name these fields."""
    return tuple(f"={name}{'!' if sure else ''}" for name in names)


def _phrases_above(sheet: Sheet, span: Span, most: int) -> list[Span]:
    """The nearest phrases above the span, at most so many."""
    number = min(span.line.number, len(sheet.layout.lines))
    page, height = span.line.page, span.line.height
    x0, y0, x1, _ = span.box
    found: list[Span] = []
    for line in reversed(sheet.layout.lines[max(0, number - _LINES_ABOVE) : number]):
        if line.page != page or len(found) == most:
            break
        if line.box[3] <= y0 + 0.5 * height and (phrase := _overlapping(line, x0, x1, height)):
            found.append(phrase)
    return found


def _phrase_below(sheet: Sheet, span: Span) -> Span | None:
    x0, _, x1, _ = span.box
    for line in sheet.layout.below(span.line, 3.5):
        if phrase := _overlapping(line, x0, x1, span.line.height):
            return phrase
    return None


def _overlapping(line: Line, x0: float, x1: float, slack: float) -> Span | None:
    """The phrase of the line that reaches over or under the span, from the word that does."""
    for left, right, phrase in line.edges:
        if left < x1 + slack and right > x0 - slack:
            reach = (i for i in range(phrase.start, phrase.end) if line.tokens[i].box[2] > x0 - 3 * slack)
            return Span(line, next(reach, phrase.start), phrase.end)
    return None


class Shapes:
    """The numbers of the candidates of one kind: where they stand, what they look like, how they compare."""

    def __init__(self, sheet: Sheet, kind: Kind, spots: Sequence[Spot], doc_type: str) -> None:
        self._sheet = sheet
        self._spots = spots
        self._count = Counter(plain(spot.value) for spot in spots)
        self._last_page = max(sheet.layout.sizes, default=1)
        self._types = [float(doc_type == name) for name in ("invoice", "credit_note", "receipt", "purchase_order")]
        own = {"number": self._number, "day": self._day, "amount": self._amount, "name": self._name}[kind]
        if kind == "amount":
            self._relate_amounts()
        elif kind == "name":
            self._domains = domains_of(sheet)
            self._sizes = sorted(_height(spot.span) for spot in spots)
            self._inner, self._outer = _nested(self._count, 4)
            self._formed = {plain(spot.value) for spot in spots if has_legal_form(spot.value)}
            self._firsts = Counter(_first(spot.value) for spot in {spot.value: spot for spot in spots}.values())
            self._kinds: dict[int, tuple[float, ...]] = {}
        elif kind == "number":
            self._inner, self._outer = _nested({spot.value for spot in spots}, 1)
        self._days = sorted({spot.value for spot in spots})
        rows = [[*self._place(i, spot), *own(i, spot)] for i, spot in enumerate(spots)]
        self.matrix: Vector = np.array(rows, dtype=np.float32)

    def _place(self, rank: int, spot: Spot) -> list[float]:
        """Of every kind: where on the page, how large, what stands beside it, how often it is said."""
        span, line = spot.span, spot.span.line
        width, height = self._sheet.layout.sizes[line.page]
        x0, y0, x1, y1 = span.box
        before = line.tokens[span.start - 1] if span.start else None
        after = line.tokens[span.end] if span.end < len(line.tokens) else None
        return [
            *(x0 / width, x1 / width, y0 / height, (y0 / height) ** 2, (x0 / width) * (y0 / height)),
            *(float(line.page == 1), float(line.page == self._last_page), float(self._last_page > 1)),
            min((y1 - y0) / max(self._sheet.layout.text_height, 1e-6), 4.0),
            *(float(before is None), float(after is None), float(before is not None and before.text.endswith(":"))),
            *(min(span.tokens[0].gap, 9.0) / 9.0, min(after.gap, 9.0) / 9.0 if after else 1.0),
            float(span in line.phrases),
            rank / len(self._spots),
            1 / (1 + rank),
            math.log1p(len(self._spots)) / 5,
            math.log(self._count[plain(spot.value)]),
            float(self._sheet.ocr),
            span.confidence,
            *self._types,
        ]

    def _number(self, _: int, spot: Spot) -> list[float]:
        value = spot.value
        digits, letters = sum(c.isdigit() for c in value), sum(c.isalpha() for c in value)
        return [
            *(len(value) / 20, digits / 20, letters / 10, digits / len(value), float(value[0].isalpha())),
            *(float(mark in value) for mark in "-/."),
            *(float(digits == n) for n in range(1, 10)),
            float(bool(re.match(r"(?:19|20)\d\d(?!\d)", value))),
            float(bool(re.search(r"(?:19|20)\d\d", value))),
            float(len(spot.span.tokens) > 1),
            *(float(value in self._inner), float(value in self._outer)),
        ]

    def _day(self, _: int, spot: Spot) -> list[float]:
        rank = bisect_left(self._days, spot.value)
        day = date.fromisoformat(spot.value)
        first, last = date.fromisoformat(self._days[0]), date.fromisoformat(self._days[-1])
        return [
            *(rank / len(self._days), float(rank == 0), float(rank == len(self._days) - 1), 1 / len(self._days)),
            *(math.log1p((day - first).days) / 8, math.log1p((last - day).days) / 8),
            float(day.day == 1),
            float(day.year < 2000),
        ]

    def _relate_amounts(self) -> None:
        """Which amounts are the net, tax or gross total of some sum that is printed."""
        self._sums: dict[Decimal, set[str]] = defaultdict(set)
        values = sorted({abs(Decimal(spot.value)) for spot in self._spots}, reverse=True)[:60]
        known = set(values)
        for gross in values:
            for net in values:
                tax = gross - net
                if 0 < tax <= net * Decimal("0.4") and tax in known:
                    for name, value in (("gross", gross), ("net", net), ("tax", tax)):
                        self._sums[value].add(name)
        self._by_size = values
        self._left = {whole - part for whole in values[:4] for part in values if 0 < part < whole} & known

    def _amount(self, rank: int, spot: Spot) -> list[float]:
        value = abs(Decimal(spot.value))
        place = next((i for i, other in enumerate(self._by_size) if other <= value), len(self._by_size))
        sums = self._sums.get(value, set())
        return [
            *(math.log10(float(value) + 0.01) / 6, place / max(len(self._by_size), 1), 1 / (1 + place)),
            *(float(place == n) for n in range(3)),
            *(float(name in sums) for name in ("net", "tax", "gross")),
            float(bool(self._sums)),
            float(value in self._left),
            *(float(value == 0), float(spot.value.startswith("-"))),
            *((len(self._spots) - 1 - rank) / len(self._spots), 1 / (len(self._spots) - rank)),
            float("." in spot.value),
            float(any(c.isalpha() or c in "€$£¥₹" for c in spot.span.text)),
        ]

    def _name(self, _: int, spot: Spot) -> list[float]:
        sheet, span, text = self._sheet, spot.span, spot.value
        letters = sum(c.isalpha() for c in text)
        key = plain(text)
        return [
            *(float(has_legal_form(text)), float(in_domains(key, self._domains))),
            *(float(text.isupper()), sum(c.isupper() for c in text) / max(letters, 1), len(span.tokens) / 8),
            *(len(text) / 40, float(any(c.isdigit() for c in text)), float(in_address_window(sheet, span))),
            (len(self._sizes) - bisect_left(self._sizes, _height(span))) / len(self._sizes),
            float(_height(span) >= 0.98 * self._sizes[-1]),
            float(is_registered(span.line)),
            *(float(key in self._inner), float(key in self._outer)),
            *(1 / (1 + len(self._formed)), float(bool(self._formed - {key}))),
            *(float(self._firsts[_first(text)] > 1), float(in_domains(_first(text), self._domains))),
            *(float(has_register_number(sheet, span)), *self._block(span)),
        ]

    def _block(self, span: Span) -> list[float]:
        """What the block says that the name stands in or opens: registration, telephone or mail, bank, on its own line
        and below."""
        own = self._kinds_of(span.line)
        below = [0.0] * len(own)
        for other in self._sheet.layout.below(span.line, _BLOCK):
            if any(is_under(phrase, span) for phrase in other.phrases):
                below = [max(pair) for pair in zip(below, self._kinds_of(other), strict=True)]
        return [*own, *below]

    def _kinds_of(self, line: Line) -> tuple[float, ...]:
        if line.number not in self._kinds:
            told = (bool(kind.search(line.text)) for kind in (_REACHED, _BANK, _TAX_NUMBER))
            self._kinds[line.number] = (float(is_registered(line)), *map(float, told))
        return self._kinds[line.number]


def _first(name: str) -> str:
    """The first word of a name, as letters and digits."""
    return plain(name.split()[0]) if name.split() else ""


def _height(span: Span) -> float:
    return span.box[3] - span.box[1]


def _nested(values: Collection[str], least: int) -> tuple[set[str], set[str]]:
    """Which of these different values stand in another, and in which another of so many letters stands."""
    lines = "\n".join(values)
    inner = {each for each in values if lines.count(each) > 1}
    outer = {other for each in inner if len(each) >= least for other in values if each != other and each in other}
    return inner, outer
