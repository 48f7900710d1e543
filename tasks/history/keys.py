"""What identifies a number, a name or an account, however it is spelled."""

import unicodedata

from tasks.documents import Examined

_SPACES = "".join(c for c in map(chr, range(0x3001)) if unicodedata.category(c) == "Zs")  # what trim takes away in SQL


def key(text: str | None) -> str:
    """`text` reduced to letters and digits of any script, without accents and case; "" for none.

    The same as `identity_key` of data/sql/identity.sql, so that what was read now meets what the ledger holds.
    """
    if text and text.isascii():  # nearly all are, and the rest of this takes a hundred times as long
        lower = text.lower()
        return "".join(filter(str.isalnum, lower)) or lower.strip(" ")
    letters = unicodedata.normalize("NFC", "".join(c for c in unicodedata.normalize("NFD", text or "") if not _mark(c)))
    lower = "".join(c.lower() for c in letters)  # one by one: a final sigma stays the sigma that SQL makes of it
    return "".join(c for c in lower if unicodedata.category(c)[0] in "LN") or _lower(text or "").strip(_SPACES)


def seller_keys(examined: Examined) -> list[str]:
    """By what the seller of a document is known: its VAT id, which outlasts spellings, and its name."""
    return [key(value) for name in ("seller_vat_id", "seller_name") if (value := examined.value(name))]


def _mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M"


def _lower(text: str) -> str:
    return "".join(c.lower() for c in text)
