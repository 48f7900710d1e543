"""Net, tax, gross and amount due, solved together: labels propose amounts, arithmetic chooses among them."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from tasks.extract.labelled import evidence_of, weight_of
from tasks.extract.labels import Label
from tasks.extract.sheet import Candidate, Sheet

NAMES = ("net_total", "tax_total", "gross_total", "amount_due")
_KEPT = 6  # candidates of a field that take part
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Total:
    """A candidate for a total, with its amount."""

    amount: Decimal
    candidate: Candidate


def total_candidates(sheet: Sheet) -> dict[str, list[Total]]:
    """What the labels and the summing rows of the document propose for each total, best first."""
    found: dict[str, list[Total]] = {name: [] for name in NAMES}
    for name in NAMES:
        for label in sheet.labelled(name):
            found[name] += _labelled(sheet, label, name)
    for total in _summing_rows(sheet):
        found[total.candidate.name].append(total)
    return {name: _best(totals) for name, totals in found.items()}


def solve(proposed: dict[str, list[Total]], largest: Decimal) -> dict[str, Total]:
    """The choice of net, tax and gross that labels and arithmetic support best; `largest` is the largest amount."""
    nets, taxes, grosses = ([None, *proposed[name]] for name in NAMES[:3])
    choice = max(product(nets, taxes, grosses), key=lambda c: _support(c[0], c[1], c[2], largest))
    return {name: total for name, total in zip(NAMES, choice, strict=False) if total}


def adds_up(net: Decimal, tax: Decimal, gross: Decimal) -> bool:
    """Whether net and tax make the gross total, to a rounding of two cents."""
    return abs(net + tax - gross) <= 2 * _CENT


def _support(net: Total | None, tax: Total | None, gross: Total | None, largest: Decimal) -> float:
    support = sum(total.candidate.score for total in (net, tax, gross) if total)
    if net and gross and abs(net.amount) > abs(gross.amount) + _CENT:
        support -= 1.5
    if tax and gross and abs(tax.amount) >= abs(gross.amount) and gross.amount:
        support -= 1.5
    if net and tax and gross:
        support += 1.5 if adds_up(net.amount, tax.amount, gross.amount) else -1.2
    elif net and gross and not tax:
        support += 0.1 if net.amount == gross.amount else -0.2
    if gross and abs(gross.amount) < largest:
        support -= 0.2
    return support


def _labelled(sheet: Sheet, label: Label, name: str) -> Iterator[Total]:
    for place in sheet.places(label):
        amounts = [
            a
            for a in sheet.amounts.get(place.span.line.number, ())
            if place.span.start <= a.span.start < place.span.end and not a.percent and (a.exact or a.mark or label.sure)
        ]
        for rank, amount in enumerate(reversed(amounts) if place.how == "right" else amounts):
            value = sheet.value_of(amount)
            if value is None:
                continue
            score = weight_of(label, place) - 0.25 * rank - (0.0 if amount.exact else 0.25 if amount.mark else 0.4)
            text = str(abs(value))
            yield Total(value, Candidate(name, text, amount.span, score, evidence_of(label, place)))
        if amounts and place.how == "right":
            return


def _summing_rows(sheet: Sheet) -> Iterator[Total]:
    """Rows that read net, tax, gross: their last one sums up the rest."""
    for number, amounts in sheet.amounts.items():
        money = [(a, v) for a in amounts if a.exact and not a.percent and (v := sheet.value_of(a)) is not None]
        for (a, net), (b, tax), (c, gross) in zip(money, money[1:], money[2:], strict=False):
            if tax and net and abs(tax) < abs(net) and adds_up(net, tax, gross):
                low_down = 0.1 * number / max(len(sheet.layout.lines), 1)
                for name, amount, value in zip(NAMES, (a, b, c), (net, tax, gross), strict=False):
                    yield Total(value, Candidate(name, str(abs(value)), amount.span, 0.5 + low_down, ("row_sum",)))


def _best(totals: list[Total]) -> list[Total]:
    by_value: dict[Decimal, list[Total]] = {}
    for total in totals:
        by_value.setdefault(total.amount, []).append(total)
    merged = []
    for value, same in by_value.items():
        best = max(same, key=lambda t: t.candidate.score).candidate
        repeated = len({(t.candidate.span.line.number, t.candidate.span.start) for t in same}) - 1
        score = best.score + 0.1 * min(repeated, 3)
        evidence = (*best.evidence, "repeated") if repeated else best.evidence
        merged.append(Total(value, Candidate(best.name, best.value, best.span, score, evidence)))
    return sorted(merged, key=lambda t: -t.candidate.score)[:_KEPT]
