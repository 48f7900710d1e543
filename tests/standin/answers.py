"""What a stand-in's model answers: the truth, quoted from the pages that it was sent, with errors by seed."""

import hashlib
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Any

from tasks.extract.layout import key_of
from tasks.parse.dates import dates
from tasks.parse.money import amounts, currencies_of

_DOCUMENT = re.compile(r"<document ([0-9a-f]{16})>\n(.*)\n</document \1>", re.DOTALL)
_PAGE = re.compile(r"^<page (\d+) of \d+ [0-9a-f]{16}>$", re.MULTILINE)
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DECIMAL = re.compile(r"-?\d+(\.\d+)?")
_WINDOW = 10  # words of a quote at most


@dataclass(frozen=True, slots=True)
class Question:
    """A request as the model sees it."""

    model: str
    text: str
    schema: dict[str, Any]

    @property
    def document(self) -> str:
        """The first digits of the document's hash, "" where there are none."""
        found = _DOCUMENT.search(self.text)
        return found[1] if found else ""

    @property
    def pages(self) -> dict[int, str]:
        found = _DOCUMENT.search(self.text)
        parts = _PAGE.split(found[2])[1:] if found else []
        return {int(number): text for number, text in zip(parts[::2], parts[1::2], strict=True)}

    def choices(self, name: str) -> list[str]:
        """The enumeration of a part of the answer: `doc_type`, `fields`; empty where it is not asked for."""
        part = self.schema["properties"].get(name, {})
        named = part.get("items", {}).get("properties", {}).get("name", part)
        return list(named.get("enum", []))


class Answerer:
    """Answers from the truth. The same seed, model, document and question give the same answer."""

    def __init__(self, rows: list[dict[str, Any]], seed: int, untold: str) -> None:
        self._untold_is_absent = untold == "absent"
        self._truth = {row["document_id"][:16]: row | {"fields": _values(row)} for row in rows}
        self._seed = seed

    def answer(self, question: Question, p_right: float) -> str:
        """The model's text, JSON by the schema."""
        truth = self._truth.get(question.document, {"doc_type": "other", "fields": {}})
        names = question.choices("fields")
        chance = random.Random(self._digest(question, names))
        entries = {name: _entry(name, truth["fields"].get(name), question.pages) for name in names}
        if names and chance.random() >= p_right:
            self._spoil(entries, question.pages, chance)
        said: dict[str, Any] = {}
        if question.choices("doc_type"):
            said["doc_type"] = truth["doc_type"]
        if names:
            said["fields"] = [entry for entry in entries.values() if entry]
            told = names if self._untold_is_absent else truth["fields"]
            said["absent"] = [name for name, entry in entries.items() if not entry and name in told]
        if "line_items" in question.schema["properties"]:
            said["line_items"] = list(_lines(truth.get("line_items") or [], question.pages))
        return json.dumps(said, ensure_ascii=False)

    def _digest(self, question: Question, names: list[str]) -> bytes:
        return hashlib.sha256(f"{self._seed} {question.model} {question.document} {names}".encode()).digest()

    def _spoil(self, entries: dict[str, Any], pages: dict[int, str], chance: random.Random) -> None:
        """One field that is there gets another value of the page, an invented one, or none."""
        there = [name for name, entry in entries.items() if entry]
        if not there:
            return
        name = chance.choice(there)
        entry = entries[name]
        others = [word for word in pages.get(entry["page"], "").split() if _alike(word, entry["value"])]
        how = chance.choice(("other", "invented", "missed"))
        if how == "missed":
            entries[name] = None
        elif how == "other" and others:
            quote = chance.choice(others)
            entries[name] = {**entry, "quote": quote, "value": _normalised(quote)}
        else:
            invented = _invented(entry["value"], chance)
            entries[name] = {**entry, "quote": invented, "value": invented}


def _values(row: dict[str, Any]) -> dict[str, str]:
    """What the truth says of each field; what is to be paid is the gross total where it says nothing else."""
    stated = {name: value for name, value in (row.get("weak_fields") or {}).items() if isinstance(value, str)}
    stated |= {
        name: value[0] if isinstance(value, list) else str(value) for name, value in row["fields"].items() if value
    }
    return ({"amount_due": stated["gross_total"]} if "gross_total" in stated else {}) | stated


def _entry(name: str, value: str | None, pages: dict[int, str]) -> dict[str, Any] | None:
    """The field as a careful model gives it; None where the pages do not show it."""
    if value is None:
        return None
    for number, text in pages.items():
        if "see its picture" in text:
            return {"name": name, "page": number, "quote": value, "value": value}
        if quote := _quote(str(value), text):
            return {"name": name, "page": number, "quote": quote, "value": value}
    return None


@lru_cache(maxsize=100_000)
def _quote(value: str, text: str) -> str | None:
    """The shortest run of words on one line that means the value; else words that go on in the line below."""
    for length in range(1, _WINDOW + 1):
        for window in _windows(text, length):
            if _means(window, value):
                return window
    return next((two for two in _over_two_lines(text) if key_of(two) == key_of(value)), None)


def _over_two_lines(text: str) -> Iterator[str]:
    """Each phrase of a line with each of the next line, as where a name is set in a narrow column."""
    lines = [line.split("   ") for line in text.splitlines()]
    for above, below in pairwise(lines):
        yield from (f"{first} {second}" for first in above for second in below)


def _windows(text: str, length: int) -> Iterator[str]:
    for line in text.splitlines():
        words = line.split()
        yield from (" ".join(words[i : i + length]) for i in range(len(words) - length + 1))


def _means(window: str, value: str) -> bool:
    if _ISO_DATE.fullmatch(value):
        return value[2:4] in window and any(day.isoformat() == value for day in dates(window))
    if _DECIMAL.fullmatch(value) and value.strip("-0").split(".")[0] in re.sub(r"\D", "", window):
        number = abs(Decimal(value))
        if any(abs(amount) == number for amount in amounts(window)):
            return True
    if re.fullmatch("[A-Z]{3}", value):
        bare = window.strip("():,.0123456789")
        return bare == value or (len(bare) <= 3 and currencies_of(f"{bare}1")[:1] == (value,))
    return key_of(window) == key_of(value)


def _alike(word: str, value: str) -> bool:
    """Whether a word of the page could be mistaken for the value: of the same kind, and another."""
    if _DECIMAL.fullmatch(value):
        return bool(amounts(word)) and str(amounts(word)[0]) != value
    if _ISO_DATE.fullmatch(value):
        return len(dates(word)) == 1 and dates(word)[0].isoformat() != value
    return len(word) > 3 and key_of(word) != key_of(value) and word.isalpha() == value.replace(" ", "").isalpha()


def _normalised(quote: str) -> str:
    if days := dates(quote):
        return days[0].isoformat()
    return str(amounts(quote)[0]) if amounts(quote) else quote


def _invented(value: str, chance: random.Random) -> str:
    """The value with some of its letters and digits changed: it stands nowhere."""
    changed = [
        chance.choice("123456789") if c.isdigit() else chance.choice("bcdfghjk") if c.isalpha() else c for c in value
    ]
    return "".join(changed) + ("" if any(c.isdigit() for c in value) else " Ltd")


def _lines(rows: list[dict[str, Any]], pages: dict[int, str]) -> Iterator[dict[str, Any]]:
    names = ("description", "quantity", "unit_price", "net_amount", "tax_rate")
    for row in rows:
        stated = {name: "" if row.get(name) is None else str(row[name]) for name in names}
        yield {"page": row.get("page") or min(pages, default=1), **stated}
