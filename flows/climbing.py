"""The second phase of a run: documents that the free readers could not settle are asked about, and settled.

What is asked goes in chunks, as in the first phase, a task run for each and step; chunks are settled in the order of
the plan, so the result does not depend on which answer comes first.
"""

import logging
from collections import deque
from collections.abc import Sequence
from itertools import count

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.events import emit_event
from prefect.futures import PrefectFuture

from flows.recorded import opaque
from routing.budget import Mark
from tasks.climb.climber import Climber
from tasks.climb.promised import PromisedBatch
from tasks.paying import Asking
from tasks.settlement import Settlement

logger = logging.getLogger("ledgerline.ask")

CHUNK = 200
"""Documents asked about in one task run; more where a tier takes more calls at the same time."""

AHEAD = 2
"""Chunks being asked about at a time: the second keeps all calls busy while the last answers of the first come in."""


def climb(settlement: Settlement, asking: Asking) -> None:
    """Ask about every candidate of `settlement` that a call pays for, and settle all of them; those first that the
    promise for the batch decides on."""
    _keep_promise(settlement, asking)
    going: deque[tuple[int, PrefectFuture[list[Climber]]]] = deque()
    for number, chunk in enumerate(asking.chunks(settlement.candidates, CHUNK), 1):
        going.append((number, ask_chunk.submit(number, opaque(chunk), opaque(asking))))
        if len(going) == AHEAD:
            _settle_next(going, settlement)
    while going:
        _settle_next(going, settlement)


def _keep_promise(settlement: Settlement, asking: Asking) -> None:
    """Settle what the batch promise covers: its documents are asked about in turns, each depends on those before."""
    covered = [candidate for candidate in settlement.candidates.values() if candidate.covered_usd is not None]
    promise = asking.ascent.run.policy.batch_promise
    if promise is None or not covered:
        return
    numbers = count(1)

    def ask(chunk: Sequence[Climber]) -> list[Climber]:
        return ask_chunk(next(numbers), opaque(chunk), opaque(asking))

    def settle(climbed: Sequence[Climber]) -> None:
        settle_answered(next(numbers), opaque(settlement), opaque(climbed))

    PromisedBatch(covered, asking.ascent, CHUNK, ask, settle).settle(promise)


def collect(asking: Asking) -> None:
    """Take in what batches have been answered since, and say what stands in the way of the others."""
    collected, logger = asking.collect(), get_run_logger()
    if collected.answered or collected.lost or collected.pending:
        logger.info("batches: %d answered, %d lost, %d open", collected.answered, collected.lost, collected.pending)
    for problem in collected.problems:
        logger.warning("batches: %s", problem)


@task(task_run_name="ask chunk {number}", cache_policy=NO_CACHE)
def ask_chunk(number: int, chunk: Sequence[Climber], asking: Asking) -> list[Climber]:
    """Ask models about the documents of a chunk, as far up as each has to go."""
    return asking.up(chunk)


@task(task_run_name="settle answered chunk {number}", cache_policy=NO_CACHE)
def settle_answered(number: int, settlement: Settlement, climbed: Sequence[Climber]) -> None:
    """Decide what becomes of the documents of a chunk after their answers, and store it."""
    settlement.settle_climbed(climbed)


def tell_of_budget(mark: Mark) -> None:
    """A budget at 80 or 100 per cent as a Prefect event, to hang automations on."""
    told = {"stage": "ask", "scope": mark.scope.name, "percent": mark.percent}
    logger.warning("%d%% of the budget for %s are used", mark.percent, mark.scope.name, extra=told)
    event = "ledgerline.budget.exhausted" if mark.percent == 100 else "ledgerline.budget.warning"
    emit_event(
        event,
        resource={"prefect.resource.id": f"ledgerline.budget.{mark.scope.name.replace(' ', '.')}"},
        payload={
            "budget": mark.scope.name,
            "percent": mark.percent,
            "spent_usd": str(mark.spent_usd),
            "limit_usd": str(mark.scope.limit_usd),
        },
    )


def tell_of_tier(tier: str, why: str) -> None:
    """A tier that is of no use until somebody mends something, as a Prefect event."""
    logger.warning("tier %s is of no use any more: %s", tier, why, extra={"stage": "ask", "tier": tier})
    emit_event(
        "ledgerline.tier.off", resource={"prefect.resource.id": f"ledgerline.tier.{tier}"}, payload={"reason": why}
    )


def _settle_next(going: deque[tuple[int, PrefectFuture[list[Climber]]]], settlement: Settlement) -> None:
    number, future = going.popleft()
    settle_answered(number, opaque(settlement), opaque(future.result()))
    get_run_logger().info("%d documents settled", settlement.tally.documents)
