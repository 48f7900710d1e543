"""Fields that a label names: numbers and dates right of it or below it."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from tasks.extract.labels import Label
from tasks.extract.layout import COLUMN_GAP, Span
from tasks.extract.sheet import Candidate, Place, Sheet
from tasks.extract.values import Dated

_IDENTIFIER = re.compile(r"[A-Z0-9][A-Z0-9._/\\*–-]*[A-Z0-9]|[A-Z0-9]", re.IGNORECASE)
_PREFIX = re.compile(r"[A-Z]{1,6}[-/.]?$")
_NO_NUMBER = re.compile(r"\d{1,3}(?:[.,]\d{3})*[.,]\d{2}$|.*[%€$£@]|https?:|www\.", re.IGNORECASE)
_TOWN = re.compile(r"[^\W\d_][^\d,:;]{2,30},(?: (?:den|le|li|lì|a|el|em|dne|dnia|the|v))?", re.IGNORECASE)
_CREDIT = re.compile(r"[ck]redit|gutschr|avoir|abono|rectific|korr[ei]|corre[ct]|hyvitys|dobropis|storno|odobrenj")
_INVOICE = re.compile(r"invoice|rechnung|fact(?:ur|uur)|fattura|fatura|faktura|lasku|szaml|racun|arve|rekin|saskait")
"""What the keys of labels say that speak of a credit note, and of an invoice."""

_SKIPPED = frozenset({"", "no", "nr", "n", "nro", "num", "number", "nummer", "numero", "is", "the", "id"})


def identifiers(sheet: Sheet, name: str) -> list[Candidate]:
    """The numbers that the labels of the field name, best first."""
    return ranked([candidate for _, candidate in _identified(sheet, name)])


def credit_note_numbers(sheet: Sheet) -> list[Candidate]:
    """The invoice numbers (BT-1) that a credit note may have, best first: where a label speaks of a credit note, those
    of an invoice name the one that it corrects (BT-25)."""
    found = list(_identified(sheet, "invoice_number"))
    own = {c.value for label, c in found if _CREDIT.search(label.key)}
    return ranked([c for label, c in found if not own or c.value in own or not _INVOICE.search(label.key)])


def dates(sheet: Sheet, name: str) -> list[Candidate]:
    """The dates that the labels of the field name, best first; value "" where the date can't be told."""
    return ranked([c for label in sheet.labelled(name) for c in _dates_of(sheet, label, name)])


def dates_behind(sheet: Sheet, number: Candidate) -> Iterator[Candidate]:
    """The date that follows an invoice number on its line (`Facture n° 12 du 3 mai 2024`)."""
    end = number.span.end
    for dated in sheet.dates.get(number.span.line.number, ()):
        if 0 <= dated.span.start - end <= 2 and number.span.line.tokens[end].gap < COLUMN_GAP:
            yield Candidate("issue_date", day_value(sheet, dated), dated.span, 0.9, ("behind_number",))
            return


def dates_of_letter(sheet: Sheet) -> Iterator[Candidate]:
    """The date behind a town, as at the head of a letter (`Beaune, le 18 septembre 2026`)."""
    for found in sheet.dates.values():
        for dated in found:
            phrase = next(p for p in dated.span.line.phrases if p.start <= dated.span.start < p.end)
            before = Span(phrase.line, phrase.start, dated.span.start).text
            if phrase.line.page == 1 and phrase.end == dated.span.end and _TOWN.fullmatch(before):
                yield Candidate("issue_date", day_value(sheet, dated), dated.span, 0.85, ("behind_town",))


def ranked(candidates: Sequence[Candidate]) -> list[Candidate]:
    """One candidate a value, best first: said twice counts a little more."""
    by_value: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        by_value[candidate.value].append(candidate)
    merged = []
    for same in by_value.values():
        best = max(same, key=lambda c: c.score)
        repeated = len({(c.span.line.number, c.span.start) for c in same}) - 1
        evidence = (*best.evidence, "repeated") if repeated else best.evidence
        merged.append(Candidate(best.name, best.value, best.span, best.score + 0.1 * min(repeated, 2), evidence))
    return sorted(merged, key=lambda c: -c.score)


def weight_of(label: Label, place: Place) -> float:
    """How much a value at `place` is the label's."""
    page = 1.0 if label.span.line.page == 1 else 0.9
    return (1.0 if label.sure else 0.5) * (1.0 if label.opens else 0.6) * place.weight * page


def evidence_of(label: Label, place: Place) -> tuple[str, ...]:
    """What a labelled value has for it, in stable words."""
    return ("label" if label.sure else "weak_label", f"label_{'left' if place.how == 'right' else 'above'}")


def _identified(sheet: Sheet, name: str) -> Iterator[tuple[Label, Candidate]]:
    """Each number that a label of the field names, with the label."""
    for label in sheet.labelled(name):
        yield from ((label, candidate) for candidate in _identifiers_of(sheet, label, name))


def _identifiers_of(sheet: Sheet, label: Label, name: str) -> Iterator[Candidate]:
    for place in sheet.places(label):
        span = _identifier_in(sheet, place.span)
        if span and (label.sure or len(clean(span.text)) > 1):  # under a column's `No.` stands its first row
            yield Candidate(name, clean(span.text), span, weight_of(label, place), evidence_of(label, place))
            if place.how == "right":
                return


def _identifier_in(sheet: Sheet, place: Span) -> Span | None:
    """The first token with a digit at the start of the place, with a prefix of capitals that stands apart."""
    line = place.line
    dated = {i for d in sheet.dates.get(line.number, ()) for i in range(d.span.start, d.span.end)}
    for i in range(place.start, min(place.end, place.start + 3)):
        text = line.tokens[i].text.strip(":;,.#()")
        if any(c.isdigit() for c in text):
            if i in dated or _NO_NUMBER.match(text) or not _IDENTIFIER.fullmatch(text):
                return None
            start = i - 1 if i > place.start and _PREFIX.match(line.tokens[i - 1].text) else i
            return Span(line, start, i + 1)
        if line.tokens[i].key not in _SKIPPED and not _PREFIX.match(text):
            return None
    return None


def _dates_of(sheet: Sheet, label: Label, name: str) -> Iterator[Candidate]:
    for place in sheet.places(label):
        for dated in sheet.dates.get(place.span.line.number, ()):
            if place.span.start <= dated.span.start < place.span.end:
                value = day_value(sheet, dated)
                far = 1.0 if dated.span.start - place.span.start <= 3 else 0.6
                yield Candidate(name, value, dated.span, weight_of(label, place) * far, evidence_of(label, place))
                if place.how == "right":
                    return
                break


def day_value(sheet: Sheet, dated: Dated) -> str:
    """The ISO date; empty where the date can mean two days, or none."""
    days = sheet.days_of(dated)
    return days[0].isoformat() if len(days) == 1 else ""


def clean(text: str) -> str:
    """An identifier without the marks around it."""
    return text.strip(" :;,.#()[]*")
