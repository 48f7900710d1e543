"""Amounts and dates on a line of tokens: where they stand; what they mean is for tasks.parse."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tasks.extract.layout import Line, Span
from tasks.parse.months import months_of_name

_SYMBOLS = {
    "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "zł": "PLN", "RM": "MYR", "Rs": "INR", "Rs.": "INR", "Fr.": "CHF",
    "US$": "USD", "CA$": "CAD", "C$": "CAD", "AU$": "AUD", "A$": "AUD", "S$": "SGD", "NZ$": "NZD", "HK$": "HKD",
    "R$": "BRL", "Kč": "CZK", "$": "$", "kr": "kr", "lei": "RON", "Lei": "RON", "Ft": "HUF", "₺": "TRY", "₪": "ILS",
    "₱": "PHP", "฿": "THB", "₩": "KRW", "NT$": "TWD", "Rp": "IDR", "лв": "BGN", "лв.": "BGN",
    "LEI": "RON", "TL": "TRY", "KČ": "CZK", "грн": "UAH", "₴": "UAH", "din": "RSD", "дин": "RSD", "zl": "PLN",
    "euro": "EUR", "euros": "EUR", "Euro": "EUR", "EURO": "EUR", "Euros": "EUR", "EUROS": "EUR",
    "Eur": "EUR", "eur": "EUR", "euroa": "EUR",
}  # fmt: skip
"""Currency marks by what they mean; `$` and `kr` are shared by several currencies and mean themselves."""

CODES = frozenset(
    [
        "EUR",
        "USD",
        "GBP",
        "CHF",
        "SEK",
        "NOK",
        "DKK",
        "PLN",
        "CZK",
        "HUF",
        "RON",
        "BGN",
        "JPY",
        "CNY",
        "INR",
        "MYR",
        "SGD",
        "HKD",
        "AUD",
        "NZD",
        "CAD",
        "BRL",
        "MXN",
        "ZAR",
        "TRY",
        "AED",
        "ISK",
        "RSD",
        "UAH",
    ]
)
"""ISO 4217 codes that are taken for a currency where they stand beside an amount or a currency label."""

_DIGIT = re.compile(r"\d")
_CENTS = re.compile(r"[.,]\d{2}$|[.,]-")
_MARK = "|".join(sorted((re.escape(mark) for mark in (*_SYMBOLS, *CODES)), key=len, reverse=True))
_NUMBER = (
    r"[1-9]\d?(?:,\d\d)+,\d{3}(?:\.\d{2})?|\d{1,3}(?:[ .,'’`]\d{3})+(?:[.,]\d{1,4})?|\d+(?:[.,]\d{1,4})?|[.,]\d{2}"
)
_TAX_CODE = "(?:SR|ZR|ZRL|ES|OS|TX|NT|[A-FJNPR-UX-Z])"
"""What receipts print right behind an amount; no letter that is a unit (`1.25L`, `2.50M`, `0.75KG`)."""

_AMOUNT = re.compile(
    rf"(?<![\w.,/:%-])(?P<sign>[(+\-−–] ?)?(?P<before>{_MARK})?:? ?(?P<inner>[-−–] ?)?(?P<number>{_NUMBER})"
    rf"(?P<dash>[.,][-—–]{{1,2}})?(?: ?(?P<after>{_MARK}|CR|%))?(?P<close>\)|[-−](?!\w))?"
    rf"(?:(?<=[.,]\d\d){_TAX_CODE}(?!\w)|(?![\w/:%]|[.,'-]\d))"
)
_MONTHS = (
    "jan(?:uary|uar|vier)?|jän(?:ner)?|janv|ene(?:ro)?|gen(?:naio)?|feb(?:ruary|ruar|rero|braio|ruari)?|f[eé]v(?:rier|ereiro)?|febr|"
    "mar(?:ch|s|zo|ço)?|märz|mrz|maart|mrt|apr(?:il|ile)?|avr(?:il)?|abr(?:il)?|may|mai(?:o)?|mayo|mag(?:gio)?|mei|"
    "jun(?:e|i|io|ho)?|juin|giu(?:gno)?|jul(?:y|i|io|ho)?|juil(?:let)?|lug(?:lio)?|aug(?:ust|ustus)?|août|aout|ago(?:sto)?|"
    "sep(?:t|tember|tembre|tiembre)?|set(?:tembre|embro|iembre)?|oct(?:ober|obre|ubre)?|okt(?:ober)?|ott(?:obre)?|out(?:ubro)?|"
    "nov(?:ember|embre|iembre|embro)?|dec(?:ember)?|dez(?:ember|embro)?|d[eé]c(?:embre)?|dic(?:iembre|embre)?|"
    "janeiro|fevereiro|março|januari|styczeń|stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|września|października|listopada|grudnia"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?:(?:19|20)\d\d)"


def _names_of_months() -> str:
    """The names of the months in every language that is known, by their first letters: few alternatives are tried."""
    by_letter: dict[str, list[str]] = {}
    for name in sorted(filter(str.isalpha, months_of_name()), key=lambda name: (-len(name), name)):
        if len(name) > 2:
            by_letter.setdefault(name[0], []).append(name[1:])
    return "|".join(f"{letter}(?:{'|'.join(rest)})" for letter, rest in sorted(by_letter.items()))


_ANY_MONTH = rf"(?=[^\W\d_]{{3}})(?:{_MONTHS}|{_names_of_months()})"  # letters first: there are hundreds of names
_DATE = re.compile(
    r"(?=[\dacdefgjklmnopsw])(?<![\d.,/-])(?:"  # a digit or a month's first letter: elsewhere no alternative is tried
    rf"{_YEAR} ?[-/.] ?(?:0?[1-9]|1[0-2]) ?[-/.] ?{_DAY}"
    rf"|{_DAY} ?[-/.] ?{_DAY} ?[-/.] ?(?:{_YEAR}|\d\d)"
    rf"|{_YEAR}年\d{{1,2}}月\d{{1,2}}日"
    rf"|{_DAY}(?:st|nd|rd|th|er|º|°)?[ .,/-]{{0,3}}(?:de {{1,2}}|di )?{_ANY_MONTH}"
    rf"[ .,/-]{{0,3}}(?:de {{1,2}}|del )?(?:{_YEAR}|'?\d\d(?!\d))"
    rf"|{_YEAR}(?:\.| m\.)? {{1,2}}{_ANY_MONTH} {{1,2}}{_DAY}(?:\.| d\.)?|{_YEAR}\. gada {_DAY}\. ?{_ANY_MONTH}"
    rf"|(?=[^\W\d_]++[ .]{{0,3}}\d)(?:{_MONTHS})[ .]{{0,3}}{_DAY}(?:st|nd|rd|th)?[ ,.]{{1,4}}{_YEAR}"
    r")(?:(?![\d/]|[.,-]\d)|(?=\d{1,2}:\d\d))",  # OCR glues the time to the year: 03/05/201820:24
    re.IGNORECASE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Amount:
    """A number that may be money.

    `raw` is the number as printed, without sign and mark; `mark` the currency beside it; `percent` whether it is a
    rate; `negative` whether a sign, parentheses or CR say so.
    """

    span: Span
    raw: str
    mark: str | None
    percent: bool
    negative: bool

    @property
    def exact(self) -> bool:
        """Whether it shows cents, or says that there are none (`25,-`)."""
        return _shows_cents(self.raw)


@dataclass(frozen=True, slots=True)
class Dated:
    """What looks like a date, as printed."""

    span: Span
    raw: str


def find_dates(line: Line) -> tuple[Dated, ...]:
    """The dates of a line, from left to right."""
    if not _DIGIT.search(line.text):
        return ()
    text, starts = line.spaced
    return tuple(Dated(_span(line, starts, hit), " ".join(hit[0].split())) for hit in _DATE.finditer(text))


def find_amounts(line: Line, dates: tuple[Dated, ...]) -> tuple[Amount, ...]:
    """The numbers of a line that are no part of a date, from left to right."""
    if not _DIGIT.search(line.text):
        return ()
    text, starts = line.spaced
    taken = {i for found in dates for i in range(found.span.start, found.span.end)}
    return tuple(a for a in _amounts(line, text, starts) if not taken.intersection(range(a.span.start, a.span.end)))


def currency_of(mark: str) -> str:
    """The ISO 4217 code that a currency mark means; `$` and `kr` where it takes the country to tell."""
    return mark if mark in CODES else _SYMBOLS[mark]


@lru_cache(maxsize=20_000)
def _shows_cents(number: str) -> bool:
    return bool(_CENTS.search(number))


def _amounts(line: Line, text: str, starts: Sequence[int]) -> Iterator[Amount]:
    for hit in _AMOUNT.finditer(text):
        mark = hit["before"] or (hit["after"] if hit["after"] not in ("CR", "%") else None)
        signs = (hit["sign"] or "") + (hit["inner"] or "") + (hit["close"] or "")
        negative = hit["after"] == "CR" or any(c in "-−–" for c in signs) or ("(" in signs and ")" in signs)
        raw = hit["number"] + (hit["dash"] or "")
        yield Amount(_span(line, starts, hit), raw, mark, hit["after"] == "%", negative)


def _span(line: Line, starts: Sequence[int], hit: re.Match[str]) -> Span:
    first = bisect_right(starts, hit.start() + len(hit[0]) - len(hit[0].lstrip())) - 1
    return Span(line, first, bisect_left(starts, hit.end()))
