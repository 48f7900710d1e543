"""`ledgerline fields`: what is read from documents, by the shipped description and the policy's own."""

from collections.abc import Iterator
from typing import Literal

from flows.parameters import load_policy
from routing.fields import Catalogue
from tasks.fields import catalogue
from tasks.store.formats import render


def print_fields(policy: str | None, form: Literal["table", "csv", "json"]) -> None:
    """Print every field with its type, its document types and its meaning. Raises `ConfigurationError`."""
    described = catalogue(load_policy(policy).fields_file)
    for line in render(["field", "type", "key_of", "also_of", "meaning"], _rows(described), form):
        print(line)


def _rows(described: Catalogue) -> Iterator[tuple[str, ...]]:
    """A row for each field: the types that it must be right for, and the others that have it."""
    for name, field in described.fields.items():
        types = [each for each, known in described.doc_types.items() if name in known.fields]
        keys = [each for each in types if name in described.key_fields_of(each)]
        others = [each for each in types if each not in keys]
        yield name, field.type, " ".join(keys), " ".join(others), field.meaning
