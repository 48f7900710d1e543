"""As much of an HTTP/1.1 server as the stand-in needs: headers and body in one write, connections kept alive."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

_REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 429: "Too Many Requests"}


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Response:
    """`cut` bytes are kept back at the end; `then` says what follows: the next request, a torn connection, or nothing
    for a long time."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    cut: int = 0
    then: str = "go on"


def as_json(status: int, content: Any, **headers: str) -> Response:
    return Response(status, json.dumps(content).encode(), {n.replace("_", "-"): v for n, v in headers.items()})


Handler = Callable[[Request], Awaitable[Response | None]]
"""None tears the connection without an answer."""


async def serve(handler: Handler, port: int, hang_seconds: float) -> asyncio.Server:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while await _exchange(reader, writer, handler, hang_seconds):
                pass
        writer.close()

    return await asyncio.start_server(connected, "127.0.0.1", port, backlog=1024, limit=2**20)


async def _exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, handler: Handler, hang_seconds: float
) -> bool:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = {n.strip().lower(): v.strip() for n, _, v in (line.partition(":") for line in lines if line)}
    body = await _body(reader, headers)
    url = urlsplit(target)
    response = await handler(Request(method, url.path, dict(parse_qsl(url.query)), headers, body))
    if response is None:
        writer.transport.abort()
        return False
    writer.write(_bytes(response))
    await writer.drain()
    if response.then == "hang":
        await asyncio.sleep(hang_seconds)
    if response.then != "go on":
        writer.transport.abort()
    return response.then == "go on"


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if headers.get("transfer-encoding") != "chunked":
        return await reader.readexactly(int(headers.get("content-length", 0)))
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body


def _bytes(response: Response) -> bytes:
    headers = {
        "content-type": response.content_type,
        "content-length": str(len(response.body)),
        **response.headers,
    }
    head = f"HTTP/1.1 {response.status} {_REASONS.get(response.status, 'Error')}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"
    return head.encode() + response.body[: len(response.body) - response.cut]
