"""The batch interfaces: what is submitted is worked off after a while, some of it expires, what is cancelled stops."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Work = Callable[[str, dict[str, Any], bool], dict[str, Any]]
"""Carries out (custom id, body, expired) and gives the result's line."""


@dataclass
class SubmittedBatch:
    """Requests by custom id, worked off all at once at `ready_at`: those that have `expired` are not carried out, and
    those still `undone` where it is cancelled before."""

    batch_id: str
    provider: str
    requests: list[tuple[str, dict[str, Any]]]
    work: Work
    expired: frozenset[str]
    undone: frozenset[str]
    metadata: dict[str, str] = field(default_factory=dict)
    endpoint: str = ""
    created_at: float = field(default_factory=time.time)
    ready_at: float = 0.0
    cancelled: bool = False
    results: list[dict[str, Any]] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def settle(self) -> None:
        """Work it off if its time has come: once, whoever looks first."""
        with self.lock:
            if self.results is None and (self.cancelled or time.time() >= self.ready_at):
                lost = self.undone if self.cancelled else self.expired
                self.results = [self.work(each, body, each in lost) for each, body in self.requests]

    @property
    def ended(self) -> bool:
        """Whether there are results."""
        self.settle()
        return self.results is not None
