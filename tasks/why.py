"""The story of one document: what became of it, every decision on it, every paid call and every human answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from routing.errors import UsageError
from tasks.store.query import open_current

Row = Mapping[str, Any]

_SHORTEST = 6  # hexadecimal digits that may name a document
_NAMED = 10  # documents that are listed where a name fits several


@dataclass(frozen=True, slots=True)
class Story:
    """Rows of the ledger on one document: its current one, and of all runs its decisions, paid calls and reviews.

    `open_checks` are failed checks, `doubtful` the fields with their confidence, both of the latest run.
    """

    document: Row
    decisions: Sequence[Row]
    calls: Sequence[Row]
    reviews: Sequence[Row]
    open_checks: Sequence[Row]


def story(store: Path, document: str) -> Story:
    """The story of the document that `document` names: by the first digits of its id, or by its file name or its end.

    Raises `UsageError` where none or several are meant, `StoreError` where there is no ledger.
    """
    with open_current(store) as ledger:
        found = find(ledger, document)
        of = [found["document_id"]]
        return Story(
            document=found,
            decisions=_rows(ledger, _DECISIONS, of),
            calls=_rows(ledger, _CALLS, of),
            reviews=_rows(ledger, "select * from reviews where document_id = ? order by reviewed_at", of),
            open_checks=_rows(ledger, 'select "check", detail from checks where document_id = ? and not passed', of),
        )


def find(ledger: duckdb.DuckDBPyConnection, document: str) -> Row:
    """The current row of the document that is meant. Raises `UsageError` where none or several are."""
    name = document.strip().lower()
    found = _rows(ledger, _FIND, [name, len(name) >= _SHORTEST])
    if not found:
        raise UsageError(f"no document {document!r}: give its file name, or the first digits of its document_id")
    meant = [row for row in found if row["whole"]] or found
    if len({row["document_id"] for row in meant}) > 1:
        names = "".join(f"\n  {row['document_id'][:12]}  {row['file_name']}" for row in meant[:_NAMED])
        raise UsageError(f"{document!r} may be any of {len(meant)} documents:{names}")
    return meant[0]


def _rows(ledger: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[object]) -> list[Row]:
    result = ledger.execute(sql, list(parameters))
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


_FIND = """
select *, lower(file_name) = $1 as whole from documents
where lower(file_name) = $1 or ends_with(lower(file_name), '/' || $1) or ($2 and starts_with(document_id, $1))
order by whole desc, duplicate_of is not distinct from document_id, settled_at desc
"""

_DECISIONS = """
select d.*, r.started_at from history.decisions d left join runs r using (run_id)
where d.document_id = ? order by r.started_at nulls first, d.run_id, d.step
"""

_CALLS = """
select * from calls where document_id = ? and mode <> 'local' order by started_at
"""
