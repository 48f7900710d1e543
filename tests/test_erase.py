"""Erasure: no word of a document stays in any file of its store, and no sum of the ledger changes; nor by a kill."""

import os
import shutil
import signal
import sqlite3
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from store_rows import DAY, NOON, call_row, chunk, document_id, quick_processes, run_row

from flows.erase_command import Choice, erase_content
from flows.parameters import load_policy
from routing.errors import ConfigurationError, StoreError, UsageError
from routing.prices import TokenPrices, Usage
from tasks.ask.types import RawAnswer
from tasks.documents import SourceFile
from tasks.erase import Request, erase
from tasks.erased import stable_words
from tasks.held import folder_of
from tasks.spend.entry import Intent
from tasks.spend.journal import Journal
from tasks.store.query import query_ledger
from tasks.store.store import Store, rebuild
from tasks.store.verify import verify
from tasks.triage import triage

CHUNKS, EACH = 4, 5
KILLS = int(os.environ.get("LEDGERLINE_KILLS", 2))
LAST = CHUNKS * EACH - 1


def words(number):
    """Every word of document `number` that no other document has."""
    kinds = ("Name", "Seller", "Printed", "Bolts", "Detail", "Because", "Before", "Answer")
    return [f"{kind}~{number:04}~" for kind in kinds]


def papers(numbers):
    """Rows of documents that are full of such words; each speaks of the one before it, too."""
    rows = chunk(numbers)
    for number, document in zip(numbers, rows["documents"], strict=True):
        name, *_, because, _, _ = words(number)
        document |= {"file_name": f"inbox/{name}.pdf", "reason": f"high_value: {because}; doubtful_fields: {because}"}
        document |= {"outcome": "review", "container": name, "warnings": [because]}
        of = {"document_id": document["document_id"], "run_id": "run1"}
        earlier = words(number - 1)
        said = f"{words(number)[4]} is new, inbox/{earlier[0]}.pdf had {earlier[4]}"
        rows["checks"].append(of | {"check": "bank_account_unchanged", "passed": False, "detail": said})
        document["reason"] += f"; bank_account_unchanged: {said}"
    for table, changes in (
        ("fields", lambda w: {"value": w[1], "raw_text": w[2]}),
        ("line_items", lambda w: {"description": w[3]}),
        ("decisions", lambda w: {"reason": f"audit: {w[5]}"}),
        ("calls", lambda w: {"mode": "sync", "reason": f"doubtful_fields: {w[5]}"}),
    ):
        of_one = {document_id(number): number for number in numbers}
        for row in rows[table]:
            if row.get("state") != "absent":
                row |= changes(words(of_one[row["document_id"]]))
    rows["reviews"] = [
        {"document_id": document_id(n), "field": "iban", "before": words(n)[6], "after": words(n)[6] + "!" * (n % 2)}
        | {"reviewer": "kim", "cost_usd": Decimal(0), "reviewed_at": NOON}
        for n in numbers
    ]
    return rows


@pytest.fixture
def store(tmp_path):
    """A published store of one finished run, with paid answers in its journal."""
    folder = tmp_path / "store"
    with Store.open(folder) as opened, Journal.open(folder) as journal:
        for first in range(0, LAST, EACH):
            rows = papers(range(first, first + EACH))
            rows["calls"] = [answered(journal, row) for row in rows["calls"]]
            opened.write("run1", DAY, rows)
        cost = Decimal("0.000000001") * (LAST + 1)
        opened.write("run1", DAY, {"runs": [run_row("run1", status="completed", documents=LAST + 1, cost_usd=cost)]})
        opened.publish()
    return folder


def answered(journal, row, on_its_way=False):
    """The call's entry in the journal, and its row."""
    names = ("request_hash", "document_id", "run_id", "tier", "provider", "model", "mode")
    prices = TokenPrices(*[Decimal(1)] * 4)
    more = {"reserved_usd": row["cost_usd"], "prices": prices, "price_version": "v", "started_at": NOON}
    entry, _ = journal.reserve(Intent(**{name: row[name] for name in names}, **more), [], fates_unknown=1).result()
    if not on_its_way:
        number = int(row["request_hash"].rpartition("-")[2])
        answer = RawAnswer(words(number)[7], Usage(1000, 0, 0, 100), "stop", "req", row["model"])
        journal.answered(entry, answer, row["cost_usd"], 1.0, tries=1).result()
    return row | {"call_id": entry.call_id}


