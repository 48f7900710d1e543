"""Currency marks beside an amount, and what they can mean in ISO 4217."""

import re

CODES = frozenset({
    "AED", "ARS", "AUD", "BGN", "BHD", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "CZK", "DKK", "EGP",
    "EUR", "GBP", "HKD", "HRK", "HUF", "IDR", "ILS", "INR", "ISK", "JOD", "JPY", "KES", "KRW", "KWD",
    "LKR", "MAD", "MXN", "MYR", "NGN", "NOK", "NZD", "OMR", "PEN", "PHP", "PKR", "PLN", "QAR", "RON",
    "RSD", "RUB", "SAR", "SEK", "SGD", "THB", "TND", "TRY", "TWD", "UAH", "USD", "VND", "ZAR",
})  # fmt: skip
"""ISO 4217 codes of the currencies that invoices are written in."""

_DOLLARS = ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN")
_CROWNS = ("SEK", "NOK", "DKK", "ISK")
MARKS: dict[str, tuple[str, ...]] = {
    "€": ("EUR",), "£": ("GBP",), "₹": ("INR",), "Rs": ("INR", "PKR", "LKR"), "Rs.": ("INR", "PKR", "LKR"),
    "¥": ("JPY", "CNY"), "RM": ("MYR",), "zł": ("PLN",), "Kč": ("CZK",), "Ft": ("HUF",), "lei": ("RON",),
    "₽": ("RUB",), "₺": ("TRY",), "₩": ("KRW",), "₪": ("ILS",), "₫": ("VND",), "฿": ("THB",), "₴": ("UAH",),
    "Fr.": ("CHF",), "SFr.": ("CHF",), "sFr.": ("CHF",), "R$": ("BRL",), "US$": ("USD",), "C$": ("CAD",),
    "CA$": ("CAD",), "A$": ("AUD",), "AU$": ("AUD",), "NZ$": ("NZD",), "S$": ("SGD",), "HK$": ("HKD",),
    "MX$": ("MXN",), "NT$": ("TWD",), "$": _DOLLARS, "kr": _CROWNS, "kr.": _CROWNS, "Kr": _CROWNS, "Kr.": _CROWNS,
    "TL": ("TRY",), "лв": ("BGN",), "лв.": ("BGN",), "Lei": ("RON",), "LEI": ("RON",), "KČ": ("CZK",),
    "Eur": ("EUR",), "eur": ("EUR",),
    "Euro": ("EUR",), "EURO": ("EUR",), "euro": ("EUR",), "euros": ("EUR",),
}  # fmt: skip
"""What a mark can mean, the likeliest first."""

_ANY = "|".join(re.escape(mark) for mark in sorted((*MARKS, *CODES), key=len, reverse=True))
_LEADING = re.compile(rf"(?P<sign>[-+(]? ?)(?P<mark>{_ANY}) ?(?P<rest>.*)")
_TRAILING = re.compile(rf"(?P<rest>.*?[\d)-]) ?(?P<mark>{_ANY})(?P<sign>-|\)?)")


def take_currency(text: str) -> tuple[str | None, tuple[str, ...]]:
    """`text` without the currency marks beside its number, and the currencies that they can mean.

    The text is None where two marks contradict each other (`€ 5 USD`).
    """
    text, before = _take(_LEADING, text, "{sign}{rest}")
    text, after = _take(_TRAILING, text, "{rest}{sign}")
    both = tuple(code for code in before if code in after) if before and after else before or after
    return (text, both) if both or not (before and after) else (None, ())


def _take(pattern: re.Pattern[str], text: str, form: str) -> tuple[str, tuple[str, ...]]:
    hit = pattern.fullmatch(text)
    if not hit:
        return text, ()
    return form.format(sign=hit["sign"], rest=hit["rest"]), MARKS.get(hit["mark"], (hit["mark"],))
