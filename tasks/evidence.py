"""What a decision on an examined document rests on, and what the document is worth."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from routing.doubt import fields_to_ask
from routing.evidence import Evidence, kind_of
from routing.policy import Policy
from tasks.documents import Check, Examined
from tasks.fields import catalogue

_DOUBTFUL = 0.9


def evidence_of(document: Examined, checks: Sequence[Check], policy: Policy) -> Evidence:
    """What is known of the document; `checks` are all that were made, also against earlier documents."""
    keys = catalogue(policy.fields_file).key_fields_of(document.doc_type)
    held = policy.acceptance.checks_that_hold
    failed = tuple((c.name, c.detail) for c in checks if c.passed is False and c.name in held)
    doubtful = [name for name in keys if is_doubtful(*_sign(document, name))]
    return Evidence(
        doc_type=document.doc_type,
        doc_type_confidence=document.doc_type_confidence,
        confidence=document.confidence if keys else None,
        failed_checks=failed,
        doubtful_fields=tuple(_doubt(document, name) for name in doubtful),
        value_at_stake=value_at_stake(document, policy),
        document_id=document.file.document_id,
        text_source=document.text_source,
        sensitivity=document.sensitivity,
        seller_name=document.value("seller_name") or "",
        label=policy.budgets.label_of(document.file.source, document.file.file_name),
        open_fields=open_fields(
            Signs(
                kind=kind_of(document.doc_type, document.text_source),
                type_confidence=document.doc_type_confidence,
                keys={name: _sign(document, name) for name in keys},
                failed=[name for name, _ in failed],
                value_at_stake=value_at_stake(document, policy),
            ),
            policy,
        ),
    )


def value_at_stake(examined: Examined, policy: Policy) -> Decimal | None:
    """The amount due, else the gross total, in US dollars by the policy's rates; None where neither was found."""
    amount = examined.value("amount_due") or examined.value("gross_total")
    return policy.value.in_usd(amount, examined.value("currency"))


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known of a document as far as it says what to ask a model.

    `kind` is that of `kind_of`, `keys` the confidence (0 for what was not found) and the doubts of each key field,
    `failed` the names of the checks that failed, of those that must hold.
    """

    kind: str
    type_confidence: float
    keys: Mapping[str, tuple[float, Collection[str]]]
    failed: Sequence[str]
    value_at_stake: Decimal | None


def open_fields(signs: Signs, policy: Policy) -> tuple[str, ...]:
    """What a model would be asked for: the class if unsure, key fields, and what failed checks say may be misread.

    All key fields are, where the value is so high that the last model has to read the document by rule.
    """
    unsure = signs.type_confidence < policy.acceptance.doc_type_confidence
    limit, value = policy.review.last_model_above_usd, signs.value_at_stake
    if limit is not None and value is not None and value >= limit:
        asked = tuple(signs.keys)
    else:
        doubted = [name for name, (confidence, doubts) in signs.keys.items() if is_doubtful(confidence, doubts)]
        confidences = {name: confidence for name, (confidence, _) in signs.keys.items()}
        asked = fields_to_ask(confidences, doubted, policy.acceptance.needed(signs.kind, keyed=True))
    misread = [name for check in signs.failed for name in policy.checks_a_model_may_mend.get(check, ())]
    return tuple(dict.fromkeys((*(["doc_type"] if unsure else []), *asked, *misread)))


def is_doubtful(confidence: float, doubts: Collection[str]) -> bool:
    """Whether a key field is in doubt by itself. One that we did not find has confidence 0, until a model that looked
    as well makes it sure that it is not printed."""
    return bool(doubts) or confidence < _DOUBTFUL


def _sign(document: Examined, name: str) -> tuple[float, Collection[str]]:
    field = document.field(name)
    return (field.confidence, field.doubts) if field else (0.0, ())


def _doubt(document: Examined, name: str) -> str:
    field = document.field(name)
    if field is None or field.state == "absent":
        return f"{name} not found"
    if field.state == "unreadable":
        return f"{name} unreadable"
    return f"{name} {field.confidence:.2f}" + (f" {' '.join(field.doubts)}" if field.doubts else "")
