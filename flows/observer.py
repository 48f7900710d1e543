"""Whoever wants to watch a run from the process it runs in, such as the command line."""

from contextvars import ContextVar

from flows.summary import RunSummary
from tasks.tally import Tally


class Observer:
    """Told of a run as it goes, on its thread. By itself it does nothing."""

    def began(self) -> None:
        """The server let it begin."""

    def progressed(self, tally: Tally, seconds: float) -> None:
        """Another chunk is settled and stored."""

    def published(self, summary: RunSummary) -> None:
        """All results are stored and published: nothing that happens from now on can lose any."""

    def failed(self, error: BaseException) -> None:
        """It can't go on. What was settled is stored."""


OBSERVER: ContextVar[Observer] = ContextVar("observer", default=Observer())  # noqa: B039 - it has no state
