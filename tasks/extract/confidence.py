"""The fitted table of data/confidence.toml, put on fields."""

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files

from routing.confidence import ConfidenceTable, FieldSigns, document_confidence, field_confidence
from tasks.documents import Field


@cache
def table() -> ConfidenceTable:
    """The table that ships with this version."""
    return ConfidenceTable(**tomllib.loads((files("data") / "confidence.toml").read_text(encoding="utf-8")))


def with_confidence(fields: Sequence[Field]) -> tuple[Field, ...]:
    """The fields with the probability that each is right; 0 where none was found."""
    return tuple(replace(f, confidence=_of(f)) for f in fields)


def of_document(doc_type: str, type_confidence: float, fields: Sequence[Field]) -> float | None:
    """The probability that class and key fields are right; None for a class without key fields."""
    signs = {f.name: FieldSigns(f.state == "found", f.confidence) for f in fields}
    return document_confidence(doc_type, type_confidence, signs, table())


def _of(field: Field) -> float:
    if field.state != "found":
        return 0.0
    return field_confidence(field.name, field.evidence, field.doubts, table())
