"""The policy: one typed object from one reviewed TOML file. Unknown settings and wrong values are errors."""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, ValidationError, model_validator

from routing.errors import ConfigurationError
from routing.loss import Loss
from routing.spending import Budgets, Calls, Price, SensitivityRule, Settings

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Amount = Annotated[Decimal, Field(gt=0)]
TierKind = Literal["local", "openai", "anthropic", "human"]
AnySettings = TypeVar("AnySettings", bound=Settings)


class Limits(Settings):
    """What one document or container may take; a breach makes it `rejected`. Megabytes are millions of bytes."""

    file_mb: float = Field(gt=0)
    pages: int = Field(gt=0)
    ocr_pages: int = Field(ge=0)
    page_megapixels: float = Field(gt=0)
    picture_megapixels: float = Field(default=100, gt=0)
    document_seconds: float = Field(gt=0)
    worker_memory_mb: int = Field(ge=500)
    container_depth: int = Field(ge=1)
    container_documents: int = Field(ge=1)
    container_mb: float = Field(gt=0)
    container_expansion: float = Field(gt=1)


class Acceptance(Settings):
    """What a document must reach to be accepted without a human.

    `confidence_by_kind` comes before the general figures: a kind is a doc_type and how it was read (`xml`, `text`,
    `ocr`), such as "invoice ocr". `confidence_of_others` holds for all other kinds, with or without key fields, instead
    of the general figures. With a promise both follow from labels.
    """

    confidence: float = Field(gt=0, le=1)
    doc_type_confidence: float = Field(gt=0, le=1)
    confidence_by_kind: dict[str, Annotated[float, Field(gt=0, le=1)]] = Field(default_factory=dict)
    confidence_of_others: float | None = Field(default=None, gt=0, le=1)
    checks_that_hold: tuple[str, ...]

    def needed(self, kind: str, keyed: bool) -> float:
        """The probability from which a document of that kind may be accepted; `keyed`: its class has key fields."""
        general = self.confidence if keyed else self.doc_type_confidence
        others = general if self.confidence_of_others is None else self.confidence_of_others
        return self.confidence_by_kind.get(kind, others)


class PromiseSettings(Settings):
    """At most `max_accepted_error` of what is accepted is wrong, with probability `confidence`; both are shares of 1.

    `audit_share` of what would be accepted is looked at by a person all the same: that keeps the promise honest. Which
    ones nobody can tell who does not know `audit_seed`. Where it `learns_from_xml`, the pages of e-invoices are read
    without their XML as well, and count as labels: that takes for granted that the pages of those who send e-invoices
    are as hard to read as other pages.
    """

    max_accepted_error: float = Field(gt=0, lt=1)
    confidence: float = Field(gt=0, lt=1)
    audit_share: float = Field(gt=0, le=1)
    audit_seed: str = Field(min_length=1)
    learns_from_xml: bool = False


class BatchPromise(Settings):
    """Of the documents of a batch, at most `max_differing` (a share of 1) are accepted unseen that `tier` reads
    otherwise, with probability `confidence`: routing/batch_promise.py. It needs no label of a person; some documents
    are asked of the tier to decide, drawn by chance: nobody can tell which who does not know `seed`."""

    tier: str
    max_differing: float = Field(gt=0, lt=1)
    confidence: float = Field(gt=0, lt=1)
    seed: str = Field(min_length=1)


class Review(Settings):
    """Rules about high values, whatever the confidence: at or above the limit a human looks, two people, or the last
    model of the cascade that may see the document reads it first. A limit that is left out does not bind."""

    value_above_usd: Decimal = Field(gt=0)
    two_people_above_usd: Decimal | None = Field(default=None, gt=0)
    last_model_above_usd: Decimal | None = Field(default=None, gt=0)


class Finance(Settings):
    """What an amount is held against: the seller's usual one, approval limits, and the list of purchase orders."""

    usual_documents: int = Field(ge=2)
    usual_factor: float = Field(gt=1)
    usual_deviations: float = Field(gt=0)
    approval_limits: dict[Currency, tuple[Amount, ...]]
    just_under_percent: Decimal = Field(gt=0, lt=100)
    orders_file: str


