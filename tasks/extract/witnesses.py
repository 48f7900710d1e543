"""What else on the pages bears out the chosen seller or speaks against it: signs for its confidence alone."""

import re
from collections.abc import Iterator

from tasks.extract.layout import Span
from tasks.extract.names import form_apart, is_name, name_spans, name_text, plain
from tasks.extract.parties import address_below
from tasks.extract.sheet import Candidate, Sheet
from tasks.extract.tables import any_of, words

_OFTEN = 3  # lines
_LARGER = 1.6
_TRADE = re.compile(any_of(words("names")["trades"]), re.IGNORECASE)


def witnesses(sheet: Sheet, seller: Candidate, buyer: Candidate | None, doc_type: str) -> Iterator[str]:
    """The signs: `often`, `addressed`, `trade` for it; `one_word`, `other_payee`, `form_apart` against it. On a
    receipt, where names have no legal form, one is told from a street or a slogan by the trade in it, and `outshone` by
    the sign over the shop, it may not be the one that is meant."""
    name = plain(seller.value)
    if sum(name in "".join(token.key for token in line.tokens) for line in sheet.layout.lines) >= _OFTEN:
        yield "often"
    if address_below(sheet, seller):
        yield "addressed"
    if len(seller.span.tokens) == 1 and "repeated" not in seller.evidence:
        yield "one_word"
    elif doc_type == "receipt" and _TRADE.search(seller.value):
        yield "trade"
    if doc_type == "receipt" and any(_outshines(name, seller) for name in sheet.names_on(seller.span.line.page)):
        yield "outshone"
    if any(form_apart(line, seller.value) for line in sheet.layout.lines):
        yield "form_apart"
    known = {name, plain(buyer.value) if buyer else name}
    if any(not any(payee in each or each in payee for each in known) for payee in _payees(sheet)):
        yield "other_payee"


def _outshines(other: Span, seller: Candidate) -> bool:
    """Whether another name stands above the seller's in much larger letters: it may be that of the shop (BT-28)."""
    own, name = plain(seller.value), plain(other.text)
    larger = other.box[3] - other.box[1] >= _LARGER * (seller.span.box[3] - seller.span.box[1])
    return larger and other.box[1] < seller.span.box[1] and name not in own and own not in name


def _payees(sheet: Sheet) -> Iterator[str]:
    """Whom the page says to pay, as letters and digits."""
    for label in sheet.labelled("seller_name"):
        for place in sheet.places(label) if not label.sure else ():
            span = next((s for s in name_spans(place.span) if is_name(sheet, s)), None)
            if span:
                yield plain(name_text(span))
                break
