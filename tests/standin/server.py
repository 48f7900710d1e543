"""The stand-in itself: a port, a key, and the routes of both providers over one desk."""

import asyncio
import contextlib
import threading
from typing import Any

from . import anthropic_api, message_batches, openai_api, openai_batches
from .desk import Desk
from .http import Request, Response, as_json, serve
from .model import fingerprint
from .settings import Settings


class StandIn:
    """A provider on a free port of this machine, in a thread of its own: `with StandIn(settings) as provider: ...`.

    `openai_url` and `anthropic_url` are base URLs for the SDKs. `bill` is what it bills; `bodies` are the calls that
    have come, `received` counts them and those in batches, `peak` is the most that it had at the same time.
    """

    def __init__(self, settings: Settings, port: int = 0) -> None:
        self.settings = settings
        self.peak = self._at_once = 0
        self.bodies: list[dict[str, Any]] = []
        self._desk = Desk(settings)
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="stand-in", daemon=True)
        self._ready = threading.Event()

    def __enter__(self) -> "StandIn":
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    @property
    def bill(self) -> dict[str, Any]:
        """Everything that was billed, also by batches whose time has come."""
        for batch in list(self._desk.batches.values()):
            batch.settle()
        return self._desk.models.bill.as_json()

    @property
    def received(self) -> int:
        return self._desk.received

    @property
    def openai_url(self) -> str:
        return f"{self.anthropic_url}/v1"

    @property
    def anthropic_url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def batches(self) -> dict[str, int]:
        """How many requests each batch has that was ever submitted."""
        return {batch_id: len(batch.requests) for batch_id, batch in self._desk.batches.items()}

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        server = await serve(self._handle, self._port, self.settings.hang_seconds)
        self._port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _handle(self, request: Request) -> Response | None:
        self._at_once += 1
        self.peak = max(self.peak, self._at_once)
        try:
            return await self._route(request)
        finally:
            self._at_once -= 1

    async def _route(self, request: Request) -> Response | None:
        path = request.path
        if path == "/bill":
            return as_json(200, self.bill)
        if _key_of(request) != self.settings.key:
            return (anthropic_api if "messages" in path else openai_api).error("invalid_key")
        if request.method == "POST" and path in openai_api.ENDPOINTS:
            return await self._called(request, openai_api.ENDPOINTS[path])
        if request.method == "POST" and path == "/v1/messages":
            return await self._called(request, "messages")
        if path.startswith("/v1/messages/batches"):
            return message_batches.batches(self._desk, request, self.anthropic_url)
        if path.startswith("/v1/files"):
            return openai_batches.files(self._desk, request)
        if path.startswith("/v1/batches"):
            return openai_batches.batches(self._desk, request)
        return openai_api.error("unknown_model")

    async def _called(self, request: Request, api: str) -> Response | None:
        desk, body = self._desk, request.json
        desk.received += 1
        self.bodies.append(body)
        request_hash = request.headers.get("x-client-request-id") or fingerprint(body)
        fault = desk.faults.draw(request_hash)
        await asyncio.sleep(self.settings.latency_seconds)
        refused = desk.refused(api, body, fault)
        if refused:
            return refused
        billed = fault != "reset" or desk.faults.chance("reset", request_hash, str(desk.received)).random() < 0.5
        content = desk.said(api, body, "sync", request_hash, fault, billed)
        if fault == "timeout":
            await asyncio.sleep(self.settings.hang_seconds)
        return None if fault == "reset" else _delivered(content, fault)


def _key_of(request: Request) -> str:
    return request.headers.get("x-api-key") or request.headers.get("authorization", "").removeprefix("Bearer ")


def _delivered(content: dict[str, Any], fault: str | None) -> Response:
    whole = as_json(200, content, x_request_id=content["id"], request_id=content["id"])
    half = len(whole.body) // 2
    if fault == "broken_body":
        return Response(200, whole.body[:half], whole.headers)
    if fault == "hanging":
        return Response(200, whole.body, whole.headers, cut=half, then="hang")
    return whole