def found(store, number):
    """Where words of the document are: in the bytes of any file, and in the rows of those that are compressed."""
    contents = [(file.relative_to(store).parts[0], file.read_bytes()) for file in store.rglob("*") if file.is_file()]
    parts = (pq.read_table(file, partitioning=None) for file in store.rglob("*.parquet"))
    contents += [("parquet", str(part.to_pylist()).encode()) for part in parts]
    with duckdb.connect(str(store / "ledger.duckdb"), read_only=True) as ledger:
        for schema, table in ledger.execute("select schema_name, table_name from duckdb_tables()").fetchall():
            contents.append(("rows", str(ledger.execute(f'select * from {schema}."{table}"').fetchall()).encode()))
    return {(word, place) for word in words(number) for place, content in contents if word.encode() in content}


def broken(store):
    return [law for law in verify(store) if not law.passed]


def rows(store, sql):
    return list(query_ledger(store, sql)[1])


SUMS = (
    "select outcome, count(*), sum(cost_usd), sum(value_at_stake), sum(pages) from documents group by all order by all",
    "select run_id, status, documents, cost_usd from runs",
    "select call_id, document_id, tier, status, input_tokens, cost_usd from calls order by all",
    "select document_id, field, state, page, confidence from fields order by all",
    "select document_id, before is distinct from after, cost_usd from reviews order by all",
)


def sums(store):
    return [rows(store, sql) for sql in SUMS]


def others(store, *numbers):
    """All rows of all other documents."""
    ids = (*map(document_id, numbers), "")
    tables = ("documents", "fields", "line_items", "decisions", "calls", "reviews")
    return [rows(store, f"select * from {table} where document_id not in {ids} order by all") for table in tables]


def ask(store, *numbers, why="on request"):
    return erase(store, Request([document_id(number) for number in numbers], "kim", why))


def test_no_word_of_an_erased_document_stays_in_any_file_and_every_sum_does(store):
    """Ledger, Parquet files, journal, kept readings, what a killed run had unpacked, and what others say of it."""
    work = store / "work"
    for folder, name in ((folder_of(store), f"{document_id(7)}.pickle"), (work / "spool", "x"), (work / "seen", "y")):
        folder.mkdir(parents=True)
        (folder / name).write_text(" ".join(words(7)))
    before = sums(store)
    places = found(store, 7)
    assert {word for word, _ in places} == set(words(7))
    assert {place for _, place in places} == {"ledger.duckdb", "rows", "parquet", "journal", "work"}

    assert ask(store, 7, why="letter of 2026-11-20") == 1

    assert found(store, 7) == set()
    assert (sums(store), broken(store)) == (before, [])
    assert rows(store, "select document_id, erased_by, why from erasures") == [
        (document_id(7), "kim", "letter of 2026-11-20")
    ]
    rebuild(store)
    assert (found(store, 7), sums(store), broken(store)) == (set(), before, [])


def test_what_was_settled_while_the_clock_was_ahead_is_erased_too(store):
    """Nobody takes it for a file that was found after its erasure."""
    late = papers([40])
    late["documents"][0]["settled_at"] = datetime.now(UTC) + timedelta(40)
    with Store.open(store) as opened:
        opened.write("run1", DAY, late)
        opened.publish()
    assert found(store, 40)
    ask(store, 40)
    assert found(store, 40) == set()


def test_other_documents_keep_all_but_what_they_say_of_it(store):
    """Document 8 named 7 in a reason and a check: of these the stable words stay."""
    before = others(store, 7, 8)
    ask(store, 7)

    assert others(store, 7, 8) == before
    assert {word for word, _ in found(store, 8)} == set(words(8))
    reasons = dict(rows(store, "select document_id, reason from documents"))
    erased = "high_value: erased; doubtful_fields: erased; bank_account_unchanged: erased"
    assert reasons[document_id(7)] == erased
    assert reasons[document_id(8)] == erased.replace("erased", words(8)[5], 2)


def test_an_erased_document_that_is_met_again_is_settled_whatever_it_was(store):
    """By its bytes: under its old name it is known, under another one it is a copy; it is never read again."""
    ask(store, 7)
    limits = load_policy(None).limits
    with Store.open(store) as opened:
        known = opened.known([document_id(7)])
    names = (words(7)[0], "other")
    same, other = (SourceFile(document_id(7), f"inbox/{name}.pdf", "inbox", "", 1) for name in names)
    sorted_out = triage(1, [same, other], known, limits)
    assert (sorted_out.settled, sorted_out.copies, sorted_out.new) == (((same, "review"),), (other,), ())


def dies_at(step, store, numbers, told):
    """An erasure that is killed before its `step`-th change of the store's folders; says how many there were."""
    taken = 0

    def counted(change):
        def changed(*arguments, **named):
            nonlocal taken
            taken += 1
            if taken == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return change(*arguments, **named)

        return changed

    for name in ("replace", "unlink", "hardlink_to"):
        setattr(Path, name, counted(getattr(Path, name)))
    sqlite3.connect = counted(sqlite3.connect)
    ask(store, *numbers)
    told.send(taken)