class Value(Settings):
    """Rates that turn an amount into US dollars, for ranking and rules only: never booked, never shown as paid."""

    usd_per_unit: dict[str, Decimal]
    usd_per_unknown_unit: Decimal = Field(gt=0)

    def in_usd(self, amount: str | None, currency: str | None) -> Decimal | None:
        """The amount (normalised, without sign) in US dollars and cents; None where there is none."""
        if amount is None:
            return None
        rate = self.usd_per_unit.get(currency or "", self.usd_per_unknown_unit)
        return (abs(Decimal(amount)) * rate).quantize(Decimal("0.01"))


class Learning(Settings):
    """How records of earlier answers count against what the policy expects of a tier: as much as `prior_fields`."""

    prior_fields: float = Field(gt=0)


class Estimate(Settings):
    """Token counts of one full-schema call, for estimates and reservations."""

    characters_per_token: float = Field(gt=0)
    instruction_tokens: int = Field(ge=0)
    image_tokens: int = Field(ge=0)
    output_tokens: int = Field(ge=0)
    output_tokens_per_line: int = Field(ge=0)


class Tier(Settings):
    """One rung of the cascade. Paid tiers name their model and the environment variable that holds their key.

    `base_url` is the address of a compatible server, which may do without a key; what such a model costs has to be
    stated, by `price` or by `listed_as` (`provider/model` of data/prices.toml or genai-prices). `api` is the interface
    that it is asked by, None for the usual one; `output_limit` is what `chat` calls the most output tokens (Ollama and
    LM Studio ignore the newer name); `options` go to the SDK's call as they are. A model may spend
    `thinking_tokens` of output beyond its answer; it is sent pictures of pages only where it `reads_images`, and keeps
    prompts that begin alike in its cache from `cache_from_tokens` on. `batch`: its documents may be sent by the batch
    interface, whose answers come within `batch_hours`. The rest bounds its calls: requests and tokens a minute, calls
    at the same time, seconds for one answer.

    What a plan reckons with until there are records: `expected_mend_share` of the fields in doubt that it is asked for
    are settled by it, `expected_miss_share` of the errors outlive it, and its answer takes `waits_hours`. Of the values
    that it gives and the pages bear out, `expected_value_share` are right: what its word counts for beside our own.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    kind: TierKind
    sensitivities: tuple[str, ...]
    model: str | None = None
    key_variable: str | None = None
    api: Literal["responses", "chat", "messages"] | None = None
    options: dict[str, Any] = Field(default_factory=dict)
    output_limit: Literal["max_completion_tokens", "max_tokens"] = "max_completion_tokens"
    thinking_tokens: int = Field(default=0, ge=0)
    reads_images: bool = True
    cache_from_tokens: int = Field(default=1024, ge=0)
    minutes_per_document: Decimal | None = Field(default=None, gt=0)
    usd_per_hour: Decimal | None = Field(default=None, ge=0)
    expected_mend_share: float = Field(default=0.8, ge=0, le=1)
    expected_miss_share: float = Field(default=0.03, ge=0, le=1)
    expected_value_share: float = Field(default=0.95, gt=0, lt=1)
    waits_hours: float = Field(default=0, ge=0)
    base_url: str | None = Field(default=None, pattern=r"^https?://")
    price: Price | None = None
    listed_as: str | None = Field(default=None, pattern=r"^[^/]+/.+$")
    service_tier: Literal["default", "flex", "priority"] | None = None
    batch: bool = False
    batch_hours: float = Field(default=24, gt=0)
    requests_per_minute: float | None = Field(default=None, gt=0)
    tokens_per_minute: float | None = Field(default=None, gt=0)
    concurrency: int = Field(default=16, ge=1, le=1000)
    answer_seconds: float = Field(default=120, gt=0)

    @property
    def look_usd(self) -> Decimal:
        """What one look by a human costs in US dollars: minutes times wage; 0 for a tier of another kind."""
        return (self.minutes_per_document or Decimal(0)) * (self.usd_per_hour or Decimal(0)) / 60

    @property
    def priced_as(self) -> tuple[str, str]:
        """Provider and model under which price lists know it."""
        provider, _, model = (self.listed_as or f"{self.kind}/{self.model}").partition("/")
        return provider, model

    @property
    def paid(self) -> bool:
        """Whether a call to it goes to a provider that bills."""
        return self.kind in ("openai", "anthropic")

    @model_validator(mode="after")
    def _complete(self) -> "Tier":
        if self.paid and not (self.model and (self.key_variable or self.base_url)):
            raise ValueError(f"tier {self.name!r} of kind {self.kind!r} needs `model` and `key_variable`")
        if self.base_url and not (self.price or self.listed_as):
            raise ValueError(f"tier {self.name!r} has a `base_url`: state its `price` (0 is one), or `listed_as`")
        if self.paid and self.api and (self.api == "messages") != (self.kind == "anthropic"):
            raise ValueError(f"tier {self.name!r} of kind {self.kind!r} has no interface {self.api!r}")
        if self.kind == "human" and (self.minutes_per_document is None or self.usd_per_hour is None):
            raise ValueError(f"tier {self.name!r} of kind 'human' needs `minutes_per_document` and `usd_per_hour`")
        return self


class Retention(Settings):
    """How long the content of documents is kept: so many days after they were settled, None for ever."""

    content_days: int | None = Field(default=None, gt=0, le=36_500)


class Policy(Settings):
    """All that decides a run. `hash` names it in every decision."""

    version: str
    fields_file: str = ""
    limits: Limits
    acceptance: Acceptance
    promise: PromiseSettings | None = None
    batch_promise: BatchPromise | None = None
    checks_a_model_may_mend: dict[str, tuple[str, ...]]
    loss: Loss
    records: Learning
    review: Review
    finance: Finance
    value: Value
    estimate: Estimate
    budgets: Budgets
    calls: Calls
    retention: Retention = Retention()
    sensitivity: tuple[SensitivityRule, ...] = ()
    tiers: tuple[Tier, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _tiers_make_a_cascade(self) -> "Policy":
        names = [tier.name for tier in self.tiers]
        if len(set(names)) < len(names):
            raise ValueError(f"tiers must have different names, got {', '.join(names)}")
        if not any(tier.kind == "human" for tier in self.tiers):
            raise ValueError("tiers must have one of kind 'human': doubt has to end somewhere")
        return self

    @model_validator(mode="after")
    def _batch_promise_can_be_kept(self) -> "Policy":
        if self.batch_promise is None:
            return self
        if self.promise is not None:
            raise ValueError("state [promise] or [batch_promise]: a document is accepted by one of them")
        tier = next((tier for tier in self.tiers if tier.name == self.batch_promise.tier), None)
        if tier is None or not tier.paid or tier.batch:
            raise ValueError(f"batch_promise.tier must be a paid tier without `batch`, got {self.batch_promise.tier!r}")
        return self

    @property
    def human(self) -> Tier:
        """The tier of people: the first one of kind `human`."""
        return next(tier for tier in self.tiers if tier.kind == "human")

    @property
    def hash(self) -> str:
        """First 16 hex digits of the SHA-256 of all settings, however the file is laid out."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]

    def active_tiers(self, environment: Mapping[str, str]) -> tuple[Tier, ...]:
        """The tiers that can be used: all but the paid ones whose key is not in `environment`."""
        return tuple(t for t in self.tiers if not t.paid or t.key_variable is None or environment.get(t.key_variable))


