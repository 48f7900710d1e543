"""Net, tax, gross and amount due, solved together: labels propose amounts, arithmetic chooses among them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product

from tasks.extract.labelled import evidence_of, weight_of
from tasks.extract.labels import Label
from tasks.extract.layout import COLUMN_GAP
from tasks.extract.sheet import Candidate, Place, Sheet
from tasks.extract.values import Amount

NAMES = ("net_total", "tax_total", "gross_total", "amount_due")
_KEPT = 6  # candidates of a field that take part
_MANY = 4  # amounts with cents, beside which a bare number is no total
_ROUNDING = Decimal("0.02")
_TENDERED = 1.6  # support for what was given less the change: as good as net and tax
_MOST_TAX = Decimal("0.4")  # of the net total: no sales tax is higher


@dataclass(frozen=True, slots=True)
class Total:
    """A candidate for a total, with its amount."""

    amount: Decimal
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class Printed:
    """An amount with cents somewhere on the pages."""

    value: Decimal
    amount: Amount


def printed_amounts(sheet: Sheet) -> list[Printed]:
    """Every amount that shows cents and is no rate, in reading order."""
    return [
        Printed(value, amount)
        for row in sheet.amounts.values()
        for amount in row
        if amount.exact and not amount.percent and (value := sheet.value_of(amount)) is not None
    ]


def proposals(sheet: Sheet, printed: list[Printed]) -> dict[str, list[Total]]:
    """What labels, summing rows and arithmetic propose for each total, best first."""
    found: dict[str, list[Total]] = {name: [] for name in NAMES}
    for name in NAMES:
        labelled = [total for label in sheet.labelled(name) for total in _labelled(sheet, label, name)]
        exact = [total for total in labelled if _is_exact(total)]
        found[name] = exact or (labelled if len(printed) < _MANY else [])
    for total in _summing_rows(sheet):
        found[total.candidate.name].append(total)
    found["gross_total"] = _tendered(sheet, found["gross_total"], printed)
    best = {name: _best(totals) for name, totals in found.items()}
    best["amount_due"] += _left_to_pay(sheet, best["gross_total"], printed)
    return best | {name: [*best[name], *_missing(name, best, printed)] for name in NAMES[:3]}


def solve(proposed: dict[str, list[Total]], printed: list[Printed]) -> dict[str, Total]:
    """The choice of net, tax and gross that labels and arithmetic support best, and the amount due beside it."""
    largest = max((abs(p.value) for p in printed), default=Decimal(0))
    nets, taxes, grosses = ([None, *proposed[name]] for name in NAMES[:3])
    choice = max(product(nets, taxes, grosses), key=lambda c: _support(c[0], c[1], c[2], largest))
    solved = {name: total for name, total in zip(NAMES, choice, strict=False) if total}
    due = _due(proposed["amount_due"], solved.get("gross_total"))
    return solved | ({"amount_due": due} if due else {})


def adds_up(net: Decimal, tax: Decimal, gross: Decimal) -> bool:
    """Whether net and tax make the gross total, to two cents of rounding; a credit may print its tax unsigned."""
    if tax < 0 < net:
        return False
    return abs(abs(net) + abs(tax) - abs(gross)) <= _ROUNDING


def _support(net: Total | None, tax: Total | None, gross: Total | None, largest: Decimal) -> float:
    support = sum(total.candidate.score for total in (net, tax, gross) if total)
    if net and gross and abs(net.amount) > abs(gross.amount) + _ROUNDING:
        support -= 1.5
    if tax and gross and abs(tax.amount) > _MOST_TAX * abs(gross.amount):
        support -= 1.5
    if net and tax and gross:
        support += 1.5 if adds_up(net.amount, tax.amount, gross.amount) else -1.2
    elif net and gross:
        support += 0.1 if net.amount == gross.amount else -0.2
    if gross and abs(gross.amount) < largest:
        support -= 0.2
    return support


def _due(candidates: list[Total], gross: Total | None) -> Total | None:
    """The labelled amount due: rather the gross total than another, rather something than nothing."""

    def support(total: Total) -> float:
        same = bool(gross) and gross is not None and abs(total.amount) == abs(gross.amount)
        return total.candidate.score + (0.5 if same else 0.0) - (0.3 if total.amount == 0 else 0.0)

    return max(candidates, key=support, default=None)


def _labelled(sheet: Sheet, label: Label, name: str) -> Iterator[Total]:
    for place in sheet.places(label):
        amounts = [
            amount
            for amount in sheet.amounts.get(place.span.line.number, ())
            if place.span.start <= amount.span.start < place.span.end and _may_be_total(amount, label)
        ]
        for rank, amount in enumerate(reversed(amounts) if place.how == "right" else amounts):
            value = sheet.value_of(amount)
            if value is not None:
                score = _score(label, place, amount) - 0.25 * rank
                yield Total(value, Candidate(name, _text(value), amount.span, score, evidence_of(label, place)))
        if amounts and place.how == "right":
            return


def _may_be_total(amount: Amount, label: Label) -> bool:
    in_table = not label.sure and amount.span.line is not label.span.line
    return not amount.percent and not in_table and (amount.exact or bool(amount.mark) or (label.sure and _ends(amount)))


def _ends(amount: Amount) -> bool:
    """Whether no word follows a bare number in its phrase (`30 days` is no amount), and no sign stands before it."""
    following = amount.span.line.tokens[amount.span.end : amount.span.end + 1]
    return not amount.negative and not any(t.gap <= COLUMN_GAP and t.key[:1].isalpha() for t in following)


def _score(label: Label, place: Place, amount: Amount) -> float:
    """A label's word for an amount: less where words stand between them, or where it shows no cents."""
    between = label.span.line.tokens[label.span.end : amount.span.start] if place.how == "right" else ()
    wordy = 0.06 * min(sum(1 for token in between if token.key.isalpha()), 5)
    taxed = 0.5 if "tax_total" not in label.names and any("%" in token.text for token in between) else 0.0
    return weight_of(label, place) - wordy - taxed - (0.0 if amount.exact else 0.25 if amount.mark else 0.4)


