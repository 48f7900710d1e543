"""The paid tiers of one run, in an event loop of its own, for threads that know nothing of it."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import CancelledError
from contextlib import suppress
from types import TracebackType
from typing import Any, Self, TypeVar

from routing.budget import Mark
from tasks.ask.types import Provider
from tasks.spend.asked import Run
from tasks.spend.batches import Batches
from tasks.spend.journal import Journal
from tasks.spend.spender import Spender

T = TypeVar("T")
Work = Callable[[Spender, Batches], Coroutine[Any, Any, T]]


class Till:
    """Open as long as a run may spend. Use it as a context manager; any thread may call `run`.

    `providers` makes those of the active tiers when the first work comes, for their SDKs take seconds to import. Where
    the block is left by an error or an interrupt, what is still on its way is given up (and is `unknown`), and batches
    of this run are cancelled.
    """

    def __init__(
        self,
        journal: Journal,
        run: Run,
        providers: Callable[[], Mapping[str, Provider]],
        on_mark: Callable[[Mark], None],
        on_off: Callable[[str, str], None],
    ) -> None:
        self._facts = (journal, run)
        self._providers, self._on_mark, self._on_off = providers, on_mark, on_off
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="till", daemon=True)
        self._opening = threading.Lock()
        self._opened: tuple[Spender, Batches] | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._opened:
            with suppress(CancelledError):
                closing = self._close(*self._opened, broken_off=error is not None)
                asyncio.run_coroutine_threadsafe(closing, self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run(self, work: Work[T]) -> T:
        """What comes of `work`, done in the loop."""
        with self._opening:
            if self._opened is None:
                self._opened = asyncio.run_coroutine_threadsafe(self._open(), self._loop).result()
        return asyncio.run_coroutine_threadsafe(work(*self._opened), self._loop).result()

    async def _open(self) -> tuple[Spender, Batches]:
        spender = Spender(*self._facts, self._providers(), self._on_mark, self._on_off)
        return spender, Batches(spender)

    async def _close(self, spender: Spender, batches: Batches, broken_off: bool) -> None:
        going = asyncio.all_tasks() - {asyncio.current_task()}
        for task in going:
            task.cancel()
        await asyncio.gather(*going, return_exceptions=True)
        if broken_off:
            await batches.cancel()
        await asyncio.gather(*(p.close() for p in spender.providers.values()), return_exceptions=True)
