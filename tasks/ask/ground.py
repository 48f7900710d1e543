"""What of an answer the pages bear out: the quote stands there and means the value, read as strictly as our own."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from routing.fields import Catalogue, FieldType
from tasks.ask.locate import Place, places, similar_place
from tasks.ask.types import AnsweredField, ModelAnswer
from tasks.documents import Field
from tasks.extract.labelled import clean
from tasks.extract.layout import Span, around, key_of
from tasks.extract.sheet import Sheet
from tasks.parse.currencies import CODES
from tasks.parse.dates import dates
from tasks.parse.money import amounts, currencies_of, parse_quantity

QUOTED = "quoted"
"""Evidence of every value that a model gave and the pages bear out."""

_Found = tuple[str, Place]
"""The value, normalised from what the page prints, and where."""


def ground(answer: ModelAnswer, sheet: Sheet, catalogue: Catalogue, tier: str) -> tuple[Field, ...]:
    """The answered fields that stand on the pages, each with page and box. All else is left out, whoever says it.

    The value is always read from the page itself, never taken from the answer: amounts and dates by our own strict
    parsers, so that what could mean two things is left out too. Only what OCR misread is spelled as the model saw it.
    """
    grounded = (_grounded(field, catalogue.fields[field.name].type, sheet, tier) for field in answer.fields)
    return tuple(field for field in grounded if field)


def _grounded(answered: AnsweredField, kind: FieldType, sheet: Sheet, tier: str) -> Field | None:
    found = next(_FINDERS[kind](answered, sheet), None)
    misread = None
    if found is None and kind in ("name", "text", "address") and sheet.ocr:
        misread = similar_place(sheet, answered.value, answered.page)
        found = (answered.value, misread) if misread else None
    if found is None:
        return None
    value, place = found
    return Field(
        name=answered.name,
        state="found",
        value=value,
        raw_text=_text(place),
        page=place[0].line.page,
        box=around([token for span in place for token in span.tokens]),
        evidence=(QUOTED, "ocr") if sheet.ocr else (QUOTED,),
        doubts=("misread",) if misread else (),
        tier=tier,
    )


def _amounts(answered: AnsweredField, sheet: Sheet) -> Iterator[_Found]:
    """Amounts of that value whose digits are quoted, those beside a label of the field first. Signs are the page's."""
    stated, quoted = {abs(value) for value in amounts(answered.value)}, key_of(answered.quote)
    labelled = {label.span.line.number for label in sheet.labelled(answered.name)}
    fitting = [
        (amount.span, value)
        for row in sheet.amounts.values()
        for amount in row
        if not amount.percent and (value := sheet.value_of(amount)) is not None
        and abs(value) in stated and key_of(amount.raw) in quoted
    ]  # fmt: skip
    fitting.sort(key=lambda each: (each[0].line.page != answered.page, each[0].line.number not in labelled))
    yield from ((f"{value:f}", (span,)) for span, value in fitting)


def _dates(answered: AnsweredField, sheet: Sheet) -> Iterator[_Found]:
    """Dates that can mean nothing else than that day here."""
    stated, quoted, order = dates(answered.value), key_of(answered.quote), sheet.conventions.order
    listed = [dated for row in sheet.dates.values() for dated in row if key_of(dated.raw) in quoted]
    found: list[tuple[tuple[date, ...], Place]] = [(sheet.days_of(dated), (dated.span,)) for dated in listed]
    found += [(dates(_text(place), order), place) for place in places(sheet, answered.quote, answered.page)]
    found.sort(key=lambda each: each[1][0].line.page != answered.page)
    for days, place in found:
        if len(days) == 1 and days[0] in stated:
            yield days[0].isoformat(), place


def _currencies(answered: AnsweredField, sheet: Sheet) -> Iterator[_Found]:
    """Codes and marks that can mean the currency."""
    code = answered.value.upper()
    for line in sheet.layout.lines:
        for i, token in enumerate(line.tokens):
            bare = token.text.strip("()[]:;,./*0123456789' ")
            if bare and (bare == code in CODES or code in currencies_of(f"{bare} 1")):
                yield code, (Span(line, i, i + 1),)


def _identifiers(answered: AnsweredField, sheet: Sheet) -> Iterator[_Found]:
    """The number as printed."""
    for place in places(sheet, answered.value, answered.page):
        if len(place) == 1:
            yield clean(place[0].text), place


def _joined(answered: AnsweredField, sheet: Sheet) -> Iterator[_Found]:
    """An identifier whose groups belong together, without what parts them."""
    for place in places(sheet, answered.value, answered.page):
        yield "".join(c for c in _text(place).upper() if c.isalnum()), place


def _texts(answered: AnsweredField, sheet: Sheet) -> Iterator[_Found]:
    """Words as printed."""
    for place in places(sheet, answered.value, answered.page):
        yield _text(place).strip(" ,;:·•|*-–—"), place


def _numbers(answered: AnsweredField, sheet: Sheet) -> Iterator[_Found]:
    """A bare number that can mean nothing else."""
    stated = amounts(answered.value)
    for place in places(sheet, answered.quote, answered.page):
        value = parse_quantity(_text(place), sheet.conventions.marks)
        if value is not None and value in stated:
            yield f"{value:f}", place


_FINDERS: Mapping[FieldType, Callable[[AnsweredField, Sheet], Iterator[_Found]]] = {
    "amount": _amounts,
    "date": _dates,
    "currency": _currencies,
    "identifier": _identifiers,
    "vat_id": _joined,
    "iban": _joined,
    "name": _texts,
    "text": _texts,
    "address": _texts,
    "number": _numbers,
}


def _text(place: Place) -> str:
    return " ".join(span.text for span in place)
