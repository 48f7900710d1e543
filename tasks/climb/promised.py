"""The promise for a whole batch: what its tier reads, and what is accepted unseen (routing.batch_promise).

Every document that it covers has been read for free. Some are read by the promise's tier as well: those too risky to be
accepted, and others drawn by chance, which tell how risky the rest is. A document counts as a loss unless the tier
reads every key field as it stands and the document may be accepted then; so a call without an answer counts as one.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

import numpy as np

from routing.batch_promise import Delivered, Items, Mask, deliver
from routing.decide import case_of, under_batch_promise
from routing.loss_order import LossModel
from routing.policy import BatchPromise
from tasks.climb.ascent import Ascent
from tasks.climb.climber import Candidate, Climber
from tasks.climb.order import at_hand
from tasks.documents import Examined
from tasks.evidence import evidence_of

Ask = Callable[[Sequence[Climber]], Sequence[Climber]]
Settle = Callable[[Sequence[Climber]], None]


def choose(covered: Sequence[Candidate], promise: BatchPromise, run_id: str, buy: Callable[[Items], Mask]) -> Delivered:
    """Which of the documents are accepted unseen. `buy` has those at the given places read by the tier, and says which
    of them were losses. What is drawn follows from the promise's seed and `run_id`."""
    kinds = [[each.evidence.doc_type for each in covered], [each.evidence.text_source for each in covered]]
    model = LossModel(
        items=len(covered),
        confidence=np.array([each.evidence.p_right for each in covered]),
        kinds=np.column_stack([np.unique(kind, return_inverse=True)[1] for kind in kinds]),
    )
    prices = np.array([max(float(each.covered_usd or 0), 1e-6) for each in covered])
    seed = hashlib.blake2b(run_id.encode(), key=promise.seed.encode()[:64], digest_size=16).digest()
    random = np.random.default_rng(int.from_bytes(seed))
    return deliver(model, int(promise.max_differing * len(covered)), 1 - promise.confidence, buy, random, prices)


class PromisedBatch:
    """The documents of a run that the batch promise covers, asked about and settled in chunks of `size`.

    `ask` has models read documents, `settle` stores what became of them.
    """

    def __init__(self, covered: Sequence[Candidate], ascent: Ascent, size: int, ask: Ask, settle: Settle) -> None:
        self._covered, self._ascent, self._size = covered, ascent, size
        self._ask, self._settle = ask, settle

    def settle(self, promise: BatchPromise) -> None:
        """Settle all of them: accepted unseen, or by what the promise's tier has read."""
        chosen = choose(self._covered, promise, self._ascent.run.run_id, self._losses)
        known = f"of {len(self._covered):,} documents at most {promise.max_differing:.2%} are accepted that "
        known += f"{promise.tier} reads otherwise, with {promise.confidence:.0%} confidence, after it read {{}} of them"
        unseen = known.format(f"{chosen.labels:,}")
        for places in self._chunks(np.flatnonzero(chosen.accepted)):
            self._settle([self._climber(self._covered[place], None, unseen) for place in places])
        for places in self._chunks(np.flatnonzero(~chosen.accepted & ~chosen.labelled)):
            self._settle(self._ask(self._to_read(places, "too risky to be accepted unseen")))

    def _losses(self, items: Items) -> Mask:
        """Have the documents at these places read, and settled; which of them would have been losses."""
        losses: list[bool] = []
        for places in self._chunks(items):
            before = self._to_read(places, "read to know how many of the others differ")
            after = self._ask(before)
            losses += [_is_loss(a.document, b, self._ascent) for a, b in zip(before, after, strict=True)]
            self._settle(after)
        return np.array(losses)

    def _to_read(self, places: Items, why: str) -> list[Climber]:
        covered = [self._covered[place] for place in places]
        return [self._climber(each, each.covered_usd, why) for each in covered]

    def _climber(self, candidate: Candidate, price_usd: Decimal | None, why: str) -> Climber:
        """The document accepted as it is, or for a price on its way to the promise's tier."""
        policy = self._ascent.run.policy
        document = at_hand(self._ascent.folder, candidate.document_id)
        keys = self._ascent.catalogue.key_fields_of(document.doc_type)
        decision = under_batch_promise(candidate.evidence, policy, price_usd, keys, why)
        if decision.action == "accept":
            return Climber(document, planned=decision, copies=candidate.copies)
        return Climber(document, next_tier=decision.to_tier, decisions=(decision,), copies=candidate.copies)

    def _chunks(self, places: Items) -> Iterator[Items]:
        return (places[start : start + self._size] for start in range(0, len(places), self._size))


def _is_loss(before: Examined, climber: Climber, ascent: Ascent) -> bool:
    """Whether accepting the document as it was before would have been worse than what the tier made of it."""
    after, policy = climber.document, ascent.run.policy
    if climber.waits or climber.failed or after.doc_type != before.doc_type:
        return True
    keys = ascent.catalogue.key_fields_of(before.doc_type)
    evidence = evidence_of(after, after.checks, policy)
    return not case_of(evidence, policy, ()).acceptable or any(after.value(k) != before.value(k) for k in keys)
