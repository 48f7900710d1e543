"""The words that name a field on a page: the table of data/labels.toml, matched on lines of tokens."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tasks.extract.layout import COLUMN_GAP, Layout, Line, Span, keys_of
from tasks.extract.names import is_legal_form
from tasks.extract.tables import words

_LONGEST = 7  # tokens that one label may span
_WORD_GAP = 0.6  # line heights: a wider gap parts a label from its value
_PARTIES = frozenset({"seller_name", "buyer_name", "ship_to"})


@dataclass(frozen=True, slots=True)
class Label:
    """A label where it stands. `names` are the fields that it may name (`vat` may name two), `sure` whether it does so
    by itself; `opens` whether nothing but a label stands before it in its phrase; `colon` whether one ends it."""

    span: Span
    key: str
    names: tuple[str, ...]
    sure: bool
    opens: bool
    colon: bool

    @property
    def may_be_word(self) -> bool:
        """Whether it may as well be the first word of a name: one word without a colon, which names no party, and the
        next word right behind it (`Bar Sport`)."""
        line, end = self.span.line, self.span.end
        single = len(self.span.tokens) == 1 and end < len(line.tokens) and line.tokens[end].gap < _WORD_GAP
        return single and not self.colon and _PARTIES.isdisjoint(self.names)


def find_labels(layout: Layout) -> dict[int, tuple[Label, ...]]:
    """Every label of the document by line number, from left to right, the longest reading first."""
    return {line.number: labels for line in layout.lines if (labels := tuple(_on_line(line)))}


@cache
def _table() -> dict[str, tuple[tuple[str, ...], bool]]:
    """Label key -> the fields that it may name, and whether it is a sure one."""
    table: dict[str, tuple[tuple[str, ...], bool]] = {}
    groups = words("labels")
    for sure in (False, True):
        for name, labels in groups.items():
            for key in dict.fromkeys(key for label in labels["sure" if sure else "weak"] for key in keys_of(label)):
                others = table[key][0] if key in table and name != "other" else ()
                table[key] = (tuple(dict.fromkeys((*others, name))), sure)
    return table


@cache
def _first_letters() -> frozenset[str]:
    return frozenset(key[:length] for key in _table() for length in (1, 2))


def _on_line(line: Line) -> Iterator[Label]:
    tokens, first_letters = line.tokens, _first_letters()
    at = 0
    opens = True
    while at < len(tokens):
        if tokens[at].gap > COLUMN_GAP:
            opens = True
        label = _longest(line, at, opens) if tokens[at].key[:2] in first_letters else None
        if label:
            yield label
            at = label.span.end
            opens = label.colon
        else:
            opens = opens and not tokens[at].key
            at += 1


def _longest(line: Line, at: int, opens: bool) -> Label | None:
    tokens, table = line.tokens, _table()
    key, last = "", None
    for end in range(at, min(at + _LONGEST, len(tokens))):
        if end > at and (tokens[end].gap > COLUMN_GAP or tokens[end - 1].text.endswith(":")):
            break
        key += tokens[end].key
        if key in table and tokens[end].key:
            last = end, key
    if not last:
        return None
    end, key = last
    names, sure = table[key]
    if _PARTIES.intersection(names) and _is_company(line, end + 1):
        return None
    return Label(Span(line, at, end + 1), key, names, sure, opens, _ends_with_colon(line, end))


def _is_company(line: Line, after: int) -> bool:
    """Whether nothing but a legal form follows there, so that the word before it is a name (`Supplier Ltd`)."""
    tokens = line.tokens
    end = next((i for i in range(after, len(tokens)) if tokens[i].gap > COLUMN_GAP), len(tokens))
    return after < end and is_legal_form(Span(line, after, end).text)


def _ends_with_colon(line: Line, end: int) -> bool:
    following = line.tokens[end + 1].text if end + 1 < len(line.tokens) else ""
    return line.tokens[end].text.endswith((":", "#")) or following == ":"
