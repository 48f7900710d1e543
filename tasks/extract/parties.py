"""Who sells and who buys: by labels, letterhead, footer, legal form, web domain and address window."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from tasks.extract.labelled import evidence_of, ranked, weight_of
from tasks.extract.labels import Label
from tasks.extract.layout import Span
from tasks.extract.names import LEGAL_FORM, is_name, name_spans, name_text
from tasks.extract.sheet import Candidate, Sheet

_DOMAIN = re.compile(r"(?:www\.|@|https?://)([a-z0-9-]{3,})\.", re.IGNORECASE)
_MAIL_HOSTS = frozenset(["gmail", "outlook", "hotmail", "yahoo", "example", "mail", "web", "gmx", "localhost"])
_BLOCK = 7  # line heights below a buyer label that are its address


def buyers(sheet: Sheet) -> list[Candidate]:
    """The names that buyer labels introduce, else the one in the address window, best first."""
    found = list(_introduced(sheet, "buyer_name"))
    return ranked(found or list(_in_address_window(sheet)))


def sellers(sheet: Sheet, buyer: Candidate | None) -> list[Candidate]:
    """The names that may be the seller's, best first."""
    foreign = _foreign_lines(sheet)
    scored = [_scored(sheet, span, foreign) for span in _letterhead(sheet)]
    found = [*scored, *_introduced(sheet, "seller_name")]
    times = Counter(_key(c.value) for c in found)
    other = _key(buyer.value) if buyer else None
    return ranked([_with_repeats(sheet, c, times) for c in found if _key(c.value) != other])


def _introduced(sheet: Sheet, name: str) -> Iterator[Candidate]:
    for label in sheet.labelled(name):
        if not label.opens or not _introduces(label):
            continue
        for place in sheet.places(label):
            span = next((s for s in name_spans(place.span) if is_name(sheet, s)), None)
            if span and not (place.how == "right" and place.span.tokens[0].gap > 6 and not label.colon):
                yield Candidate(name, name_text(span), span, weight_of(label, place) + 0.6, evidence_of(label, place))
                break


def _introduces(label: Label) -> bool:
    """Short words such as `to` and `von` introduce a name only where they stand alone or end in a colon."""
    line, end = label.span.line, label.span.end
    alone = end == len(line.tokens) or line.tokens[end].gap > 0.9
    return label.colon or alone or len(label.key) > 6


def _letterhead(sheet: Sheet) -> Iterator[Span]:
    for phrase in sheet.layout.phrases:
        if phrase.line.page == 1:
            yield from (span for span in name_spans(phrase) if is_name(sheet, span))


def _scored(sheet: Sheet, span: Span, foreign: set[tuple[int, int]]) -> Candidate:
    height = sheet.layout.sizes[1][1]
    share = span.box[1] / height
    tall = (span.box[3] - span.box[1]) / max(sheet.layout.text_height, 1e-6)
    signs: list[tuple[str, float]] = []
    if share < 0.12:
        signs.append(("top", 0.7))
    elif share < 0.3:
        signs.append(("upper", 0.3))
    if span.line.number == 0 or (all(s.start >= span.start for s in span.line.phrases) and span.line.number <= 2):
        signs.append(("first", 0.3))
    if tall > 1.25:
        signs.append(("large", 0.4))
    if LEGAL_FORM.search(span.text):
        signs.append(("legal_form", 0.7))
    if _in_domain(sheet, span):
        signs.append(("domain", 0.7))
    if (span.line.number, span.start) in foreign:
        signs.append(("in_buyer_block", -1.6))
    return Candidate("seller_name", name_text(span), span, sum(w for _, w in signs), tuple(s for s, _ in signs))


def _with_repeats(sheet: Sheet, candidate: Candidate, times: Counter[str]) -> Candidate:
    if times[_key(candidate.value)] < 2:
        return candidate
    return Candidate(
        candidate.name, candidate.value, candidate.span, candidate.score + 0.3, (*candidate.evidence, "repeated")
    )


def _in_domain(sheet: Sheet, span: Span) -> bool:
    name = _key(span.text)
    domains = {re.sub(r"[^a-z0-9]", "", hit.casefold()) for hit in _DOMAIN.findall(sheet.text)} - _MAIL_HOSTS
    return any(len(d) >= 4 and (d in name or (len(name) >= 4 and name in d)) for d in domains)


def _foreign_lines(sheet: Sheet) -> set[tuple[int, int]]:
    """Phrases in the blocks that buyer and delivery labels introduce, by line and start."""
    found = set()
    for name in ("buyer_name", "ship_to"):
        for label in sheet.labelled(name):
            if label.opens and _introduces(label):
                found |= set(_block(sheet, label))
    return found


def _block(sheet: Sheet, label: Label) -> Iterable[tuple[int, int]]:
    x0, _, x1, _ = label.span.box
    slack = label.span.line.height
    yield from ((label.span.line.number, p.start) for p in label.span.line.phrases if p.start >= label.span.start)
    for line in sheet.layout.below(label.span.line, _BLOCK):
        yield from ((line.number, p.start) for p in line.phrases if p.box[0] < x1 + slack and p.box[2] > x0 - slack)


def _in_address_window(sheet: Sheet) -> Iterator[Candidate]:
    """The first name of an address block where a letter's window is: upper third, a line with a postcode below it."""
    height = sheet.layout.sizes.get(1, (1.0, 1.0))[1]
    for phrase in sheet.layout.phrases:
        if phrase.line.page != 1 or not 0.11 < phrase.box[1] / height < 0.36:
            continue
        if len(list(name_spans(phrase))) > 1 or not is_name(sheet, phrase):
            continue
        if _postcode_below(sheet, phrase):
            yield Candidate(
                "buyer_name", name_text(phrase), phrase, 0.6 - phrase.box[1] / height / 2, ("address_window",)
            )


def _postcode_below(sheet: Sheet, phrase: Span) -> bool:
    x0 = phrase.box[0]
    aligned = (
        other
        for line in sheet.layout.below(phrase.line, 6)
        for other in line.phrases
        if abs(other.box[0] - x0) < 2 * phrase.line.height
    )
    return any(re.search(r"\b\d{4,5}\b|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b", other.text) for other in aligned)


def _key(text: str) -> str:
    return re.sub(r"[\W_]", "", text.casefold())
