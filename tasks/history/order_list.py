"""The list of purchase orders that the policy names: read once, at the start of a run, and looked up by number."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import duckdb

from routing.errors import ConfigurationError

_SETTING = "finance.orders_file"
_NUMBER = "purchase_order_number"
_TOTALS = ("net_total", "gross_total")
_OPTIONAL = ("seller_name", "currency", *_TOTALS)
_READERS = {".csv": "read_csv(?, all_varchar = true, header = true)", ".parquet": "read_parquet(?)"}


@dataclass(frozen=True, slots=True)
class Order:
    """A purchase order as the list states it; None where it does not. Several rows of one number are its parts."""

    number: str
    seller_name: str | None
    currency: str | None
    net_total: Decimal | None
    gross_total: Decimal | None


class OrderList:
    """Purchase orders by number."""

    def __init__(self, orders: duckdb.DuckDBPyConnection) -> None:
        """Use `OrderList.open`."""
        self._orders = orders

    @classmethod
    def open(cls, file: str) -> "OrderList | None":
        """Read the list in `file`, a CSV or Parquet file with the column purchase_order_number; None for no file.

        Its columns seller_name, currency, net_total and gross_total are used where they are there, others are not.
        Raises `ConfigurationError` if it is missing, can't be read, or holds a total that is no number.
        """
        if not file:
            return None
        path = Path(file).expanduser()
        reader = _READERS.get(path.suffix.lower())
        if reader is None or not path.is_file():
            problem = f"{file} is no .csv or .parquet file" if path.exists() else f"{file} does not exist"
            raise ConfigurationError(_SETTING, problem, "Name a CSV or Parquet file, or leave it empty.")
        orders = duckdb.connect(config={"memory_limit": "1GB"})
        try:
            orders.execute((files("data") / "sql" / "identity.sql").read_text(encoding="utf-8"))
            orders.execute(f"create table listed as select * from {reader}", [str(path)])
            _refuse_wrong_rows(orders, file)
            orders.execute(_ORDERS.format(columns=_columns(orders)))
        except duckdb.Error as error:
            problem = f"{file} can't be read: {str(error).splitlines()[0]}"
            raise ConfigurationError(_SETTING, problem, "Name a CSV file in UTF-8 or a Parquet file.") from None
        return cls(orders)

    def find(self, keys: Iterable[str]) -> dict[str, Order]:
        """The orders whose number has one of `keys`, by key."""
        rows = self._orders.cursor().execute(_FIND, [sorted(keys)]).fetchall()
        return {key: Order(*order) for key, *order in rows}


def _refuse_wrong_rows(orders: duckdb.DuckDBPyConnection, file: str) -> None:
    names = _names(orders)
    if _NUMBER not in names:
        problem = f"{file} has no column {_NUMBER}, only {', '.join(names)}"
        raise ConfigurationError(_SETTING, problem, f"Call the column with the order's number {_NUMBER}.")
    for total in set(_TOTALS) & set(names):
        wrong = orders.execute(_WRONG_TOTAL.format(total=total)).fetchone()
        if wrong:
            problem = f"{file}: {total} of order {wrong[0]} is {wrong[1]!r}, not a number"
            raise ConfigurationError(_SETTING, problem, "Write totals as 1234.56.")


def _names(orders: duckdb.DuckDBPyConnection) -> list[str]:
    return [name.lower() for name, *_ in orders.execute("describe listed").fetchall()]


def _columns(orders: duckdb.DuckDBPyConnection) -> str:
    """The optional columns of the list as SQL, null where it does not have them."""
    names = _names(orders)
    return ", ".join(name if name in names else f"null as {name}" for name in _OPTIONAL)


_WRONG_TOTAL = """
select purchase_order_number::varchar, {total}::varchar from listed
where nullif(trim({total}::varchar), '') is not null and try_cast({total}::varchar as decimal(38, 4)) is null limit 1
"""

_ORDERS = """
create table orders as
with parts as (
    select purchase_order_number::varchar as number, nullif(trim(seller_name::varchar), '') as seller_name,
        nullif(upper(trim(currency::varchar)), '') as currency,
        try_cast(net_total::varchar as decimal(38, 4)) as net_total,
        try_cast(gross_total::varchar as decimal(38, 4)) as gross_total
    from (select purchase_order_number, {columns} from listed)
)
select identity_key(number) as key, min(number) as number, min(seller_name) as seller_name, min(currency) as currency,
    case when count(*) = count(net_total) then sum(net_total) end as net_total,
    case when count(*) = count(gross_total) then sum(gross_total) end as gross_total
from parts where trim(number) <> '' group by identity_key(number);
drop table listed
"""

_FIND = """
select key, number, seller_name, currency, net_total, gross_total from orders
where key in (select unnest(?::varchar[]))
"""
