"""The free readers' whole work on one document: read, classify, extract, check. Runs in a worker process."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from routing.decide import is_covered
from routing.errors import DocumentError, NoRoomError
from routing.policy import Policy
from tasks.ask.kept import keep, save
from tasks.check import check
from tasks.classify import classify, model_version, stated
from tasks.discover import ensure_unchanged
from tasks.discover.sniff import kind_of
from tasks.documents import Examined, LocalCall, Reading, SourceFile
from tasks.evidence import evidence_of
from tasks.extract import RULES as EXTRACT_RULES
from tasks.extract.described import extract_described
from tasks.extract.einvoice import EInvoice, fields_of
from tasks.extract.sheet import sheet_of
from tasks.fields import catalogue
from tasks.judge import judge
from tasks.read import read
from tasks.sensitivity import sensitivity_of
from tasks.unaided import unaided

Stage = Literal["read", "classify", "extract", "check"]


@dataclass
class _Stopwatch:
    """When each stage began, and how many seconds it took."""

    started: dict[str, datetime] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def over(self, stage: Stage) -> Iterator[None]:
        self.started[stage] = datetime.now(UTC)
        began = time.perf_counter()
        yield
        self.seconds[stage] = time.perf_counter() - began

    def call(self, stage: Literal["read", "classify", "extract"], model: str) -> LocalCall:
        return LocalCall(stage, model, self.started[stage], round(1000 * self.seconds[stage], 3))


def examine(file: SourceFile, policy: Policy, keeping: Path | None = None) -> Examined:
    """All that the free readers find out about `file`. Raises a `DocumentError` where it can't be read.

    The reading of a document that a model may be asked about is kept in the folder `keeping`, None where there is none.
    """
    try:
        return _examined(file, policy, keeping)
    finally:
        ensure_unchanged(file)  # else neither what was read nor what kept it from being read says anything of it


def _examined(file: SourceFile, policy: Policy, keeping: Path | None) -> Examined:
    watch, described = _Stopwatch(), catalogue(policy.fields_file)
    with watch.over("read"):
        kind = kind_of(file.path)
        reading = read(file.path, kind, policy.limits)
    with watch.over("classify"):
        sheet = sheet_of(reading)
        einvoice, remarks = _stated_by_xml(reading)
        classified = stated(einvoice.doc_type) if einvoice else classify(sheet, catalogue(policy.fields_file).doc_types)
    with watch.over("extract"):
        found = extract_described(sheet, classified.doc_type, einvoice, described)
    with watch.over("check"):
        checks = check(reading, found.fields, found.table)
    judged = judge(classified, found, checks, described)
    learns = einvoice is not None and policy.promise is not None and policy.promise.learns_from_xml
    sensitivity, why = sensitivity_of(file, classified.doc_type, reading.pages, policy.sensitivity)
    document = Examined(
        file=file,
        kind=kind,
        text_source=reading.text_source,
        page_count=reading.page_count,
        characters=sum([len(word.text) + 1 for page in reading.pages for word in page.words]),
        images=sum(page.text_source != "text" for page in reading.pages),
        doc_type=classified.doc_type,
        doc_type_confidence=classified.confidence,
        confidence=judged.confidence,
        fields=judged.fields,
        line_items=judged.line_items,
        checks=checks,
        calls=_calls(watch, reading),
        warnings=(*reading.warnings, *remarks, *([why] if why else [])),
        sensitivity=sensitivity,
        page_reading=unaided(reading, sheet, classified.doc_type, found.fields, checks, described) if learns else None,
        seconds=watch.seconds,
    )
    if keeping is None or not reading.pages or not _may_be_asked_about(document, policy):
        return document
    try:
        save(keep(file.path, reading, policy.limits), keeping, file.document_id)
    except NoRoomError:
        raise
    except Exception as error:  # noqa: BLE001 - it was read well: no trouble with pictures of it may change that
        remark = f"could not be kept for a model: {type(error).__name__}"
        return replace(document, warnings=(*document.warnings, remark))
    return replace(document, kept=True)


def _may_be_asked_about(document: Examined, policy: Policy) -> bool:
    """Whether anything in it is in doubt, or the promise for the batch may have it read; a list of orders may put a
    number in doubt that nothing else does."""
    evidence = evidence_of(document, document.checks, policy)
    return bool(policy.finance.orders_file or evidence.open_fields or is_covered(evidence, policy))


def _stated_by_xml(reading: Reading) -> tuple[EInvoice | None, tuple[str, ...]]:
    """What the e-invoice XML states; where that can't be read and there are pages, they are read instead."""
    if not reading.einvoice:
        return None, ()
    try:
        einvoice = fields_of(reading.einvoice)
        return einvoice, tuple(f"e-invoice XML: {doubt.replace('_', ' ')}" for doubt in einvoice.doubts)
    except DocumentError as error:
        if not reading.pages:
            raise
        return None, (f"{reading.einvoice_name}: {error.detail}; the page was read instead",)


def _calls(watch: _Stopwatch, reading: Reading) -> tuple[LocalCall, ...]:
    return (
        watch.call("read", _reader(reading)),
        watch.call("classify", model_version()),
        watch.call("extract", EXTRACT_RULES),
    )


def _reader(reading: Reading) -> str:
    """The reader that gave the text."""
    if reading.kind == "xml":
        return "lxml"
    return "pdfium" if reading.text_source == "text" else "rapidocr PP-OCRv6"
