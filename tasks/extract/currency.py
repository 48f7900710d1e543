"""The currency: a code or a mark beside amounts, else one that a label names."""

import re
from collections import Counter
from collections.abc import Iterator

from tasks.extract.layout import Span
from tasks.extract.sheet import Candidate, Sheet
from tasks.extract.values import CODES, currency_of

_DOLLAR_COUNTRIES = {
    "CAD": r"\bcanada\b|\b(?:ontario|quebec|alberta)\b|\b[A-Z]\d[A-Z] \d[A-Z]\d\b",
    "AUD": r"\baustralia\b|\babn\b|\bbsb\b",
    "SGD": r"\bsingapore\b",
    "NZD": r"\bnew zealand\b",
    "HKD": r"\bhong kong\b",
}
_UNITED_STATES = r"\b(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]),? +\d{5}\b"
_CROWN_COUNTRIES = {
    "SEK": r"\bsverige\b|\bsweden\b|\bmoms\b",
    "NOK": r"\bnorge\b|\bnorway\b|\bmva\b",
    "DKK": r"\bdanmark\b|\bdenmark\b|\bcvr\b",
}


def currency(sheet: Sheet) -> tuple[Candidate | None, tuple[str, ...]]:
    """The currency with where it stands, and all currencies that stand beside amounts, most frequent first."""
    spans: dict[str, Span] = {}
    marks: Counter[str] = Counter()
    for mark, span in _marks(sheet):
        marks[mark] += 1
        spans.setdefault(mark, span)
    counted: Counter[str] = Counter()
    for mark, count in marks.items():
        counted[_resolve(mark, sheet)] += count
    spans |= {_resolve(mark, sheet): span for mark, span in spans.items()}
    if not counted:
        return None, ()
    (best, count), *others = counted.most_common()
    evidence = (
        ("mark",) if len(counted) == 1 else ("mark", "contested") if others[0][1] * 2 > count else ("mark", "majority")
    )
    return Candidate("currency", best, spans[best], min(1.0, 0.5 + 0.1 * count), evidence), tuple(
        c for c, _ in counted.most_common()
    )


def _marks(sheet: Sheet) -> Iterator[tuple[str, Span]]:
    """Every currency mark beside an amount, and every code that stands alone."""
    for amounts in sheet.amounts.values():
        yield from ((currency_of(amount.mark), amount.span) for amount in amounts if amount.mark)
    for line in sheet.layout.lines:
        for i, token in enumerate(line.tokens):
            code = _code_of(token.text)
            if code:
                yield code, Span(line, i, i + 1)


def _code_of(text: str) -> str | None:
    bare = text.strip("()[]:;,./*")
    if bare in CODES:
        return bare
    if bare in ("€", "£", "₹") or bare.casefold() in ("euro", "euros"):
        return currency_of(bare if bare in "€£₹" else "euro")
    return None


def _resolve(code: str, sheet: Sheet) -> str:
    if code == "$":
        return _by_country(_DOLLAR_COUNTRIES, sheet) or "USD"
    if code == "kr":
        return _by_country(_CROWN_COUNTRIES, sheet) or "SEK"
    return code


def _by_country(countries: dict[str, str], sheet: Sheet) -> str | None:
    """The currency of the country that the text shows; none where it shows the United States."""
    if re.search(_UNITED_STATES, sheet.text):
        return None
    return next((code for code, sign in countries.items() if re.search(sign, sheet.text, re.IGNORECASE)), None)
