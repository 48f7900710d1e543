"""What else on the pages bears out the chosen seller or speaks against it: signs for its confidence alone."""

import re
from collections.abc import Iterator

from tasks.extract.layout import Span
from tasks.extract.names import form_apart, has_legal_form, is_name, name_spans, name_text, plain, same_party
from tasks.extract.parties import address_below, has_register_number, is_registered
from tasks.extract.sheet import Candidate, Sheet
from tasks.extract.tables import any_of, words

_OFTEN = 3  # lines
_LARGER = 1.6
_TRADE = re.compile(any_of(words("names")["trades"]), re.IGNORECASE)


def witnesses(sheet: Sheet, seller: Candidate, buyer: Candidate | None, doc_type: str) -> Iterator[str]:
    """The signs: `often`, `addressed`, `trade` for it; `one_word`, `other_payee`, `form_apart` and, where another
    company's registration stands on the pages and none of its own, `other_registered` against it. On a
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
    if not has_legal_form(seller.value) and any(
        not any(same_party(registered, each.value) for each in (seller, buyer) if each)
        for registered in _registered(sheet)
    ):
        yield "other_registered"


def _outshines(other: Span, seller: Candidate) -> bool:
    """Whether another name stands above the seller's in much larger letters: it may be that of the shop (BT-28)."""
    own, name = plain(seller.value), plain(other.text)
    larger = other.box[3] - other.box[1] >= _LARGER * (seller.span.box[3] - seller.span.box[1])
    return larger and other.box[1] < seller.span.box[1] and name not in own and own not in name


def _registered(sheet: Sheet) -> Iterator[str]:
    """The companies whose registration the pages tell, as imprints do (BT-27 where the letterhead has a BT-28)."""
    for line in (line for line in sheet.layout.lines if has_legal_form(line.text)):
        spans = [span for phrase in line.phrases for span in name_spans(phrase) if has_legal_form(span.text)]
        numbered = is_registered(line) or any(has_register_number(sheet, span) for span in spans)
        yield from (name_text(span) for span in spans if numbered and is_name(sheet, span))


def _payees(sheet: Sheet) -> Iterator[str]:
    """Whom the page says to pay, as letters and digits."""
    for label in sheet.labelled("seller_name"):
        for place in sheet.places(label) if not label.sure else ():
            span = next((s for s in name_spans(place.span) if is_name(sheet, s)), None)
            if span:
                yield plain(name_text(span))
                break
