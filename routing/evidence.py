"""What a decision on one document rests on."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the readers found out about one document, as far as a decision needs it.

    `confidence` is the probability that every key field is right; None for a document whose class has no key fields,
    which is judged by `doc_type_confidence` instead. `failed_checks` are (name, detail) of those that must hold;
    `doubtful_fields` say which key fields are in doubt and why, for the person who will look; `open_fields` are the
    names of the fields that a model would be asked for. `value_at_stake` is in US dollars, None if unknown. `label` is
    that of `[[budgets.labels]]`, "" where none fits.
    """

    doc_type: str
    doc_type_confidence: float
    confidence: float | None
    failed_checks: tuple[tuple[str, str], ...]
    doubtful_fields: tuple[str, ...]
    value_at_stake: Decimal | None
    document_id: str = ""
    text_source: str = "text"
    sensitivity: str = "normal"
    seller_name: str = ""
    label: str = ""
    open_fields: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """What thresholds are told apart by: its class and how it was read, such as `invoice ocr`."""
        return kind_of(self.doc_type, self.text_source)

    @property
    def p_right(self) -> float:
        """The probability that the document is right."""
        return self.doc_type_confidence if self.confidence is None else self.confidence


def kind_of(doc_type: str, text_source: str) -> str:
    """The kind of a document: its class and how it was read."""
    return f"{doc_type} {text_source}"
