"""What analysts see: the latest state under each table's name, costs that add up, and answers to common questions."""

import csv
import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from store_rows import DAY, NOON, call_row, chunk, document_id, document_row, run_row

from routing.errors import StoreError, UsageError
from tasks.store.formats import render
from tasks.store.ledger import TABLES
from tasks.store.query import list_queries, query_ledger
from tasks.store.store import Store

TOMORROW = NOON + timedelta(days=1)


@pytest.fixture
def store(tmp_path):
    """An open, empty store."""
    with Store.open(tmp_path / "store") as store:
        yield store


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A published store: two documents settled, one with a review, one deferred, then escalated at a price."""
    folder = tmp_path_factory.mktemp("ledger") / "store"
    with Store.open(folder) as store:
        store.write("run1", DAY, {"runs": [run_row("run1", status="completed", documents=3, finished_at=NOON)]})
        store.write("run1", DAY, chunk([1, 2]))
        store.write("run1", DAY, chunk([3], outcome="deferred", reason="budget: spent"))
        later = chunk([3], "run2", outcome="review", reason="high_value: 3 USD; iban_valid: wrong digit")
        later["documents"][0] |= {"settled_at": TOMORROW, "cost_usd": Decimal("0.0125"), "confidence": 0.5}
        later["calls"] = [
            call_row(
                3, "run2", cost_usd=Decimal("0.0125"), model="claude-opus-5", started_at=TOMORROW, status="unknown"
            )
        ]
        later["decisions"][0] |= {"action": "review", "reason": "high_value: 3 USD; iban_valid: wrong digit"}
        review = {"document_id": document_id(2), "field": "iban", "reviewer": "ann", "reviewed_at": TOMORROW}
        store.write("run2", DAY, later | {"reviews": [review | {"cost_usd": Decimal("2.25"), "seconds": 180.0}]})
        store.publish()
    return folder


def ask(folder, sql):
    """The rows of a query on the published ledger."""
    return list(query_ledger(folder, sql)[1])


def test_the_latest_run_of_a_document_wins_and_history_stays(folder):
    """A deferred document that was taken up again shows its new state; both are in history."""
    sql = "select run_id, outcome from {} where file_name = '3.pdf' order by run_id"
    assert ask(folder, sql.format("documents")) == [("run2", "review")]
    assert ask(folder, sql.format("history.documents")) == [("run1", "deferred"), ("run2", "review")]


@pytest.mark.parametrize("table", ["fields", "line_items", "checks", "decisions"])
def test_results_are_those_of_the_latest_run(folder, table):
    """What an earlier run read is not mixed in."""
    assert ask(folder, f"select distinct run_id from {table} where document_id = '{document_id(3)}'") == [("run2",)]


def test_every_run_shows_its_last_state_once(store):
    """A run writes a row when it begins and one when it ends."""
    store.write("run1", DAY, {"runs": [run_row("run1")]})
    store.write("run1", DAY, {"runs": [run_row("run1", status="completed", finished_at=NOON)]})
    assert store.query("select run_id, status from runs") == [("run1", "completed")]


def test_a_documents_cost_is_that_of_all_its_calls_and_reviews(folder):
    """Over all runs, to the last decimal."""
    assert ask(folder, "select file_name, cost_usd from documents order by file_name") == [
        ("1.pdf", Decimal("0.000000001")),
        ("2.pdf", Decimal("2.250000001")),
        ("3.pdf", Decimal("0.012500001")),
    ]


def test_an_exact_copy_costs_nothing_and_the_original_keeps_its_cost(store):
    """Whatever order and run they are met in, the money is counted once."""
    copy = {"outcome": "duplicate", "duplicate_of": document_id(1), "cost_usd": Decimal(0), "settled_at": TOMORROW}
    store.write("run1", DAY, chunk([1]))
    store.write("run2", DAY, {"documents": [document_row(1, "run2", file_name="copy.pdf", **copy)]})
    assert store.query("select file_name, cost_usd from documents order by file_name") == [
        ("1.pdf", Decimal("0.000000001")),
        ("copy.pdf", Decimal(0)),
    ]
    fields = "select count(*) from fields join documents using (document_id, run_id)"
    assert store.query(fields) == [(2,)]


def test_bytes_met_again_under_another_name_are_charged_to_the_one_that_was_read_last(store):
    """Deferred here, read there: the document's cost follows its result."""
    store.write("run1", DAY, chunk([1], outcome="deferred"))
    store.write("run2", DAY, chunk([1], "run2", file_name="other.pdf", settled_at=TOMORROW))
    assert store.query("select file_name, outcome, cost_usd from documents order by file_name") == [
        ("1.pdf", "deferred", Decimal(0)),
        ("other.pdf", "accepted", Decimal("0.000000002")),
    ]


