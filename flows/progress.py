"""How far a run is, in Prefect's UI while it runs: one artifact, renewed every few seconds.

A thread of its own tells the server. The run never waits for it: a server that is slow, dead or hanging costs nothing
but this picture.
"""

import time
from contextlib import suppress
from contextvars import copy_context
from threading import Event, Thread
from types import TracebackType
from typing import TYPE_CHECKING

from prefect.artifacts import create_progress_artifact, update_progress_artifact

from flows.parameters import RunParameters
from flows.summary import OUTCOMES
from tasks.discover import count_places
from tasks.settlement import Settlement

if TYPE_CHECKING:
    from uuid import UUID

EVERY_SECONDS = 5.0
"""How often it is renewed; a run that is over before has none."""

_LAST_SECONDS = 2.0  # how long the end of a run waits for the last picture


class Progress:
    """The progress of one run, shown as long as the block goes on. `began` is of the monotonic clock."""

    def __init__(self, batch: RunParameters, settlement: Settlement, began: float) -> None:
        self._batch, self._settlement, self._began = batch, settlement, began
        self._files: int | None = None
        self._artifact: UUID | None = None
        self._over = Event()
        self._thread = Thread(target=copy_context().run, args=(self._show_all,), name="progress", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        self._over.set()
        self._thread.join(_LAST_SECONDS)

    def _show_all(self) -> None:
        with suppress(OSError):
            self._files = self._counted()
        while not self._over.wait(EVERY_SECONDS):
            self._show(self._percent())
        if self._artifact:
            self._show(100.0)

    def _counted(self) -> int | None:
        """Files in the source; None where it is elsewhere: listing an object store twice costs money."""
        if "://" in self._batch.place:
            return None
        places = count_places(self._batch.place, [self._batch.store_path], self._over.is_set)
        return min(places, self._batch.limit or places)

    def _percent(self) -> float:
        return min(99.0, 100 * self._met / self._files) if self._files else 0.0

    @property
    def _met(self) -> int:
        return self._settlement.tally.documents + len(self._settlement.candidates)

    def _show(self, percent: float) -> None:
        with suppress(Exception):  # whatever the server or the way to it has: the run does without
            if self._artifact:
                update_progress_artifact(self._artifact, percent, self._text())
            else:
                created = create_progress_artifact(percent, key="run-progress", description=self._text())
                self._artifact = created  # type: ignore[assignment]  # a coroutine in an event loop only

    def _text(self) -> str:
        """In words: how many, how fast, how long still; what became of them; what was paid."""
        tally, met, seconds = self._settlement.tally, self._met, time.monotonic() - self._began
        of = f" of about {self._files:,} files" if self._files else ""
        pace, to_come = met / seconds if seconds else 0.0, (self._files or 0) - met
        left = f", about {_duration(to_come / pace)} left" if pace and to_come > 0 else ""
        outcomes = {outcome: tally.outcomes[outcome] for outcome in OUTCOMES if tally.outcomes[outcome]}
        became = ", ".join(f"{count:,} {outcome}" for outcome, count in outcomes.items()) or "None settled yet"
        asked = len(self._settlement.candidates)
        waiting = f"; {asked:,} are put aside for models" if asked else ""
        return (
            f"{met:,} documents{of} after {_duration(seconds)}: {pace:,.1f} a second{left}. "
            f"{became}{waiting}. {tally.cost_usd:,.2f} USD paid."
        )


def _duration(seconds: float) -> str:
    minutes = seconds / 60
    return f"{seconds:.0f} s" if minutes < 2 else f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.1f} h"
