"""The gate of one paid tier: how fast it may be asked, and whether it may be asked at all."""

import asyncio
import logging
from collections.abc import Callable

from routing.errors import ProviderFault, RateLimitFault
from routing.policy import Tier
from routing.spending import Calls

logger = logging.getLogger("ledgerline.ask")

_BURST_SECONDS = 1.0
"""How far ahead of its even pace a tier may run: providers hold a minute's limit against shorter windows too."""


class Pace:
    """So much a minute, evenly. `clock` gives seconds; None a minute is no limit."""

    def __init__(self, per_minute: float | None, clock: Callable[[], float]) -> None:
        self._seconds_each = 60 / per_minute if per_minute else 0.0
        self._clock = clock
        self._free_at = clock() - _BURST_SECONDS

    def book(self, amount: float) -> float:
        """Take the next free place for `amount`; the seconds until it comes."""
        now = self._clock()
        start = max(self._free_at, now - _BURST_SECONDS)
        self._free_at = start + amount * self._seconds_each
        return max(0.0, start - now)

    def correct(self, amount: float) -> None:
        """It was so much more (or less, if negative) than was booked."""
        self._free_at += amount * self._seconds_each


class Gate:
    """Pace, pauses that the provider asks for, and the circuit breaker of one tier."""

    def __init__(self, tier: Tier, calls: Calls) -> None:
        self._clock = asyncio.get_running_loop().time
        self._tier, self._calls = tier.name, calls
        self._requests = Pace(tier.requests_per_minute, self._clock)
        self._tokens = Pace(tier.tokens_per_minute, self._clock)
        self._paused_until = 0.0
        self._in_a_row = 0
        self._alone_until = 0.0
        self._off = ""
        self.places = asyncio.Semaphore(tier.concurrency)

    def closed(self) -> str:
        """Why it must not be asked now, "" if it may."""
        if self._off:
            return self._off
        if self._clock() < self._alone_until:
            return f"left alone for a while, after {self._in_a_row} failures in a row"
        return ""

    def book(self, tokens: int) -> float:
        """The next free place for a request of so many tokens: the seconds until it may go."""
        pause = self._paused_until - self._clock()
        return max(0.0, pause, self._requests.book(1), self._tokens.book(tokens))

    def succeeded(self, more_tokens: int) -> None:
        """It answered, with so many tokens more than expected."""
        self._in_a_row = 0
        self._tokens.correct(more_tokens)

    def failed(self, fault: ProviderFault) -> bool:
        """Take note of a failure; True if it ends all calls to the tier in this run."""
        if fault.stops_tier:
            first, self._off = not self._off, f"{fault.kind}: {fault.detail}"
            return first
        if fault.retry_after_seconds:
            wait = min(fault.retry_after_seconds, self._calls.longest_wait_seconds)
            self._paused_until = max(self._paused_until, self._clock() + wait)
        if fault.retryable and not isinstance(fault, RateLimitFault):
            self._in_a_row += 1
            if self._in_a_row >= self._calls.failures_in_a_row:
                self._leave_alone()
        return False

    def _leave_alone(self) -> None:
        """No call for a while; said once, not by each of the calls that were on their way."""
        if self._clock() >= self._alone_until:
            about = {"stage": "ask", "tier": self._tier, "wait_seconds": self._calls.leave_alone_seconds}
            logger.warning("tier %s failed too often and is left alone for a while", self._tier, extra=about)
        self._alone_until = self._clock() + self._calls.leave_alone_seconds
