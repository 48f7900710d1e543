"""Anthropic's message batches."""

import json
from datetime import UTC, datetime
from typing import Any

from . import anthropic_api
from .batches import SubmittedBatch
from .desk import Desk, listed
from .http import Request, Response, as_json


def batches(desk: Desk, request: Request, address: str) -> Response:
    """/v1/messages/batches: create, list, retrieve, cancel, results."""
    path = request.path.removeprefix("/v1/messages/batches").strip("/")
    if not path:
        if request.method == "POST":
            return as_json(200, _shown(_created(desk, request.json), address))
        mine = [_shown(batch, address) for batch in reversed(desk.batches.values()) if batch.provider == "anthropic"]
        return as_json(200, listed(mine, request.query))
    batch_id, _, action = path.partition("/")
    batch = desk.batches.get(batch_id)
    if not batch:
        return anthropic_api.error("unknown_model")
    if action == "results":
        lines = "".join(json.dumps(line) + "\n" for line in batch.results or [])
        return Response(200, lines.encode(), content_type="application/x-jsonl")
    if action == "cancel" and not batch.ended:
        batch.cancelled = True
    return as_json(200, _shown(batch, address))


def _created(desk: Desk, body: dict[str, Any]) -> SubmittedBatch:
    def work(custom_id: str, asked: dict[str, Any], lost: bool) -> dict[str, Any]:
        return {"custom_id": custom_id, "result": _result(desk, batch, custom_id, asked, lost)}

    batch = desk.submitted("anthropic", [(each["custom_id"], each["params"]) for each in body["requests"]], work)
    return batch


def _result(desk: Desk, batch: SubmittedBatch, custom_id: str, asked: dict[str, Any], lost: bool) -> dict[str, Any]:
    lost, fault = desk.batch_fault(custom_id, lost)
    if lost:
        return {"type": "canceled" if batch.cancelled else "expired"}
    refused = desk.refused("messages", asked, fault)
    if refused:
        return {"type": "errored", "error": json.loads(refused.body)}
    return {"type": "succeeded", "message": desk.said("messages", asked, "batch", custom_id, fault)}


def _shown(batch: SubmittedBatch, address: str) -> dict[str, Any]:
    ended = batch.ended
    kinds = [line["result"]["type"] for line in batch.results or []]
    counts = {name: kinds.count(name) for name in ("succeeded", "errored", "canceled", "expired")}
    return {
        "id": batch.batch_id,
        "type": "message_batch",
        "processing_status": "ended" if ended else "in_progress",
        "request_counts": {"processing": 0 if ended else len(batch.requests), **counts},
        "created_at": _time(batch.created_at),
        "expires_at": _time(batch.created_at + 86_400),
        "ended_at": _time(batch.ready_at) if ended else None,
        "results_url": f"{address}/v1/messages/batches/{batch.batch_id}/results" if ended else None,
    }


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
