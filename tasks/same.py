"""When two values of a field are the same, as far as it matters: a known answer and what was read."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation

from rapidfuzz.distance import Levenshtein

MONEY = ("net_total", "tax_total", "gross_total", "amount_due")
_NAMES = ("seller_name", "buyer_name", "seller_address")
_NAME_TOLERANCE = 0.1  # share of a name's letters that may differ


def same(name: str, got: str | None, want: object) -> bool:
    """Whether `got` is what field `name` should be: money by value without sign, names to a tenth of their letters."""
    if not got:
        return False
    if name in MONEY:
        try:
            return abs(Decimal(got)) == abs(Decimal(str(want)))
        except InvalidOperation:
            return False
    ours, theirs = letters(got), letters(want)
    if name in _NAMES:
        return bool(theirs) and Levenshtein.distance(ours, theirs) <= _NAME_TOLERANCE * len(theirs)
    return ours == theirs


def letters(text: object) -> str:
    """Letters a to z and digits of `text`, without accents and case."""
    plain = unicodedata.normalize("NFKD", str(text)).casefold()
    return re.sub(r"[^a-z0-9]", "", "".join(c for c in plain if not unicodedata.combining(c)))
