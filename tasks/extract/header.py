"""The header fields of a document by rules: candidates of every field, and one choice among them."""

from collections.abc import Sequence
from dataclasses import replace

from tasks.documents import Field, State
from tasks.extract.choice import ScoredFields, in_full, not_the_payee, said_once, seconded, weighed, without
from tasks.extract.currency import currency
from tasks.extract.identifiers import ibans, vat_ids_of
from tasks.extract.labelled import (
    credit_note_numbers,
    dates,
    dates_behind,
    dates_of_letter,
    day_value,
    identifiers,
    ranked,
)
from tasks.extract.parties import address_below, orderers, traders
from tasks.extract.scorer import Scorer
from tasks.extract.sheet import Candidate, Sheet
from tasks.extract.totals import NAMES, Total, adds_up, printed_amounts, proposals, solve
from tasks.extract.witnesses import witnesses
from tasks.fields import shipped

FIELDS = tuple(shipped().fields)
"""The header fields that pages are searched for, in the order of their report."""

_SURE = frozenset({"scorer_certain", "scorer_sure"})
_CLOSE = 0.8  # a second candidate this near the best puts it in doubt


def header_fields(sheet: Sheet, doc_type: str, scorer: Scorer) -> tuple[Field, ...]:
    """Every header field of DESIGN section 3, found or absent: rules and the trained scorer choose together."""
    scored = scorer.score(sheet, doc_type)
    own = credit_note_numbers(sheet) if doc_type == "credit_note" else identifiers(sheet, "invoice_number")
    numbers = weighed("invoice_number", own, scored)
    seller, buyer = orderers(sheet) if doc_type == "purchase_order" else traders(sheet)
    seller = in_full(not_the_payee(weighed("seller_name", seller, scored)))
    others = {**scored, "buyer_name": without(scored.get("buyer_name", ()), seller[0].value)} if seller else scored
    buyer = weighed("buyer_name", [c for c in buyer if not seller or c.value != seller[0].value], others)
    seller = [_borne_out(sheet, candidate, buyer, doc_type) for candidate in seller[:1]] + seller[1:]
    own_vat, buyer_vat = vat_ids_of(sheet, buyer[0] if buyer else None)
    address = address_below(sheet, seller[0]) if seller else None
    rivals = (
        numbers,
        weighed("purchase_order_number", identifiers(sheet, "purchase_order_number"), scored),
        weighed("issue_date", _issue_dates(sheet, numbers), scored),
        weighed("due_date", dates(sheet, "due_date"), scored),
        currency(sheet),
        seller,
        [address] if address else [],
        buyer,
        own_vat,
        buyer_vat,
        ibans(sheet),
    )
    chosen = {candidates[0].name: _field(sheet, candidates) for candidates in rivals if candidates}
    for name, total in _totals(sheet, scored).items():
        chosen[name] = _unsigned(total) if doc_type == "credit_note" else total
    return tuple(chosen.get(name) or Field(name, "absent") for name in FIELDS)


def _borne_out(sheet: Sheet, seller: Candidate, buyer: Sequence[Candidate], doc_type: str) -> Candidate:
    known = next((each for each in buyer[:1] if "scorer_alone" not in each.evidence), None)
    signs = witnesses(sheet, seller, known, doc_type)
    return said_once(replace(seller, evidence=(*seller.evidence, *signs)), doc_type)


def _issue_dates(sheet: Sheet, numbers: Sequence[Candidate]) -> list[Candidate]:
    """Dates with a label, right behind the invoice number or a town; without any, the first date of the document."""
    behind = [c for number in numbers[:1] for c in dates_behind(sheet, number)]
    return ranked([*dates(sheet, "issue_date"), *behind, *dates_of_letter(sheet)]) or _first_date(sheet)


def _field(sheet: Sheet, candidates: Sequence[Candidate]) -> Field:
    best, *others = candidates
    rivals = bool(others) and others[0].score > _CLOSE * best.score
    doubts = (*(("contested",) if "contested" in best.evidence else ()), *(("second_candidate",) if rivals else ()))
    said = tuple(sign for sign in best.evidence if sign != "contested")
    evidence = (*said, "ocr") if sheet.ocr else said
    state: State = "found" if best.value else "unreadable"
    return Field(
        best.name, state, best.value or None, best.span.text, best.span.line.page, best.span.box,
        evidence=evidence, doubts=doubts if best.value else (*doubts, "ambiguous_date"),
    )  # fmt: skip


def _first_date(sheet: Sheet) -> list[Candidate]:
    for found in sheet.dates.values():
        for dated in found:
            return [Candidate("issue_date", day_value(sheet, dated), dated.span, 0.3, ("first_date",))]
    return []


def _totals(sheet: Sheet, scored: ScoredFields) -> dict[str, Field]:
    printed = printed_amounts(sheet)
    proposed = {name: seconded(name, totals, scored) for name, totals in proposals(sheet, printed).items()}
    solved = solve(proposed, printed)
    if "net_total" in solved and not solved.keys() & {"gross_total", "amount_due"}:
        solved["gross_total"] = _as("gross_total", solved["net_total"], "as_net")
    if "gross_total" in solved and _is_gross(solved.get("amount_due"), solved["gross_total"]):
        solved["amount_due"] = _as("amount_due", solved["gross_total"], "as_gross")
    if "amount_due" in solved and "gross_total" not in solved:
        solved["gross_total"] = _as("gross_total", solved["amount_due"], "as_due")
    net, tax, gross = (solved.get(name) for name in NAMES[:3])
    sums = bool(net and tax and gross and adds_up(net.amount, tax.amount, gross.amount))
    return {name: _total_field(sheet, total, sums, proposed[name]) for name, total in solved.items()}


def _is_gross(due: Total | None, gross: Total) -> bool:
    """Whether nothing tells an amount due from the gross total, or a scorer alone that is not sure, and it names the
    same amount: then what bears out the one bears out the other."""
    alone = due is not None and "scorer_alone" in due.candidate.evidence
    return due is None or (alone and due.amount == gross.amount and not _SURE.intersection(due.candidate.evidence))


def _unsigned(total: Field) -> Field:
    """A credit note's totals are positive, whatever sign the page gives them."""
    return replace(total, value=total.value.lstrip("-")) if total.value else total


def _as(name: str, total: Total, evidence: str) -> Total:
    candidate = replace(total.candidate, name=name, evidence=(*total.candidate.evidence, evidence))
    return Total(total.amount, candidate)


def _total_field(sheet: Sheet, total: Total, sums: bool, proposed: Sequence[Total]) -> Field:
    others = [t.candidate for t in proposed if t.amount != total.amount]
    found = _field(sheet, [total.candidate, *others])
    return replace(found, evidence=(*found.evidence, "arithmetic")) if sums else found
