"""The free readers' whole work on one document: read, classify, extract, check. Runs in a worker process."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from routing.policy import Policy
from tasks.check import check
from tasks.classify import RULES as CLASSIFY_RULES
from tasks.classify import classify
from tasks.discover import ensure_unchanged, kind_of
from tasks.documents import Examined, LocalCall, Reading, SourceFile
from tasks.extract import confidence
from tasks.extract.header import RULES as EXTRACT_RULES
from tasks.extract.header import header_fields
from tasks.extract.sheet import sheet_of
from tasks.read import read

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


def examine(file: SourceFile, policy: Policy) -> Examined:
    """All that the free readers find out about `file`. Raises a `DocumentError` where it can't be read."""
    watch = _Stopwatch()
    with watch.over("read"):
        kind = kind_of(file.path)
        reading = read(file.path, kind, policy.limits)
        ensure_unchanged(file)
    with watch.over("classify"):
        sheet = sheet_of(reading)
        classified = classify(sheet)
    with watch.over("extract"):
        fields = confidence.with_confidence(header_fields(sheet, classified.doc_type))
    with watch.over("check"):
        checks = check(reading, fields, ())
    document_confidence = confidence.of_document(classified.doc_type, classified.confidence, fields)
    return Examined(
        file=file,
        kind=kind,
        text_source=reading.text_source,
        page_count=reading.page_count,
        characters=sum(len(word.text) + 1 for page in reading.pages for word in page.words),
        images=sum(page.text_source != "text" for page in reading.pages),
        doc_type=classified.doc_type,
        doc_type_confidence=classified.confidence,
        confidence=document_confidence or 0.0,
        fields=fields,
        checks=checks,
        calls=(
            watch.call("read", _reader(reading)),
            watch.call("classify", CLASSIFY_RULES),
            watch.call("extract", EXTRACT_RULES),
        ),
        warnings=reading.warnings,
        seconds=watch.seconds,
    )


def _reader(reading: Reading) -> str:
    """The reader that gave the text."""
    if reading.kind == "xml":
        return "lxml"
    return "pdfium" if reading.text_source == "text" else "rapidocr PP-OCRv6"
