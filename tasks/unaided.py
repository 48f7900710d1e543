"""The page of an e-invoice read as if it carried no XML: what the XML states tells how well pages are read.

That is a labelled outcome (routing/promise.py) for which nobody has to look.
"""

from dataclasses import replace

from routing.fields import Catalogue
from tasks.classify import classify
from tasks.documents import Check, Field, PageReading, Reading
from tasks.extract.sheet import Sheet
from tasks.judge import judge_pages
from tasks.same import same


def unaided(
    reading: Reading,
    sheet: Sheet,
    doc_type: str,
    stated: tuple[Field, ...],
    checks: tuple[Check, ...],
    known: Catalogue,
) -> PageReading | None:
    """What the page alone would have been read as, held against `doc_type` and the fields that the XML has `stated`.

    None where there is no page to read, or where the XML does not fit it: then it is not known which of them is right.
    """
    fits = any(each.name == "xml_matches_page" and each.passed for each in checks)
    if not fits or not reading.pages:
        return None
    classified = classify(sheet, known.doc_types)
    judged = judge_pages(replace(reading, einvoice=None), sheet, classified, known)
    has_keys = bool(known.key_fields_of(classified.doc_type))
    return PageReading(
        doc_type=classified.doc_type,
        text_source="ocr" if sheet.ocr else "text",
        confidence=judged.confidence if has_keys else classified.confidence,
        wrong=_wrong(doc_type, stated, classified.doc_type, judged.fields, known),
    )


def _wrong(
    doc_type: str, stated: tuple[Field, ...], read_as: str, read: tuple[Field, ...], known: Catalogue
) -> tuple[str, ...]:
    """The key fields that were read otherwise than the XML states them, and `doc_type` where that differs."""
    want = {field.name: field.value for field in stated if field.value}
    got = {field.name: field.value for field in read}
    keys = [name for name in known.key_fields_of(doc_type) if name in want]
    differing = [name for name in keys if not same(name, got.get(name), want[name])]
    return (*(["doc_type"] if read_as != doc_type else []), *differing)
