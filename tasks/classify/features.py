"""What the class model sees of a document: its terms, its shape, and what each class's own words say."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import add

from tasks.classify.vocabulary import Vocabulary
from tasks.extract.layout import Line, Span, Token
from tasks.extract.sheet import Sheet

PAGES = 3  # the first pages, which tell what a document is
_TITLE_TOKENS = 6  # that a phrase with a title may have
_HEAD = 0.45  # of the first page's height: where titles stand
_SLIP = 1.7  # height to width from which on a page is a till's slip

SHAPE = (
    "tokens", "lines", "pages", "prose", "line_tokens", "columns", "digits", "capitals", "colons", "blanks",
    "amounts", "amount_lines", "amount_ends", "percents", "dates", "slip", "page_width", "word_length",
)  # fmt: skip
"""Numbers that tell how a document looks, each about -1 to 1."""

EVIDENCE = ("title", "best_title", "signs", "sign_share")
"""What a class's own words say for it: its best title, how much better than any other's, its signs, their share."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A document as the model sees it. `terms` are runs of words (`^` before those of a title-like phrase), `shape` the
    numbers named by `SHAPE`, `evidence` those named by `EVIDENCE` of each class of the vocabulary, in its order."""

    terms: frozenset[str]
    shape: tuple[float, ...]
    evidence: tuple[tuple[float, ...], ...]


def seen(sheet: Sheet, vocabulary: Vocabulary) -> Seen:
    """What the model sees of the document laid out in `sheet`."""
    first = sheet.layout.lines[0].page if sheet.layout.lines else 1
    lines = [line for line in sheet.layout.lines if line.page < first + PAGES]
    heads = [p for line in lines if line.page == first for p in line.phrases if _may_be_title(sheet, p)]
    terms = _terms(line.tokens for line in lines)
    headed = (f"^{term}" for term in _terms(phrase.tokens for phrase in heads))
    return Seen(frozenset((*terms, *headed)), _shape(sheet, lines), _evidence(sheet, heads, terms, vocabulary))


def _terms(runs: Iterable[Sequence[Token]]) -> set[str]:
    """Every run of up to three words as one key, so that words which a reader glued together are the same term."""
    keys: list[str] = []
    for run in runs:
        keys += [token.key for token in run if token.key]
        keys.append("\n")
    pairs = list(map(add, keys, keys[1:]))
    return {*keys, *pairs, *map(add, pairs, keys[2:])}


def _may_be_title(sheet: Sheet, phrase: Span) -> bool:
    if phrase.end - phrase.start > _TITLE_TOKENS and any(len(token.text) > 1 for token in phrase.tokens):
        return False
    top = phrase.line.tokens[phrase.start].box[1]
    return top < _HEAD * sheet.layout.sizes[phrase.line.page][1] or _tall(sheet, phrase) > 1.3


def _tall(sheet: Sheet, phrase: Span) -> float:
    """How many times as tall as the document's usual line, by its first word."""
    box = phrase.line.tokens[phrase.start].box
    return (box[3] - box[1]) / max(sheet.layout.text_height, 1e-6)


def _evidence(
    sheet: Sheet, heads: list[Span], terms: set[str], vocabulary: Vocabulary
) -> tuple[tuple[float, ...], ...]:
    titles = [0.0] * len(vocabulary.classes)
    for phrase in heads:
        title = vocabulary.title_of([token.key for token in phrase.tokens])
        if title:
            weight = _weight(sheet, phrase, title)
            for i in vocabulary.titled[title]:
                titles[i] = max(titles[i], weight)
    signs = [0] * len(vocabulary.classes)
    for term in terms & vocabulary.signed.keys():
        for i in vocabulary.signed[term]:
            signs[i] += 1
    return tuple(_of_class(i, titles, signs) for i in range(len(titles)))


def _of_class(i: int, titles: list[float], signs: list[int]) -> tuple[float, ...]:
    others = max((weight for j, weight in enumerate(titles) if j != i), default=0.0)
    best = titles[i] - others if titles[i] else 0.0
    return (titles[i] / 3, best / 3, math.log1p(signs[i]) / 2, signs[i] / (sum(signs) + 2))


def _weight(sheet: Sheet, phrase: Span, title: str) -> float:
    """How much a phrase that opens with a title looks like the document's: by size, capitals, place and rest."""
    height = sheet.layout.sizes[phrase.line.page][1]
    top = phrase.box[1]
    weight = 1.0 + min(max(_tall(sheet, phrase) - 1.0, 0.0), 1.5) * 1.6
    weight += 0.8 if phrase.text.isupper() else 0.0
    weight += 1.0 if top < 0.25 * height else 0.5 if top < _HEAD * height else -0.6
    rest = len("".join(token.key for token in phrase.tokens)) - len(title)
    if not rest:
        return weight
    return weight * (0.9 if any(c.isdigit() for c in phrase.text) else 0.55)


def _extent(lines: list[Line]) -> tuple[float, float]:
    """Width and height of what is printed on the first page: a slip is one on the glass of a large scanner too."""
    boxes = [line.box for line in lines if line.page == lines[0].page]
    if not boxes:
        return 1.0, 1.0
    left, top, right, bottom = zip(*boxes, strict=True)
    return max(right) - min(left), max(bottom) - min(top)


def _shape(sheet: Sheet, lines: list[Line]) -> tuple[float, ...]:
    texts = [token.text for line in lines for token in line.tokens]
    text, count, rows = " ".join(texts) + " ", max(len(texts), 1), max(len(lines), 1)
    money = [amount for line in lines for amount in sheet.amounts.get(line.number, ()) if amount.exact]
    amounts = [amount for amount in money if not amount.percent]
    (width, height), page = _extent(lines), sheet.layout.sizes[lines[0].page] if lines else (1.0, 1.0)
    return (
        math.log1p(count) / 4 - 1,
        math.log1p(rows) / 3 - 1,
        min(math.log(max(len(sheet.layout.sizes), 1)), 3) / 3,
        sum(len(line.tokens) for line in lines if len(line.tokens) >= 9 and len(line.phrases) == 1) / count,
        min(count / rows, 20) / 10 - 1,
        min(sum(len(line.phrases) for line in lines) / rows, 5) / 3 - 1,
        sum(map(text.count, "0123456789")) / len(text),
        sum(map(str.isupper, texts)) / count,
        text.count(": ") / count,
        min((text.count("__") + text.count("...")) / rows / 10, 1.0),
        math.log1p(len(amounts)) / 3 - 1,
        min(len({amount.span.line.number for amount in amounts}) / rows, 1.0),
        sum(amount.span.end == len(amount.span.line.tokens) for amount in amounts) / rows,
        min(sum(amount.percent for amount in money) / rows, 1.0),
        math.log1p(sum(len(sheet.dates.get(line.number, ())) for line in lines)) / 2 - 0.5,
        float(max(height / max(width, 1.0), page[1] / max(page[0], 1.0)) > _SLIP),
        min(width / max(sheet.layout.text_height, 1e-6) / 60, 2.0) - 1,
        min(len(text) / count, 12) / 6 - 1,
    )
