"""Ask about a chunk of documents in rounds: all that ask the same tier at once, each answer judged before the next."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from routing.decide import Decision, decide
from routing.errors import BatchLostFault, ProviderFault
from tasks.ask.answer import parse
from tasks.ask.believe import believe
from tasks.ask.kept import load
from tasks.ask.request import build
from tasks.ask.types import ModelRequest
from tasks.ask.wanted import Ask, wanted
from tasks.climb.ascent import Ascent
from tasks.climb.climber import Climber
from tasks.documents import Examined
from tasks.evidence import evidence_of
from tasks.spend.asked import Asked
from tasks.spend.batches import Batches
from tasks.spend.spender import Spender


class Climb:
    """The way up through the paid tiers, for one chunk of documents after another."""

    def __init__(self, ascent: Ascent, spender: Spender, batches: Batches) -> None:
        self._ascent, self._policy = ascent, ascent.run.policy
        self._spender, self._batches = spender, batches

    async def up(self, climbers: Sequence[Climber]) -> list[Climber]:
        """Each as far up as it gets, in their order: settled, or it `waits`, or it `failed`."""
        standing = list(climbers)
        while going := [i for i, climber in enumerate(standing) if climber.next_tier]:
            moved = await self._round([standing[i] for i in going])
            for i, climber in zip(going, moved, strict=True):
                standing[i] = climber
        return standing

    async def _round(self, climbers: Sequence[Climber]) -> list[Climber]:
        """One question each, all at the same time; those of a tier that takes batches go together."""
        asks = [self._wanted(climber) for climber in climbers]
        alike = Counter((climber.next_tier, ask) for climber, ask in zip(climbers, asks, strict=True))
        questions = [_Question(c, ask, alike[c.next_tier, ask]) for c, ask in zip(climbers, asks, strict=True)]
        by_batch: dict[str, list[_Question]] = {}
        now: list[_Question] = []
        for question in questions:
            tier = self._ascent.run.tier(question.tier)
            (by_batch.setdefault(tier.name, []) if tier.batch else now).append(question)
        came = await asyncio.gather(
            *(self._ask_batch(tier, together) for tier, together in by_batch.items()), self._ask_now(now)
        )
        moved = {climber.document.file.document_id: climber for part in came for climber in part}
        return [moved[climber.document.file.document_id] for climber in climbers]

    def _wanted(self, climber: Climber) -> Ask:
        """What the decision that sent it up holds open."""
        return wanted(climber.document, climber.decisions[-1].fields, self._ascent.catalogue)

    async def _ask_now(self, questions: Sequence["_Question"]) -> list[Climber]:
        rooms = {q.tier: asyncio.Semaphore(2 * self._ascent.run.tier(q.tier).concurrency) for q in questions}

        async def ask(question: _Question) -> Climber:
            async with rooms[question.tier]:  # so that not all requests are in memory at once
                request = await asyncio.to_thread(self._request, question)
                if request is None:
                    return replace(question.climber, next_tier=None, waits=_LOST)
                asked = await self._spender.ask(request, self._label(question.climber))
            return await asyncio.to_thread(self._judged, question.climber, request, asked)

        return list(await asyncio.gather(*map(ask, questions)))

    async def _ask_batch(self, tier: str, questions: Sequence["_Question"]) -> list[Climber]:
        """One batch; what an earlier one has lost is asked now, so that no document waits for ever."""
        built = [(question, await asyncio.to_thread(self._request, question)) for question in questions]
        lost_before = await asyncio.to_thread(self._lost_before, [q.climber.document for q in questions])
        again = [q for q, request in built if request and request.request_hash in lost_before]
        fresh = [(q, request) for q, request in built if request and request.request_hash not in lost_before]
        sent = [(request, self._label(question.climber)) for question, request in fresh]
        came = await self._batches.submit(tier, sent) if sent else {}
        gone = [replace(q.climber, next_tier=None, waits=_LOST) for q, request in built if request is None]
        moved = [
            await asyncio.to_thread(self._judged, question.climber, request, came[request.request_hash])
            for question, request in fresh
        ]
        return [*gone, *moved, *await self._ask_now(again)]

    def _lost_before(self, documents: Sequence[Examined]) -> set[str]:
        entries = self._spender.journal.of_documents(document.file.document_id for document in documents)
        return {entry.intent.request_hash for entry in entries if entry.fault == BatchLostFault.kind}

    def _request(self, question: "_Question") -> ModelRequest | None:
        """The request; None where the document's reading is gone."""
        document, tier = question.climber.document, self._ascent.run.tier(question.tier)
        kept = load(self._ascent.folder, document.file.document_id)
        if kept is None:
            return None
        sensitivity, catalogue = document.sensitivity, self._ascent.catalogue
        return build(document, sensitivity, kept, question.ask, tier, self._policy, catalogue, question.alike)

    def _judged(self, climber: Climber, request: ModelRequest, asked: Asked) -> Climber:
        """The document after what came of its request: what is next, or why it ends here."""
        standing = replace(climber, next_tier=None)
        if asked.answer is None:
            in_batch = asked.fault == "batch_pending"
            return replace(standing, waits=asked.waits, failed=asked.failed, in_batch=in_batch)
        try:
            answer = parse(request, asked.answer)
        except ProviderFault as fault:
            faults = {**climber.faults, request.request_hash: fault.kind}
            return replace(standing, failed=f"{request.tier}: {fault.kind}: {fault.detail}", faults=faults)
        kept = load(self._ascent.folder, climber.document.file.document_id)
        if kept is None:
            return replace(standing, waits=_LOST)
        tier = self._ascent.run.tier(request.tier)
        document = believe(climber.document, kept, answer, tier, self._ascent.catalogue)
        decision = self._next(document, tier.name)
        further = decision if decision.action == "escalate" else None
        return replace(
            standing,
            document=document,
            tier=tier.name,
            next_tier=further.to_tier if further else None,
            decisions=(*climber.decisions, *([further] if further else [])),
        )

    def _next(self, document: Examined, tier: str) -> Decision:
        """What to do after that tier's answer, as far as the document itself tells."""
        evidence = evidence_of(document, document.checks, self._policy)
        return decide(evidence, self._policy, tier, self._ascent.options(document, evidence, tier))

    def _label(self, climber: Climber) -> str:
        file = climber.document.file
        return self._policy.budgets.label_of(file.source, file.file_name)


@dataclass(frozen=True, slots=True)
class _Question:
    """What to ask about a document; `alike` documents are asked the same at the same time."""

    climber: Climber
    ask: Ask
    alike: int

    @property
    def tier(self) -> str:
        return str(self.climber.next_tier)


_LOST = "its reading is gone from the store's work folder: it is read again"
