"""What is left of a document whose content was erased: what it was, what became of it and what it cost; no word of it.

Kept are its id, class, outcome, figures (pages, probabilities, boxes, value at stake, costs, tokens), times, and the
stable words that name reasons, checks and fields. Gone are its name, every value and text of it, and where another
document's reason speaks of it, what it says.
"""

import re
from collections.abc import Callable, Collection, Mapping
from hashlib import sha256
from typing import Any

Row = dict[str, Any]

MARK = "erased"
_FOLDER = f"{MARK}/"

_WORD = re.compile(r"[a-z]+(_[a-z]+)+|audit|duplicate|corrupt|empty|encrypted|limit|unreadable|unsupported")


def erased_name(document_id: str, file_name: str) -> str:
    """What stands for the name of an erased document: who has the document can tell that it is meant, nobody else."""
    if is_erased(file_name):
        return file_name
    return _FOLDER + sha256(f"{document_id}/{file_name}".encode()).hexdigest()[:16]


def is_erased(file_name: str) -> bool:
    """Whether that is what stands for the name of an erased document."""
    return file_name.startswith(_FOLDER)


def without_content(table: str, row: Row) -> Row:
    """A row of an erased document as it may stay."""
    change = _CHANGES.get(table)
    return row | change(row) if change else row


def without_mentions(table: str, row: Row, names: Collection[str]) -> Row:
    """A row of another document as it may stay: what its text says of documents of these `names` is gone."""
    column = TEXTS[table]
    text = row[column]
    return row | {column: _unmentioned(text, names)} if text and mentions(text, names) else row


def mentions(text: str, names: Collection[str]) -> bool:
    """Whether the text names one of them."""
    return any(name in text and _named(name).search(text) for name in names)


def source_without_name(source: str, names: Collection[str]) -> str:
    """The source of a run as it may stay: where it was one file, of one of these `names`, only its folder is told."""
    folder, slash, name = source.rpartition("/")
    return f"{folder}{slash}{MARK}" if name in names else source


def stable_words(reason: str | None) -> str | None:
    """Of a reason the words that name rules and outcomes: `high_value: worth 12 USD` is `high_value: erased`."""
    if not reason:
        return reason
    words = [piece.partition(":")[0] for piece in reason.split("; ")]
    kept = dict.fromkeys(word for word in words if _WORD.fullmatch(word))
    return "; ".join(f"{word}: {MARK}" for word in kept) or MARK


TEXTS: Mapping[str, str] = {"documents": "reason", "checks": "detail", "decisions": "reason", "calls": "reason"}
"""By table the column in which a row may speak of another document."""


def _document(row: Row) -> Row:
    name, reason = erased_name(row["document_id"], row["file_name"]), stable_words(row["reason"])
    source = source_without_name(row["source"], [row["file_name"]])
    return {"file_name": name, "source": source, "container": None, "reason": reason, "warnings": []}


def _review(row: Row) -> Row:
    """Whether the person changed anything is what the promise learns from, and stays."""
    changed = row["before"] != row["after"]
    return {"before": MARK, "after": f"{MARK}, changed" if changed else MARK}


_CHANGES: Mapping[str, Callable[[Row], Row]] = {
    "documents": _document,
    "fields": lambda row: {"value": None, "raw_text": None},
    "line_items": lambda row: dict.fromkeys(("description", "quantity", "unit_price", "net_amount", "tax_rate")),
    "checks": lambda row: {"detail": None},
    "decisions": lambda row: {"reason": stable_words(row["reason"])},
    "calls": lambda row: {"reason": stable_words(row["reason"])} if row["mode"] != "local" else {},
    "reviews": _review,
}


def _unmentioned(text: str, names: Collection[str]) -> str:
    pieces = (stable_words(piece) if mentions(piece, names) else piece for piece in text.split("; "))
    return "; ".join(str(piece) for piece in pieces)


def _named(name: str) -> re.Pattern[str]:
    """A file's name, not as a part of a longer one."""
    return re.compile(rf"(?<![\w/-]){re.escape(name)}(?![\w/-])")
