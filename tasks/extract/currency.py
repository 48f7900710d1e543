"""The currency: a code or a mark beside amounts, else one that a label names."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from tasks.extract.conventions import US_POSTCODE
from tasks.extract.layout import Span
from tasks.extract.sheet import Candidate, Sheet
from tasks.extract.values import CODES, currency_of
from tasks.parse.currencies import MARKS

_DOLLAR_COUNTRIES = {
    "CAD": r"\bcanada\b|\b(?:ontario|quebec|alberta)\b|\b[A-Z]\d[A-Z] \d[A-Z]\d\b",
    "AUD": r"\baustralia\b|\babn\b|\bbsb\b",
    "SGD": r"\bsingapore\b",
    "NZD": r"\bnew zealand\b",
    "HKD": r"\bhong kong\b",
}
_COUNTRY_CURRENCIES = {
    "MYR": r"(?i)\bsdn\.? ?bhd|\bS/B\b|malaysia|kuala lumpur|selangor|\bGST ID\b",
    "INR": r"\bGSTIN\b|(?i:\bindia\b|pvt\.? ltd)",
    "SGD": r"(?i)\bsingapore\b|pte\.? ltd",
    "AUD": r"\bABN\b|(?i:\baustralia\b|pty\.? ltd)",
    "ZAR": r"(?i)\bsouth africa\b|\(pty\) ltd",
    "GBP": r"(?i)united kingdom|\bGB\d{9}\b",
    "EUR": r"\b(?:DE\d{9}|FR[A-Z0-9]{2}\d{9}|NL\d{9}B\d{2}|IT\d{11}|ATU\d{8}|ES[A-Z]\d{8}|PT\d{9}|BE[01]\d{9})\b",
}
"""What on a page shows the country whose money is meant where no amount says so."""

_CROWN_COUNTRIES = {
    "DKK": r"\bdanmark\b|\bdenmark\b|\bcvr\b|\bDK ?\d{2} ?\d{2} ?\d{2} ?\d{2}\b|\bDK\d{2} ?\d{4}|beløb\b",
    "NOK": r"\bnorge\b|\bnorway\b|\bmva\b|\bmerverdiavgift|\bNO\d{2} ?\d{4}|beløp\b",
    "SEK": r"\bsverige\b|\bsweden\b|\bmoms|\bSE\d{2} ?\d{4}",
}
"""What shows whose crowns are meant, the surest first: Danes and Swedes call their tax the same."""

_ALONE = frozenset(["€", "£", "₹", "Kč", "KČ", "zł", "Ft", "euro", "euros", "Euro", "Euros", "EURO", "EUROS"])
"""Marks that mean one currency and nothing else, also where no amount is beside them."""

_OF_LABEL = re.compile(r"\w[(\[]([€£₹]|[A-Z]{3})[)\]]$")  # `Price(€)`


def currency(sheet: Sheet) -> list[Candidate]:
    """The currencies that the document names, the most frequent first, each where it first stands."""
    spans: dict[str, Span] = {}
    counted: Counter[str] = Counter()
    for mark, span in _marks(sheet):
        spans.setdefault(mark, span)
        counted[mark] += 1
    places: dict[str, Span] = {}
    totals: Counter[str] = Counter()
    dollars = [code for code in counted if code in MARKS["$"]]
    for mark, count in counted.items():
        code = _resolve(mark, sheet, dollars)
        totals[code] += count
        places.setdefault(code, spans[mark])
    evidence = ("mark",) if len(totals) < 2 else ("mark", "contested")
    named = [Candidate("currency", code, places[code], float(n), evidence) for code, n in totals.most_common()]
    return named or list(_of_country(sheet))


def _of_country(sheet: Sheet) -> Iterator[Candidate]:
    """The currency of the one country that the pages show, where no amount carries a mark."""
    for line in sheet.layout.lines:
        for code, sign in _COUNTRY_CURRENCIES.items():
            if re.search(sign, line.text):
                yield Candidate("currency", code, Span(line, 0, len(line.tokens)), 0.3, ("country",))
                return


def _marks(sheet: Sheet) -> Iterator[tuple[str, Span]]:
    """Every currency mark beside an amount, and every code that stands alone."""
    for amounts in sheet.amounts.values():
        yield from ((currency_of(amount.mark), amount.span) for amount in amounts if amount.mark)
    for line in sheet.layout.lines:
        for i, token in enumerate(line.tokens):
            code = _code_of(token.text)
            if code:
                yield code, Span(line, i, i + 1)


@lru_cache(maxsize=20_000)
def _code_of(text: str) -> str | None:
    label = _OF_LABEL.search(text)
    bare = label[1] if label else text.strip("()[]:;,./*")
    if bare in CODES:
        return bare
    return currency_of(bare) if bare in _ALONE else None


def _resolve(code: str, sheet: Sheet, dollars: Sequence[str]) -> str:
    """What a mark means here; `dollars` are those that the document says by their code."""
    if code == "$":
        return dollars[0] if len(dollars) == 1 else _by_country(_DOLLAR_COUNTRIES, sheet) or "USD"
    if code == "kr":
        return _by_country(_CROWN_COUNTRIES, sheet) or "SEK"
    return code


def _by_country(countries: dict[str, str], sheet: Sheet) -> str | None:
    """The currency of the country that the text shows; none where it shows the United States."""
    if US_POSTCODE.search(sheet.text):
        return None
    return next((code for code, sign in countries.items() if re.search(sign, sheet.text, re.IGNORECASE)), None)
