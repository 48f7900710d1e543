"""How probable it is that a field, and a document, is right: additive log-odds over named evidence and doubts."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_LEAST_RISK = 1e-5  # of one field, however sure it is


@dataclass(frozen=True, slots=True)
class ConfidenceTable:
    """Fitted log-odds (data/confidence.toml says how they were made).

    `base` is a field's own, `weights` those of the evidence and doubts that a field carries, by `field.name` or, where
    the field has none of its own, by `name`; `absent` is the probability that a key field which was not found is not
    stated on the page either. No probability leaves the range that the number of examples supports: `most`, by kind of
    reading and, where a sign bounds a field further, by `field.sign`. `document` leads from the key fields to the
    document: log-odds of `base` + `risk` x the logarithm of how many key fields are expected to be wrong.
    """

    version: str
    base: Mapping[str, float]
    weights: Mapping[str, float]
    absent: Mapping[str, float]
    most: Mapping[str, float]
    document: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class FieldSigns:
    """What is known of one extracted field: whether it was found, and its confidence."""

    found: bool
    confidence: float


def field_confidence(name: str, evidence: Sequence[str], doubts: Sequence[str], table: ConfidenceTable) -> float:
    """The probability that the found value of the field is right."""
    odds = table.base.get(name, table.base["*"])
    for sign in dict.fromkeys((*evidence, *doubts)):
        odds += table.weights.get(f"{name}.{sign}", table.weights.get(sign, 0.0))
    return min(1 / (1 + math.exp(-odds)), _most(name, evidence, table))


def document_confidence(
    keys: Sequence[str], type_confidence: float, fields: Mapping[str, FieldSigns], table: ConfidenceTable
) -> float | None:
    """The probability that the class and each of its key fields `keys` are right, never above that of the weakest; None
    where it has none."""
    if not keys:
        return None
    each = _of_key_fields(keys, fields, table)
    odds = table.document["base"] + table.document["risk"] * log_risk(keys, type_confidence, fields, table)
    return min(1 / (1 + math.exp(-odds)), type_confidence, *each)


def log_risk(
    keys: Sequence[str], type_confidence: float, fields: Mapping[str, FieldSigns], table: ConfidenceTable
) -> float:
    """The logarithm of how many of class and key fields are expected to be wrong."""
    each = _of_key_fields(keys, fields, table)
    return math.log(sum(max(1 - p, _LEAST_RISK) for p in (type_confidence, *each)))


def _of_key_fields(keys: Sequence[str], fields: Mapping[str, FieldSigns], table: ConfidenceTable) -> list[float]:
    each = {name: _of_key_field(name, fields.get(name), table) for name in keys}
    if {"amount_due", "gross_total"} <= each.keys():  # it mostly is the gross total: they stand and fall together
        each["gross_total"] = min(each["gross_total"], each.pop("amount_due"))
    return list(each.values())


def _of_key_field(name: str, signs: FieldSigns | None, table: ConfidenceTable) -> float:
    return signs.confidence if signs and signs.found else table.absent.get(name, table.absent["*"])


def _most(name: str, evidence: Sequence[str], table: ConfidenceTable) -> float:
    source = next((s for s in ("xml", "ocr") if s in evidence), "text")
    if source == "xml":
        return table.most["xml"]
    return min((table.most[source], *(table.most.get(f"{name}.{sign}", 1.0) for sign in evidence)))
