"""What is read from documents: fields and document types, described once in reviewed TOML and extended by users."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from routing.errors import ConfigurationError
from routing.policy import line_of, parse_settings
from routing.spending import Settings

FieldType = Literal[
    "identifier", "name", "text", "address", "date", "amount", "currency", "number", "vat_id", "iban"
]  # fmt: skip
"""What a value looks like, and so how strictly it is read."""

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]


class FieldDescription(Settings):
    """One field, by its EN 16931 name or a user's own, with its meaning for whoever looks for it.

    `labels` are the words that name it on a page: by them our own rules find a field of the user's.
    """

    name: Name
    type: FieldType
    meaning: str = Field(min_length=1)
    labels: tuple[str, ...] = ()


class DocumentType(Settings):
    """A document type: the fields it can have, those that must be right, and whether it has line items.

    `titles` are what such a document may have as its heading, `signs` words or phrases that stand on one: by them the
    local class model knows a type that it was not trained on.
    """

    name: Name
    meaning: str = ""
    titles: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    line_items: bool = False
    fields: tuple[str, ...] = ()
    key_fields: tuple[str, ...] = ()


class _File(Settings):
    fields: tuple[FieldDescription, ...] = ()
    doc_types: tuple[DocumentType, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every field and every document type that is known, by name, in the order of their description."""

    fields: Mapping[str, FieldDescription]
    doc_types: Mapping[str, DocumentType]

    def fields_of(self, doc_type: str) -> tuple[str, ...]:
        """The fields that a document of this type can have; none for a type that is not known."""
        known = self.doc_types.get(doc_type)
        return known.fields if known else ()

    def key_fields_of(self, doc_type: str) -> tuple[str, ...]:
        """The fields that must be right for a document of this type to be right."""
        known = self.doc_types.get(doc_type)
        return known.key_fields if known else ()


def parse_catalogue(text: str, file: str, base: Catalogue | None = None) -> Catalogue:
    """What the TOML `text` describes, on top of `base`; `file` names it in errors. Raises `ConfigurationError`."""
    added = parse_settings(_File, text, file, "fields")
    fields = dict(base.fields) if base else {}
    for i, field in enumerate(added.fields):
        if field.name in fields:
            _refuse(text, file, ("fields", i, "name"), f"{field.name!r} is described already", "Choose another name.")
        fields[field.name] = field
    doc_types = dict(base.doc_types) if base else {}
    for i, doc_type in enumerate(added.doc_types):
        doc_types[doc_type.name] = _checked(doc_types.get(doc_type.name), doc_type, fields, text, file, i)
    return Catalogue(fields, doc_types)


def _checked(
    known: DocumentType | None,
    added: DocumentType,
    fields: Mapping[str, FieldDescription],
    text: str,
    file: str,
    i: int,
) -> DocumentType:
    """The type with what is added to it. Every field it names must be described, every key field be one of its own."""
    whole = _extended(known, added) if known else added
    if not whole.meaning:
        _refuse(text, file, ("doc_types", i, "name"), f"{whole.name!r} has no `meaning`", "Say what it is.")
    for name in added.fields:
        if name not in fields:
            problem, remedy = f"no field {name!r} is described", "Add it as [[fields]], or check its spelling."
            _refuse(text, file, ("doc_types", i, "fields"), problem, remedy)
    for name in added.key_fields:
        if name not in whole.fields:
            problem = f"{name!r} is none of the fields of {whole.name!r}"
            _refuse(text, file, ("doc_types", i, "key_fields"), problem, "Add it to `fields`.")
    return whole


def _extended(known: DocumentType, added: DocumentType) -> DocumentType:
    return DocumentType(
        name=known.name,
        meaning=added.meaning or known.meaning,
        titles=tuple(dict.fromkeys((*known.titles, *added.titles))),
        signs=tuple(dict.fromkeys((*known.signs, *added.signs))),
        line_items=known.line_items or added.line_items,
        fields=tuple(dict.fromkeys((*known.fields, *added.fields))),
        key_fields=tuple(dict.fromkeys((*known.key_fields, *added.key_fields))),
    )


def _refuse(text: str, file: str, location: tuple[int | str, ...], problem: str, remedy: str) -> None:
    setting = ".".join(str(part) for part in location)
    raise ConfigurationError(setting, problem, remedy, f"{file}:{line_of(text, location)}")
