"""`ledgerline erase`: which documents are meant, whether that is meant, and what was done."""

import getpass
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from flows.parameters import load_policy
from routing.errors import ConfigurationError, UsageError
from tasks.erase import Request, erase, settled_before
from tasks.store.query import open_current, query_of
from tasks.why import find

_NAMED = 5  # documents that are shown before they are erased


@dataclass(frozen=True, slots=True)
class Choice:
    """Documents by their names or ids, all settled before a day (UTC), or all that are expired by the policy."""

    documents: tuple[str, ...]
    before: date | None
    expired: bool


def erase_content(store: Path, policy: str | None, choice: Choice, by: str | None, why: str, yes: bool) -> None:
    """Erase what is chosen, once the person at the terminal has confirmed it.

    Raises `UsageError` where a name fits no document or several, or nobody can be asked; `StoreError`.
    """
    chosen = _chosen(store, _day(choice, policy), choice.documents)
    if chosen and not yes:
        _confirm(chosen)
    erased = erase(store, Request(tuple(chosen), by or getpass.getuser(), why))
    print(f"the content of {_documents(erased)} is erased from {store}; the ledger's sums are as they were")


def _chosen(store: Path, day: date | None, names: tuple[str, ...]) -> dict[str, str]:
    """The document_ids that are meant, each with a name to show."""
    with open_current(store) as ledger:
        found = [find(ledger, name) for name in names]
        chosen = {str(row["document_id"]): str(row["file_name"]) for row in found}
        if day:
            chosen |= {document_id: document_id for document_id in settled_before(query_of(ledger), day)}
    return chosen


def _day(choice: Choice, policy: str | None) -> date | None:
    """The first day whose documents stay."""
    if not choice.expired:
        return choice.before
    if choice.before:
        raise UsageError("erase: give --before or --expired, not both")
    days = load_policy(policy).retention.content_days
    if days is None:
        remedy = "State in the policy how long content is kept, or name the documents, or a day with --before."
        raise ConfigurationError("retention.content_days", "is not set", remedy, policy or "data/policy.toml")
    return datetime.now(UTC).date() - timedelta(days=days)


def _confirm(chosen: dict[str, str]) -> None:
    if not sys.stdin.isatty():
        raise UsageError("erase: nobody can be asked here whether that is meant: add --yes")
    for name in list(chosen.values())[:_NAMED]:
        print("  " + "".join(c if c.isprintable() else " " for c in name))
    if len(chosen) > _NAMED:
        print(f"  ... and {len(chosen) - _NAMED:,} more")
    if input(f"Erase the content of {_documents(len(chosen))} for good? [y/N] ").strip().lower() not in ("y", "yes"):
        raise UsageError("erase: nothing was erased")


def _documents(count: int) -> str:
    return "1 document" if count == 1 else f"{count:,} documents"
