"""The shape of an answer, as the JSON schema that providers hold their models to.

One shape for every request: a list of entries rather than a property for each field. It needs no optional properties
and no unions (providers limit both), what is absent takes a word instead of an object, and only the enumerations
differ from one request to the next.
"""

from collections.abc import Sequence
from typing import Any

SCHEMA_NAME = "document"
LINE_VALUES = ("description", "quantity", "unit_price", "net_amount", "tax_rate")
"""What is asked of a line item, by the names of `tasks.documents.LineItem`."""

_TEXT = {"type": "string"}
_PAGE = {"type": "integer"}


def answer_schema(fields: Sequence[str], doc_types: Sequence[str], line_items: bool) -> dict[str, Any]:
    """The schema for an answer on these fields; `doc_types` are the types to choose from, none where it is known."""
    properties: dict[str, Any] = {}
    if doc_types:
        properties["doc_type"] = _one_of(doc_types)
    if fields:
        properties["fields"] = _list_of(_object(name=_one_of(fields), page=_PAGE, quote=_TEXT, value=_TEXT))
        properties["absent"] = _list_of(_one_of(fields))
    if line_items:
        properties["line_items"] = _list_of(_object(page=_PAGE, **dict.fromkeys(LINE_VALUES, _TEXT)))
    return _object(**properties)


def _object(**properties: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON schema
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list_of(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _one_of(names: Sequence[str]) -> dict[str, Any]:
    return {"type": "string", "enum": list(names)}