def test_all_cost_views_add_up_to_the_same_sum(folder):
    """Per document, day and seller; models apart from people."""
    total = Decimal("2.262500003")
    for view in ("documents", "cost_per_document", "cost_by_day", "cost_by_seller"):
        assert ask(folder, f"select sum(cost_usd) from {view}") == [(total,)], view
    assert ask(folder, "select sum(cost_usd) from cost_by_model") == [(total - Decimal("2.25"),)]
    assert ask(folder, "select sum(paid_usd), sum(review_usd) from savings") == [
        (total - Decimal("2.25"), Decimal("2.25"))
    ]


def test_days_are_those_on_which_money_was_spent(folder):
    """A call on its day, a review on its own."""
    columns = "day, documents, paid_calls, calls_usd, review_usd"
    assert ask(folder, f"select {columns} from cost_by_day order by day") == [
        (date(2026, 11, 23), 2, 0, Decimal("3e-9"), Decimal(0)),
        (date(2026, 11, 24), 1, 1, Decimal("0.0125"), Decimal("2.25")),
    ]


def test_savings_compare_with_premium_everywhere_on_the_same_documents(folder):
    """An estimate per document, counted once however often it was processed."""
    columns = "sum(documents), sum(premium_everywhere_usd), sum(saved_usd)"
    assert ask(folder, f"select {columns} from savings") == [(3, Decimal("0.06"), Decimal("0.047499997"))]


def test_the_work_queue_has_what_waits_most_valuable_first(store):
    """Unknown value comes last, a document that was settled meanwhile not at all."""
    for number, value in ((1, 5), (2, None), (3, 100), (4, 7)):
        amount = None if value is None else Decimal(value)
        store.write("run1", DAY, chunk([number], outcome="review", reason="x", value_at_stake=amount))
    store.write("run2", DAY, chunk([4], "run2", settled_at=TOMORROW))
    assert store.query("select position, file_name from work_queue order by position") == [
        (1, "3.pdf"),
        (2, "1.pdf"),
        (3, "2.pdf"),
    ]


def test_invoices_have_typed_columns_and_survive_a_value_of_another_type(store):
    """A date is a date, money is a decimal, and nonsense is null."""
    rows = chunk([1])
    values = {"issue_date": "2026-03-04", "gross_total": "1234.50", "net_total": "about ten", "currency": "EUR"}
    of = {"document_id": document_id(1), "run_id": "run1", "state": "found"}
    rows["fields"] = [of | {"field": name, "value": value} for name, value in values.items()]
    store.write("run1", DAY, rows)
    store.write("run1", DAY, chunk([2], doc_type="receipt"))
    assert store.query("select file_name, issue_date, gross_total, net_total, currency, iban from invoices") == [
        ("1.pdf", date(2026, 3, 4), Decimal("1234.5"), None, "EUR", None)
    ]


def test_every_column_of_every_table_has_a_remark_for_analysts(folder):
    """In the tables and in the views of the same names."""
    sql = """select schema_name, table_name, column_name from duckdb_columns() where comment is null
        and table_name in (select unnest(['{}']))"""
    assert ask(folder, sql.format("', '".join(TABLES))) == []


