"""Paid calls as rows of the ledger: each entry of the journal becomes one, with the run that settles its document."""

from collections.abc import Iterable, Mapping
from typing import Any

from tasks.spend.entry import Entry


def call_rows(entries: Iterable[Entry], run_id: str, faults: Mapping[str, str], reason: str) -> list[dict[str, Any]]:
    """A row for each of `entries` that is not in flight. `faults` says by request_hash which
    answers were none, and why.

    A call of a run that was killed is booked by the run that goes on: its document's cost lies there.
    """
    return [_row(entry, run_id, faults, reason) for entry in entries if entry.state != "sent"]


def _row(entry: Entry, run_id: str, faults: Mapping[str, str], reason: str) -> dict[str, Any]:
    intent, usage = entry.intent, entry.usage
    answered = faults.get(intent.request_hash, "ok")
    return {
        "call_id": entry.call_id,
        "document_id": intent.document_id,
        "run_id": run_id,
        "stage": "extract",
        "tier": intent.tier,
        "provider": intent.provider,
        "model": intent.model,
        "mode": intent.mode,
        "reason": reason,
        "request_hash": intent.request_hash,
        "status": {"answered": answered, "failed": entry.fault, "unknown": "unknown"}[entry.state],
        "attempts": entry.tries,
        "input_tokens": usage.input_tokens,
        "cached_input_tokens": usage.cached_input_tokens,
        "cache_write_tokens": usage.cache_write_tokens,
        "output_tokens": usage.output_tokens,
        "price_version": intent.price_version,
        "cost_usd": entry.counted_usd,
        "started_at": intent.started_at,
        "latency_ms": entry.latency_ms,
        "provider_request_id": entry.provider_request_id or None,
    }
