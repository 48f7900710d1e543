"""What all interfaces of a stand-in share: models, faults, batches, and how one request is refused or answered."""

import time
from typing import Any

from . import anthropic_api, openai_api
from .batches import SubmittedBatch, Work
from .faults import Faults
from .http import Response
from .model import Models, Prompt, Said
from .settings import Settings

_ERRORS = frozenset(
    ["rate_limited", "rate_limited_bare", "quota", "server", "overloaded", "invalid_key", "context_too_long"]
)
_NO_ANSWER = frozenset(["timeout", "hanging", "reset", "broken_body"])


class Desk:
    """Requests come in, answers go out, whatever the interface."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.models = Models(settings)
        self.faults = Faults(settings)
        self.files: dict[str, bytes] = {}
        self.batches: dict[str, SubmittedBatch] = {}
        self.received = 0

    def refused(self, api: str, body: dict[str, Any], fault: str | None) -> Response | None:
        """The error that the request gets, None where it is answered."""
        side: Any = anthropic_api if api == "messages" else openai_api
        if fault in _ERRORS:
            response: Response = side.error(
                fault, self.settings.retry_after_seconds if fault == "rate_limited" else None
            )
            return response
        if not self.models.knows(body.get("model", "")):
            return side.error("unknown_model")  # type: ignore[no-any-return]
        try:
            prompt_of(api, body)
        except (KeyError, TypeError, ValueError):
            return side.error("bad_request")  # type: ignore[no-any-return]
        return None

    def said(
        self, api: str, body: dict[str, Any], mode: str, request_hash: str, fault: str | None, billed: bool = True
    ) -> dict[str, Any]:
        """The content of the answer, which is billed."""
        said = self.models.say(prompt_of(api, body), Prompt.pictures_of(body), mode, request_hash, fault, billed)
        return _content(api, said, body["model"])

    def submitted(self, provider: str, requests: list[tuple[str, dict[str, Any]]], work: Work) -> SubmittedBatch:
        """A batch of requests by custom id, some of which will expire."""
        self.received += len(requests)
        expired = self._drawn("expires", requests, self.settings.batch_expires)
        undone = self._drawn("undone", requests, 1 - self.settings.batch_done_at_cancel)
        batch = SubmittedBatch(f"batch-{len(self.batches) + 1}", provider, requests, work, expired, undone)
        batch.ready_at = time.time() + self.settings.batch_seconds
        self.batches[batch.batch_id] = batch
        return batch

    def _drawn(self, why: str, requests: list[tuple[str, dict[str, Any]]], share: float) -> frozenset[str]:
        return frozenset(each for each, _ in requests if self.faults.chance(why, each).random() < share)

    def batch_fault(self, custom_id: str, lost: bool) -> tuple[bool, str | None]:
        """Whether a request of a batch is lost, and its fault otherwise: what would be no answer at all is lost too."""
        fault = None if lost else self.faults.draw(custom_id)
        return lost or fault in _NO_ANSWER, fault


def prompt_of(api: str, body: dict[str, Any]) -> Prompt:
    """The request in general terms."""
    return anthropic_api.prompt(body) if api == "messages" else openai_api.prompt(api, body)


def listed(shown: list[dict[str, Any]], query: dict[str, str]) -> dict[str, Any]:
    """A page of a list, newest first."""
    after = query.get("after") or query.get("after_id")
    ids = [each["id"] for each in shown]
    start = ids.index(after) + 1 if after in ids else 0
    page = shown[start : start + int(query.get("limit", 20))]
    return {
        "object": "list",
        "data": page,
        "has_more": start + len(page) < len(shown),
        "first_id": page[0]["id"] if page else None,
        "last_id": page[-1]["id"] if page else None,
    }


def _content(api: str, said: Said, model: str) -> dict[str, Any]:
    return anthropic_api.answer(said, model) if api == "messages" else openai_api.answer(api, said, model)
