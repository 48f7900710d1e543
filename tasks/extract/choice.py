"""The choice among a field's candidates: what the rules say of each and what the trained scorer says, together."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from tasks.extract.candidates import FIELDS, Kind
from tasks.extract.names import has_legal_form, plain, same_party, without_form
from tasks.extract.scorer import Scored
from tasks.extract.sheet import Candidate
from tasks.extract.totals import Total

ScoredFields = Mapping[str, Sequence[Scored]]

_SAYS: Mapping[Kind, float] = {"number": 1.0, "day": 1.0, "name": 2.5, "amount": 0.6}
"""What a certain scorer adds to the rules' score, which is about 1 for a value with its label: most for names, which no
label tells, least for amounts, where arithmetic has its say too. Chosen on layouts and wordings left out."""

_NEVER = 0.001  # the least that a scorer leaves to all other names
_KIND = {name: kind for kind, names in FIELDS.items() for name in names}
_LEAST = 0.3  # probability from which on the scorer proposes a value that the rules did not see
_CLOSE = 0.8  # two values of the rules this near to each other contest the field
ONCE = ("said_once", "not_borne_out", "said_once_on_receipt", "not_borne_out_on_receipt")
"""The signs of a seller that is named once: borne out by a label, a legal form, a web domain or, on a receipt, the
trade in it; or by nothing."""

_BEAR_OUT = frozenset({"label", "legal_form", "domain", "trade"})
_SIGNS = (
    (0.995, "scorer_certain"),
    (0.95, "scorer_sure"),
    (0.75, "scorer_likely"),
    (0.45, "scorer_leaning"),
    (0.15, "scorer_unsure"),
)
"""What a probability of the scorer is called, from the highest down; below all of them it speaks against the value."""

_BEYOND = (0.9995, "beyond_doubt")
"""What it is called as well where hardly anything is left to be certain of."""


def weighed(name: str, by_rules: Sequence[Candidate], scored: ScoredFields) -> list[Candidate]:
    """The candidates of the rules, and those that the scorer alone proposes, best first.

    A date that a label names and that can't be told (value "") stays first: no other is taken in its place.
    """
    if by_rules and not by_rules[0].value and "first_date" not in by_rules[0].evidence:
        return list(by_rules)
    says = _SAYS[_KIND[name]]
    chances = {each.value: each for each in scored.get(name, ())}
    known = {candidate.value for candidate in by_rules}
    found = [_seconded(candidate, chances, says) for candidate in _contesting(by_rules)]
    found += [
        _proposed(name, each, says)
        for each in scored.get(name, ())[:2]
        if each.probability >= _LEAST and each.value not in known
    ]
    return sorted(found, key=lambda candidate: -candidate.score)


def seconded(name: str, proposed: Sequence[Total], scored: ScoredFields) -> list[Total]:
    """The same for totals, before arithmetic chooses among them."""
    chances = {each.value: each for each in scored.get(name, ())}
    known = {total.amount for total in proposed}
    by_rules = zip(proposed, _contesting([total.candidate for total in proposed]), strict=True)
    found = [replace(total, candidate=_seconded(candidate, chances, _SAYS["amount"])) for total, candidate in by_rules]
    found += [
        Total(Decimal(each.value), _proposed(name, each, _SAYS["amount"]))
        for each in scored.get(name, ())[:2]
        if each.probability >= _LEAST and Decimal(each.value) not in known
    ]
    return sorted(found, key=lambda total: -total.candidate.score)


def without(scored: Sequence[Scored], name: str) -> list[Scored]:
    """What the scorer says of names once it is known that one of them is somebody else's: the rest share its
    probability."""
    taken = sum(each.probability for each in scored if same_party(each.value, name))
    return [
        replace(each, probability=each.probability / max(1 - taken, _NEVER))
        for each in scored
        if not same_party(each.value, name)
    ]


def not_the_payee(seller: Sequence[Candidate]) -> list[Candidate]:
    """The sellers, a company of the letterhead before one that is said only to be paid: a factor, or a parent."""
    payee = seller[0] if seller else None
    if not payee or "weak_label" not in payee.evidence or "repeated" in payee.evidence:
        return list(seller)
    head = next((c for c in seller[1:] if {"top", "legal_form"} <= {*c.evidence}), None)
    return [head, *(c for c in seller if c is not head)] if head else list(seller)


def in_full(seller: Sequence[Candidate]) -> list[Candidate]:
    """The sellers with the registered name (BT-27) in the place of a first one that leaves words of it out, as
    letterheads do (`Brightlane` for `Brightlane Analytics, Inc.`); what speaks for either speaks for it. The legal form
    by itself is no such word."""
    first = seller[0] if seller else None
    full = next((c for c in seller[1:] if first and _leaves_out(first.value, c.value)), None)
    if not first or not full:
        return list(seller)
    evidence = tuple(dict.fromkeys((*full.evidence, *first.evidence, "repeated")))
    return [replace(full, score=first.score + full.score, evidence=evidence), *(c for c in seller[1:] if c is not full)]


def _leaves_out(short: str, full: str) -> bool:
    """Whether the one name is the beginning of the other, which has more words, and a legal form behind them."""
    if has_legal_form(short) or not has_legal_form(full):
        return False
    return len(plain(short)) < len(plain(without_form(full))) and same_party(short, full)


def said_once(seller: Candidate, doc_type: str) -> Candidate:
    """The seller, with a sign where its name stands only once: usual on a receipt, and on an invoice less so."""
    if "repeated" in seller.evidence:
        return seller
    sign = ONCE[(0 if _BEAR_OUT.intersection(seller.evidence) else 1) + (2 if doc_type == "receipt" else 0)]
    return replace(seller, evidence=(*seller.evidence, sign))


def _contesting(by_rules: Sequence[Candidate]) -> list[Candidate]:
    """The candidates, with a sign on those that the rules alone could hardly choose between."""
    best = max((candidate.score for candidate in by_rules), default=0.0)
    near = [candidate.score >= _CLOSE * best for candidate in by_rules]
    if sum(near) < 2:
        return list(by_rules)
    return [
        replace(candidate, evidence=(*candidate.evidence, "contested")) if close else candidate
        for candidate, close in zip(by_rules, near, strict=True)
    ]


def _seconded(candidate: Candidate, chances: Mapping[str, Scored], says: float) -> Candidate:
    probability = chances[candidate.value].probability if candidate.value in chances else 0.0
    evidence = (*candidate.evidence, *_signs(probability))
    return replace(candidate, score=candidate.score + says * probability, evidence=evidence)


def _proposed(name: str, each: Scored, says: float) -> Candidate:
    repeated = ("repeated",) if each.places > 1 else ()
    formed = ("legal_form",) if _KIND[name] == "name" and has_legal_form(each.value) else ()
    evidence = ("scorer_alone", *formed, *repeated, *_signs(each.probability))
    return Candidate(name, each.value, each.span, says * each.probability, evidence)


def _signs(probability: float) -> tuple[str, ...]:
    sign = next((sign for least, sign in _SIGNS if probability >= least), "scorer_against")
    return (sign, _BEYOND[1]) if probability >= _BEYOND[0] else (sign,)