def _summing_rows(sheet: Sheet) -> Iterator[Total]:
    """Rows that read net, tax, gross: their last one sums up the rest."""
    for number, amounts in sheet.amounts.items():
        money = [(a, v) for a in amounts if a.exact and not a.percent and (v := sheet.value_of(a)) is not None]
        for (a, net), (b, tax), (c, gross) in zip(money, money[1:], money[2:], strict=False):
            if tax and net * tax > 0 and abs(tax) <= _MOST_TAX * abs(net) and adds_up(net, tax, gross):
                score = 0.5 + 0.1 * number / max(len(sheet.layout.lines), 1)
                for name, amount, value in zip(NAMES, (a, b, c), (net, tax, gross), strict=False):
                    yield Total(value, Candidate(name, _text(value), amount.span, score, ("row_sum",)))


def _tendered(sheet: Sheet, totals: list[Total], printed: list[Printed]) -> list[Total]:
    """The candidates, with more weight for those that are what was given less the change."""
    changes = [total.amount for label in sheet.labelled("change") for total in _labelled(sheet, label, "change")]
    given = {each.value for each in printed}
    paid = {total.amount for total in totals for change in changes if change and total.amount + change in given}
    return [_plus(total, _TENDERED, "tendered") if total.amount in paid else total for total in totals]


def _left_to_pay(sheet: Sheet, grosses: list[Total], printed: list[Printed]) -> Iterator[Total]:
    """An amount below the gross total that is what earlier payments leave of it."""
    paid = {abs(t.amount) for label in sheet.labelled("paid") for t in _labelled(sheet, label, "paid") if t.amount}
    for gross in grosses[:1]:
        left = {gross.amount - amount for amount in paid}
        line = gross.candidate.span.line.number
        for each in printed:
            if each.value in left and each.value > 0 and each.amount.span.line.number > line:
                rest = Candidate("amount_due", _text(each.value), each.amount.span, 1.2, ("difference",))
                yield Total(each.value, rest)


def _plus(total: Total, score: float, sign: str) -> Total:
    candidate = total.candidate
    return replace(
        total, candidate=replace(candidate, score=candidate.score + score, evidence=(*candidate.evidence, sign))
    )


def _missing(name: str, found: dict[str, list[Total]], printed: list[Printed]) -> Iterator[Total]:
    """An amount on the page that is what two labelled totals leave for the third."""
    known = {total.amount for total in found[name]}
    net, tax, gross = ([t.amount for t in found[each][:3]] for each in NAMES[:3])
    wanted = {
        "net_total": {abs(g) - abs(t) for g in gross for t in tax},
        "tax_total": {abs(g) - abs(n) for g in gross for n in net},
        "gross_total": {abs(n) + abs(t) for n in net for t in tax},
    }[name]
    credit = any(amount < 0 for amount in (*net, *gross))
    for each in reversed(printed):
        if abs(each.value) in wanted and each.value not in known and each.value and (credit or each.value > 0):
            known.add(each.value)
            yield Total(each.value, Candidate(name, _text(each.value), each.amount.span, 0.2, ("difference",)))


def _best(totals: list[Total]) -> list[Total]:
    """One candidate an amount, best first: said twice counts a little more."""
    by_value: dict[Decimal, list[Total]] = {}
    for total in totals:
        by_value.setdefault(total.amount, []).append(total)
    merged = [_merged(same) for same in by_value.values()]
    return sorted(merged, key=lambda t: -t.candidate.score)[:_KEPT]


def _merged(same: list[Total]) -> Total:
    best = max(same, key=lambda t: t.candidate.score)
    repeated = len({(t.candidate.span.line.number, t.candidate.span.start) for t in same}) - 1
    if not repeated:
        return best
    return _plus(best, 0.1 * min(repeated, 3), "repeated")


def _is_exact(total: Total) -> bool:
    return "." in total.candidate.value


def _text(value: Decimal) -> str:
    return f"{value:f}"
