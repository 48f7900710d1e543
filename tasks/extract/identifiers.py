"""Bank accounts and VAT identifiers: by their form and check digits, and by the labels beside them."""

import re
from collections.abc import Iterator
from dataclasses import replace

from stdnum import get_cc_module
from stdnum import iban as iban_number
from stdnum.eu import vat as eu_vat

from tasks.extract.labelled import evidence_of, ranked, weight_of
from tasks.extract.layout import Line, Span
from tasks.extract.sheet import Candidate, Place, Sheet

_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_EU_VAT = re.compile(
    r"ATU\d{8}|BE[01]\d{9}|BG\d{9,10}|CY\d{8}[A-Z]|CZ\d{8,10}|DE\d{9}|DK\d{8}|EE\d{9}|EL\d{9}|ES[A-Z0-9]\d{7}[A-Z0-9]|"
    r"FI\d{8}|FR[A-Z0-9]{2}\d{9}|HR\d{11}|HU\d{8}|IE\d[A-Z0-9+*]\d{5}[A-Z]{1,2}|IT\d{11}|LT(?:\d{9}|\d{12})|LU\d{8}|"
    r"LV\d{11}|MT\d{8}|NL\d{9}B\d{2}|PL\d{10}|PT\d{9}|RO\d{2,10}|SE\d{12}|SI\d{8}|SK\d{10}|GB(?:\d{9}|\d{12})|"
    r"CHE\d{9}(?:MWST|TVA|IVA)?|NO\d{9}MVA"
)
_IBAN_LENGTHS = {
    "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24,
    "FI": 18, "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IS": 26, "IT": 27, "LI": 21,
    "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24,
    "SE": 24, "SI": 19, "SK": 24, "TR": 26, "UA": 29, "RS": 22,
}  # fmt: skip
"""Letters and digits of an IBAN by country (ISO 13616 registry)."""

_STARTS = {_IBAN: frozenset(_IBAN_LENGTHS), _EU_VAT: frozenset(re.findall(r"\b[A-Z]{2}", _EU_VAT.pattern))}
"""What each begins with: the code of a country."""

_NATIONAL = re.compile(r"[A-Z0-9][A-Z0-9./-]{6,18}[A-Z0-9]")
_COUNTRY = re.compile(r"[A-Z]{2}(?![a-z])")
_COUNTRY_STANDS = re.compile(rf"(?<!\S){_COUNTRY.pattern}")
_BETWEEN = re.compile(r"[ .:,/()-]")
_BLOCK = 8  # lines under a buyer's name that are its address
_LONGEST = 12  # tokens that one identifier may be printed in


def ibans(sheet: Sheet) -> list[Candidate]:
    """Bank accounts with IBAN form, those with right check digits first."""
    found = []
    for line in sheet.layout.lines:
        for span, text in _joined(line, _IBAN):
            valid = is_iban(text)
            labelled = any(
                label.span.start < span.start for label in sheet.labels.get(line.number, ()) if "iban" in label.names
            )
            if not valid and not labelled:
                continue
            evidence = (*(("checksum",) if valid else ()), *(("label", "label_left") if labelled else ()))
            found.append(Candidate("iban", text, span, 1.0 * valid + 0.3 * labelled, evidence))
    return ranked(found)


def vat_ids_of(sheet: Sheet, buyer: Candidate | None) -> tuple[list[Candidate], list[Candidate]]:
    """The VAT identifiers of seller and buyer: the buyer's are labelled so, or stand in the block under its name."""
    anywhere = [*_european(sheet), *_labelled_ids(sheet, "seller_vat_id")]
    below = [c for c in anywhere if buyer and _in_block(c.span, buyer.span)]
    labelled = list(_labelled_ids(sheet, "buyer_vat_id"))
    if not labelled and len({c.value for c in anywhere}) == 1:  # an invoice must state its seller's
        below = []
    theirs = ranked([*labelled, *(replace(c, name="buyer_vat_id", evidence=(*c.evidence, "block")) for c in below)])
    taken = {c.value for c in theirs}
    ours = ranked([_in_footer(sheet, c) for c in anywhere if c.value not in taken])
    rest = [replace(c, name="buyer_vat_id", evidence=(*c.evidence, "other_party")) for c in ours[1:]]
    return ours, theirs or [c for c in rest if "checksum" in c.evidence]


