"""Rows of a query as text: a table for people, CSV and JSON for programs. Decimals and times keep every digit."""

import csv
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from typing import Literal

Format = Literal["table", "csv", "json"]

_WIDEST = 100  # characters of one cell of a table; csv and json are never cut


def render(columns: Sequence[str], rows: Iterable[Sequence[object]], form: Format) -> Iterator[str]:
    """The result as lines without line ends. `csv` and `json` hold one row at a time, however many there are."""
    if form == "csv":
        return _csv(columns, rows)
    if form == "json":
        return _json(columns, rows)
    return _table(columns, rows)


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield _csv_line(columns)
    for row in rows:
        yield _csv_line([_plain(value) for value in row])


def _csv_line(values: Sequence[object]) -> str:
    line = StringIO()
    csv.writer(line, lineterminator="").writerow(values)
    return line.getvalue()


def _json(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """One array of objects, one object a line."""
    line = "["
    for number, row in enumerate(rows):
        if number:
            yield line + ","
            line = ""
        line += _json_value(dict(zip(columns, row, strict=True)))
    yield line + "]"


def _json_value(value: object) -> str:
    """`value` as JSON text, decimals as numbers with all their digits: `json` would make floats of them."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(str(key))}: {_json_value(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_json_value(item) for item in value) + "]"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return json.dumps(value)
    return "null" if isinstance(value, float) else json.dumps(_plain(value), ensure_ascii=False)


def _table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    kept = list(rows)
    cells = [[_cell(value) for value in row] for row in kept]
    right = [_is_number([row[i] for row in kept]) for i in range(len(columns))]
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    yield _aligned(columns, widths, right)
    yield "  ".join("─" * width for width in widths)
    for row in cells:
        yield _aligned(row, widths, right)
    yield f"({len(cells)} row{'' if len(cells) == 1 else 's'})"


def _aligned(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    padded = (c.rjust(w) if r else c.ljust(w) for c, w, r in zip(cells, widths, right, strict=True))
    return "  ".join(padded).rstrip()


def _is_number(values: Iterable[object]) -> bool:
    return all(value is None or isinstance(value, int | float | Decimal) for value in values)


def _cell(value: object) -> str:
    """One line of printable characters: a document's text must not steer the terminal."""
    text = "".join(c if c.isprintable() else " " for c in _plain(value))
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple | dict):
        return _json_value(value)
    return str(value)
