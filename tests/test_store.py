"""The store: what `write` returned from is never lost, nothing is there twice, readers never wait."""

import errno
import os
import random
import re
import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest
from store_rows import (
    DAY,
    NOON,
    PER_CHUNK,
    Writer,
    call_row,
    chunk,
    document_id,
    document_row,
    quick_processes,
    run_row,
    write_chunks,
)

from routing.errors import StoreDamagedError, StoreError, StoreLockedError
from tasks.store.ledger import TABLES
from tasks.store.query import open_published, query_ledger
from tasks.store.store import Store, rebuild
from tasks.store.verify import verify


@pytest.fixture
def folder(tmp_path):
    """Where a store will be."""
    return tmp_path / "store"


def published(folder, sql):
    """What an analyst sees."""
    with duckdb.connect(str(folder / "ledger.duckdb"), read_only=True) as ledger:
        return ledger.execute(sql).fetchall()


def table(folder, name):
    """All rows of one table of the published ledger, in an order of their own."""
    return sorted(map(repr, published(folder, f"from history.{name}")))


def broken_laws(folder):
    """The names of the laws that do not hold in a store."""
    return [law.name for law in verify(folder) if not law.passed]


def test_what_is_written_is_seen_by_the_run_at_once_and_by_analysts_when_published(folder):
    """The working ledger is ahead of the published one until `publish`."""
    with Store.open(folder) as store:
        store.write("run1", DAY, chunk([1, 2]))
        assert store.query("select count(*) from documents") == [(2,)]
        assert published(folder, "select count(*) from documents") == [(0,)]
        store.publish()
        assert published(folder, "select count(*) from documents") == [(2,)]


def test_each_table_of_a_chunk_is_one_parquet_file_in_its_run_date(folder):
    """The layout that other tools read."""
    with Store.open(folder) as store:
        store.write("run1", DAY, chunk([1]))
    files = {p.relative_to(folder).as_posix() for p in folder.glob("parquet/**/*.parquet")}
    tables = ("documents", "fields", "line_items", "checks", "decisions", "calls")
    assert files == {f"parquet/{name}/run_date=2026-11-23/run1-000001.parquet" for name in tables}


