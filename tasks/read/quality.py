"""Whether a page's text layer can be trusted, judged by its characters alone."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from tasks.documents import Word
from tasks.read.pdf_words import PrintedWord

FEW_CHARACTERS = 600
"""A page that is mostly a picture must have this many characters of its own, or its picture holds the text."""

_UNMAPPED_SHARE = 0.2  # words whose font says nothing about which letters its glyphs are; clean pages have under 0.02
_BAD_SHARE = 0.1
_PLAIN_SHARE = 0.4
_MINIMUM = 40  # characters from which shares mean something

_BAD = re.compile("[\ufffd\ue000-\uf8ff\x00-\x1f\x7f-\x9f]|\\(cid:\\d+\\)")
_LEADERS = re.compile(r"([._\-=*…·])\1{2,}")
_LED = tuple(3 * mark for mark in "._-=*…·")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_VOWEL = re.compile(r"[AEIOUYaeiouyÀ-ÆÈ-ÏÒ-ÖØ-Ýà-æè-ïò-öø-ýÿĀ-ąĒ-ěĨ-ıŌ-œŨ-ų]")
_VOWEL_SHARE = 0.12  # of letters; European languages have 0.35 to 0.48, pages of call signs and codes 0.2


def characters(words: Iterable[Word | PrintedWord]) -> int:
    """How many characters the words have together."""
    return sum([len(word.text) for word in words])


def trouble_of(words: Sequence[PrintedWord]) -> str | None:
    """Why the words can't be what is printed, None where they can: in a person's words, for a remark."""
    text = "".join([word.text for word in words])
    if any(each in text for each in _LED):
        text = _LEADERS.sub("", text)
    if not text:
        return "has no text"
    if sum([word.unmapped for word in words]) > _UNMAPPED_SHARE * len(words):
        return "has a font that does not say which letters it prints"
    if len(_BAD.findall(text)) > _BAD_SHARE * len(text):
        return "has characters that mean nothing"
    counts = Counter(text)
    if len(text) >= _MINIMUM and _among(counts, str.isalnum) < _PLAIN_SHARE * len(text):
        return "has hardly any letters or digits"
    letters = _among(counts, _LATIN.match)
    if letters >= 5 * _MINIMUM and _among(counts, _VOWEL.match) < _VOWEL_SHARE * letters:
        return "has letters that spell nothing"
    return None


def _among(counts: Counter[str], is_one: Callable[[str], object]) -> int:
    """How many of the characters are such ones."""
    return sum(count for character, count in counts.items() if is_one(character))
