"""The one place of a run that spends: it alone holds the journal, the budgets, and the providers.

Every request goes the same way: its place in the tier's pace, its worst price reserved, its intent durable, then sent;
its answer durable, then used. A failure is never a value. What was certainly not billed is sent again, within bounds;
what may have been billed is not, so that nothing is paid twice: the document waits, and its call is shown as unknown.
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from routing.budget import Mark, Scope
from routing.errors import (
    BudgetError,
    ConnectionFault,
    LedgerlineError,
    OutOfTimeFault,
    ProviderFault,
    RequestFault,
    TimeoutFault,
)
from routing.prices import Usage, cost
from tasks.ask.types import ModelRequest, Provider, RawAnswer
from tasks.spend.asked import Asked, Run, of_standing
from tasks.spend.durable import durable
from tasks.spend.entry import INTERRUPTED, Entry
from tasks.spend.gate import Gate
from tasks.spend.journal import Journal, Settled

logger = logging.getLogger("ledgerline.ask")

_FIRST_WAIT_SECONDS = 0.5
_GRACE_SECONDS = 5.0  # the SDK's own time-out comes first, where it works


@dataclass(slots=True)
class _Tries:
    """How often a request was sent, whether it is on its way just now, and how long the last answer took."""

    count: int = 0
    in_flight: bool = False
    seconds: float = 0.0


class Spender:
    """Asks paid tiers. Made and used inside one event loop; `ask` may be called as often at once as one likes.

    `providers` are those of the active paid tiers, by tier name. `on_mark` is told of budgets at 80 and 100 per cent,
    `on_off` of a tier that is of no use any more, and why.
    """

    def __init__(
        self,
        journal: Journal,
        run: Run,
        providers: Mapping[str, Provider],
        on_mark: Callable[[Mark], None] = lambda mark: None,
        on_off: Callable[[str, str], None] = lambda tier, why: None,
    ) -> None:
        self.journal, self.run, self.providers = journal, run, providers
        self._on_mark, self._on_off = on_mark, on_off
        self.gates = {name: Gate(run.tier(name), run.policy.calls) for name in providers}
        self._asking: dict[str, asyncio.Task[Asked]] = {}
        self._exhausted: set[str] = set()
        self._in_flight, self._settled = 0, asyncio.Event()
        self._ends_at = time.monotonic() + run.policy.calls.run_minutes * 60

    async def ask(self, request: ModelRequest, label: str = "") -> Asked:
        """What comes of `request`, for a document with `label`: from the journal, else from its provider.

        The same request asked at the same time is sent once. Returns within the policy's bounds, whatever the provider
        does. Raises `StoreError` where the journal can't be written.
        """
        key = request.request_hash
        task = self._asking.get(key)
        if task is None:
            task = self._asking[key] = asyncio.ensure_future(self._ask(request, label))
            task.add_done_callback(lambda _: self._asking.pop(key, None))
        return await task

    async def _ask(self, request: ModelRequest, label: str) -> Asked:
        fates = self.run.policy.calls.fates_unknown
        if standing := await durable(self.journal.standing(request.request_hash, fates)):
            return of_standing(standing)
        gate = self.gates[request.tier]
        async with gate.places:
            if why := self.closed(gate):
                return Asked(waits=f"{request.tier}: {why}", fault="left_alone")
            try:
                entry, may_send = await self._reserve_in_turn(request, label, fates)
            except BudgetError as refusal:
                self.refused(refusal)
                return Asked(waits=str(refusal), fault="over_budget")
            return await self._send(request, entry, gate) if may_send else of_standing(entry)

    async def _reserve_in_turn(self, request: ModelRequest, label: str, fates: int) -> tuple[Entry, bool]:
        """Reserve it, as soon as calls in flight have given back what they do not need. Raises `BudgetError`."""
        while True:
            settled = self._settled
            try:
                return await self._reserve(request, label, fates)
            except BudgetError as refusal:
                if not (refusal.may_fit_later and self._in_flight):
                    raise
            await settled.wait()

    async def _reserve(self, request: ModelRequest, label: str, fates: int) -> tuple[Entry, bool]:
        at = datetime.now(UTC)
        future = self.journal.reserve(self.run.intent(request, "sync", at), self.run.scopes(label, at), fates)
        try:
            return await durable(future)
        except asyncio.CancelledError:
            with suppress(LedgerlineError):
                entry, may_send = future.result()
                if may_send:
                    self.journal.failed(entry, INTERRUPTED, "never sent", Decimal(0), Usage(), 0)
            raise

    async def _send(self, request: ModelRequest, entry: Entry, gate: Gate) -> Asked:
        """The answer to a request whose intent is durable; whatever happens, the entry says so in the end."""
        self._in_flight += 1
        try:
            return await self._settle(request, entry, gate)
        finally:
            self._in_flight -= 1
            self._settled.set()
            self._settled = asyncio.Event()

    async def _settle(self, request: ModelRequest, entry: Entry, gate: Gate) -> Asked:
        tries = _Tries()
        try:
            answer = await self._try(request, gate, tries)
        except ProviderFault as fault:
            return await self._without_answer(entry, fault, tries)
        except BaseException:  # everything is cancelled: what is on its way may be billed
            if tries.in_flight:
                self.journal.unknown(entry, INTERRUPTED, "the run ended while it was in flight", tries.count)
            else:
                self.journal.failed(entry, INTERRUPTED, "not in flight", Decimal(0), Usage(), tries.count)
            raise
        prices = self.run.prices.of(request.tier, "sync", answer.service_tier)
        price = cost(answer.usage, prices, tries.seconds)
        self.tell(await durable(self.journal.answered(entry, answer, price, 1000 * tries.seconds, tries.count)))
        return Asked(answer=answer)

    async def _try(self, request: ModelRequest, gate: Gate, tries: _Tries) -> RawAnswer:
        """Send it, and again as long as that is certain to cost nothing twice. Raises the last `ProviderFault`."""
        expected = request.expected.prompt_tokens + request.expected.output_tokens
        wait = gate.book(expected)
        while True:
            await self._sleep(wait, request.tier)
            try:
                answer = await self._call(request, tries)
            except ProviderFault as fault:
                self.failed(request.tier, fault)
                again = fault.retryable and not fault.may_be_billed and fault.usage is None
                if not again or tries.count >= self.run.policy.calls.tries or self.closed(gate):
                    raise
                wait = max(self.backoff(tries.count), gate.book(expected))
                about = {"stage": "ask", "document_id": request.document_id, "tier": request.tier, "code": fault.kind}
                logger.info("is sent again", extra=about | {"tries": tries.count, "wait_seconds": round(wait, 1)})
            else:
                gate.succeeded(answer.usage.prompt_tokens + answer.usage.output_tokens - expected)
                return answer

    async def _call(self, request: ModelRequest, tries: _Tries) -> RawAnswer:
        """One try. A provider that hangs is a `TimeoutFault`, one that breaks in a way of its own a torn connection."""
        limit = self.run.tier(request.tier).answer_seconds + _GRACE_SECONDS
        began = time.monotonic()
        tries.count, tries.in_flight = tries.count + 1, True
        try:
            async with asyncio.timeout(limit):
                answer = await self.providers[request.tier].call(request)
        except ProviderFault:
            tries.in_flight = False
            raise
        except TimeoutError:
            tries.in_flight = False
            raise TimeoutFault(request.tier, f"no whole answer in {limit:.0f} s") from None
        except Exception as error:  # whatever the SDK does, the batch goes on
            tries.in_flight = False
            raise ConnectionFault(request.tier, f"the SDK broke off with {type(error).__name__}") from error
        tries.in_flight, tries.seconds = False, time.monotonic() - began
        return answer

    async def _without_answer(self, entry: Entry, fault: ProviderFault, tries: _Tries) -> Asked:
        """Note what a failure cost, and say what becomes of the document: it waits, unless waiting can't help."""
        tier, usage = entry.intent.tier, fault.usage
        if usage is not None:
            price = cost(usage, entry.intent.prices)
            future = self.journal.failed(entry, fault.kind, fault.detail, price, usage, tries.count)
        elif fault.may_be_billed:
            future = self.journal.unknown(entry, fault.kind, fault.detail, tries.count)
        else:
            future = self.journal.failed(entry, fault.kind, fault.detail, Decimal(0), Usage(), tries.count)
        self.tell(await durable(future))
        what = f"{tier}: {fault.kind}: {fault.detail}"
        final = usage is not None or isinstance(fault, RequestFault)
        return Asked(failed=what, fault=fault.kind) if final else Asked(waits=what, fault=fault.kind)

    def closed(self, gate: Gate) -> str:
        """Why nothing may be asked of a tier now, "" if it may."""
        return gate.closed() or ("the time for calls is over" if time.monotonic() >= self._ends_at else "")

    async def _sleep(self, seconds: float, tier: str) -> None:
        """Wait, but not beyond the end of the time for calls."""
        if time.monotonic() + seconds > self._ends_at:
            raise OutOfTimeFault(tier, "the time for calls ends before its turn comes")
        await asyncio.sleep(seconds)

    def backoff(self, tries: int) -> float:
        """Seconds to wait after so many tries: twice as long each time, and never the same for all who wait."""
        longest = min(self.run.policy.calls.longest_wait_seconds, _FIRST_WAIT_SECONDS * 2.0**tries)
        return random.uniform(longest / 2, longest)

    def failed(self, tier: str, fault: ProviderFault) -> None:
        """Take note of a failure at the tier's gate, and tell if it closes the tier for good: once."""
        if self.gates[tier].failed(fault):
            self._on_off(tier, str(fault))

    def refused(self, refusal: BudgetError) -> None:
        """Tell of a budget that is used up: once."""
        if refusal.scope not in self._exhausted:
            self._exhausted.add(refusal.scope)
            scope = Scope(refusal.scope, refusal.limit_usd)
            self._on_mark(Mark(scope, 100, refusal.limit_usd - refusal.left_usd))

    def tell(self, settled: Settled) -> None:
        """Tell of the budgets that passed their warning by a call."""
        for mark in settled.marks:
            self._on_mark(mark)
