"""One entry of the journal: a request that was paid for, may have been, or is on its way; and its row."""

import sqlite3
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from pydantic import TypeAdapter

from routing.prices import Mode, TokenPrices, Usage
from tasks.ask.types import RawAnswer

State = Literal["sent", "answered", "failed", "unknown"]
"""`sent`: its intent is durable, its answer not here yet. `failed`: it was not answered. `unknown`: it may have been
billed, and nobody can tell."""

INTERRUPTED = "interrupted"
"""The fault of a call that was on its way when its run ended."""

NANO = 1_000_000_000

PRICES = TypeAdapter(TokenPrices)
ANSWERS = TypeAdapter(RawAnswer)


@dataclass(frozen=True, slots=True)
class Intent:
    """A request about to be sent, and the most that it can cost. Money in US dollars, `started_at` in UTC.

    `prices` are those that it will be billed by, `batch_id` our name of the batch it goes with, if it does.
    """

    request_hash: str
    document_id: str
    run_id: str
    tier: str
    provider: str
    model: str
    mode: Mode
    reserved_usd: Decimal
    prices: TokenPrices
    price_version: str
    started_at: datetime
    batch_id: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What the journal knows of one request. `cost_usd` is None as long as it is `sent`.

    `usage` is what is billed, nothing where that is unknown. `fault` is the stable word for what went wrong, `detail`
    the same for a person, both "" where nothing did.
    """

    call_id: str
    intent: Intent
    state: State
    cost_usd: Decimal | None
    tries: int
    answer: RawAnswer | None = None
    usage: Usage = field(default_factory=Usage)
    fault: str = ""
    detail: str = ""
    latency_ms: float | None = None
    provider_request_id: str = ""

    @property
    def counted_usd(self) -> Decimal:
        """What budgets count for it: its cost, or what was reserved."""
        return self.intent.reserved_usd if self.cost_usd is None else self.cost_usd

    @property
    def final(self) -> bool:
        """Whether the same request must not be sent again: it was answered, or refused and billed."""
        return self.state == "answered" or (self.state == "failed" and self.counted_usd > 0)


def usd(nano: int) -> Decimal:
    """Billionths of a US dollar as US dollars."""
    return Decimal(nano).scaleb(-9)


def nano(amount: Decimal) -> int:
    """US dollars as billionths of one; exact, for costs have nine decimals."""
    return int(amount * NANO)


def entry_of(row: sqlite3.Row) -> Entry:
    """The entry that a row of `calls` holds."""
    intent = Intent(
        request_hash=row["request_hash"],
        document_id=row["document_id"],
        run_id=row["run_id"],
        tier=row["tier"],
        provider=row["provider"],
        model=row["model"],
        mode=row["mode"],
        reserved_usd=usd(row["reserved"]),
        prices=PRICES.validate_json(row["prices"]),
        price_version=row["price_version"],
        started_at=datetime.fromisoformat(row["started_at"]),
        batch_id=row["batch_id"],
    )
    return Entry(
        call_id=row["call_id"],
        intent=intent,
        state=row["state"],
        cost_usd=None if row["cost"] is None else usd(row["cost"]),
        tries=row["tries"],
        answer=None if row["answer"] is None else ANSWERS.validate_json(row["answer"]),
        usage=Usage(*(row[f"{name}_tokens"] for name in ("input", "cached_input", "cache_write", "output"))),
        fault=row["fault"] or "",
        detail=row["detail"] or "",
        latency_ms=row["latency_ms"],
        provider_request_id=row["provider_request_id"] or "",
    )
