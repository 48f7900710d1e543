"""ERASE: the content of documents goes from everywhere in a store, while the ledger's sums stay.

First who asked for it, when and why is written down: from then on the documents are erased, and an erasure that was
broken off is finished by the next one. Then their content goes from the texts of other documents, from their own rows,
from readings that were kept, and from the answers in the journal; last the ledger is made anew, in a new file.
"""

import secrets
import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from routing.errors import StoreError
from tasks.erased import TEXTS, mentions, source_without_name, without_content, without_mentions
from tasks.held import folder_of
from tasks.spend.forget import forget_answers
from tasks.spend.journal import Journal
from tasks.spend.journal import file as journal_file
from tasks.store.lock import hold
from tasks.store.lock import let_go as let_go_of_store
from tasks.store.query import Query
from tasks.store.rewrite import rewrite
from tasks.store.store import Store, rebuild


@dataclass(frozen=True, slots=True)
class Request:
    """Whose content is to be erased, who wants it, and why."""

    document_ids: Sequence[str]
    by: str
    why: str


def settled_before(query: Query, day: date) -> list[str]:
    """Documents that were settled before that day (UTC) for the last time, and are not erased yet."""
    return [row[0] for row in query(_SETTLED_BEFORE, [day])]


def erase(path: Path, request: Request) -> int:
    """Erase the content of documents from the store at `path`, and finish earlier erasures; how many are erased anew.

    Raises `StoreError` where an answer for one of them is still on its way, or the store is not there or can't be used.
    """
    if not (path / "parquet").is_dir():
        raise StoreError(str(path), "has no Parquet files", "Name the store's folder with --store.")
    path = path.absolute()
    _refuse_in_flight(path, request.document_ids)
    with Store.open(path) as store:
        anew = _note(store, request)
        erased = dict(store.query(_ERASED))
        names = {name for (name,) in store.query(_NAMES)}
    lock = hold(path)
    try:
        rewrite(path, partial(_no_mentions, names=names))
        rewrite(path, partial(_no_content, erased=erased))
        _forget_work(path, erased)
    finally:
        let_go_of_store(path, lock)
    rebuild(path)
    return anew


def _refuse_in_flight(path: Path, document_ids: Collection[str]) -> None:
    """What is still to be answered would bring its content back."""
    if not journal_file(path).exists():
        return
    with Journal.open(path) as journal:
        if waiting := sorted(journal.waiting() & set(document_ids)):
            problem = f"an answer for {waiting[0][:16]} is still on its way ({len(waiting)} documents in all)"
            raise StoreError(str(path), problem, "Run `ledgerline collect-batches` until it is there, then erase.")


def _note(store: Store, request: Request) -> int:
    """Write down what is erased by this request and was not yet: from now on it is."""
    now, known = datetime.now(UTC), {document_id for document_id, _ in store.query(_ERASED)}
    ids = [each for each in dict.fromkeys(request.document_ids) if each not in known]
    run_id = f"erasure-{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
    settled = {each: at.replace(tzinfo=UTC) for each, at in store.query(_LAST_SETTLED, [ids])}
    rows = [
        {
            "document_id": each,
            "run_id": run_id,
            "erased_at": max(now, settled.get(each, now)),  # also where the clock was set back since
            "erased_by": request.by,
            "why": request.why,
        }
        for each in ids
    ]
    if rows:
        store.write(run_id, now.date(), {"erasures": rows})
    return len(rows)


def _no_mentions(table: str, rows: pa.Table, names: Collection[str]) -> pa.Table:
    if table == "runs":
        return _replaced(rows, [_run(row, names) for row in rows.to_pylist()])
    if table not in TEXTS:
        return rows
    texts = {text for text in pc.unique(rows[TEXTS[table]]).to_pylist() if text}
    if not any(mentions(text, names) for text in texts):
        return rows
    return _replaced(rows, [without_mentions(table, row, names) for row in rows.to_pylist()])


def _no_content(table: str, rows: pa.Table, erased: Mapping[str, datetime]) -> pa.Table:
    if "document_id" not in rows.schema.names or not pc.any(pc.is_in(rows["document_id"], pa.array(erased))).as_py():
        return rows
    return _replaced(rows, [without_content(table, row) if _is_meant(row, erased) else row for row in rows.to_pylist()])


def _replaced(rows: pa.Table, after: list[dict[str, Any]]) -> pa.Table:
    return rows if after == rows.to_pylist() else pa.Table.from_pylist(after, schema=rows.schema)


def _run(row: dict[str, Any], names: Collection[str]) -> dict[str, Any]:
    return row | {"source": source_without_name(row["source"], names)}


def _is_meant(row: Mapping[str, object], erased: Mapping[str, datetime]) -> bool:
    """Whether the row is of a document that was erased, and not of a file with its bytes that was found later."""
    at, settled = erased.get(str(row["document_id"])), row.get("settled_at")
    return at is not None and not (isinstance(settled, datetime) and settled > at)


def _forget_work(path: Path, document_ids: Collection[str]) -> None:
    """What was kept of them for a model, what a run that was killed had unpacked, what the source was seen to hold (a
    cache, with names), and answers in the journal."""
    for folder in ("spool", "seen"):
        shutil.rmtree(path / "work" / folder, ignore_errors=True)
    for kept in folder_of(path).glob("*"):
        if kept.name.partition(".")[0] in document_ids:
            kept.unlink()
    forget_answers(path, document_ids)


_ERASED = "select document_id, max(erased_at) from history.erasures group by document_id"

_LAST_SETTLED = """
select document_id, max(settled_at) from history.documents
where document_id in (select unnest(?::varchar[])) group by document_id
"""

_NAMES = """
select distinct file_name from history.documents semi join history.erasures using (document_id)
where not starts_with(file_name, 'erased/')
"""

_SETTLED_BEFORE = """
select document_id from documents anti join history.erasures using (document_id) where outcome <> 'deferred'
group by document_id having max(settled_at) < ? order by min(settled_at), document_id
"""
