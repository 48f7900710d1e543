"""Two ledger files take turns: publishing copies nothing, and nobody notices that an old one is used again."""

import hashlib
import os
import shutil
import signal
import sys
from decimal import Decimal

import duckdb
import pytest
from store_rows import DAY, chunk, quick_processes, run_row

from tasks.store import turns
from tasks.store.store import Store
from tasks.store.verify import verify


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A store that was published twice: from now on its files can take turns, as those of a large store do."""
    monkeypatch.setattr(turns, "_COPY_IS_CHEAPER", 0)
    folder = tmp_path / "store"
    for number in range(2):
        publish_more(folder, number)
    return folder


def publish_more(folder, number):
    """A run of a single document."""
    with Store.open(folder) as store:
        store.write(f"run{number}", DAY, chunk([number], f"run{number}"))
        store.publish()


def documents(folder):
    """What an analyst counts."""
    with duckdb.connect(str(folder / "ledger.duckdb"), read_only=True) as ledger:
        return ledger.execute("select count(*) from documents").fetchall()[0][0]


def broken_laws(folder):
    return [law.name for law in verify(folder) if not law.passed]


def test_a_published_ledger_is_the_working_one_of_the_run_after_the_next(folder):
    """Nothing is copied: the same two files are published in turn."""
    published = []
    for number in range(2, 6):
        publish_more(folder, number)
        published.append((folder / "ledger.duckdb").stat().st_ino)
    assert published[0] == published[2] != published[1] == published[3]
    assert documents(folder) == 6 and broken_laws(folder) == []


def test_whoever_copies_the_ledger_gets_one_state_of_it_however_long_that_takes(folder):
    """A file that is open, if only for reading bytes, is never written to again."""
    whole = (folder / "ledger.duckdb").read_bytes()
    with (folder / "ledger.duckdb").open("rb") as slow:
        begun = slow.read(1000)
        for number in range(2, 5):
            publish_more(folder, number)
        assert begun + slow.read() == whole
    assert documents(folder) == 5 and broken_laws(folder) == []


def test_whoever_was_still_opening_the_ledger_when_it_was_replaced_has_it_as_it_was(folder):
    """Opening takes two steps, and a machine may pause between them: by then the file has the working one's name."""
    for number in range(2, 4):
        publish_more(folder, number)
    with (folder / "work" / "ledger.duckdb").open("rb") as late:
        before = hashlib.file_digest(late, "sha256").hexdigest()
        for number in range(4, 7):
            publish_more(folder, number)
        late.seek(0)
        assert hashlib.file_digest(late, "sha256").hexdigest() == before
    assert documents(folder) == 7 and broken_laws(folder) == []


def test_a_backup_by_hard_link_stays_what_it_was(folder):
    """Another name leads to the file: it is not ours alone."""
    backup = folder.with_name("backup.duckdb")
    backup.hardlink_to(folder / "ledger.duckdb")
    before = hashlib.sha256(backup.read_bytes()).hexdigest()
    for number in range(2, 5):
        publish_more(folder, number)
    assert hashlib.sha256(backup.read_bytes()).hexdigest() == before
    assert documents(folder) == 5 and broken_laws(folder) == []


def test_what_an_analyst_wrote_into_a_published_ledger_never_comes_back(folder):
    """Such a file is not used again: the Parquet files are the truth."""
    with duckdb.connect(str(folder / "ledger.duckdb")) as ledger:
        ledger.execute("create table mine (a int); update history.line_items set net_amount = 0")
    for number in range(2, 6):
        publish_more(folder, number)
        assert broken_laws(folder) == []
        with duckdb.connect(str(folder / "ledger.duckdb"), read_only=True) as ledger:
            assert ledger.execute("select * from duckdb_tables() where table_name = 'mine'").fetchall() == []


def test_without_anything_in_work_the_ledger_is_made_from_parquet(folder):
    """What lies there saves time and nothing else."""
    shutil.rmtree(folder / "work")
    publish_more(folder, 2)
    assert documents(folder) == 3 and broken_laws(folder) == []


def test_a_store_goes_on_after_it_was_published(folder):
    """Whoever writes or asks next finds everything, in a ledger that was brought up to date."""
    with Store.open(folder) as store:
        for number in range(2, 5):
            store.write("run9", DAY, chunk([number], "run9"))
            store.publish()
            assert store.query("select count(*) from documents") == [(number + 1,)]
    assert documents(folder) == 5 and broken_laws(folder) == []


def test_a_kill_at_any_step_of_publishing_loses_nothing(folder):
    """Before each change to a file, one after another: analysts always find a whole ledger, the old one or
    the new one, and the next run goes on."""
    number, killed, steps = 1, True, 0
    while killed:
        number, steps = number + 1, steps + 1
        process = quick_processes().Process(target=publish_and_die, args=(folder, number, steps))
        process.start()
        process.join()
        killed = process.exitcode == -signal.SIGKILL
        assert killed or process.exitcode == 0
        assert documents(folder) in (number, number + 1)
        with Store.open(folder) as store:
            assert store.query("select count(*) from documents") == [(number + 1,)]
        assert documents(folder) == number + 1
    assert steps > 5 and broken_laws(folder) == []


def publish_and_die(folder, number, steps):
    """A run of one document that is killed as it is published, before it changes a file for the `steps`-th time."""
    turns._COPY_IS_CHEAPER = 0  # in a process of its own
    run = f"run{number}"
    store = Store.open(folder)
    store.write(run, DAY, {"runs": [run_row(run, status="completed", documents=1, cost_usd=Decimal("1e-9"))]})
    store.write(run, DAY, chunk([number], run))
    left = iter(range(steps - 1, -1, -1))

    def die(event, about):
        changes = event in ("os.link", "os.rename", "os.remove") or (event == "open" and about[1] in ("w", "wb"))
        if changes and next(left, 1) == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(die)
    store.publish()
    os._exit(0)


def test_after_a_first_run_the_working_ledger_is_a_copy(tmp_path):
    """Taking in all of it again would cost more."""
    folder = tmp_path / "store"
    with Store.open(folder) as store:
        for number in range(3):
            store.write("run1", DAY, chunk(range(number * 200, number * 200 + 200)))
        store.publish()
    assert (folder / "work" / "ledger.duckdb").read_bytes() == (folder / "ledger.duckdb").read_bytes()
