"""Amounts against what is usual and allowed, and invoices against the purchase orders that they name."""

import subprocess
import sys
from decimal import Decimal
from importlib.resources import files

import duckdb
import pytest
from past import Past, invoice, series

from routing.errors import ConfigurationError
from tasks.history import OrderList
from tasks.store.store import Store

ORDERS = """purchase_order_number;seller_name;currency;net_total;remark
4500018823;Müller & Söhne GmbH;EUR;1000.00;machine
4500018824;;;500;
4500018825;Acme Corporation;EUR;;frame order
4500018826;;EUR;100.00;first part
4500018826;;EUR;50.50;second part
"""


@pytest.fixture(params=["ledger", "chunk"])
def past(request, tmp_path):
    """Nothing was settled yet; what is, is found in the ledger or was settled in the same chunk."""
    with Store.open(tmp_path / "store") as store:
        yield Past(store, request.param, usual_documents=3, usual_factor=5.0, usual_deviations=4.0)


@pytest.fixture
def orders(tmp_path):
    """A list of orders that somebody exported from a spreadsheet."""
    return written(tmp_path, "orders.csv", ORDERS)


def written(folder, name, text):
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return str(file)


def of_order(name, net, number="4500018823", **changes):
    gross = str((Decimal(net) * Decimal("1.19")).quantize(Decimal("0.01")))
    amounts = {"net_total": net, "gross_total": gross, "amount_due": gross}
    return invoice(name, **({"invoice_number": name, "purchase_order_number": number} | amounts | changes))


@pytest.mark.parametrize(
    ("amount", "usual"), [("119.00", True), ("594.99", True), ("595.01", False), ("23.81", True), ("23.79", False)]
)
def test_amount_up_to_the_factor_is_usual(past, amount, usual):
    """A seller that always asks for 119.00 may ask for five times as much, or a fifth, without a look."""
    assert past.has(*series(3)).passed("amount_usual", invoice("new", gross_total=amount)) is usual


def test_amounts_of_a_seller_that_vary_widen_what_is_usual(past):
    """Where small and large invoices are normal, ten times the middle one is no surprise; a thousand times is."""
    for n, amount in enumerate(["10.00", "100.00", "1000.00", "10000.00", "40.00"]):
        past.has(invoice(f"i{n}", invoice_number=f"I-{n}", gross_total=amount))
    assert past.passed("amount_usual", invoice("new", gross_total="1000.00")) is True
    assert past.passed("amount_usual", invoice("new", gross_total="99000000.00")) is False


def test_one_odd_amount_does_not_move_what_is_usual(past):
    """The middle of the earlier ones counts, not their mean."""
    past.has(*series(5), invoice("odd", invoice_number="O", gross_total="500000.00"))
    detail = past.failed(invoice("new", gross_total="400000.00"))["amount_usual"]
    assert detail == "400000.00 EUR, where this seller's last 6 were around 119.00"


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"currency": "CHF"}, "accepted"),
        ({"doc_type": "credit_note"}, "accepted"),
        ({"seller_name": "Acme Corporation"}, "accepted"),
        ({}, "review"),
    ],
)
def test_only_accepted_documents_of_seller_class_and_currency_make_an_amount_usual(past, changes, outcome):
    """With too few of them nothing is held against the amount, whatever else was taken in."""
    past.has(*series(2)).has(*[d for d in series(9, **changes) if d.file.document_id > "s1"], outcome=outcome)
    check = past.check("amount_usual", invoice("new", gross_total="99999.00"))
    assert (check.passed, check.detail) == (None, "2 earlier ones, 3 are needed")


def test_the_vat_id_brings_a_sellers_amounts_together(past):
    """A new spelling of its name does not make a seller unknown."""
    past.has(*series(3, seller_vat_id="DE136695976"))
    new = invoice("new", seller_name="M&S", seller_vat_id="DE136695976", gross_total="99999.00")
    assert past.passed("amount_usual", new) is False


@pytest.mark.parametrize(
    "changes", [{"gross_total": None, "amount_due": None}, {"currency": None}, {"gross_total": "0.00"}]
)
def test_without_amount_or_currency_nothing_is_compared(past, changes):
    """The check could not be made."""
    assert past.has(*series(3)).passed("amount_usual", invoice("new", **changes)) is None


@pytest.mark.parametrize(
    ("amount", "passed"),
    [("969.99", True), ("970.00", False), ("1000.00", False), ("1000.01", True), ("4900.00", False), ("120.00", True)],
)
def test_amount_just_under_an_approval_limit_is_for_a_human(past, amount, passed):
    """The last three per cent up to a limit, the limit included, are where invoices are split to fit."""
    past.finance = past.finance.model_copy(update={"approval_limits": {"EUR": (Decimal(1000), Decimal(5000))}})
    assert past.passed("below_approval_limit", invoice("new", gross_total=amount)) is passed


def test_without_an_approval_limit_in_its_currency_the_amount_is_not_checked(past):
    """By default there is none."""
    assert past.passed("below_approval_limit", invoice("new", gross_total="999.99")) is None
    past.finance = past.finance.model_copy(update={"approval_limits": {"USD": (Decimal(1000),)}})
    assert past.passed("below_approval_limit", invoice("new", gross_total="999.99")) is None


