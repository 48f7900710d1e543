"""Who sells and who buys: by labels, letterhead, footer, legal form, web domain and address window."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tasks.extract.labelled import evidence_of, ranked, weight_of
from tasks.extract.labels import Label
from tasks.extract.layout import Line, Span
from tasks.extract.names import has_legal_form, is_name, is_numbered, is_under, name_spans, name_text, plain
from tasks.extract.sheet import Candidate, Sheet
from tasks.extract.tables import any_of, words

_DOMAIN = re.compile(r"(?:www\.|@|https?://)([a-z0-9-]{3,})\.", re.IGNORECASE)
_WORDS = words("names")
_MAIL_HOSTS = frozenset(_WORDS["mail_hosts"])
_REGISTERED = re.compile(rf"\b{any_of(_WORDS['registered'])}\b", re.IGNORECASE)
_POSTCODE = re.compile(r"\b\d{4,5}\b|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b")
_REGISTRATION = re.compile(r"^[(（]|^(?:co\.?|company|reg|gst|roc|business|formerly|\d{5,}-?[A-Z])", re.IGNORECASE)
_ENDS_ADDRESS = re.compile(
    rf"\b{any_of(_WORDS['after_address'])}\b|@|^[\d -]{{7,}}$|\b0\d{{1,3}}-\d{{6,}}", re.IGNORECASE
)
_ADDRESS_REACH = 11  # line heights below a name
_ADDRESS_LINES = 5
_DOMAINS = 60  # of a document: each name is held against each, and more of them are a list of others
_BLOCK = 7  # line heights below a label that are its address
_LEAST = 0.55  # support below which nobody is named

_WEIGHTS = {
    "stacked": 0.5, "top": 0.7, "upper": 0.3, "first": 0.3, "large": 0.4, "legal_form": 0.7, "domain": 0.7,
    "registered": 0.4, "numbered": 0.5, "foreign_block": -1.6, "address_window": -0.7,
    "cut_out": 0.0,
}  # fmt: skip
"""What each sign on the page says for a name being the seller's; labels say more, by `weight_of`."""


def traders(sheet: Sheet) -> tuple[list[Candidate], list[Candidate]]:
    """Who may be the seller and who the buyer of an invoice, best first: the seller owns the letterhead."""
    seller = _owners(sheet, "seller_name", ("buyer_name", "ship_to"))
    own = plain(seller[0].value) if seller else ""
    labelled = [c for c in _introduced(sheet, "buyer_name") if plain(c.value) != own]
    return seller, ranked(labelled or [c for c in _windowed(sheet) if plain(c.value) != own])


def orderers(sheet: Sheet) -> tuple[list[Candidate], list[Candidate]]:
    """Who may be the seller and who the buyer of an order, best first: the buyer owns the letterhead."""
    owners = [replace(c, name="buyer_name") for c in _owners(sheet, "buyer_name", ("seller_name",))]
    buyer = ranked(list(_introduced(sheet, "buyer_name"))) or owners
    own = plain(buyer[0].value) if buyer else ""
    labelled = [c for c in _introduced(sheet, "seller_name") if plain(c.value) != own]
    window = [replace(c, name="seller_name") for c in _windowed(sheet) if plain(c.value) != own]
    return ranked(labelled or window), buyer


def _owners(sheet: Sheet, name: str, others: Sequence[str]) -> list[Candidate]:
    """The names that may own the letterhead, for the field `name`; blocks of the `others` are not theirs."""
    foreign = {place for other in others for place in _blocks(sheet, other)}
    domains = domains_of(sheet)
    spans = [*_names(sheet), *_stacked(sheet)]
    found = [_weighed(sheet, span, rank == 0, foreign, domains) for rank, span in enumerate(spans)]
    return [c for c in _together([*found, *_introduced(sheet, name)]) if c.score >= _LEAST]


