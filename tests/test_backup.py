"""Backup and restore as the README has it: copied while a run goes on, and all of it is there again."""

import os
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

from store_rows import DAY, NOON, PER_CHUNK, Writer, chunk, pay, run_row

from tasks.store.query import query_ledger
from tasks.store.store import Store, rebuild
from tasks.store.verify import verify

BACK_UP = """
mkdir -p $BACKUP/parquet $BACKUP/journal
cp -Rn $STORE/parquet/runs $STORE/parquet/documents $BACKUP/parquet
cp -Rn $STORE/parquet $BACKUP
rm -f $BACKUP/journal/calls.sqlite
python -c "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('vacuum into ?', sys.argv[2:])" \\
    $STORE/journal/calls.sqlite $BACKUP/journal/calls.sqlite
"""
"""`runs` and `documents` first, in this order: no run is copied as ended without its chunks, and a chunk's rows are
the last there to appear, so all that they name is in its place by then.
The journal last: it knows every paid call that the rows name. What is there is not copied again: Parquet files do not
change."""


def test_a_backup_made_while_a_run_goes_on_is_a_store(tmp_path):
    """Whole chunks, every paid call in the journal, every law; made twice, because the second one adds to the first."""
    store, backup = tmp_path / "store", tmp_path / "backup"
    with Store.open(store) as opened:
        ended = {"status": "completed", "finished_at": NOON, "documents": 1, "cost_usd": Decimal("1e-9")}
        opened.write("paid", DAY, {"runs": [run_row("paid", **ended)]})
        opened.write("paid", DAY, pay(store, [9_999_999], "paid"))
    writer = Writer(store, "run1", 0, 10_000, publish=True)
    for reports in (3, 8):
        writer.wait_for(reports)
        variables = {"STORE": str(store), "BACKUP": str(backup), "PATH": f"{Path(sys.executable).parent}:{os.defpath}"}
        subprocess.run(["bash", "-ec", BACK_UP], env=variables, check=True)
    told = writer.kill()
    rebuild(backup)
    ((documents,),) = list(query_ledger(backup, "select count(*) from documents")[1])
    assert 7 * PER_CHUNK <= documents - 1 <= len(told) * PER_CHUNK + PER_CHUNK and (documents - 1) % PER_CHUNK == 0
    assert [law.detail for law in verify(backup) if not law.passed] == []


def test_a_backup_is_restored_by_putting_it_in_place(tmp_path):
    """The ledger is made from the Parquet files, and the next run goes on."""
    store = tmp_path / "store"
    with Store.open(store) as opened:
        opened.write("run1", DAY, chunk([1, 2]))
        opened.publish()
    shutil.copytree(store / "parquet", tmp_path / "restored" / "parquet")
    with Store.open(tmp_path / "restored") as opened:
        opened.write("run2", DAY, chunk([3], "run2"))
        opened.publish()
    sql = "select file_name from documents order by file_name"
    assert list(query_ledger(tmp_path / "restored", sql)[1]) == [("1.pdf",), ("2.pdf",), ("3.pdf",)]
    assert [law.detail for law in verify(tmp_path / "restored") if not law.passed] == []
