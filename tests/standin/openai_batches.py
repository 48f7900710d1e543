"""OpenAI's files and batches."""

import json
import re
from typing import Any

from . import openai_api
from .batches import SubmittedBatch
from .desk import Desk, listed
from .http import Request, Response, as_json


def files(desk: Desk, request: Request) -> Response:
    """/v1/files: what is uploaded, and the output and error files of batches."""
    if request.method == "POST":
        name = f"file-{len(desk.files) + 1}"
        desk.files[name] = _uploaded(request)
        return as_json(200, _file(name, len(desk.files[name])))
    name = request.path.removeprefix("/v1/files/").removesuffix("/content")
    made = {f"{each}-{batch.batch_id}": batch for batch in desk.batches.values() for each in ("output", "error")}
    if name in made:
        lines = [line for line in made[name].results or [] if _is_output(line) == name.startswith("output")]
        content = "".join(json.dumps(line) + "\n" for line in lines).encode()
        return Response(200, content, content_type="application/octet-stream")
    return openai_api.error("unknown_model")


def batches(desk: Desk, request: Request) -> Response:
    """/v1/batches: create, list, retrieve, cancel."""
    if request.path == "/v1/batches":
        if request.method == "POST":
            return as_json(200, _shown(_created(desk, request.json)))
        mine = [_shown(batch) for batch in reversed(desk.batches.values()) if batch.provider == "openai"]
        return as_json(200, listed(mine, request.query))
    batch = desk.batches.get(request.path.split("/")[3])
    if not batch:
        return openai_api.error("unknown_model")
    if request.path.endswith("/cancel") and not batch.ended:
        batch.cancelled = True
    return as_json(200, _shown(batch))


def _created(desk: Desk, body: dict[str, Any]) -> SubmittedBatch:
    lines = [json.loads(line) for line in desk.files[body["input_file_id"]].decode().splitlines()]
    api = openai_api.ENDPOINTS[body["endpoint"]]

    def work(custom_id: str, asked: dict[str, Any], lost: bool) -> dict[str, Any]:
        lost, fault = desk.batch_fault(custom_id, lost)
        if lost:
            return openai_api.expired_line(custom_id, "batch_cancelled" if batch.cancelled else "batch_expired")
        refused = desk.refused(api, asked, fault)
        if refused:
            return openai_api.batch_line(custom_id, refused.status, json.loads(refused.body))
        return openai_api.batch_line(custom_id, 200, desk.said(api, asked, "batch", custom_id, fault))

    batch = desk.submitted("openai", [(line["custom_id"], line["body"]) for line in lines], work)
    batch.metadata, batch.endpoint = body.get("metadata") or {}, body["endpoint"]
    return batch


def _shown(batch: SubmittedBatch) -> dict[str, Any]:
    status = "in_progress"
    if batch.ended:
        status = "cancelled" if batch.cancelled else "expired" if batch.expired else "completed"
    outputs = sum(_is_output(line) for line in batch.results or [])
    errors = len(batch.results or []) - outputs
    shown = {
        "status": status,
        "created_at": int(batch.created_at),
        "endpoint": batch.endpoint,
        "input_file_id": "",
        "metadata": batch.metadata,
        "output_file_id": f"output-{batch.batch_id}" if outputs else None,
        "error_file_id": f"error-{batch.batch_id}" if errors else None,
        "request_counts": {"total": len(batch.requests), "completed": outputs, "failed": errors},
    }
    return openai_api.batch(batch.batch_id, shown)


def _file(name: str, size: int) -> dict[str, Any]:
    shown = {"filename": "batch.jsonl", "purpose": "batch", "status": "processed"}
    return {"id": name, "object": "file", "bytes": size, "created_at": 0, **shown}


def _is_output(line: dict[str, Any]) -> bool:
    return bool(line["response"]) and line["response"]["status_code"] == 200


def _uploaded(request: Request) -> bytes:
    """The content of the one file in a multipart form."""
    boundary = re.search(r'boundary="?([^";]+)', request.headers["content-type"])
    assert boundary
    for part in request.body.split(b"--" + boundary[1].encode()):
        head, _, content = part.partition(b"\r\n\r\n")
        if b'name="file"' in head:
            return content.removesuffix(b"\r\n")
    raise ValueError("no file in the form")
