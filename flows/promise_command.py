"""`ledgerline promise`: what the labels bear out so far, and what more of them would buy."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from flows.parameters import load_policy
from routing.bars import Bars, bars
from routing.errors import UsageError
from routing.policy import PromiseSettings
from routing.promise import POOL, Threshold
from tasks.labels import labels_of
from tasks.store.query import open_current, query_of

_SHOWN = 3


def print_promise(store: Path, policy_file: str | None) -> None:
    """Print a threshold for each kind of document that has labels of its own, and for all others together."""
    policy = load_policy(policy_file)
    if policy.batch_promise:
        raise UsageError("promise: the policy makes one for each batch, and a run keeps it without labels of people")
    if policy.promise is None:
        raise UsageError("promise: the policy makes none; see [promise] in data/policy.toml")
    with open_current(store) as ledger:
        query = query_of(ledger)
        found, confidences = bars(policy, labels_of(query, policy)), _confidences(query(_CONFIDENCES, []))
    if found:
        print("\n".join(_told(policy.promise, found, confidences)))


def _told(promise: PromiseSettings, found: Bars, confidences: dict[str, list[float]]) -> Iterator[str]:
    most, surely = promise.max_accepted_error, promise.confidence
    yield f"Of what is accepted at most {most:.2%} is wrong, with {surely:.0%} confidence."
    yield f"{found.labels:,} labelled documents" + (
        ", since errors among accepted documents became too many: look what has changed" if found.alarm else ""
    )
    for kind, bar in sorted(found.chosen.items(), key=lambda item: (item[0] == POOL, item[0])):
        others = [c for other, all_of in confidences.items() if other not in found.chosen for c in all_of]
        yield from _bar(kind, bar, others if kind == POOL else confidences.get(kind, []))


def _bar(kind: str, bar: Threshold, confidences: Sequence[float]) -> Iterator[str]:
    yield ""
    yield f"{'All other kinds' if kind == POOL else kind}:"
    if bar.confidence is None:
        yield f"  nothing is accepted yet ({bar.labels:,} labels, {bar.wrong:,} wrong)"
    else:
        share = _share(confidences, bar.confidence)
        yield f"  accepted from {bar.confidence} on: {share} of them ({bar.labels:,} labels, {bar.wrong:,} wrong)"
    for prospect in [p for p in bar.prospects if p.labels_missing is not None][:_SHOWN]:
        share = _share(confidences, prospect.confidence)
        yield f"  about {prospect.labels_missing:,} labels more from {prospect.confidence} on would accept {share}"


def _share(confidences: Sequence[float], level: float) -> str:
    if not confidences:
        return "none"
    return f"{sum(c >= level for c in confidences) / len(confidences):.0%}"


def _confidences(rows: Sequence[tuple[Any, ...]]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for kind, confidence in rows:
        found.setdefault(kind, []).append(confidence)
    return found


_CONFIDENCES = """
select doc_type || ' ' || coalesce(text_source, 'none'), confidence from documents
where confidence is not null and duplicate_of is distinct from document_id
"""
