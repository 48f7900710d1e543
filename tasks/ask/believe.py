"""What becomes of a document by a model's answer: grounded, held against our own reading, checked and judged again."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from routing.agreement import agreed, contradicted
from routing.fields import Catalogue
from routing.policy import Tier
from tasks.ask.ground import ground
from tasks.ask.kept import Kept
from tasks.ask.merge import SecondReading, merge
from tasks.ask.types import AnsweredLine, ModelAnswer
from tasks.check import check
from tasks.classify import Classified
from tasks.documents import Check, Examined, Field, LineItem, Reading
from tasks.extract.layout import Line, key_of
from tasks.extract.lines import LineTable, line_table, totals_of
from tasks.extract.sheet import Sheet, sheet_of
from tasks.extract.totals import NAMES as TOTALS
from tasks.judge import confidence_of, judge_pages, table
from tasks.parse.money import amounts

_ROW = 3  # lines below a description in which its numbers may stand


def believe(document: Examined, kept: Kept, answer: ModelAnswer, tier: Tier, catalogue: Catalogue) -> Examined:
    """The document after the answer: of it only what the pages bear out, beside what our own readers found.

    Each field keeps the tier that gave its value and says whether two readers agree. Checks are made again; those
    against the seller's past are made when it is settled. Pure work on this machine: no call, no clock.
    """
    reading, sheet = kept.reading, sheet_of(kept.reading)
    typed = _with_type(document, answer.doc_type, tier.expected_value_share, reading, sheet, catalogue)
    found = ground(answer, sheet, catalogue, tier.name)
    if typed.doc_type == "credit_note":
        found = tuple(_unsigned(field) for field in found)
    second = SecondReading({f.name: f for f in found}, frozenset(answer.absent), tier.expected_value_share)
    fields = merge(typed.fields, second, catalogue, table())
    lines, checks = _lines(typed, answer, reading, sheet, fields)
    confidence = confidence_of(catalogue.key_fields_of(typed.doc_type), typed.doc_type_confidence, fields)
    return replace(typed, fields=fields, line_items=lines, checks=checks, confidence=confidence)


def _with_type(
    document: Examined, said: str | None, trust: float, reading: Reading, sheet: Sheet, catalogue: Catalogue
) -> Examined:
    """The document under the type that is likelier, read by our own rules for that type where it is another one."""
    if said is None:
        return document
    if said == document.doc_type:
        return replace(document, doc_type_confidence=agreed(document.doc_type_confidence, trust))
    first_right, second_right = contradicted(document.doc_type_confidence, trust)
    if first_right >= second_right:
        return replace(document, doc_type_confidence=first_right)
    judged = judge_pages(reading, sheet, Classified(said, second_right, {}), catalogue)
    return replace(
        document, doc_type=said, doc_type_confidence=second_right, fields=judged.fields, line_items=judged.line_items
    )


def _unsigned(field: Field) -> Field:
    """A credit note's totals are positive, whatever sign the page gives them."""
    return replace(field, value=field.value.lstrip("-")) if field.name in TOTALS and field.value else field


def _lines(
    document: Examined, answer: ModelAnswer, reading: Reading, sheet: Sheet, fields: tuple[Field, ...]
) -> tuple[tuple[LineItem, ...], tuple[Check, ...]]:
    """The line items and the checks with them: the model's only where the pages bear them out and they add up."""
    read = LineTable() if reading.einvoice else line_table(sheet, totals_of(fields))
    ours = replace(read, items=document.line_items)
    checks = check(reading, fields, ours)
    items = tuple(_grounded_lines(answer.lines or (), sheet))
    if not items or len(items) < len(answer.lines or ()):
        return document.line_items, checks
    again = check(reading, fields, LineTable(items, (), ours.sums))
    better = any(each.name == "lines_add_up" and each.passed for each in again)
    return (items, again) if better else (document.line_items, checks)


def _grounded_lines(lines: tuple[AnsweredLine, ...], sheet: Sheet) -> Iterator[LineItem]:
    """The lines whose description stands on the page, with every number that is stated in that row."""
    at = 0
    for number, line in enumerate(lines, 1):
        row = _row_of(line, sheet, at)
        if row is None:
            return
        at = row[0].number
        values = {name: _number(text) for name, text in line.values.items() if name != "description"}
        if not all(value is None or _stands(value, row, sheet) for value in values.values()):
            return
        yield LineItem(number, line.values["description"], page=row[0].page, confidence=0.9, **values)


def _row_of(line: AnsweredLine, sheet: Sheet, at: int) -> tuple[Line, ...] | None:
    """The lines of the row that the description begins, not above the row before it."""
    wanted = key_of(line.values["description"])
    for first in sheet.layout.lines[at:] if wanted else ():
        if wanted in "".join(token.key for token in first.tokens):
            return sheet.layout.lines[first.number : first.number + 1 + _ROW]
    return None


def _stands(value: Decimal, row: tuple[Line, ...], sheet: Sheet) -> bool:
    printed = [amount for line in row for amount in sheet.amounts.get(line.number, ())]
    return any((read := sheet.value_of(amount)) is not None and abs(read) == abs(value) for amount in printed)


def _number(text: str) -> Decimal | None:
    """The number that a line states; None where it states none, or one that could be two."""
    readings = amounts(text.rstrip("% "))
    return readings[0] if len(readings) == 1 else None