def test_values_come_back_as_they_went_in(folder):
    """Exact decimals, UTC times, lists, odd file names."""
    evening = datetime(2026, 11, 23, 18, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    odd = {"file_name": "Rechnung\udce4 1.pdf", "warnings": ["a", "b"], "settled_at": evening}
    with Store.open(folder) as store:
        store.write("run1", DAY, {"documents": [document_row(1, cost_usd=Decimal("123456789.123456789"), **odd)]})
        (row,) = store.query("select cost_usd, settled_at, warnings, file_name from documents")
    assert row == (Decimal("123456789.123456789"), datetime(2026, 11, 23, 13), ["a", "b"], "Rechnung\\udce4 1.pdf")


def test_an_amount_that_no_column_can_hold_does_not_stop_the_batch(folder):
    """A hostile document's numbers are rounded or dropped; its description stays."""
    line = {"document_id": document_id(1), "run_id": "run1", "line": 1, "description": "x"}
    amounts = {"unit_price": Decimal("0.12345678955"), "net_amount": Decimal("1e60")}
    with Store.open(folder) as store:
        store.write("run1", DAY, {"documents": [document_row(1)], "line_items": [line | amounts]})
        assert store.query("select unit_price, net_amount, description from line_items") == [
            (Decimal("0.123456790"), None, "x")
        ]


@pytest.mark.parametrize(
    "rows",
    [
        {"documents": [document_row(1, colour="red")]},
        {"documents": [document_row(1, outcome=None)]},
        {"documents": [document_row(1, cost_usd=Decimal("0.0000000001"))]},
        {"documents": [document_row(1)], "runs": [run_row("run1")]},
        {"fields": chunk([1])["fields"]},
        {"colours": [{"name": "red"}]},
    ],
    ids=["unknown column", "missing key", "too fine a cost", "two markers", "no marker", "unknown table"],
)
def test_rows_that_do_not_fit_are_refused_and_leave_nothing_behind(folder, rows):
    """Our own mistakes are errors before anything is committed, and the store goes on."""
    with Store.open(folder) as store:
        with pytest.raises(ValueError, match=r"colour|outcome|cost_usd|runs|fields|rows"):
            store.write("run1", DAY, rows)
        assert not [p for p in folder.glob("parquet/**/*") if p.is_file()]
        store.write("run1", DAY, chunk([1]))
        assert store.query("select count(*) from documents") == [(1,)]


def test_known_tells_the_latest_state_of_every_file_with_those_bytes(folder):
    """A document that was deferred and then accepted is accepted; its copy is a duplicate."""
    later = {"settled_at": NOON + timedelta(days=1)}
    copy = document_row(1, file_name="copy.pdf", outcome="duplicate", duplicate_of=document_id(1), cost_usd=Decimal(0))
    with Store.open(folder) as store:
        store.write("run1", DAY, chunk([1], outcome="deferred"))
        store.write("run1", DAY, {"documents": [copy]})
        store.write("run2", DAY, chunk([1], "run2", **later))
        known = store.known([document_id(1), document_id(2)])
    assert [(k.file_name, k.outcome, k.run_id) for k in known[document_id(1)]] == [
        ("1.pdf", "accepted", "run2"),
        ("copy.pdf", "duplicate", "run1"),
    ]
    assert document_id(2) not in known


def test_a_second_process_is_told_who_holds_the_store(folder):
    """No waiting: an error that names the holder."""
    writer = Writer(folder, "run1", 0, 10_000)
    try:
        writer.wait_for(1)
        with pytest.raises(StoreLockedError, match=f"process {writer.process.pid}"):
            Store.open(folder)
    finally:
        writer.kill()


def test_a_store_can_be_opened_again_after_it_was_closed_or_failed_to_open(folder):
    """The lock is given back on every way out."""
    Store.open(folder).close()
    (folder / "parquet" / "documents" / "run_date=2026-11-23").mkdir(parents=True)
    broken = folder / "parquet/documents/run_date=2026-11-23/run1-000001.parquet"
    broken.write_bytes(b"PAR1")
    for _ in range(2):
        with pytest.raises(StoreDamagedError):
            Store.open(folder)
    broken.unlink()
    Store.open(folder).close()


def test_parts_without_their_marker_are_removed_at_the_next_open(folder):
    """What a kill between two renames leaves is not a chunk."""
    with Store.open(folder) as store:
        store.write("run1", DAY, chunk([1]))
        store.write("run1", DAY, chunk([2]))
        store.publish()
    (folder / "parquet/documents/run_date=2026-11-23/run1-000002.parquet").unlink()
    temporary = folder / "parquet/documents/run_date=2026-11-23/run1-000003.parquet.tmp"
    temporary.write_bytes(b"half")
    rebuild(folder)
    assert published(folder, "select count(*) from history.fields") == [(2,)]
    assert not list(folder.glob("parquet/**/run1-000002.parquet")) and not temporary.exists()


def test_a_run_found_running_is_interrupted_with_what_it_settled(folder):
    """The lock is ours, so whoever wrote `running` is dead."""
    with Store.open(folder) as store:
        store.write("run1", DAY, {"runs": [run_row("run1", documents=500)]})
        store.write("run1", DAY, chunk([1, 2]))
        store.write("run1", DAY, chunk([3], outcome="deferred", reason="budget spent"))
    Store.open(folder).close()
    columns = "status, finished_at, documents, known, deferred, cost_usd, premium_everywhere_usd, policy_hash"
    assert published(folder, f"select {columns} from runs") == [
        ("interrupted", datetime(2026, 11, 23, 12, 0, 3), 3, 0, 1, Decimal("3e-9"), Decimal("0.06"), "p1")
    ]
    assert broken_laws(folder) == []


@pytest.mark.parametrize("seed", range(3))
def test_kills_at_any_instant_lose_and_double_nothing(folder, seed):
    """Five kills a store, in opening, writing and publishing. Every chunk is there whole or not at all, and each one
    that `write` returned from is there: who goes on with the next number makes what an undisturbed run makes."""
    chance = random.Random(seed)
    chunks = 0
    for attempt in range(5):
        writer = Writer(folder, f"run{attempt}", chunks, 10_000, publish=bool(seed % 2))
        writer.wait_for(chance.randrange(attempt, 6))
        time.sleep(chance.uniform(0, 0.1))
        told = writer.kill()
        with Store.open(folder) as store:
            ((numbers,),) = store.query(
                "select coalesce(list_sort(list(value_at_stake::int)), []) from history.documents"
            )
        assert numbers == list(range(len(numbers)))
        assert len(numbers) in ((chunks + len(told)) * PER_CHUNK, (chunks + len(told) + 1) * PER_CHUNK)
        chunks = len(numbers) // PER_CHUNK
    assert chunks and broken_laws(folder) == []
    assert published(folder, "select count(*) from history.fields") == [(2 * chunks * PER_CHUNK,)]


def test_a_kill_while_rebuilding_leaves_the_old_ledger_or_the_new_one(folder):
    """Never half of one; whoever opens the store next finishes the work."""
    with Store.open(folder) as store:
        list(write_chunks(store, "run1", 0, 10))
        store.publish()
    chance = random.Random(0)
    for _ in range(8):
        process = quick_processes().Process(target=rebuild, args=(folder,))
        process.start()
        time.sleep(chance.uniform(0, 0.5))
        process.kill()
        process.join()
        assert published(folder, "select count(*) from documents") == [(10 * PER_CHUNK,)]
        with Store.open(folder) as store:
            assert store.query("select count(*) from documents") == [(10 * PER_CHUNK,)]
    assert broken_laws(folder) == []


def test_a_reader_in_another_process_never_fails_while_the_ledger_is_replaced(folder):
    """Reading in a loop during publishes: every answer is one of a whole state, and they only grow."""
    Store.open(folder).close()
    writer = Writer(folder, "run1", 0, 15, publish=True)
    seen = []
    while writer.process.is_alive():
        seen.append(published(folder, "select count(*) from documents")[0][0])
        time.sleep(0.01)
    assert writer.process.exitcode == 0
    assert seen == sorted(seen) and {count % PER_CHUNK for count in seen} == {0} and len(set(seen)) > 2


def test_a_reader_that_keeps_the_ledger_open_holds_nobody_up(folder):
    """It keeps what it opened, even if it opened it for writing; new readers see the new one."""
    with Store.open(folder) as store:
        reader = subprocess.Popen(
            [sys.executable, "-c", f"import duckdb; l = duckdb.connect({str(folder / 'ledger.duckdb')!r});"
             "l.execute('create table mine(a int)'); print('open', flush=True); input();"
             "print(l.execute('select count(*) from documents').fetchall())"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert reader.stdout.readline() == "open\n"
        store.write("run1", DAY, chunk([1]))
        store.publish()
        assert published(folder, "select count(*) from documents") == [(1,)]
        assert reader.communicate("\n")[0] == "[(0,)]\n"
    Store.open(folder).close()
    assert published(folder, "select count(*) from documents") == [(1,)]


def test_a_rebuilt_ledger_has_the_same_tables(folder):
    """The Parquet files are the truth: without either ledger nothing is lost."""
    with Store.open(folder) as store:
        store.write("run1", DAY, {"runs": [run_row("run1")]})
        list(write_chunks(store, "run1", 0, 3))
        store.write("run2", DAY, chunk([1], "run2", settled_at=NOON + timedelta(days=1)))
        reviews = [{"document_id": document_id(2), "field": "iban", "cost_usd": Decimal("2.25"), "reviewed_at": NOON}]
        store.write("run2", DAY, {"runs": [run_row("run2", status="failed")], "reviews": reviews})
        store.publish()
    old = folder.with_name("old.duckdb")
    Store.open(folder).close()
    (folder / "ledger.duckdb").rename(old)
    (folder / "work/ledger.duckdb").unlink()
    rebuild(folder)
    kept = [*(f"history.{name}" for name in (*TABLES, "parts", "replaced_documents", "replaced_results")), *TABLES]
    with duckdb.connect(str(folder / "ledger.duckdb"), read_only=True) as ledger:
        ledger.execute(f"attach '{old}' as old (read_only)")
        for name in kept:
            theirs = name if "." in name else f"main.{name}"
            for one, other in ((f"ledger.{theirs}", f"old.{theirs}"), (f"old.{theirs}", f"ledger.{theirs}")):
                assert ledger.execute(f"from {one} except all from {other}").fetchall() == [], name
        assert ledger.execute("select count(*) from history.documents").fetchall() == [(16,)]


@pytest.mark.parametrize(
    ("name", "damage"),
    [("documents", "cut"), ("documents", "flipped"), ("fields", "cut"), ("fields", "flipped"), ("fields", "gone")],
)
def test_a_damaged_part_is_named_with_its_remedy_and_the_ledger_stays(folder, name, damage):
    """A part cut short, changed by one bit or deleted is found before its rows are used."""
    with Store.open(folder) as store:
        store.write("run1", DAY, chunk(range(200)))
        store.publish()
    part = folder / f"parquet/{name}/run_date=2026-11-23/run1-000001.parquet"
    whole = part.read_bytes()
    harm(part, whole, damage)
    with pytest.raises(StoreDamagedError, match=rf"{name}/run_date=2026-11-23/run1-000001.parquet .*rebuild"):
        rebuild(folder)
    assert published(folder, "select count(*) from documents") == [(200,)]
    assert broken_laws(folder) == ["parquet_sound"]
    part.write_bytes(whole)
    rebuild(folder)


def test_no_bit_of_a_chunk_changes_unnoticed(folder):
    """Wherever it is: rows, page headers, statistics, names of columns, or what tells all that."""
    with Store.open(folder) as store:
        store.write("run1", DAY, chunk(range(3)))
    chance = random.Random(6)
    for part in sorted(folder.rglob("*.parquet")):
        whole = part.read_bytes()
        for _ in range(25):
            changed, at = bytearray(whole), chance.randrange(len(whole))
            changed[at] ^= 1 << chance.randrange(8)
            part.write_bytes(changed)
            with pytest.raises(StoreDamagedError, match=re.escape(part.name)):
                rebuild(folder)
        part.write_bytes(whole)
    rebuild(folder)


def harm(part, whole, damage):
    """Cut a file short, flip one bit in its middle, or delete it."""
    if damage == "gone":
        part.unlink()
    elif damage == "cut":
        part.write_bytes(whole[: len(whole) // 2])
    else:
        middle = len(whole) // 3
        part.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])


def test_a_part_that_vanished_is_noticed_by_the_next_run(folder):
    """The ledger remembers what it took in."""
    with Store.open(folder) as store:
        store.write("run1", DAY, chunk([1]))
    (folder / "parquet/documents/run_date=2026-11-23/run1-000001.parquet").unlink()
    with pytest.raises(StoreDamagedError, match="is gone"):
        Store.open(folder)
    assert (folder / "parquet/fields/run_date=2026-11-23/run1-000001.parquet").exists()


def test_parquet_of_a_newer_version_is_refused_with_the_remedy(folder, monkeypatch):
    """An older Ledgerline must not misread what a newer one wrote."""
    with Store.open(folder) as store:
        monkeypatch.setattr("tasks.store.parts.SCHEMA_VERSION", 2)
        store.write("run1", DAY, chunk([1]))
    monkeypatch.undo()
    with pytest.raises(StoreError, match=r"newer Ledgerline \(schema 2.*Update"):
        rebuild(folder)


def test_a_chunk_that_has_lost_its_marker_is_damage_and_no_leftover(tmp_path):
    """Its run went on after it: it was there once, so that nothing of it is thrown away."""
    with Store.open(tmp_path / "three") as store:
        for number in range(3):
            store.write("run1", DAY, chunk([number]))
    first, *_ = sorted((tmp_path / "three" / "parquet" / "documents").rglob("*.parquet"))
    first.unlink()
    before = sorted((tmp_path / "three" / "parquet").rglob("*.parquet"))
    with pytest.raises(StoreDamagedError, match=r"documents/\S*run1-000001\.parquet is gone: .* its chunk"):
        rebuild(tmp_path / "three")
    assert sorted((tmp_path / "three" / "parquet").rglob("*.parquet")) == before


def test_a_damaged_working_ledger_is_made_anew(folder):
    """It is only a copy."""
    with Store.open(folder) as store:
        store.write("run1", DAY, chunk([1]))
    (folder / "work/ledger.duckdb").write_bytes(b"no ledger")
    with Store.open(folder) as store:
        assert store.query("select count(*) from documents") == [(1,)]


@pytest.mark.parametrize("kept", [0.5, 0.9])
def test_a_working_ledger_that_is_cut_short_is_made_anew_or_told(folder, kept):
    """Wherever it ends: no error speaks of room on the disk, and what is told helps."""
    with Store.open(folder) as store:
        store.write("run1", DAY, chunk(range(5_000)))
        store.publish()
        store.write("run1", DAY, chunk(range(5_000, 10_000)))
    file = folder / "work/ledger.duckdb"
    os.truncate(file, int(file.stat().st_size * kept))
    try:
        with Store.open(folder) as store:
            store.write("run1", DAY, chunk([10_000]))
            store.publish()
    except StoreDamagedError as error:
        assert "ledgerline rebuild" in str(error)
        rebuild(folder)
        return
    with Store.open(folder) as store:
        assert store.query("select count(distinct document_id) from documents") == [(10_001,)]


def _all_of(folder, ledger):
    with open_published(folder) as published:
        return published.execute(ledger).fetchall()


def test_a_published_ledger_that_is_damaged_is_told_by_whoever_asks(folder):
    """With the way out, also where nothing but the rows themselves is damaged."""
    with Store.open(folder) as store:
        store.write("run1", DAY, chunk(range(2_000)))
        store.publish()
    file = folder / "ledger.duckdb"
    sound, ledger, told = file.read_bytes(), "select * from documents", []
    for at in range(3 * 4096 + 100_000, len(sound), 262_144):  # in each of its blocks
        file.write_bytes(sound[:at] + bytes([sound[at] ^ 1]) + sound[at + 1 :])
        for ask in (lambda: list(query_ledger(folder, ledger)[1]), lambda: _all_of(folder, ledger)):
            try:
                ask()
            except StoreDamagedError as error:
                told.append(str(error))
    assert len(told) >= 4 and all("ledgerline rebuild" in each for each in told)
    rebuild(folder)
    assert len(list(query_ledger(folder, ledger)[1])) == 2_000


def test_rebuild_of_a_folder_that_is_no_store_makes_none(tmp_path):
    """A mistyped --store is an error, not a new store."""
    with pytest.raises(StoreError, match="no Parquet files"):
        rebuild(tmp_path / "typo")
    assert not (tmp_path / "typo").exists()


def test_a_store_that_can_not_be_written_says_what_to_do(tmp_path):
    """A file stands where the folder should be."""
    (tmp_path / "store").write_text("")
    with pytest.raises(StoreError, match="permissions"):
        Store.open(tmp_path / "store")


def test_a_full_disk_is_an_error_with_its_remedy_and_the_next_run_goes_on(folder):
    """Nothing half-written stays; what was written before is there."""
    with Store.open(folder) as store:
        store.write("run1", DAY, chunk([1]))
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))  # no file may grow past it: the disk's own refusal
        try:
            with pytest.raises(StoreError, match="Make room on the disk"):
                store.write("run1", DAY, chunk([2]))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert not list(folder.glob("parquet/**/*.tmp"))
    with Store.open(folder) as store:
        assert store.query("select value_at_stake::int from documents") == [(1,)]
        store.write("run1", DAY, chunk([2]))
        store.publish()
    assert broken_laws(folder) == []


def test_a_store_that_turns_read_only_is_told_in_one_line(folder, monkeypatch):
    """Also where not even what was staged can be deleted; the next to open the store does that."""

    def refuse(*_, **__):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    with Store.open(folder) as store:
        store.write("run1", DAY, chunk([0]))
        monkeypatch.setattr(Path, "replace", refuse)
        monkeypatch.setattr(Path, "unlink", refuse)
        with pytest.raises(StoreError, match=r"Read-only file system.*permissions"):
            store.write("run1", DAY, chunk([1]))
        monkeypatch.undo()
        assert list(folder.rglob("*.tmp"))
    with Store.open(folder) as store:
        store.write("run1", DAY, chunk([1]))
    assert not list(folder.rglob("*.tmp"))


def test_a_long_run_opens_its_ledger_anew_and_misses_nothing(folder, monkeypatch):
    """DuckDB keeps the more in memory the longer it has a file open: so that is never for long."""
    monkeypatch.setattr("tasks.store.store.STAYS_OPEN", 3)
    log, held_back = folder / "work" / "ledger.duckdb.wal", []
    with Store.open(folder) as store:
        for number in range(8):
            store.write("run1", DAY, chunk([number]))
            held_back.append(log.stat().st_size)
            assert store.query("select count(*) from documents") == [(number + 1,)]
        store.publish()
    assert [now < before for before, now in pairwise(held_back)] == [False, False, True, False, False, True, False]
    assert broken_laws(folder) == []


def test_threads_may_write_at_once(folder):
    """Each chunk gets its own number."""
    with Store.open(folder) as store, ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda number: store.write("run1", DAY, chunk([number])), range(12)))
        assert store.query("select count(*), count(distinct document_id) from documents") == [(12, 12)]
        store.publish()
    assert broken_laws(folder) == []


def test_a_chunk_may_have_rows_of_a_later_run_date(folder):
    """Chunks of one run are numbered on, whatever day they are filed under."""
    with Store.open(folder) as store:
        store.write("run1", DAY, chunk([1]))
    with Store.open(folder) as store:
        store.write("run1", date(2026, 11, 24), chunk([2]))
        store.write("run1", DAY, {"documents": [document_row(3)], "calls": [call_row(3)]})
    names = sorted(p.name for p in folder.glob("parquet/documents/*/*.parquet"))
    assert names == ["run1-000001.parquet", "run1-000002.parquet", "run1-000003.parquet"]
