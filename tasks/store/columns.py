"""From rows as Python has them to Arrow tables as the schema wants them.

What comes out of a hostile document must not stop the batch: text that is no Unicode is escaped, amounts are rounded
to the column's decimals, and an amount that no column can hold becomes null. What we compute ourselves is not bent: a
cost with more decimals than its column, or a missing key, is an error.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation

import pyarrow as pa

Row = Mapping[str, object]

_EXACT = "cost_usd"


def to_arrow(table: str, rows: Sequence[Row], schema: pa.Schema) -> pa.Table:
    """`rows` of `table` as an Arrow table; a column that a row does not name is null there.

    Raises ValueError for a column that the table does not have and for a value that does not fit its column.
    """
    unknown = {name for row in rows for name in row} - set(schema.names)
    if unknown:
        raise ValueError(f"table {table} has no column {', '.join(sorted(unknown))}")
    return pa.table([_column(table, column, rows) for column in schema], schema=schema)


def _column(table: str, column: pa.Field, rows: Sequence[Row]) -> pa.Array:
    values = [row.get(column.name) for row in rows]
    try:
        return pa.array(values, type=column.type)
    except (pa.ArrowException, UnicodeEncodeError):
        clean = _cleaner(column)
    except (TypeError, OverflowError) as error:
        raise ValueError(f"table {table}, column {column.name}: {error}") from None
    try:
        return pa.array([clean(value) for value in values], type=column.type)
    except (pa.ArrowException, TypeError) as error:
        raise ValueError(f"table {table}, column {column.name}: {error}") from None


def _cleaner(column: pa.Field) -> Callable[[object], object]:
    if pa.types.is_string(column.type):
        return _text
    if pa.types.is_list(column.type):
        return lambda value: [_text(item) for item in value] if isinstance(value, Sequence) else value
    if pa.types.is_decimal(column.type) and column.name != _EXACT:
        unit, context = Decimal(1).scaleb(-column.type.scale), Context(column.type.precision, ROUND_HALF_EVEN)
        return lambda value: _rounded(value, unit, context) if isinstance(value, Decimal) else value
    return lambda value: value


def _text(value: object) -> object:
    """`value` with lone surrogates escaped: file names and PDF strings may hold bytes that are no text."""
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


def _rounded(value: Decimal, unit: Decimal, context: Context) -> Decimal | None:
    try:
        return value.quantize(unit, context=context)
    except InvalidOperation:
        return None