def die(step, store, numbers):
    told, telling = quick_processes().Pipe(duplex=False)
    process = quick_processes().Process(target=dies_at, args=(step, store, numbers, telling))
    process.start()
    telling.close()
    process.join()
    return process.exitcode, told


def test_an_erasure_that_is_killed_at_any_step_is_finished_by_the_next(store, tmp_path):
    """After each kill the store is whole, but for what is not erased yet; in the end all of it is, and nothing else."""
    numbers = (2, 7, 8, 16)
    near = (*numbers, *(number + 1 for number in numbers))
    before, untouched = sums(store), others(store, *near)
    shutil.copytree(store, tmp_path / "calm")
    steps = die(0, tmp_path / "calm", numbers)[1].recv()
    for step in range(2, steps, max(1, steps // KILLS)):
        wild = tmp_path / str(step)
        shutil.copytree(store, wild)
        assert die(step, wild, numbers)[0] == -signal.SIGKILL
        Store.open(wild).close()
        assert {law.name for law in broken(wild)} <= {"erasures_finished"}
        assert sums(wild) == before
        ask(wild, *numbers)
        assert [found(wild, number) for number in numbers] == [set()] * len(numbers)
        assert (sums(wild), broken(wild), others(wild, *near)) == (before, [], untouched)


def test_what_still_waits_for_an_answer_is_not_erased(store):
    """The answer would bring the content back: the error says what to do first."""
    with Journal.open(store) as journal:
        answered(journal, call_row(3, request_hash="asked-3", mode="batch"), on_its_way=True)
    with pytest.raises(StoreError, match=r"still on its way.*collect-batches"):
        ask(store, 3)
    assert rows(store, "select * from erasures") == []


def test_what_is_written_anew_keeps_the_version_of_its_schema(tmp_path, monkeypatch):
    """Its rows mean what they meant when an older Ledgerline wrote them: erasing changes words, not meaning."""
    old = tmp_path / "store"
    with Store.open(old) as opened:
        monkeypatch.setattr("tasks.store.parts.SCHEMA_VERSION", 0)
        opened.write("run1", DAY, papers([1]))
        opened.publish()
    monkeypatch.undo()
    ask(old, 1)
    anew = {(part.name, pq.read_schema(part).metadata[b"ledgerline.schema"]) for part in old.rglob("run1-*.parquet")}
    assert anew == {("run1-000001r1.parquet", b"0")}


def test_documents_are_chosen_by_name_by_day_and_by_the_policy(store, tmp_path, capsys):
    """A part of the id, or what was settled before; nobody is asked with --yes, and without nothing is done."""
    no_policy, by_id = None, Choice((document_id(1)[:12], f"inbox/{words(4)[0]}.pdf"), None, False)
    with pytest.raises(UsageError, match="--yes"):
        erase_content(store, no_policy, by_id, "kim", "on request", yes=False)
    erase_content(store, no_policy, by_id, "kim", "on request", yes=True)
    assert "2 documents" in capsys.readouterr().out
    erase_content(store, no_policy, Choice((document_id(2)[:12],), None, False), "kim", "on request", yes=True)
    assert "1 document is" in capsys.readouterr().out
    with pytest.raises(ConfigurationError, match=r"retention\.content_days: is not set"):
        erase_content(store, no_policy, Choice((), None, True), "kim", "policy", yes=True)
    policy = tmp_path / "policy.toml"
    default = (files("data") / "policy.toml").read_text(encoding="utf-8")
    kept = default.replace("# [retention]", "[retention]").replace("# content_days", "content_days")
    policy.write_text(kept)
    erase_content(store, str(policy), Choice((), None, True), "kim", "policy", yes=True)
    erase_content(store, no_policy, Choice((), DAY, False), "kim", "policy", yes=True)
    assert len(rows(store, "select * from erasures")) == 3
    erase_content(store, no_policy, Choice((), DAY.replace(day=DAY.day + 1), False), "kim", "policy", yes=True)
    assert len(rows(store, "select * from erasures")) == LAST + 1


@pytest.mark.parametrize(
    ("reason", "stays"),
    [
        ("high_value: worth 12 USD; iban_valid: DE12 is none", "high_value: erased; iban_valid: erased"),
        ("duplicate: exact copy of Jane Doe.pdf", "duplicate: erased"),
        ("Jane Doe: 12", "erased"),
        ("confident", "erased"),
        (None, None),
    ],
)
def test_of_a_reason_the_stable_words_stay(reason, stays):
    """They are what SQL asks for; all else may be a word of the document."""
    assert stable_words(reason) == stays
