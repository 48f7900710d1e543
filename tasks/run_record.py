"""The row of a run in the store: written when it begins and again when it ends, whichever way."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

from tasks.rows import Row, Rows
from tasks.store.store import Store
from tasks.tally import Tally


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What is known of a run when it begins. `budget_usd` None is no limit."""

    source: str
    policy_hash: str
    price_version: str
    budget_usd: Decimal | None
    flow_run_id: str | None
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    suffix: str = field(default_factory=lambda: secrets.token_hex(2))

    @property
    def run_id(self) -> str:
        """Unique in a store, and sorts by time: `20261123T020000Z-7f3a`."""
        return f"{self.started_at:%Y%m%dT%H%M%SZ}-{self.suffix}"

    @property
    def run_date(self) -> date:
        """The day (UTC) under which its rows are stored."""
        return self.started_at.date()

    def begin(self, store: Store) -> None:
        """Write its row, with status `running`."""
        store.write(self.run_id, self.run_date, self._rows("running", None, None, Tally()))

    def finish(self, store: Store, tally: Tally, error: BaseException | None = None) -> None:
        """Write its row anew: `completed` with what it did, or `failed` with the error."""
        status = "failed" if error else "completed"
        problem = (str(error) or type(error).__name__) if error else None
        store.write(self.run_id, self.run_date, self._rows(status, datetime.now(UTC), problem, tally))

    def _rows(self, status: str, finished_at: datetime | None, error: str | None, tally: Tally) -> Rows:
        row: Row = {
            "run_id": self.run_id,
            "flow_run_id": self.flow_run_id,
            "started_at": self.started_at,
            "finished_at": finished_at,
            "status": status,
            "source": self.source,
            "policy_hash": self.policy_hash,
            "price_version": self.price_version,
            "documents": tally.documents,
            "known": tally.known,
            "deferred": tally.outcomes["deferred"],
            "cost_usd": tally.cost_usd,
            "budget_usd": self.budget_usd,
            "premium_everywhere_usd": tally.premium_everywhere_usd,
            "error": error,
        }
        return {"runs": [row]}
