"""CLASSIFY: what kind of document it is, by weighted evidence: titles by size and place, signs in the text."""

import math
import re
from dataclasses import dataclass
from functools import cache

from tasks.extract.layout import Span, key_of
from tasks.extract.sheet import Sheet
from tasks.extract.tables import words

RULES = "rules-1"
"""Name and version of these rules, as `calls` records them."""

_TITLE_WORDS = 6  # tokens that a phrase with a title may have
_PRIOR = {"other": 1.2}
_STATED = 0.999
_PER_SIGN = 0.45
_MOST_SIGNS = 7
_SHARPNESS = 1.5  # of the scores as log-odds: above 1, real documents are likelier; at 2, some wrong classes pass 0.9


@dataclass(frozen=True, slots=True)
class Classified:
    """The most probable class and its probability; `scores` holds the weighed evidence of every class."""

    doc_type: str
    confidence: float
    scores: dict[str, float]


def classify(sheet: Sheet) -> Classified:
    """The class of the document laid out in `sheet`."""
    scores = {doc_type: _PRIOR.get(doc_type, 0.0) for doc_type in _vocabulary()}
    text = _keys(sheet.text)
    titles = _titles(sheet)
    for doc_type, (_, signs) in _vocabulary().items():
        found = sum(1 for sign in signs if sign in text)
        scores[doc_type] += titles.get(doc_type, 0.0) + _PER_SIGN * min(found, _MOST_SIGNS)
    _weigh_structure(sheet, titles, scores)
    best = max(scores, key=lambda doc_type: scores[doc_type])
    weights = {doc_type: math.exp(_SHARPNESS * score) for doc_type, score in scores.items()}
    return Classified(best, weights[best] / sum(weights.values()), scores)


def stated(doc_type: str) -> Classified:
    """The class that an e-invoice's XML states by itself."""
    return Classified(doc_type, _STATED, {})


@cache
def _vocabulary() -> dict[str, tuple[frozenset[str], tuple[str, ...]]]:
    table = words("doc_types")
    return {
        doc_type: (
            frozenset(key_of(t) for t in listed["titles"]),
            tuple(f" {_keys(s).strip()} " for s in dict.fromkeys(listed["signs"])),
        )
        for doc_type, listed in table.items()
    }


@cache
def _types_by_title() -> dict[str, tuple[str, ...]]:
    types: dict[str, tuple[str, ...]] = {}
    for doc_type, (titles, _) in _vocabulary().items():
        for title in titles:
            types[title] = (*types.get(title, ()), doc_type)
    return types


def _keys(text: str) -> str:
    """The words of a text as label keys, each between two spaces."""
    return " " + " ".join(key for part in re.split(r"[\s/:;,.()'’\-]+", text) if (key := key_of(part))) + " "


def _titles(sheet: Sheet) -> dict[str, float]:
    """The best title of each class on the first page."""
    found: dict[str, float] = {}
    for phrase in sheet.layout.phrases:
        if phrase.line.page > sheet.layout.lines[0].page:
            break
        title = _title_of(phrase)
        if title:
            weight = _title_weight(sheet, phrase, title)
            for doc_type in _types_by_title()[title]:
                found[doc_type] = max(found.get(doc_type, 0.0), weight)
    return found


def _title_of(phrase: Span) -> str | None:
    """The longest title that opens the phrase; a phrase of many words is no title."""
    tokens = phrase.tokens
    if len(tokens) > _TITLE_WORDS:
        return None
    key, title = "", None
    joined = "".join(token.key for token in tokens)
    for token in tokens:
        key += token.key
        if key in _types_by_title():
            title = key
    if title is None and all(len(token.text) == 1 for token in tokens) and joined in _types_by_title():
        return joined
    return title


def _title_weight(sheet: Sheet, phrase: Span, title: str) -> float:
    height = sheet.layout.sizes[phrase.line.page][1]
    box = phrase.box
    tall = (box[3] - box[1]) / max(sheet.layout.text_height, 1e-6)
    rest = len("".join(token.key for token in phrase.tokens)) - len(title)
    weight = 1.0 + min(max(tall - 1.0, 0.0), 1.5) * 1.6
    weight += 0.8 if phrase.text.isupper() else 0.0
    weight += 1.0 if box[1] < 0.25 * height else 0.5 if box[1] < 0.45 * height else -0.6
    if rest:
        numbered = any(c.isdigit() for c in phrase.text)
        weight *= 0.9 if numbered else 0.55
    return weight


def _weigh_structure(sheet: Sheet, titles: dict[str, float], scores: dict[str, float]) -> None:
    """Long running text is no invoice; labelled numbers and totals speak for one; prose speaks for a contract."""
    lines = sheet.layout.lines
    total = sum(len(line.tokens) for line in lines)
    prose = sum(len(line.tokens) for line in lines if len(line.phrases) == 1 and len(line.tokens) >= 9) / max(total, 1)
    money = sum(1 for row in sheet.amounts.values() for amount in row if amount.exact and not amount.percent)
    if prose > 0.6:
        scores["contract"] += 1.0
        scores["letter"] += 0.5
        for doc_type in ("invoice", "credit_note", "receipt", "purchase_order", "statement"):
            scores[doc_type] -= 2.0
    if money < 2:
        for doc_type in ("invoice", "credit_note", "receipt", "purchase_order", "statement"):
            scores[doc_type] -= 1.5
    else:
        for doc_type in ("contract", "letter"):
            scores[doc_type] -= 1.0
    if any(label.sure for label in sheet.labelled("invoice_number")):
        scores["invoice"] += 0.5
        scores["receipt"] += 0.2
    narrow = sheet.layout.sizes[lines[0].page] if lines else (1.0, 1.0)
    if narrow[1] / max(narrow[0], 1.0) > 1.7 and total < 400:
        scores["receipt"] += 1.5
