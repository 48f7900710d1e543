"""The settings of spending: prices, budgets, and how paid tiers are called."""

from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

Usd = Annotated[Decimal, Field(ge=0)]
"""US dollars."""


class Settings(BaseModel):
    """What all settings have in common: nothing unknown, nothing changed later."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ClassPrices(Settings):
    """US dollars for a million tokens of each class; cached and cache-write tokens cost as input if left out."""

    input_usd: Usd
    cached_input_usd: Usd | None = None
    cache_write_usd: Usd | None = None
    output_usd: Usd


class LongContext(ClassPrices):
    """Prices for all tokens of a call whose prompt is longer than `above_tokens`."""

    above_tokens: int = Field(gt=0)


class Price(ClassPrices):
    """What a model costs. Percents are of these prices: 50 is half of them. `usd_per_second` is for own servers."""

    usd_per_second: Usd = Decimal(0)
    batch_percent: Decimal | None = Field(default=None, ge=0)
    service_tier_percent: dict[str, Usd] = Field(default_factory=dict)
    steps: tuple[LongContext, ...] = ()

    @model_validator(mode="after")
    def _steps_ascend(self) -> "Price":
        starts = [step.above_tokens for step in self.steps]
        if starts != sorted(set(starts)):
            raise ValueError(f"`steps` must go up in `above_tokens`, got {', '.join(map(str, starts))}")
        return self


class Budget(Settings):
    """The most that paid calls may cost, in US dollars. A limit that is left out does not bind; days are UTC."""

    run_usd: Usd | None = None
    day_usd: Usd | None = None
    month_usd: Usd | None = None


class LabelBudget(Budget):
    """The share of a department, tenant, or source: documents whose file name fits one of `files` carry the label.

    `files` are patterns such as `legal/*`, where `*` also stands for `/`; the source's name may be part of them.
    """

    label: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")
    files: tuple[str, ...] = Field(min_length=1)


class Budgets(Budget):
    """The budget of all, and the shares of labels: a call has to fit every one that applies to it."""

    labels: tuple[LabelBudget, ...] = ()

    @model_validator(mode="after")
    def _labels_differ(self) -> "Budgets":
        names = [share.label for share in self.labels]
        if len(set(names)) < len(names):
            raise ValueError(f"labels must have different names, got {', '.join(names)}")
        return self

    def label_of(self, source: str, file_name: str) -> str:
        """The label of a document: the first one that fits, "" where none does."""
        place = f"{source.rstrip('/')}/{file_name}"
        return next((share.label for share in self.labels if _fits(share.files, file_name, place)), "")


class Calls(Settings):
    """How paid tiers are called. Everything has an end: tries, waits, and the time that a run spends on calls."""

    tries: int = Field(ge=1)
    longest_wait_seconds: float = Field(gt=0)
    fates_unknown: int = Field(ge=1)
    failures_in_a_row: int = Field(ge=1)
    leave_alone_seconds: float = Field(gt=0)
    run_minutes: float = Field(gt=0)


class SensitivityRule(Settings):
    """Documents that get a class: by file name, by doc_type, or by words on their pages, whichever fits first."""

    sensitivity: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    files: tuple[str, ...] = ()
    doc_types: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


def _fits(patterns: tuple[str, ...], *names: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns for name in names)
