"""A store that an older Ledgerline wrote is opened as it is: its files stay as they were written, its rows are shown by
today's tables. `stores/<commit>.zip` is what that commit's `ledgerline run` made of six sample documents."""

import hashlib
from pathlib import Path
from zipfile import ZipFile

import duckdb
import pytest
from store_rows import DAY, chunk

from routing.errors import StoreError
from tasks.decided import case_of_row
from tasks.store.ledger import TABLES
from tasks.store.query import list_queries, query_ledger
from tasks.store.store import Store, rebuild
from tasks.store.verify import verify

OLD = sorted((Path(__file__).parent / "stores").glob("*.zip"))


@pytest.fixture(params=OLD, ids=[file.stem for file in OLD])
def old(request, tmp_path):
    """A store as it was left; its ledger's rows, before anybody touched it."""
    folder = tmp_path / "store"
    with ZipFile(request.param) as archive:
        archive.extractall(folder)
    with duckdb.connect(str(folder / "ledger.duckdb"), read_only=True) as ledger:
        tables = [
            name for (name,) in ledger.execute("select view_name from duckdb_views() where not internal").fetchall()
        ]
    return folder, {name: rows(folder, name) for name in TABLES if name in tables}


def rows(folder, table):
    """Rows of a table of the published ledger, by column."""
    with duckdb.connect(str(folder / "ledger.duckdb"), read_only=True) as ledger:
        found = ledger.execute(f"from {table} order by all")
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def hashes(folder):
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("parquet/**/*.parquet")}


def assert_taken_over(folder, before):
    """Every value that was there is there, and what nobody knew then is null."""
    for table, then in before.items():
        now = rows(folder, table)
        assert [{name: row[name] for name in old} for row, old in zip(now, then, strict=True)] == then, table
        assert all(row[name] is None for row, old in zip(now, then, strict=True) for name in row.keys() - old.keys())
    assert [law.detail for law in verify(folder) if not law.passed] == []


def test_opening_it_makes_its_ledger_anew_and_leaves_its_files_alone(old):
    """The next run goes on with what it knows; the Parquet files are the truth, also about what they do not say."""
    folder, before = old
    parts = hashes(folder)
    with Store.open(folder) as store:
        known = store.known([row["document_id"] for row in before["documents"]])
        assert {i: [k.outcome for k in states] for i, states in known.items()} == {
            row["document_id"]: [row["outcome"]] for row in before["documents"]
        }
    assert hashes(folder) == parts
    assert_taken_over(folder, before)


def test_what_is_settled_from_now_on_lies_beside_it(old):
    """One ledger of old rows and new ones, to which every question can be put."""
    folder, before = old
    with Store.open(folder) as store:
        store.write("run1", DAY, chunk([1, 2]))
        store.publish()
    assert len(rows(folder, "documents")) == len(before["documents"]) + 2
    for saved in list_queries().values():
        list(query_ledger(folder, saved.sql)[1])
    rebuild(folder)
    assert [law.detail for law in verify(folder) if not law.passed] == []


def test_until_then_it_can_be_asked_and_whoever_needs_more_is_told_what_to_do(old):
    """`ledgerline sql` takes it as it is; what relies on newer columns names the remedy."""
    folder, before = old
    assert list(query_ledger(folder, "select count(*) from documents")[1]) == [(len(before["documents"]),)]
    with pytest.raises(StoreError, match=r"another version.*ledgerline rebuild"):
        verify(folder)
    rebuild(folder)
    assert_taken_over(folder, before)


def test_a_decision_that_did_not_note_what_it_weighed_is_left_out_of_a_replay(old):
    """It is not guessed at."""
    folder, _ = old
    Store.open(folder).close()
    decisions = rows(folder, "decisions")
    assert decisions and all(case_of_row(row) is None for row in decisions)
