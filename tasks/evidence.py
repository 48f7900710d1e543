"""What a decision on an examined document rests on, and what the document is worth."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from routing.confidence import KEY_FIELDS
from routing.doubt import fields_to_ask
from routing.evidence import Evidence, kind_of
from routing.policy import Policy
from tasks.documents import Check, Examined

_DOUBTFUL = 0.9


def evidence_of(document: Examined, checks: Sequence[Check], policy: Policy) -> Evidence:
    """What is known of the document; `checks` are all that were made, also against earlier documents."""
    keys = KEY_FIELDS.get(document.doc_type, ())
    held = policy.acceptance.checks_that_hold
    failed = tuple((c.name, c.detail) for c in checks if c.passed is False and c.name in held)
    doubtful = [name for name in keys if _is_doubtful(document, name)]
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
            kind_of(document.doc_type, document.text_source),
            {name: _confidence(document, name) for name in keys},
            doubtful,
            document.doc_type_confidence,
            [name for name, _ in failed],
            policy,
        ),
    )


def value_at_stake(examined: Examined, policy: Policy) -> Decimal | None:
    """The amount due, else the gross total, in US dollars by the policy's rates; None where neither was found."""
    amount = examined.value("amount_due") or examined.value("gross_total")
    return policy.value.in_usd(amount, examined.value("currency"))


def open_fields(
    kind: str,
    confidences: Mapping[str, float],
    doubted: Collection[str],
    type_confidence: float,
    failed: Sequence[str],
    policy: Policy,
) -> tuple[str, ...]:
    """What a model would be asked for: the class if unsure, key fields, and what `failed` checks say may be misread.

    `kind` is the document's (`kind_of`), `confidences` are those of the key fields, 0 for what was not found; `doubted`
    are those in doubt by themselves.
    """
    unsure = type_confidence < policy.acceptance.doc_type_confidence
    asked = fields_to_ask(confidences, doubted, policy.acceptance.needed(kind, keyed=True))
    misread = [name for check in failed for name in policy.checks_a_model_may_mend.get(check, ())]
    return tuple(dict.fromkeys((*(["doc_type"] if unsure else []), *asked, *misread)))


def is_doubtful(confidence: float, doubts: Collection[str]) -> bool:
    """Whether a key field is in doubt by itself. One that we did not find has confidence 0, until a model that looked
    as well makes it sure that it is not printed."""
    return bool(doubts) or confidence < _DOUBTFUL


def _confidence(document: Examined, name: str) -> float:
    field = document.field(name)
    return field.confidence if field else 0.0


def _is_doubtful(document: Examined, name: str) -> bool:
    field = document.field(name)
    return field is None or is_doubtful(field.confidence, field.doubts)


def _doubt(document: Examined, name: str) -> str:
    field = document.field(name)
    if field is None or field.state == "absent":
        return f"{name} not found"
    if field.state == "unreadable":
        return f"{name} unreadable"
    return f"{name} {field.confidence:.2f}" + (f" {' '.join(field.doubts)}" if field.doubts else "")
