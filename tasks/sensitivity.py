"""Who may see a document: its class, by the policy's rules, and what gave it."""

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from functools import cache

from routing.spending import SensitivityRule
from tasks.documents import Page, SourceFile

NORMAL = "normal"
"""The class of a document that no rule fits."""


def sensitivity_of(
    file: SourceFile, doc_type: str, pages: Iterable[Page], rules: Sequence[SensitivityRule]
) -> tuple[str, str]:
    """The class of a document by the first rule that fits, and why it does; (`normal`, "") where none does."""
    texts = (
        {page.number: " ".join(word.text for word in (*page.words, *page.hidden)) for page in pages} if rules else {}
    )
    for rule in rules:
        if why := _fits(rule, file, doc_type, texts):
            return rule.sensitivity, f"{rule.sensitivity}: {why}"
    return NORMAL, ""


def _fits(rule: SensitivityRule, file: SourceFile, doc_type: str, texts: dict[int, str]) -> str:
    place = f"{file.source.rstrip('/')}/{file.file_name}"
    for pattern in rule.files:
        if fnmatchcase(file.file_name, pattern) or fnmatchcase(place, pattern):
            return f"its file name fits {pattern!r}"
    if doc_type in rule.doc_types:
        return f"a {doc_type}"
    for number, text in texts.items():
        if rule.words and (found := _words(rule.words).search(text)):
            return f"page {number} says {found[0]!r}"
    return ""


@cache
def _words(words: tuple[str, ...]) -> re.Pattern[str]:
    either = "|".join(r"\s+".join(map(re.escape, phrase.split())) for phrase in words)
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)
