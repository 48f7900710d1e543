"""A raw answer as a typed one, or the fault that says why it is none."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from routing.errors import (
    AnswerFault,
    ContentFilterFault,
    ContextFault,
    EmptyFault,
    MalformedFault,
    ProviderFault,
    RefusalFault,
    TruncatedFault,
)
from tasks.ask.schema import LINE_VALUES
from tasks.ask.types import AnsweredField, AnsweredLine, FinishReason, ModelAnswer, ModelRequest, RawAnswer

_FAULTS: Mapping[FinishReason, tuple[type[ProviderFault], str]] = MappingProxyType({
    "length": (TruncatedFault, "cut off at the most output tokens"),
    "refusal": (RefusalFault, "the model would not"),
    "content_filter": (ContentFilterFault, "the provider's filter cut it off"),
    "context": (ContextFault, "the model's context window is full"),
    "other": (MalformedFault, "the model stopped for a reason of its own"),
})  # fmt: skip

Text = Annotated[str, StringConstraints(strip_whitespace=True)]


class _Said(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)


class _Entry(_Said):
    name: Text
    page: int
    quote: Text
    value: Text


class _LineEntry(_Said):
    page: int
    description: Text
    quantity: Text
    unit_price: Text
    net_amount: Text
    tax_rate: Text


class _Answer(_Said):
    """What `tasks.ask.schema` asks for; a part that was not asked for is None."""

    doc_type: Text | None = None
    fields: list[_Entry] | None = None
    absent: list[Text] | None = None
    line_items: list[_LineEntry] | None = None


def parse(request: ModelRequest, raw: RawAnswer) -> ModelAnswer:
    """The typed answer. Raises `AnswerFault` or `RequestFault`, with the usage that is billed all the same.

    Providers hold their models to the schema, compatible servers may not: numbers may come as such, what was not asked
    for is left out, and an answer of another form is none at all.
    """
    if raw.finish_reason != "stop":
        fault, detail = _FAULTS[raw.finish_reason]
        raise fault(request.tier, detail, None, raw.usage, raw.provider_request_id)
    if not raw.text.strip():
        raise _fault(EmptyFault, request, raw, "no text")
    try:
        said = _Answer.model_validate_json(_unfenced(raw.text))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"][:4] if part in _NAMES or isinstance(part, int))
        raise _fault(MalformedFault, request, raw, f"{first['type']} at {where or 'the top'}") from None
    if request.fields and said.fields is None:
        raise _fault(MalformedFault, request, raw, "missing at fields")
    return ModelAnswer(
        doc_type=said.doc_type,
        fields=tuple(AnsweredField(e.name, e.value, e.quote, e.page) for e in _asked(request, said.fields or [])),
        absent=tuple(name for name in said.absent or [] if name in request.fields),
        lines=None if said.line_items is None else tuple(_line(entry) for entry in said.line_items),
    )


_NAMES = {name for model in (_Answer, _Entry, _LineEntry) for name in model.model_fields}


def _fault(kind: type[AnswerFault], request: ModelRequest, raw: RawAnswer, detail: str) -> AnswerFault:
    return kind(request.tier, detail, None, raw.usage, raw.provider_request_id)


def _unfenced(text: str) -> str:
    """The JSON without the code fence that models without schema support like to put around it."""
    bare = text.strip()
    if bare.startswith("```") and bare.endswith("```"):
        bare = bare.strip("`").removeprefix("json")
    return bare


def _asked(request: ModelRequest, entries: list[_Entry]) -> list[_Entry]:
    """One entry for each field that was asked for: a field answered twice with two values is not answered."""
    by_name: dict[str, list[_Entry]] = {}
    for entry in entries:
        if entry.name in request.fields and entry.value:
            by_name.setdefault(entry.name, []).append(entry)
    return [same[0] for same in by_name.values() if len({entry.value for entry in same}) == 1]


def _line(entry: _LineEntry) -> AnsweredLine:
    values: dict[str, Any] = {name: getattr(entry, name) for name in LINE_VALUES}
    return AnsweredLine(values, entry.page)