def test_without_a_list_orders_are_not_checked(past):
    """By default none is configured."""
    assert OrderList.open("") is None
    assert past.passed("order_known", of_order("a", "100.00")) is None


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, None),
        ({"purchase_order_number": "45000 18823"}, None),
        ({"net": "1000.00"}, None),
        ({"purchase_order_number": "999"}, "order 999 is not in the list of orders"),
        ({"seller_name": "Acme Corporation"}, "order 4500018823 went to Müller & Söhne GmbH"),
        ({"currency": "USD"}, "order 4500018823 is in EUR"),
        ({"net": "1000.01"}, "net total 1000.01, of order 4500018823 1000.00 of 1000.00 are left"),
        ({"purchase_order_number": "4500018824", "net": "500.00", "currency": "CHF"}, None),
        ({"purchase_order_number": "4500018826", "net": "150.50"}, None),
        ({"purchase_order_number": "4500018825", "seller_name": "Acme Corporation", "net": "99999"}, None),
    ],
)
def test_invoice_is_held_against_the_order_that_it_names(past, orders, changes, why):
    """Number, seller, currency and total, as far as the list states them; parts of an order add up."""
    past.orders = OrderList.open(orders)
    document = of_order("a", **({"net": "10.00"} | changes))
    assert past.failed(document).get("order_known") == why
    assert past.passed("order_known", document) is (why is None)


def test_invoice_without_an_order_number_is_not_held_against_orders(past, orders):
    """Whether an order is needed is not for this check to say."""
    past.orders = OrderList.open(orders)
    assert past.passed("order_known", invoice("a")) is None


@pytest.mark.parametrize("outcome", ["accepted", "review"])
def test_invoices_of_one_order_add_up(past, orders, outcome):
    """What waits for a human counts too, else two invoices over the whole order would pass one by one."""
    past.orders = OrderList.open(orders)
    past.has(of_order("a", "600.00"), of_order("b", "300.00"), outcome=outcome)
    assert past.passed("order_known", of_order("c", "100.00")) is True
    detail = past.failed(of_order("c", "100.01"))["order_known"]
    assert detail == "net total 100.01, of order 4500018823 100.00 of 1000.00 are left"


def test_credit_note_gives_back_to_its_order(past, orders):
    """What was credited can be invoiced again."""
    past.orders = OrderList.open(orders)
    past.has(of_order("a", "1000.00"), of_order("b", "400.00", doc_type="credit_note"))
    assert past.passed("order_known", of_order("c", "400.00")) is True
    assert past.passed("order_known", of_order("d", "400.01")) is False


def test_duplicate_is_not_counted_against_its_order(past, orders):
    """It is not paid either."""
    past.orders = OrderList.open(orders)
    past.has(of_order("a", "500.00")).has(of_order("b", "500.00", invoice_number="a"), outcome="duplicate")
    assert past.passed("order_known", of_order("c", "500.00")) is True


def test_orders_in_parquet_have_typed_columns(past, tmp_path):
    """Numbers may be numbers, totals may be doubles, column names may be in capitals."""
    file = str(tmp_path / "orders.parquet")
    typed = "select 4500018823::bigint as PURCHASE_ORDER_NUMBER, 1190.1::double as gross_total"
    duckdb.sql(f"copy ({typed}) to '{file}'")
    past.orders = OrderList.open(file)
    assert past.passed("order_known", of_order("a", "1000.08")) is True
    assert past.passed("order_known", of_order("b", "1000.10")) is False


def test_a_hundred_thousand_orders_are_looked_up_by_number(tmp_path):
    """Only what a chunk asks for comes out of the list."""
    file = str(tmp_path / "orders.parquet")
    duckdb.sql(f"copy (select 4500000000 + i as purchase_order_number from range(100000) t(i)) to '{file}'")
    assert list(OrderList.open(file).find(["4500099999", "4500100000"])) == ["4500099999"]


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("orders.csv", "number,net_total\n1,2\n", "has no column purchase_order_number, only number, net_total"),
        ("orders.csv", 'purchase_order_number;net_total\n7;"1.234,56"\n', "net_total of order 7 is '1.234,56', not a"),
        ("orders.parquet", "no parquet at all", "can't be read: "),
        ("orders.xlsx", "", "is no .csv or .parquet file"),
        ("", "", "is no .csv or .parquet file"),
    ],
)
def test_list_of_orders_that_makes_no_sense_is_refused(tmp_path, name, text, problem):
    """The error names the setting, the file and what is wrong with it."""
    file = written(tmp_path, name, text) if name else str(tmp_path)
    with pytest.raises(ConfigurationError) as refused:
        OrderList.open(file)
    assert str(refused.value).startswith(f"finance.orders_file: {file}")
    assert problem in refused.value.problem


def test_missing_list_of_orders_stops_the_run_before_it_starts(tmp_path, inbox, prefect_environment):
    """Not in the middle of the night: exit status 2, the setting and the file named, and no store made."""
    policy = (files("data") / "policy.toml").read_text(encoding="utf-8")
    file = written(tmp_path, "policy.toml", policy.replace('orders_file = ""', 'orders_file = "gone.csv"'))
    command = [sys.executable, "-m", "flows", "run", str(inbox), "--policy", file, "--store", str(tmp_path / "store")]
    done = subprocess.run(command, env=prefect_environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "finance.orders_file: gone.csv does not exist." in done.stderr
    assert not (tmp_path / "store").exists()