def _introduced(sheet: Sheet, name: str) -> Iterator[Candidate]:
    for label in sheet.labelled(name):
        if not label.opens or not _introduces(label):
            continue
        for place in sheet.places(label):
            span = next((s for s in name_spans(place.span) if is_name(sheet, s)), None)
            far = place.how == "right" and place.span.tokens[0].gap > 6 and not label.colon
            if span and not far:
                support = weight_of(label, place) + 0.6
                yield Candidate(name, name_text(span), span, support, evidence_of(label, place))
                break


def _introduces(label: Label) -> bool:
    """A word such as `to` or `customer` introduces a name only where it stands alone or ends in a colon."""
    line, end = label.span.line, label.span.end
    alone = end == len(line.tokens) or line.tokens[end].gap > 0.9
    return label.colon or alone or len(label.span.tokens) > 1


def _names(sheet: Sheet) -> tuple[Span, ...]:
    return sheet.names_on(sheet.layout.lines[0].page) if sheet.layout.lines else ()


def _stacked(sheet: Sheet) -> tuple[Span, ...]:
    return sheet.stacked_on(sheet.layout.lines[0].page) if sheet.layout.lines else ()


def _weighed(sheet: Sheet, span: Span, first: bool, foreign: set[tuple[int, int]], domains: set[str]) -> Candidate:
    signs = tuple(_signs(sheet, span, first, foreign, domains))
    return Candidate("seller_name", name_text(span), span, sum(_WEIGHTS[sign] for sign in signs), signs)


def _signs(sheet: Sheet, span: Span, first: bool, foreign: set[tuple[int, int]], domains: set[str]) -> Iterator[str]:
    down = span.box[1] / sheet.layout.sizes[span.line.page][1]
    if down < 0.3:
        yield "top" if down < 0.12 else "upper"
    if first:
        yield "first"
    if span.line.box == span.box and len(span.tokens) > 1 and span.line.phrases[0].end < span.end:
        yield "stacked"
    if span.box[3] - span.box[1] > 1.25 * sheet.layout.text_height:
        yield "large"
    if not any((p.start, p.end) == (span.start, span.end) for p in span.line.phrases):
        yield "cut_out"
    if has_legal_form(span.text):
        yield "legal_form"
        if is_registered(span.line):
            yield "registered"
    if has_register_number(sheet, span):
        yield "numbered"
    if in_domains(plain(name_text(span)), domains):
        yield "domain"
    if (span.line.number, span.start) in foreign:
        yield "foreign_block"
    elif not first and 0.12 < down < 0.36 and in_address_window(sheet, span):
        yield "address_window"


def has_register_number(sheet: Sheet, span: Span) -> bool:
    """Whether a company's register number stands behind the name or right below it."""
    with_next = Span(span.line, span.start, min(span.end + 1, len(span.line.tokens))).text
    lines = sheet.layout.below(span.line, 2)
    below = next((phrase.text for line in lines for phrase in line.phrases if is_under(phrase, span)), "")
    return is_numbered(with_next, below)


def _together(candidates: Sequence[Candidate]) -> list[Candidate]:
    """One candidate a name: what its place says and what a label says add up, and so does being said twice.

    Where a label elsewhere names the one in the seller's place, that both agree says more than what label it is."""
    by_name: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        by_name.setdefault(plain(candidate.value), []).append(candidate)
    return sorted((_sum(same) for same in by_name.values()), key=lambda c: -c.score)


def _sum(same: list[Candidate]) -> Candidate:
    placed = max(
        (c for c in same if "label" not in c.evidence and "weak_label" not in c.evidence), key=_score, default=None
    )
    named = max(
        (c for c in same if c is not placed and ("label" in c.evidence or "weak_label" in c.evidence)),
        key=_score,
        default=None,
    )
    parts = [c for c in (named, placed) if c]
    lines = {c.span.line.number for c in same}
    repeated = 0.3 if len(lines) > 1 else 0.0
    agreed = placed if named and placed and named.span.line.number != placed.span.line.number else None
    said = (*agreed.evidence, "agreed") if agreed else tuple(e for c in parts for e in c.evidence)
    evidence = (*dict.fromkeys(said), *(("repeated",) if repeated else ()))
    best = parts[0]
    return Candidate(best.name, best.value, best.span, sum(c.score for c in parts) + repeated, evidence)


