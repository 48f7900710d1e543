"""A reading as lines of tokens, with spans that keep page and box: what labels and values are found on."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from statistics import median
from typing import NamedTuple

from tasks.documents import Box, Page, Word

COLUMN_GAP = 0.9
"""A gap this wide, in line heights, parts two columns; between two words of a sentence it is about 0.3."""

_SPACE = 0.6  # line heights: a wider gap parts two numbers
_BESIDE = 12  # lines that may start in one line's height: columns of their own, on crooked scans
_INFINITE = float("inf")
_OPEN_ROWS = 6  # rows that a word may still belong to: neighbours whose words the reader interleaved

_PLAIN_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "þ": "th"})
_GLUING = re.compile("[:#№°º]|^[Nn][ro][.]")  # without which nothing is glued: a quick look at every word
_GLUED = re.compile(r"^(.*?[^\W\d_]{2,}[.)]?:(?!//)|[Nn][°º]|№|#|[Nn][ro]\.)(\S+)$")


class Token(NamedTuple):
    """A word, or a part of one that a reader glued together (`Date:01/02/2018` is two tokens).

    `key` is what labels are matched by: letters and digits without case or accents. `gap` is the distance to the
    token before it in line heights, infinite at the start of a line.
    """

    text: str
    key: str
    box: Box
    confidence: float
    gap: float


@dataclass(frozen=True, eq=False)
class Line:
    """One line of a page, from left to right; `number` counts through the document from 0."""

    page: int
    number: int
    tokens: tuple[Token, ...]

    @cached_property
    def box(self) -> Box:
        """What encloses the line."""
        return around(self.tokens)

    @cached_property
    def height(self) -> float:
        """The height of its first token."""
        return self.tokens[0].box[3] - self.tokens[0].box[1]

    @cached_property
    def text(self) -> str:
        """What stands there."""
        return " ".join([token.text for token in self.tokens])

    @cached_property
    def spaced(self) -> tuple[str, tuple[int, ...]]:
        """What stands there, two spaces or more where a gap is too wide for one number, and where each token starts."""
        parts: list[str] = []
        starts: list[int] = []
        length = 0
        for token in self.tokens:
            space = "" if not parts else " " if token.gap < _SPACE else "   " if token.gap > COLUMN_GAP else "  "
            parts += (space, token.text)
            starts.append(length + len(space))
            length += len(space) + len(token.text)
        return "".join(parts), tuple(starts)

    @cached_property
    def phrases(self) -> tuple["Span", ...]:
        """The line cut at its column gaps."""
        starts = [i for i, token in enumerate(self.tokens) if token.gap > COLUMN_GAP]
        return tuple(Span(self, a, b) for a, b in zip(starts, [*starts[1:], len(self.tokens)], strict=True))

    @cached_property
    def edges(self) -> tuple[tuple[float, float, "Span"], ...]:
        """Its phrases, each behind its left and right edge."""
        return tuple((phrase.x0, phrase.x1, phrase) for phrase in self.phrases)


class Span(NamedTuple):
    """Tokens `start` to `end` (exclusive) of a line."""

    line: Line
    start: int
    end: int

    @property
    def tokens(self) -> tuple[Token, ...]:
        """The tokens of the span."""
        return self.line.tokens[self.start : self.end]

    @property
    def text(self) -> str:
        """What stands there."""
        return " ".join([token.text for token in self.tokens])

    @property
    def box(self) -> Box:
        """Where it stands."""
        return around(self.tokens)

    @property
    def x0(self) -> float:
        """The left edge."""
        return self.line.tokens[self.start].box[0]

    @property
    def x1(self) -> float:
        """The right edge."""
        return self.line.tokens[self.end - 1].box[2]

    @property
    def confidence(self) -> float:
        """The reader's own confidence in the worst word."""
        return min(token.confidence for token in self.tokens)


