"""What a run would cost and why, from the free readers alone: nothing is spent, nothing is written."""

import os
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from itertools import islice
from pathlib import Path

from routing.estimate import full_call
from routing.policy import Policy
from routing.prices import PriceList, cost
from tasks.climb.climber import Climber
from tasks.discover import discover
from tasks.documents import Examined, SourceFile
from tasks.examine import examine
from tasks.history import History
from tasks.rows import Rows, RunContext
from tasks.settle import settle
from tasks.store.query import open_published
from tasks.workers import WorkerPool

_CHUNK = 200


@dataclass(slots=True)
class Estimate:
    """What the free readers say of a source; money in US dollars.

    `known` documents are settled already, or copies of others, and cost nothing. `outcomes` is what the free readers
    make of the rest; those for `review` would climb to the paid tiers, if any of `active_tiers` is paid. `low_usd`:
    each of them is settled by one call to the cheapest paid tier. `high_usd`: each goes through all paid tiers.
    `human_usd` is what people would cost without any paid tier. `reasons` counts why documents climb.
    """

    documents: int = 0
    known: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    active_tiers: tuple[str, ...] = ()
    low_usd: Decimal = Decimal(0)
    high_usd: Decimal = Decimal(0)
    human_usd: Decimal = Decimal(0)
    premium_everywhere_usd: Decimal = Decimal(0)

    @property
    def climbing(self) -> int:
        """Documents that the free readers can't settle."""
        return self.outcomes["review"]


def estimate(
    source: str, store: Path, policy: Policy, prices: PriceList, workers: int, limit: int | None = None
) -> Estimate:
    """Read every new document in `source` with the free readers, and add up what the rest would cost.

    Raises `SourceError`, `WorkerError`.
    """
    total = Estimate(active_tiers=tuple(tier.name for tier in policy.active_tiers(dict(os.environ)) if tier.paid))
    run = RunContext("estimate", datetime.now(UTC).date(), policy, prices)
    seen, history = _settled_ids(store), History(policy.finance)
    with tempfile.TemporaryDirectory(prefix="ledgerline-") as spool:
        files = islice(discover(source, policy.limits, Path(spool), skip=[store]), limit)
        with WorkerPool(workers, policy.limits, partial(examine, policy=policy)) as pool:
            while chunk := list(islice(files, _CHUNK)):
                total.documents += len(chunk)
                new = _unseen(chunk, seen)
                total.known += len(chunk) - len(new)
                examined = pool.run(new)
                settled = settle([Climber(document) for document in examined], history, run, datetime.now(UTC))
                _add(total, examined, settled.rows, run)
    return total


def _add(total: Estimate, examined: Iterable[Examined], rows: Rows, run: RunContext) -> None:
    human = run.policy.human
    outcomes = {row["document_id"]: row for row in rows["documents"]}
    for document in examined:
        row = outcomes[document.file.document_id]
        total.outcomes[row["outcome"]] += 1
        total.premium_everywhere_usd += row["premium_everywhere_usd"]
        if row["outcome"] != "review":
            continue
        lines = len(document.line_items)
        usage = full_call(document.characters, document.images, lines, run.policy.estimate)
        costs = [cost(usage, prices) for prices in run.prices.by_tier.values()]
        total.low_usd += min(costs, default=Decimal(0))
        total.high_usd += sum(costs, Decimal(0))
        total.human_usd += human.look_usd
        total.reasons.update({reason.partition(":")[0] for reason in row["reason"].split("; ")})


def _unseen(chunk: Iterable[SourceFile], seen: set[str]) -> list[SourceFile]:
    """Those of `chunk` whose bytes were not seen before; from now on they were."""
    new = []
    for file in chunk:
        if file.document_id not in seen:
            seen.add(file.document_id)
            new.append(file)
    return new


def _settled_ids(store: Path) -> set[str]:
    """The documents that the store has settled; none where there is no store."""
    if not (store / "ledger.duckdb").is_file():
        return set()
    with open_published(store) as ledger:
        rows = ledger.execute("select distinct document_id from documents where outcome <> 'deferred'").fetchall()
    return {document_id for (document_id,) in rows}
