"""Batches: half the price, and an answer within a day. Submitted by one run, picked up by whichever comes later.

A batch's name and the intent of each of its requests are durable before it is submitted. Where the submission is broken
off before the provider's id was noted, it is found again by that name, or by what is in it.
"""

import asyncio
import json
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from routing.errors import BatchLostFault, BudgetError, ProviderFault
from routing.prices import Usage, cost
from tasks.ask.types import ModelRequest, Provider, RawAnswer
from tasks.spend.asked import Asked, of_standing
from tasks.spend.batch_log import OpenBatch
from tasks.spend.durable import durable
from tasks.spend.entry import Entry
from tasks.spend.spender import Spender

_FOUND_WITHIN = timedelta(minutes=1)
"""A provider that is asked for a submission that was broken off may not list it at once."""

_CANCEL_SECONDS = 20.0

_LARGEST = 100_000_000
"""Bytes of one batch: the providers take 200 (OpenAI) and 256 million (Anthropic)."""


@dataclass(slots=True)
class Collected:
    """What came of the open batches: answers, requests that were not carried out, requests still on their way, and
    what stood in the way of asking."""

    answered: int = 0
    lost: int = 0
    pending: int = 0
    problems: tuple[str, ...] = ()


class Batches:
    """The batch interface of the tiers that a `Spender` may ask, with the same journal and budgets."""

    def __init__(self, spender: Spender) -> None:
        self._spender, self._journal, self._run = spender, spender.journal, spender.run

    async def submit(self, tier: str, requests: Sequence[tuple[ModelRequest, str]]) -> dict[str, Asked]:
        """Send (request, label) to `tier`, in as few batches as it takes; what came of each, by request_hash: mostly
        that it waits.

        Requests that the journal knows are answered from it, and those that do not fit a budget are left out.
        """
        if why := self._spender.closed(self._spender.gates[tier]):
            asked = Asked(waits=f"{tier}: {why}", fault="left_alone")
            return {request.request_hash: await self._standing(request) or asked for request, _ in requests}
        came: dict[str, Asked] = {}
        for part in _parts(requests):
            came |= await self._submit_part(tier, part)
        return came

    async def _submit_part(self, tier: str, requests: Sequence[tuple[ModelRequest, str]]) -> dict[str, Asked]:
        batch = OpenBatch(f"ledgerline-{secrets.token_hex(12)}", tier, self._run.run_id, None, datetime.now(UTC))
        await durable(self._journal.submitting(batch))
        came, sending = await self._reserve(batch, requests)
        if sending:
            await self._submit(batch, sending)
        else:
            await durable(self._journal.ended(batch.batch_id))
        return came | {r.request_hash: await self._standing(r) or _not_sent(tier) for r in sending}

    async def collect(self) -> Collected:
        """Take in what has been answered since; what is not settled by that stays open for the next time."""
        total = Collected()
        limit = self._run.policy.calls.run_minutes * 60
        with suppress(TimeoutError):
            async with asyncio.timeout(limit):
                for batch in self._journal.open_batches():
                    await self._collect(batch, total)
        total.pending = sum(len(self._journal.in_batch(batch.batch_id)) for batch in self._journal.open_batches())
        return total

    async def cancel(self) -> None:
        """Stop what this run has submitted and no provider has begun; what is done stays billed, and is collected."""
        mine = [b for b in self._journal.open_batches() if b.run_id == self._run.run_id and b.provider_batch_id]
        with suppress(ProviderFault, TimeoutError):
            async with asyncio.timeout(_CANCEL_SECONDS):
                providers = self._spender.providers
                await asyncio.gather(*(providers[b.tier].cancel(str(b.provider_batch_id)) for b in mine))

    async def _standing(self, request: ModelRequest) -> Asked | None:
        fates = self._run.policy.calls.fates_unknown
        entry = await durable(self._journal.standing(request.request_hash, fates))
        return of_standing(entry) if entry else None

    async def _reserve(
        self, batch: OpenBatch, requests: Iterable[tuple[ModelRequest, str]]
    ) -> tuple[dict[str, Asked], list[ModelRequest]]:
        """The intent of each request, all made durable together; those that need not or can't be sent, and the rest."""
        at, fates = batch.submitted_at, self._run.policy.calls.fates_unknown
        waiting = [
            (
                r,
                self._journal.reserve(
                    self._run.intent(r, "batch", at, batch.batch_id), self._run.scopes(of, at), fates
                ),
            )
            for r, of in requests
        ]
        came: dict[str, Asked] = {}
        sending: list[ModelRequest] = []
        for request, future in waiting:
            try:
                entry, may_send = await durable(future)
            except BudgetError as refusal:
                self._spender.refused(refusal)
                came[request.request_hash] = Asked(waits=str(refusal), fault="over_budget")
                continue
            if may_send:
                sending.append(request)
            elif entry.intent.batch_id != batch.batch_id:
                came[request.request_hash] = of_standing(entry)
        return came, sending

    async def _submit(self, batch: OpenBatch, requests: Sequence[ModelRequest]) -> None:
        """Submit it, again where that is certain to submit it once. Where nobody can tell, it is looked for later."""
        provider, tries = self._spender.providers[batch.tier], 0
        while True:
            tries += 1
            try:
                async with asyncio.timeout(self._run.tier(batch.tier).answer_seconds):
                    provider_batch_id = await provider.submit(requests, batch.batch_id)
            except TimeoutError:
                return
            except ProviderFault as fault:
                self._spender.failed(batch.tier, fault)
                if fault.may_be_billed:
                    return
                if not fault.retryable or tries >= self._run.policy.calls.tries:
                    await self._give_up(batch, fault)
                    return
                await asyncio.sleep(self._spender.backoff(tries))
            else:
                await durable(self._journal.submitted(batch.batch_id, provider_batch_id))
                return

    async def _collect(self, batch: OpenBatch, total: Collected) -> None:
        provider = self._spender.providers.get(batch.tier)
        if provider is None:
            total.problems += (f"tier {batch.tier!r} has answers waiting, and is not active: set its key",)
            return
        try:
            if batch_id := batch.provider_batch_id or await self._find(batch, provider):
                await self._take_in(batch, batch_id, provider, total)
        except ProviderFault as fault:
            self._spender.failed(batch.tier, fault)
            total.problems += (str(fault),)

    async def _find(self, batch: OpenBatch, provider: Provider) -> str | None:
        """The id of a submission that was broken off; None where it has none, or none yet."""
        hashes = frozenset(self._journal.in_batch(batch.batch_id))
        found = await provider.find(batch.batch_id, hashes, batch.submitted_at - _FOUND_WITHIN)
        if found.matching:
            await durable(self._journal.submitted(batch.batch_id, found.matching[0]))
            return found.matching[0]
        if not found.undecided and datetime.now(UTC) > batch.submitted_at + _FOUND_WITHIN:
            await self._give_up(batch, BatchLostFault(batch.tier, "the batch was never submitted"))
        return None

    async def _take_in(self, batch: OpenBatch, batch_id: str, provider: Provider, total: Collected) -> None:
        shown = await provider.poll(batch_id)
        if shown.state == "pending":
            return
        if shown.state == "failed":
            total.lost += len(self._journal.in_batch(batch.batch_id))
            await self._give_up(batch, BatchLostFault(batch.tier, f"the batch was refused: {shown.detail}"))
            return
        missing = self._journal.in_batch(batch.batch_id)
        async for result in provider.results(batch_id):
            if entry := missing.pop(result.request_hash, None):
                await self._note(entry, result.outcome, total)
        total.lost += len(missing)
        await self._give_up(batch, BatchLostFault(batch.tier, "the batch ended without a result for it"))

    async def _note(self, entry: Entry, outcome: RawAnswer | ProviderFault, total: Collected) -> None:
        """One result, durable; billed by the prices of when it was submitted."""
        if isinstance(outcome, RawAnswer):
            latency = 1000 * (datetime.now(UTC) - entry.intent.started_at).total_seconds()
            price = cost(outcome.usage, entry.intent.prices)
            self._spender.tell(await durable(self._journal.answered(entry, outcome, price, latency, 1)))
            total.answered += 1
            return
        usage = outcome.usage or Usage()
        price = cost(usage, entry.intent.prices) if outcome.usage else Decimal(0)
        self._spender.tell(await durable(self._journal.failed(entry, outcome.kind, outcome.detail, price, usage, 1)))
        total.lost += 1

    async def _give_up(self, batch: OpenBatch, fault: ProviderFault) -> None:
        """Nothing comes of what is still on its way with this batch, and nothing is billed for it."""
        for entry in self._journal.in_batch(batch.batch_id).values():
            await durable(self._journal.failed(entry, fault.kind, fault.detail, Decimal(0), Usage(), 1))
        await durable(self._journal.ended(batch.batch_id))


def _parts(requests: Iterable[tuple[ModelRequest, str]]) -> Iterator[list[tuple[ModelRequest, str]]]:
    """The requests in parts that one batch may hold."""
    part: list[tuple[ModelRequest, str]] = []
    size = 0
    for request, label in requests:
        more = len(json.dumps(request.body))
        if part and size + more > _LARGEST:
            yield part
            part, size = [], 0
        part.append((request, label))
        size += more
    if part:
        yield part


def _not_sent(tier: str) -> Asked:
    return Asked(waits=f"{tier}: the batch could not be submitted", fault="not_submitted")