def test_every_view_says_what_it_is(folder):
    """`select view_name, comment from duckdb_views()` is the list of contents."""
    assert ask(folder, "select view_name from duckdb_views() where not internal and comment is null") == []


@pytest.mark.parametrize("name", list_queries())
def test_saved_queries_state_their_question_and_run(folder, name):
    """Each has rows on a ledger that has something of everything."""
    saved = list_queries()[name]
    columns, rows = query_ledger(folder, saved.sql)
    assert saved.question.endswith((".", "?")) and columns and list(rows)


def test_the_saved_savings_end_with_the_total(folder):
    """The last row is the sum of the others."""
    *days, total = ask(folder, list_queries()["savings"].sql)
    assert total[0] == "all days" and total[2] == sum(day[2] for day in days) == Decimal("0.012500003")


def test_each_reason_of_an_escalation_is_counted(folder):
    """A document may have several."""
    rows = ask(folder, list_queries()["escalation_reasons"].sql)
    assert sorted(row[:3] for row in rows) == [("high_value", "review", 1), ("iban_valid", "review", 1)]


@pytest.mark.parametrize(
    "sql",
    [
        "insert into history.meta values ('a', 'b')",
        "create table mine (a int)",
        "select * from read_text('/etc/hostname')",
        "copy documents to '/tmp/stolen.csv'",
        "attach '/tmp/other.duckdb'",
        "set enable_external_access = true",
        "selec 1",
        "",
        "select cast(file_name as int) from documents",
    ],
)
def test_a_query_can_only_read_the_ledger(folder, sql):
    """Writes, other files and mistakes are errors in DuckDB's own words, with exit status 2."""
    with pytest.raises(UsageError, match="SQL: ") as error:
        ask(folder, sql)
    assert error.value.exit_status == 2


def test_a_query_without_a_store_says_how_to_make_one(tmp_path):
    """The first thing a new user may type."""
    with pytest.raises(StoreError, match="ledgerline run SOURCE"):
        query_ledger(tmp_path, "select 1")
    assert list(tmp_path.iterdir()) == []


COLUMNS = ["name", "usd", "at", "tags", "share"]
ROWS = [
    ('Müller, "Söhne"', Decimal("0.000000001"), datetime(2026, 11, 23, 12, 0, 0, 5), ["a", "b"], 0.5),
    (None, Decimal("12345678901234567890.10"), date(2026, 1, 2), None, float("nan")),
]


def test_json_keeps_every_digit():
    """Decimals are numbers with all their digits, times are text, what is no number is null."""
    text = "\n".join(render(COLUMNS, ROWS, "json"))
    first, second = json.loads(text, parse_float=Decimal)
    assert first["usd"] == Decimal("0.000000001") and second["usd"] == Decimal("12345678901234567890.10")
    assert first["at"] == "2026-11-23 12:00:00.000005" and first["tags"] == ["a", "b"]
    assert second["name"] is None and second["share"] is None
    assert json.loads("".join(render(COLUMNS, [], "json"))) == []


def test_csv_is_read_back_as_it_was():
    """Quotes, commas and lists included; null is empty."""
    head, first, second = csv.reader(StringIO("\n".join(render(COLUMNS, ROWS, "csv"))))
    assert head == COLUMNS and first[:2] == ['Müller, "Söhne"', "0.000000001"] and json.loads(first[3]) == ["a", "b"]
    assert second[:3] == ["", "12345678901234567890.10", "2026-01-02"]


def test_a_table_is_aligned_and_keeps_documents_from_steering_the_terminal():
    """Numbers to the right; control characters become blanks; long text is cut."""
    lines = list(render(["text", "n"], [("a\x1b[31m\nb", 5), ("x" * 500, 12345)], "table"))
    assert lines[0].endswith("    n") and lines[2].startswith("a [31m b ") and lines[2].endswith("    5")
    assert lines[3].endswith("…  12345") and lines[4] == "(2 rows)"
    assert all(line.isprintable() for line in lines)
