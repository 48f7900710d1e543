"""Waiting for the journal inside an event loop."""

import asyncio
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


async def durable(future: Future[T]) -> T:
    """The result of a change of the journal, which is made even if nobody waits for it any more."""
    return await asyncio.shield(asyncio.wrap_future(future))