def parse_policy(text: str, file: str) -> Policy:
    """The policy that the TOML `text` states; `file` names it in errors. Raises `ConfigurationError`."""
    return parse_settings(Policy, text, file, "policy")


def parse_settings(model: type[AnySettings], text: str, file: str, what: str) -> AnySettings:
    """The settings in the TOML `text`. Raises `ConfigurationError`, which names the setting, or `what` it all is."""
    try:
        settings = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        where = f"{file}:{line[1]}" if line else file
        raise ConfigurationError(what, f"is not valid TOML: {error}", "Correct that line.", where) from None
    try:
        return model.model_validate(settings)
    except ValidationError as error:
        first = min(error.errors(), key=lambda e: e["type"] != "extra_forbidden")  # a typo before what it left missing
        setting = ".".join(str(part) for part in first["loc"]) or what
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
            heads = [i for i, line in enumerate(lines) if re.match(rf"\s*\[\[(\w+\.)*{location[depth - 1]}\]\]", line)]
            if part < len(heads):
                start = heads[part]
                found = start + 1
            continue
        pattern = re.compile(
            rf'\s*(\[\[?(?:\w+\.)*{re.escape(part)}\]\]?|"?{re.escape(part)}"?\s*=)|.*[{{,]\s*{re.escape(part)}\s*='
        )
        hit = next((i for i in range(start, len(lines)) if pattern.match(lines[i])), None)
        if hit is None:
            break
        start, found = hit, hit + 1
    return found