def _in_footer(sheet: Sheet, candidate: Candidate) -> Candidate:
    """The candidate, with more weight in the lower quarter of the page, where sellers print who they are."""
    span = candidate.span
    if span.box[1] < 0.75 * sheet.layout.sizes[span.line.page][1]:
        return candidate
    return replace(candidate, score=candidate.score + 0.4, evidence=(*candidate.evidence, "footer"))


def _labelled_ids(sheet: Sheet, name: str) -> Iterator[Candidate]:
    for label in sheet.labelled(name):
        for place in sheet.places(label):
            candidate = _labelled_id(place, name, weight_of(label, place), evidence_of(label, place))
            if candidate:
                yield candidate
                break


def _in_block(span: Span, name: Span) -> bool:
    """Whether the span stands in the few lines under a name, on its left edge or right of it in the same column."""
    if span.line.page != name.line.page or not 0 <= span.line.number - name.line.number <= 2 * _BLOCK:
        return False
    height = name.box[3] - name.box[1]
    near = span.box[1] - name.box[3] <= _BLOCK * 1.5 * height
    start = next(p for p in span.line.phrases if p.start <= span.start < p.end)
    return near and abs(start.x0 - name.x0) <= 2 * height


def is_iban(text: str) -> bool:
    """Whether length and check digits of an IBAN are right (ISO 13616)."""
    return bool(iban_number.is_valid(text, check_country=False))


def is_vat_id(text: str) -> bool:
    """Whether form and check digits of a European VAT identifier are right."""
    module = get_cc_module(text[:2], "vat")
    return bool(eu_vat.is_valid(text) or (module and module.is_valid(text)))


def _european(sheet: Sheet) -> Iterator[Candidate]:
    for line in sheet.layout.lines:
        accounts = [span for span, text in _joined(line, _IBAN) if is_iban(text)]
        for span, text in _joined(line, _EU_VAT):
            if any(account.start <= span.start < account.end for account in accounts):
                continue  # `CZ65 0800 0000` of an account has the form of a VAT id
            valid = is_vat_id(text)
            yield Candidate("seller_vat_id", text, span, 0.5 + 0.5 * valid, ("checksum",) if valid else ("form",))


def _joined(line: Line, form: re.Pattern[str]) -> Iterator[tuple[Span, str]]:
    """Spans whose tokens, joined, have the form; the longest from each start."""
    if not _COUNTRY_STANDS.search(line.text):
        return
    at = 0
    while at < len(line.tokens):
        first = line.tokens[at].text
        begins = first[:2] in _STARTS[form] and _COUNTRY.match(first)
        end, text = _longest_from(line, at, form) if begins else (0, "")
        if end:
            yield Span(line, at, end), text
        at = end or at + 1


def _longest_from(line: Line, at: int, form: re.Pattern[str]) -> tuple[int, str]:
    joined, found = "", (0, "")
    for end in range(at, min(at + _LONGEST, len(line.tokens))):
        joined += _BETWEEN.sub("", line.tokens[end].text).upper()
        if form.fullmatch(joined) and (form is not _IBAN or len(joined) == _IBAN_LENGTHS.get(joined[:2])):
            found = (end + 1, joined)
        if len(joined) > 36:
            break
    return found


def _labelled_id(place: Place, name: str, score: float, evidence: tuple[str, ...]) -> Candidate | None:
    line, start = place.span.line, place.span.start
    joined, best = "", None
    for end in range(start, min(place.span.end, start + 8)):
        if end > start and line.tokens[end].gap > 0.7:
            break
        joined += line.tokens[end].text.strip(":;,()").upper()
        if _NATIONAL.fullmatch(joined) and sum(c.isdigit() for c in joined) >= 6:
            best = Candidate(name, joined.replace(" ", ""), Span(line, start, end + 1), score, evidence)
    if best and re.fullmatch(r"\d+[.,]\d{2}", best.value):
        return None
    return best