@dataclass(frozen=True)
class Layout:
    """The lines of all pages of a document, and the pages' sizes by number."""

    lines: tuple[Line, ...]
    sizes: dict[int, tuple[float, float]] = field(default_factory=dict)

    @cached_property
    def phrases(self) -> tuple[Span, ...]:
        """Every phrase of the document."""
        return tuple(phrase for line in self.lines for phrase in line.phrases)

    @cached_property
    def text_height(self) -> float:
        """The median height of a line: what is clearly larger is a heading."""
        return median(line.height for line in self.lines) if self.lines else 0.0

    def below(self, line: Line, heights: float) -> Iterator[Line]:
        """The lines of the same page that start at most `heights` line heights under `line`, nearest first; where lines
        lie over each other by the thousand, no more than a reader could tell apart."""
        floor = line.box[3] + heights * line.height
        most = int(heights * _BESIDE) + 1
        for at in range(line.number + 1, min(line.number + 1 + most, len(self.lines))):
            other = self.lines[at]
            if other.page != line.page or other.box[1] > floor:
                return
            yield other


def lay_out(pages: Sequence[Page]) -> Layout:
    """The lines of `pages`, whose words are in reading order."""
    lines: list[Line] = []
    for page in pages:
        for words in _rows(page.words):
            tokens = _tokens(words)
            if tokens:
                lines.append(Line(page.number, len(lines), tuple(tokens)))
    return Layout(tuple(lines), {page.number: (page.width, page.height) for page in pages})


def around(tokens: Sequence[Token]) -> Box:
    """The box that encloses `tokens`."""
    if len(tokens) == 1:
        return tokens[0].box
    left, top, right, bottom = zip(*[token.box for token in tokens], strict=True)
    return min(left), min(top), max(right), max(bottom)


@lru_cache(maxsize=20_000)
def key_of(text: str) -> str:
    """Letters and digits of `text` without case or accents; number signs become `no`."""
    if text.isascii():
        text = text.lower().replace("#", "no")
    else:
        text = text.replace("№", "no").replace("N°", "no").replace("n°", "no").replace("Nº", "no").replace("nº", "no")
        text = unicodedata.normalize("NFKD", text.replace("#", "no")).casefold()
    return text if text.isalnum() else "".join(filter(str.isalnum, text))


def keys_of(phrase: str) -> tuple[str, ...]:
    """The keys that `phrase` may have on a page: its own, and where it has letters that are no accented ones (`ø`, `ł`)
    the one of plain letters, as scans and foreign programs write it."""
    key = "".join(map(key_of, phrase.split()))
    plain = key.translate(_PLAIN_LETTERS)
    return (key,) if plain == key else (key, plain)


def _rows(words: Sequence[Word]) -> list[list[Word]]:
    """Words joined to the nearest row whose last word they stand beside: also where the page is skewed. One loop for
    all: each word of a document passes here."""
    rows: list[list[Word]] = []
    ends: list[tuple[float, float, float]] = []  # of each row's last word: twice its middle, its right edge, its height
    for word in words:
        start, upper, right, lower = word.box
        own = lower - upper
        first = max(len(ends) - _OPEN_ROWS, 0)
        near = []
        for at, (middle, end, tall) in enumerate(ends[first:], first):
            height = tall if tall < own else own
            if abs(middle - upper - lower) <= 0.9 * height and start >= end - 0.5 * height:
                near.append(at)
        if near:
            at = near[0] if len(near) == 1 else min(near, key=lambda at: abs(ends[at][0] - (upper + lower)))
            rows[at].append(word)
            ends[at] = (upper + lower, right, own)
        else:
            rows.append([word])
            ends.append((upper + lower, right, own))
    return rows


def _tokens(words: Sequence[Word]) -> list[Token]:
    tokens = []
    right = None
    for word in words:
        if not word.text.strip():
            continue
        for text, box in _parts(word) if _GLUING.search(word.text) else ((word.text, word.box),):
            start, upper, end, lower = box
            gap = _INFINITE if right is None else (start - right) / (lower - upper if lower - upper > 1e-6 else 1e-6)
            tokens.append(Token(text, key_of(text), box, word.confidence, gap))
            right = end
    return tokens


def _parts(word: Word) -> list[tuple[str, Box]]:
    """What a reader glued together, apart."""
    glued = _GLUED.match(word.text)
    if not glued:
        return [(word.text, word.box)]
    x0, y0, x1, y1 = word.box
    cut = x0 + (x1 - x0) * len(glued[1]) / len(word.text)
    return [(glued[1], (x0, y0, cut, y1)), (glued[2], (cut, y0, x1, y1))]
