"""What a run is asked for. The model is the parameter form in Prefect's UI, so its words are for people."""

import os
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema, field_validator

from routing.errors import ConfigurationError
from routing.policy import Policy, parse_policy
from tasks.fields import catalogue


def _form(kind: str, **rules: float) -> WithJsonSchema:
    """A plain input in the form: an optional value would otherwise show as a choice between types."""
    return WithJsonSchema({"type": kind, **rules})


def _leave_out(schema: dict[str, Any]) -> None:
    """An input without a default starts empty and is not sent; `null` would be sent, and refused by its own type."""
    for properties in schema["properties"].values():
        if properties.get("default", "") is None:
            del properties["default"]


def _source_first(schema: dict[str, Any]) -> None:
    """The documents stand at the head of their form; inherited inputs would come before them."""
    schema["properties"] = {"source": schema["properties"].pop("source"), **schema["properties"]}
    _leave_out(schema)


class CollectParameters(BaseModel):
    """Which store, by which rules, and what may be spent where answers call for a better model."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="Batches", json_schema_extra=_leave_out)

    store: str = Field(
        default="data/store",
        title="Store",
        description="Folder for the results: ledger.duckdb for queries, Parquet files beside it. Made if missing.",
        examples=["/srv/ledgerline"],
    )
    policy: Annotated[str | None, _form("string")] = Field(
        default=None,
        title="Policy file",
        description="TOML file with tiers, thresholds and limits. Leave empty for the one that ships with Ledgerline.",
        examples=["/srv/ledgerline/policy.toml"],
    )
    budget_usd: Annotated[Decimal | None, _form("number", minimum=0)] = Field(
        default=None,
        ge=0,
        title="Budget (US dollars)",
        description="The most that paid model calls may cost in this run; what does not fit is deferred to the next "
        "one. Leave empty for no limit, 0 for no paid call.",
        examples=[5],
    )

    @field_validator("policy", "budget_usd", "limit", "workers", "dask", mode="before", check_fields=False)
    @classmethod
    def _empty_is_default(cls, value: Any) -> Any:  # noqa: ANN401 - before validation it may be anything
        return None if value == "" else value

    @field_validator("source", "store", check_fields=False)
    @classmethod
    def _must_be_named(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("must name a place")
        return value.strip()

    @property
    def store_path(self) -> Path:
        """The store's folder, in full."""
        return Path(self.store).expanduser().absolute()

    @property
    def spool(self) -> Path:
        """Where bytes of documents lie that were unpacked or fetched, as long as the run goes."""
        return self.store_path / "work" / "spool"

    def load_policy(self) -> Policy:
        """The policy file, or the default one. Raises `ConfigurationError`."""
        return load_policy(self.policy)


class RunParameters(CollectParameters):
    """One batch: which documents, where the results go, and what it may spend."""

    model_config = ConfigDict(title="Batch", json_schema_extra=_source_first)

    source: str = Field(
        title="Documents",
        description="Folder, single file, or object-store URL to process. Paths are those of the machine that runs "
        "the worker. Nothing in it is changed; what was settled before is not read or paid again.",
        examples=["data/samples/docs", "/srv/inbox", "s3://finance/invoices/2026-11"],
    )
    limit: Annotated[int | None, _form("integer", minimum=1)] = Field(
        default=None,
        ge=1,
        title="Documents at most",
        description="Stop after this many documents, to try things out. Leave empty for all.",
        examples=[50],
    )
    workers: Annotated[int | None, _form("integer", minimum=1, maximum=256)] = Field(
        default=None,
        ge=1,
        le=256,
        title="Reading processes",
        description="How many documents are read at the same time; each takes a processor core and up to a gigabyte "
        "of memory. Leave empty for one a core.",
        examples=[4],
    )
    dask: Annotated[str | None, _form("string")] = Field(
        default=None,
        title="Dask scheduler",
        description="Address of a Dask scheduler whose workers read the documents, on as many machines as it has. "
        "Reading processes are then those of each worker: one a thread, if left empty. Leave empty to read here.",
        examples=["tcp://10.0.0.5:8786"],
    )

    @property
    def place(self) -> str:
        """The source as it is recorded: a URL as it stands, a path in full."""
        return self.source if "://" in self.source else str(Path(self.source).expanduser().absolute())

    @property
    def processes(self) -> int:
        """How many documents are read at the same time."""
        return self.workers or os.cpu_count() or 1


def load_policy(file: str | None) -> Policy:
    """The policy in `file`, None for the default one, its fields valid too. Raises `ConfigurationError`."""
    policy = _policy(file)
    catalogue(policy.fields_file)
    return policy


def _policy(file: str | None) -> Policy:
    if file is None:
        return parse_policy(files("data").joinpath("policy.toml").read_text(encoding="utf-8"), "data/policy.toml")
    try:
        return parse_policy(Path(file).expanduser().read_text(encoding="utf-8"), file)
    except (OSError, UnicodeDecodeError) as error:
        problem = f"can't be read: {getattr(error, 'strerror', None) or error}"
        raise ConfigurationError("policy", problem, "Name a TOML file.", file) from None
