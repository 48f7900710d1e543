"""Where a quote stands on the pages: token by token, whatever the spaces and marks between."""

from collections.abc import Iterator

from rapidfuzz import fuzz

from tasks.extract.layout import COLUMN_GAP, Line, Span, key_of
from tasks.extract.sheet import Sheet

_BELOW = 1.6  # line heights between two lines of one printed value
_ALMOST = 88.0  # similarity of what OCR read and what a model saw in the same place
_ENOUGH = 6  # letters and digits from which similarity means anything

Place = tuple[Span, ...]
"""Spans on one line, or on lines one below the other."""


def places(sheet: Sheet, quote: str, page: int) -> list[Place]:
    """Where exactly the quote stands, on one line or several below each other; places on the stated page first."""
    key = key_of(quote)
    starts = [(line, i) for line in sheet.layout.lines for i in range(len(line.tokens))] if key else []
    found = [place for line, start in starts if (place := _at(sheet, line, start, key))]
    return sorted(found, key=lambda place: place[0].line.page != page)


def similar_place(sheet: Sheet, quote: str, page: int) -> Place | None:
    """The run of words on the stated page that OCR may have misread the quote from."""
    key, words = key_of(quote), len(quote.split())
    if len(key) < _ENOUGH:
        return None
    runs = [run for line in sheet.layout.lines if line.page == page for run in _runs(line, words)]
    best = max(runs, key=lambda run: fuzz.ratio(key, _key(run)), default=None)
    return (best,) if best and fuzz.ratio(key, _key(best)) >= _ALMOST else None


def _at(sheet: Sheet, line: Line, start: int, key: str) -> Place | None:
    """The place that begins with the token at `start` and has exactly the key."""
    tokens, rest, end = line.tokens, key, start
    while rest and end < len(tokens) and rest.startswith(tokens[end].key):
        rest = rest.removeprefix(tokens[end].key)
        end += 1
    if end == start or not tokens[start].key:
        return None
    span = Span(line, start, end)
    if not rest:
        return (span,)
    if end < len(tokens) and tokens[end].gap <= COLUMN_GAP:
        return None  # the phrase goes on, and differs
    for below in sheet.layout.below(line, _BELOW):
        for phrase in below.phrases:
            if phrase.x0 < span.x1 and phrase.x1 > span.x0 and (more := _at(sheet, below, phrase.start, rest)):
                return (span, *more)
    return None


def _runs(line: Line, words: int) -> Iterator[Span]:
    for length in {max(words - 1, 1), words, words + 1}:
        yield from (Span(line, i, i + length) for i in range(len(line.tokens) - length + 1))


def _key(span: Span) -> str:
    return "".join(token.key for token in span.tokens)
