"""The conservation laws: a sound store passes each, and each breach is named with its offender."""

import re
from datetime import timedelta
from decimal import Decimal

import duckdb
import pytest
from store_rows import DAY, NOON, Writer, call_row, chunk, document_id, document_row, pay, run_row

from routing.errors import StoreError
from tasks.store.ledger import TABLES
from tasks.store.store import Store
from tasks.store.verify import verify

PAID = Decimal("0.000000001")


def store_with(folder, *chunks):
    """A published store that holds a sound run of document 1, and `chunks`."""
    with Store.open(folder) as store:
        ended = {"status": "completed", "finished_at": NOON, "documents": 3, "known": 2, "cost_usd": PAID}
        store.write("run0", DAY, {"runs": [run_row("run0", **ended)]})
        store.write("run0", DAY, pay(folder, [1], "run0"))
        for rows in chunks:
            store.write("run1", DAY, rows)
        store.publish()
    return folder


def broken(folder):
    """The laws that do not hold, by name, with their details."""
    return {law.name: law.detail for law in verify(folder) if not law.passed}


def test_a_sound_store_passes_every_law(tmp_path):
    """And says how much was looked at."""
    laws = verify(store_with(tmp_path / "store"))
    assert all(law.passed for law in laws)
    assert {f"{table}_agree" for table in TABLES} <= {law.name for law in laws}
    assert all(any(c.isdigit() for c in law.detail) for law in laws)


def fields(**changes):
    """A document 2 whose one found field is changed."""
    rows = chunk([2])
    rows["fields"][0] |= changes
    return rows


OWN_COPY = {"outcome": "duplicate", "reason": "copy of itself", "duplicate_of": document_id(2)}
BREACHES = {
    "every_document_settled": (
        [{"runs": [run_row("run1", status="completed", finished_at=NOON, documents=7, known=1)]}, chunk([2, 3])],
        r"run1 \(discovered 7, settled 2, known 1\)",
    ),
    "one_outcome": ([chunk([2], outcome="perhaps")], "2.pdf in run1"),
    "read_once": ([chunk([2]), {"documents": [document_row(2, file_name="b.pdf", cost_usd=None)]}], document_id(2)),
    "nothing_doubled": ([chunk([2]) | {"checks": chunk([2])["checks"] * 2}], f"{document_id(2)} check amounts_add_up"),
    "nothing_orphaned": ([chunk([2]) | {"line_items": chunk([3])["line_items"]}], f"{document_id(3)} in run1"),
    "cost_of_documents": ([chunk([2]) | {"calls": []}], f"{document_id(2)} in run1"),
    "cost_of_runs": (
        [{"runs": [run_row("run1", status="failed", documents=1, cost_usd=Decimal(1))]}, chunk([2])],
        r"run1 \(says 1.0+, documents say 0.000000001\)",
    ),
    "cost_in_all": ([{"documents": [document_row(2, **OWN_COPY)], "calls": [call_row(2)]}], document_id(2)),
    "paid_once": ([chunk([2]) | {"calls": [call_row(2, request_hash="run0-1")]}], "run0-1"),
    "journal_booked": ([chunk([2]) | {"calls": [call_row(2)]}], "run1-2"),
    "values_grounded": ([fields(x1=None)], f"{document_id(2)} field seller_name"),
    "reasons_stated": ([chunk([2], outcome="review", reason=" ")], r"2.pdf \(review\)"),
    "duplicates_known": ([chunk([2], outcome="duplicate", reason="x", duplicate_of=document_id(9))], "2.pdf"),
}


@pytest.mark.parametrize("law", BREACHES)
def test_a_breach_names_the_law_and_who_breaks_it(tmp_path, law):
    """Each law can fail."""
    chunks, offender = BREACHES[law]
    details = broken(store_with(tmp_path / "store", *chunks))
    assert law in details
    assert re.search(offender, details[law])


def test_a_paid_call_that_is_not_in_the_ledger_breaks_a_law_once_its_document_is_settled(tmp_path):
    """A document that waits may have calls that are not booked yet; a settled one may not."""
    folder = tmp_path / "store"
    waiting = pay(folder, [2]) | {"calls": []}
    waiting["documents"] = [document_row(2, outcome="deferred", reason="batch pending", cost_usd=0)]
    assert broken(store_with(folder, waiting)) == {}
    settled = chunk([2], "run2") | {"calls": []}
    settled["documents"] = [document_row(2, "run2", cost_usd=0, settled_at=NOON + timedelta(hours=1))]
    with Store.open(folder) as store:
        store.write("run2", DAY, settled)
        store.publish()
    details = broken(folder)
    assert set(details) == {"journal_booked"} and "run1-run1-2" in details["journal_booked"]


def test_a_run_that_failed_may_have_left_documents_for_the_next(tmp_path):
    """They were discovered and not settled: nothing is lost, the next run meets them again."""
    failed = run_row("run1", status="failed", finished_at=NOON, documents=9, cost_usd=PAID, error="disk full")
    assert broken(store_with(tmp_path / "store", {"runs": [failed]}, chunk([2]))) == {}


def test_rows_that_differ_between_ledger_and_parquet_are_found(tmp_path):
    """One cent in one row is enough."""
    folder = store_with(tmp_path / "store")
    with duckdb.connect(str(folder / "ledger.duckdb")) as ledger:
        ledger.execute("update history.line_items set net_amount = net_amount + 0.01")
        ledger.execute("delete from history.checks")
    details = broken(folder)
    assert set(details) == {"line_items_agree", "checks_agree"}
    assert "0 rows in the ledger, 1 in Parquet" in details["checks_agree"]


def test_a_part_that_was_never_published_breaks_a_law_only_when_no_run_is_going_on(tmp_path):
    """A killed run's chunks are in Parquet, and in the ledger from the next run on."""
    writer = Writer(tmp_path / "store", "run1", 0, 10_000)
    writer.wait_for(1)
    assert {law.name: law.passed for law in verify(tmp_path / "store")}["ledger_complete"]
    writer.kill()
    assert "rebuild" in broken(tmp_path / "store")["ledger_complete"]
    Store.open(tmp_path / "store").close()
    assert broken(tmp_path / "store") == {}


def test_verify_changes_nothing_and_needs_a_ledger(tmp_path):
    """It is a look, not a repair."""
    with pytest.raises(StoreError, match=r"has no ledger\.duckdb"):
        verify(tmp_path)
    assert list(tmp_path.iterdir()) == []
