"""CLASSIFY: what kind of document it is, by a small trained model over its words and its layout."""

from collections.abc import Mapping
from dataclasses import dataclass

from routing.fields import DocumentType
from tasks.classify.features import seen
from tasks.classify.model import shipped_model
from tasks.classify.vocabulary import vocabulary
from tasks.extract.sheet import Sheet

STATED = 0.999
"""Confidence in a class that the e-invoice's XML states by itself."""


@dataclass(frozen=True, slots=True)
class Classified:
    """The most probable class and its probability; `probabilities` holds those of all classes."""

    doc_type: str
    confidence: float
    probabilities: Mapping[str, float]


def classify(sheet: Sheet, doc_types: Mapping[str, DocumentType] | None = None) -> Classified:
    """The class of the document laid out in `sheet`; `doc_types` may add classes by their titles and signs."""
    known = vocabulary(doc_types or {})
    shares = shipped_model().probabilities(seen(sheet, known))
    probabilities = dict(zip(known.classes, shares, strict=True))
    best = max(probabilities, key=lambda doc_type: probabilities[doc_type])
    return Classified(best, probabilities[best], probabilities)


def stated(doc_type: str) -> Classified:
    """The class that an e-invoice's XML states by itself."""
    return Classified(doc_type, STATED, {doc_type: STATED})


def model_version() -> str:
    """Name and version of the model, as `calls` records them."""
    return shipped_model().version
