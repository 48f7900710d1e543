"""The policy: one typed object from one reviewed TOML file. Unknown settings and wrong values are errors."""

import hashlib
import re
import tomllib
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from routing.errors import ConfigurationError

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Amount = Annotated[Decimal, Field(gt=0)]
TierKind = Literal["local", "openai", "anthropic", "human"]


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Limits(_Settings):
    """What one document or container may take; a breach makes it `rejected`. Megabytes are millions of bytes."""

    file_mb: float = Field(gt=0)
    pages: int = Field(gt=0)
    ocr_pages: int = Field(ge=0)
    page_megapixels: float = Field(gt=0)
    document_seconds: float = Field(gt=0)
    worker_memory_mb: int = Field(ge=500)
    container_depth: int = Field(ge=1)
    container_documents: int = Field(ge=1)
    container_mb: float = Field(gt=0)
    container_expansion: float = Field(gt=1)


class Acceptance(_Settings):
    """What a document must reach to be accepted without a human."""

    confidence: float = Field(gt=0, le=1)
    doc_type_confidence: float = Field(gt=0, le=1)
    checks_that_hold: tuple[str, ...]


class Review(_Settings):
    """Rules that send a document to a human whatever its confidence."""

    value_above_usd: Decimal = Field(gt=0)


class Finance(_Settings):
    """What an amount is held against: the seller's usual one, approval limits, and the list of purchase orders."""

    usual_documents: int = Field(ge=2)
    usual_factor: float = Field(gt=1)
    usual_deviations: float = Field(gt=0)
    approval_limits: dict[Currency, tuple[Amount, ...]]
    just_under_percent: Decimal = Field(gt=0, lt=100)
    orders_file: str


class Value(_Settings):
    """Rates that turn an amount into US dollars, for ranking and rules only: never booked, never shown as paid."""

    usd_per_unit: dict[str, Decimal]
    usd_per_unknown_unit: Decimal = Field(gt=0)


class Estimate(_Settings):
    """Token counts of one full-schema call, for estimates and reservations."""

    characters_per_token: float = Field(gt=0)
    instruction_tokens: int = Field(ge=0)
    image_tokens: int = Field(ge=0)
    output_tokens: int = Field(ge=0)
    output_tokens_per_line: int = Field(ge=0)


class Tier(_Settings):
    """One rung of the cascade. Paid tiers name their model and the environment variable that holds their key."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    kind: TierKind
    sensitivities: tuple[str, ...]
    model: str | None = None
    key_variable: str | None = None
    minutes_per_document: Decimal | None = Field(default=None, gt=0)
    usd_per_hour: Decimal | None = Field(default=None, ge=0)

    @property
    def paid(self) -> bool:
        """Whether a call to it goes to a provider that bills."""
        return self.kind in ("openai", "anthropic")

    @model_validator(mode="after")
    def _complete(self) -> "Tier":
        if self.paid and not (self.model and self.key_variable):
            raise ValueError(f"tier {self.name!r} of kind {self.kind!r} needs `model` and `key_variable`")
        if self.kind == "human" and (self.minutes_per_document is None or self.usd_per_hour is None):
            raise ValueError(f"tier {self.name!r} of kind 'human' needs `minutes_per_document` and `usd_per_hour`")
        return self


class Policy(_Settings):
    """All that decides a run. `hash` names it in every decision."""

    version: str
    limits: Limits
    acceptance: Acceptance
    review: Review
    finance: Finance
    value: Value
    estimate: Estimate
    tiers: tuple[Tier, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _tiers_make_a_cascade(self) -> "Policy":
        names = [tier.name for tier in self.tiers]
        if len(set(names)) < len(names):
            raise ValueError(f"tiers must have different names, got {', '.join(names)}")
        if not any(tier.kind == "human" for tier in self.tiers):
            raise ValueError("tiers must have one of kind 'human': doubt has to end somewhere")
        return self

    @property
    def hash(self) -> str:
        """First 16 hex digits of the SHA-256 of all settings, however the file is laid out."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]

    def active_tiers(self, environment: dict[str, str]) -> tuple[Tier, ...]:
        """The tiers that can be used: all but the paid ones whose key is not in `environment`."""
        return tuple(t for t in self.tiers if not t.paid or environment.get(t.key_variable or ""))


def parse_policy(text: str, file: str) -> Policy:
    """The policy that the TOML `text` states; `file` names it in errors. Raises `ConfigurationError`."""
    try:
        settings = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        where = f"{file}:{line[1]}" if line else file
        raise ConfigurationError("policy", f"is not valid TOML: {error}", "Correct that line.", where) from None
    try:
        return Policy.model_validate(settings)
    except ValidationError as error:
        first = min(error.errors(), key=lambda e: e["type"] != "extra_forbidden")  # a typo before what it left missing
        setting = ".".join(str(part) for part in first["loc"]) or "policy"
        where = f"{file}:{line_of(text, first['loc'])}"
        remedy = "Remove it, or check its spelling." if first["type"] == "extra_forbidden" else "Correct it."
        problem = first["msg"].removeprefix("Value error, ")
        if first["type"] not in ("missing", "extra_forbidden", "value_error"):
            problem += f", got {first['input']!r}"
        raise ConfigurationError(setting, problem, remedy, where) from None


def line_of(text: str, location: tuple[int | str, ...]) -> int:
    """The line on which the setting at `location` stands, or its table where the setting itself is missing."""
    lines = text.splitlines()
    found = 1
    start = 0
    for depth, part in enumerate(location):
        if isinstance(part, int):
            heads = [i for i, line in enumerate(lines) if re.match(rf"\s*\[\[{location[depth - 1]}\]\]", line)]
            if part < len(heads):
                start = heads[part]
                found = start + 1
            continue
        pattern = re.compile(
            rf'\s*(\[\[?{re.escape(part)}\]\]?|"?{re.escape(part)}"?\s*=)|.*[{{,]\s*{re.escape(part)}\s*='
        )
        hit = next((i for i in range(start, len(lines)) if pattern.match(lines[i])), None)
        if hit is None:
            break
        start, found = hit, hit + 1
    return found