def _score(candidate: Candidate) -> float:
    return candidate.score


def domains_of(sheet: Sheet) -> set[str]:
    """The names of web and mail domains on the pages, without their endings; of a long list the commonest ones."""
    found = Counter(re.sub(r"[^a-z0-9]", "", hit.casefold()) for hit in _DOMAIN.findall(sheet.text))
    told = [domain for domain, _ in found.most_common() if len(domain) >= 4 and domain not in _MAIL_HOSTS]
    return set(told[:_DOMAINS])


def is_registered(line: Line) -> bool:
    """Whether the line speaks of a company's registration."""
    return bool(_REGISTERED.search(line.text))


def in_domains(name: str, domains: set[str]) -> bool:
    """Whether a name, letters and digits alone, has to do with one of the domains."""
    return any(domain in name or (len(name) >= 4 and name in domain) for domain in domains)


def _blocks(sheet: Sheet, name: str) -> Iterator[tuple[int, int]]:
    """The phrases of the blocks that labels of the field introduce, by line and first token."""
    for label in sheet.labelled(name):
        if label.opens and _introduces(label):
            yield from _block(sheet, label)


def _block(sheet: Sheet, label: Label) -> Iterator[tuple[int, int]]:
    x0, _, x1, _ = label.span.box
    slack = label.span.line.height
    line = label.span.line
    yield from ((line.number, phrase.start) for phrase in line.phrases if phrase.start >= label.span.start)
    for below in sheet.layout.below(line, _BLOCK):
        yield from ((below.number, p.start) for a, b, p in below.edges if a < x1 + slack and b > x0 - slack)


def _windowed(sheet: Sheet) -> Iterator[Candidate]:
    """The first name of an address block where a letter's window is: left, upper third, a postcode below it."""
    for span in _names(sheet):
        width, height = sheet.layout.sizes[span.line.page]
        down = span.box[1] / height
        if 0.11 < down < 0.36 and in_address_window(sheet, span):
            left = 0.2 if span.box[0] < 0.45 * width else 0.0
            score = 0.6 + left - down
            yield Candidate("buyer_name", name_text(span), span, score, ("address_window",))


def in_address_window(sheet: Sheet, span: Span) -> bool:
    """Whether the span opens a block whose next lines, aligned with it, hold a postcode."""
    aligned = [
        other.text
        for line in sheet.layout.below(span.line, 6)
        for other in line.phrases
        if abs(other.x0 - span.x0) < 2 * span.line.height
    ]
    return any(_POSTCODE.search(text) for text in aligned)


def address_below(sheet: Sheet, name: Candidate) -> Candidate | None:
    """The address in the lines below a name, joined; a line with a telephone, a number or another label ends it."""
    parts: list[str] = []
    first: Span | None = None
    for line in sheet.layout.below(name.span.line, _ADDRESS_REACH):
        phrase = next((p for p in line.phrases if is_under(p, name.span)), None)
        if phrase is None:
            continue
        text = phrase.text
        if first is None and _REGISTRATION.match(text):
            continue
        if _ENDS_ADDRESS.search(text) or any(d.span.start < phrase.end for d in sheet.dates.get(line.number, ())):
            break
        first = first or phrase
        parts.append(text.strip(" ,"))
        if len(parts) == _ADDRESS_LINES:
            break
    if first is None or not any(c.isdigit() for part in parts for c in part):
        return None
    return Candidate("seller_address", ", ".join(parts), first, 0.5, ("below_name",))
