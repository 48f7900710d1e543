"""Fields and document types that a user has described: found by the labels that the description names."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from routing.fields import Catalogue, FieldDescription
from tasks.documents import Field
from tasks.extract import Extracted, extract
from tasks.extract.einvoice import EInvoice
from tasks.extract.labelled import dates, evidence_of, identifiers, ranked, weight_of
from tasks.extract.labels import Label
from tasks.extract.layout import COLUMN_GAP, Line, Span, key_of
from tasks.extract.sheet import Candidate, Sheet
from tasks.fields import shipped
from tasks.parse.money import parse_quantity

_LONGEST = 7  # tokens that one label may span
_LIKE_INVOICE = "invoice"  # whose rules look for the usual fields in a type of the user's


def extract_described(sheet: Sheet, doc_type: str, einvoice: EInvoice | None, catalogue: Catalogue) -> Extracted:
    """What our own rules find of a document of any described type, the user's fields and types among them."""
    described = catalogue.fields_of(doc_type)
    if doc_type in shipped().doc_types:
        found = extract(sheet, doc_type, einvoice)
    else:
        usual = [field for field in extract(sheet, _LIKE_INVOICE, None).fields if field.name in described]
        found = Extracted(tuple(usual))
    own = [
        catalogue.fields[name] for name in described if name not in shipped().fields and catalogue.fields[name].labels
    ]
    return replace(found, fields=(*found.fields, *_own_fields(sheet, own))) if own else found


def _own_fields(sheet: Sheet, own: Sequence[FieldDescription]) -> Iterator[Field]:
    """Each of the user's fields that has labels, found beside or below one of them, or absent."""
    labelled = replace(sheet, added_labels=_own_labels(sheet, own))
    for description in own:
        best = next(iter(_candidates(labelled, description)), None)
        yield _found(best, sheet.ocr) if best else Field(description.name, "absent")


def _found(best: Candidate, ocr: bool) -> Field:
    evidence = (*best.evidence, "ocr") if ocr else best.evidence
    if not best.value:
        return Field(best.name, "unreadable", raw_text=best.span.text, doubts=("ambiguous_date",))
    line = best.span.line
    return Field(best.name, "found", best.value, best.span.text, line.page, best.span.box, evidence=evidence)


def _candidates(sheet: Sheet, description: FieldDescription) -> list[Candidate]:
    if description.type == "date":
        return dates(sheet, description.name)
    if description.type in ("identifier", "vat_id", "iban"):
        return identifiers(sheet, description.name)
    return ranked(list(_beside_labels(sheet, description)))


def _beside_labels(sheet: Sheet, description: FieldDescription) -> Iterator[Candidate]:
    """An amount, a number or words in the first place of each label."""
    name = description.name
    for label in sheet.labelled(name):
        for place in sheet.places(label):
            read = _value_in(sheet, place.span, description)
            if read:
                value, span = read
                yield Candidate(name, value, span, weight_of(label, place), evidence_of(label, place))
                break


def _value_in(sheet: Sheet, place: Span, description: FieldDescription) -> tuple[str, Span] | None:
    if description.type == "amount":
        for amount in sheet.amounts.get(place.line.number, ()):
            value = sheet.value_of(amount)
            if place.start <= amount.span.start < place.end and not amount.percent and value is not None:
                return f"{value:f}", amount.span
        return None
    phrase = _first_phrase(place)
    if description.type == "number":
        first = Span(phrase.line, phrase.start, phrase.start + 1)
        number = parse_quantity(first.text, sheet.conventions.marks)
        return None if number is None else (f"{number:f}", first)
    text = phrase.text.strip(" :;,")
    return (text, phrase) if key_of(text) else None


def _first_phrase(place: Span) -> Span:
    """The place up to the next column."""
    tokens = place.line.tokens
    end = next((i for i in range(place.start + 1, place.end) if tokens[i].gap > COLUMN_GAP), place.end)
    return Span(place.line, place.start, end)


def _own_labels(sheet: Sheet, own: Sequence[FieldDescription]) -> dict[int, tuple[Label, ...]]:
    """The labels of each line that has any of the user's, from left to right; where both begin, the user's."""
    names = {key_of(label): each.name for each in own for label in each.labels}
    labels: dict[int, tuple[Label, ...]] = {}
    for line in sheet.layout.lines:
        mine = tuple(_labels_on(line, names))
        if mine:
            starts = {label.span.start for label in mine}
            others = [label for label in sheet.labels.get(line.number, ()) if label.span.start not in starts]
            labels[line.number] = tuple(sorted((*mine, *others), key=lambda label: label.span.start))
    return labels


def _labels_on(line: Line, names: dict[str, str]) -> Iterator[Label]:
    """The user's labels that begin a phrase of the line, the longest reading of each."""
    for phrase in line.phrases:
        key, found = "", None
        for end in range(phrase.start, min(phrase.end, phrase.start + _LONGEST)):
            key += line.tokens[end].key
            if key in names:
                colon = line.tokens[end].text.endswith(":")
                found = Label(Span(line, phrase.start, end + 1), key, (names[key],), True, True, colon)
        if found:
            yield found
