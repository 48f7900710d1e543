"""Every error of ours, in one tree.

LedgerlineError
├── UsageError                what was asked for makes no sense             exit 2
│   ├── ConfigurationError    a setting is missing, unknown or wrong        exit 2
│   └── SourceError           the source is not there or can't be listed    exit 2
├── StoreError                the store can't be used                       exit 1
│   ├── StoreLockedError      another run holds it
│   └── StoreDamagedError     a part of it can't be read
├── ServerError               the Prefect server can't be reached           exit 1
├── WorkerError               reading processes can't be started            exit 1
├── ClusterError              the Dask cluster can't read for us            exit 1
├── BudgetError               a call does not fit a budget: the document waits for the next run
├── ForbiddenError            a document would go to a tier that may not see it; a fault of ours, stopped here
├── ProviderFault             a model call gave no answer: never a value, never a reason to ask a dearer model
│   ├── PassingFault              may pass by itself: the same request may be sent again
│   │   ├── TimeoutFault              no whole answer in time; it may have been billed
│   │   ├── ConnectionFault           torn before the answer was whole; it may have been billed
│   │   ├── UnreachableFault          no connection came about
│   │   ├── RateLimitFault            too much in too short a time
│   │   ├── OverloadedFault           the provider has too much to do
│   │   ├── OutOfTimeFault            its turn does not come within the run's time for calls
│   │   └── ServerFault               the provider failed
│   ├── TierFault                 the tier is of no use until somebody mends something
│   │   ├── KeyFault                  the key is missing, wrong, or may not do this
│   │   ├── QuotaFault                the account has no money or quota left
│   │   └── ModelFault                the model or the address does not exist
│   ├── RequestFault              this request can't be answered, another may; not billed
│   │   ├── ContextFault              longer than the model can take
│   │   ├── ContentFilterFault        stopped by the provider's filter (an answer cut off by it is billed)
│   │   └── BatchLostFault            expired, cancelled or dropped with its batch
│   └── AnswerFault               it was answered and billed, and that is no answer
│       ├── RefusalFault              the model would not
│       ├── TruncatedFault            cut off at the most output tokens
│       ├── EmptyFault                no text
│       └── MalformedFault            no JSON, or not what the schema says
└── DocumentError             one document can't be read: its outcome is `rejected`, the batch goes on
    ├── EmptyDocumentError        no bytes, or no pages
    ├── EncryptedError            needs a password
    ├── CorruptError              no reader can make sense of it
    ├── UnsupportedError          not a kind of file that we read
    ├── ChangedError              written to while it was being read: the next run takes it in as it then is
    ├── NoRoomError               no room for what it unpacks to or what is kept of it: the run ends, as a StoreError
    └── LimitError                over a limit: bytes, pages, pixels, seconds, memory, depth, count, expansion
"""

from decimal import Decimal
from typing import Any, ClassVar, Self

from routing.prices import Usage


class LedgerlineError(Exception):
    """Base of all our errors. `str()` says what happened and, where there is one, the remedy."""

    exit_status: ClassVar[int] = 1


class UsageError(LedgerlineError):
    """What was asked for makes no sense."""

    exit_status: ClassVar[int] = 2


class ConfigurationError(UsageError):
    """A setting is missing, unknown or wrong.

    Attributes: `setting` (dotted name), `problem`, `remedy`, and `where` (`file` or `file:line`, "" if unknown).
    """

    def __init__(self, setting: str, problem: str, remedy: str, where: str = "") -> None:
        self.setting, self.problem, self.remedy, self.where = setting, problem, remedy, where
        super().__init__(f"{where + ': ' if where else ''}{setting}: {problem}. {remedy}")


class SourceError(UsageError):
    """The source is not there or can't be listed. Attributes: `source`, `problem`."""

    def __init__(self, source: str, problem: str) -> None:
        self.source, self.problem = source, problem
        super().__init__(f"source {source!r}: {problem}")


class StoreError(LedgerlineError):
    """The store can't be used. Attributes: `store` (its folder), `problem`, `remedy`."""

    def __init__(self, store: str, problem: str, remedy: str) -> None:
        self.store, self.problem, self.remedy = store, problem, remedy
        super().__init__(f"store {store!r}: {problem}. {remedy}")

    def __reduce__(self) -> tuple[type["StoreError"], tuple[str, str, str]]:
        return type(self), (self.store, self.problem, self.remedy)

    @classmethod
    def unwritable(cls, folder: str, error: object) -> Self:
        """The disk or the folder does not take what is written."""
        remedy = "Make room on the disk or correct the folder's permissions, then run again."
        return cls(folder, f"can't be written: {str(error).splitlines()[0]}", remedy)


class StoreLockedError(StoreError):
    """Another run holds the store."""


class StoreDamagedError(StoreError):
    """A part of the store can't be read."""


class ServerError(LedgerlineError):
    """The Prefect server can't be reached. Attributes: `api_url`, `problem`, `remedy`."""

    def __init__(self, api_url: str, problem: str, remedy: str) -> None:
        self.api_url, self.problem, self.remedy = api_url, problem, remedy
        super().__init__(f"Prefect server {api_url}: {problem}. {remedy}")


class WorkerError(LedgerlineError):
    """Reading processes can't be started. `problem` is what the first of them said."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(f"a reading process can't be started: {problem}")

    def __reduce__(self) -> tuple[type["WorkerError"], tuple[str]]:
        return type(self), (self.problem,)


class ClusterError(LedgerlineError):
    """The Dask cluster can't read for us. Attributes: `address` (its scheduler's), `problem`, `remedy`."""

    def __init__(self, address: str, problem: str, remedy: str) -> None:
        self.address, self.problem, self.remedy = address, problem, remedy
        super().__init__(f"Dask cluster {address}: {problem}. {remedy}")

    def __reduce__(self) -> tuple[type["ClusterError"], tuple[str, str, str]]:
        return type(self), (self.address, self.problem, self.remedy)


class BudgetError(LedgerlineError):
    """A call does not fit a budget. Attributes: `scope` (such as `day 2026-11-24`), and in US dollars its `limit_usd`,
    the `left_usd` that is not spent or reserved, the `reserved_usd` of calls in flight, and what the call may need,
    `needed_usd`."""

    def __init__(
        self, scope: str, limit_usd: Decimal, left_usd: Decimal, reserved_usd: Decimal, needed_usd: Decimal
    ) -> None:
        self.scope, self.limit_usd, self.left_usd = scope, limit_usd, left_usd
        self.reserved_usd, self.needed_usd = reserved_usd, needed_usd
        super().__init__(
            f"over_budget: the call may cost {needed_usd:.4f} USD, and of {limit_usd:.2f} USD for {scope} only "
            f"{left_usd:.4f} are left"
        )

    @property
    def may_fit_later(self) -> bool:
        """Whether it may fit once calls in flight have cost less than was reserved for them."""
        return self.needed_usd < self.left_usd + self.reserved_usd


class ForbiddenError(LedgerlineError):
    """A document would go to a tier that may not see it. Attributes: `document_id`, `tier`, `sensitivity`."""

    def __init__(self, document_id: str, tier: str, sensitivity: str) -> None:
        self.document_id, self.tier, self.sensitivity = document_id, tier, sensitivity
        super().__init__(
            f"document {document_id[:16]} is {sensitivity!r}, which tier {tier!r} may not see. "
            "See `sensitivities` of that tier in the policy."
        )


class ProviderFault(LedgerlineError):  # noqa: N818 - a fault is the provider's, an error is ours
    """A model call gave no answer. `detail` never holds a key or text of a document.

    `kind` is a stable word for SQL. `retryable`: the same request may be sent again. `stops_tier`: so would every other
    request of the tier fail. `may_be_billed`: it can't be ruled out that the provider bills it; `usage` is what it
    bills where that is known. `retry_after_seconds` is what the provider asked for, `provider_request_id` its own id.
    """

    kind: ClassVar[str] = "unknown"
    retryable: ClassVar[bool] = False
    stops_tier: ClassVar[bool] = False
    may_be_billed: ClassVar[bool] = False

    def __init__(
        self,
        tier: str,
        detail: str,
        retry_after_seconds: float | None = None,
        usage: Usage | None = None,
        provider_request_id: str = "",
    ) -> None:
        self.tier, self.detail, self.usage = tier, detail, usage
        self.retry_after_seconds, self.provider_request_id = retry_after_seconds, provider_request_id
        super().__init__(f"tier {tier!r}: {self.kind}: {detail}")

    def __reduce__(self) -> tuple[type["ProviderFault"], tuple[str, str, float | None, Usage | None, str]]:
        facts = (self.tier, self.detail, self.retry_after_seconds, self.usage, self.provider_request_id)
        return type(self), facts


class PassingFault(ProviderFault):
    """May pass by itself: the same request may be sent again."""

    retryable: ClassVar[bool] = True


class TimeoutFault(PassingFault):
    """No whole answer in time."""

    kind: ClassVar[str] = "timeout"
    may_be_billed: ClassVar[bool] = True


class ConnectionFault(PassingFault):
    """The connection was torn before the answer was whole."""

    kind: ClassVar[str] = "connection"
    may_be_billed: ClassVar[bool] = True


class UnreachableFault(PassingFault):
    """No connection came about: nothing was sent."""

    kind: ClassVar[str] = "unreachable"


class RateLimitFault(PassingFault):
    """Too many requests or tokens in too short a time."""

    kind: ClassVar[str] = "rate_limited"


class OverloadedFault(PassingFault):
    """The provider has too much to do."""

    kind: ClassVar[str] = "overloaded"


class OutOfTimeFault(PassingFault):
    """Its turn does not come within the time that the policy gives a run for calls: it was not sent."""

    kind: ClassVar[str] = "out_of_time"


class ServerFault(PassingFault):
    """The provider failed."""

    kind: ClassVar[str] = "server"


class TierFault(ProviderFault):
    """The tier is of no use until somebody mends something."""

    stops_tier: ClassVar[bool] = True


class KeyFault(TierFault):
    """The key is missing, wrong, or may not do this."""

    kind: ClassVar[str] = "invalid_key"


class QuotaFault(TierFault):
    """The account has no money or quota left: waiting does not help."""

    kind: ClassVar[str] = "quota"


class ModelFault(TierFault):
    """The model, or the address asked, does not exist."""

    kind: ClassVar[str] = "unknown_model"


class RequestFault(ProviderFault):
    """The provider would not take this request; another may be taken. Nothing is billed but what `usage` says."""

    kind: ClassVar[str] = "bad_request"


class ContextFault(RequestFault):
    """The request is longer than the model can take."""

    kind: ClassVar[str] = "context_too_long"


class ContentFilterFault(RequestFault):
    """The provider's filter stopped the request, or cut off the answer (which is billed then: see `usage`)."""

    kind: ClassVar[str] = "content_filter"


class BatchLostFault(RequestFault):
    """The request expired, or was cancelled or dropped with its batch, before anything was done."""

    kind: ClassVar[str] = "batch_lost"


class AnswerFault(ProviderFault):
    """The provider answered and bills it, and that is no answer: sending the same again would pay twice."""

    may_be_billed: ClassVar[bool] = True


class RefusalFault(AnswerFault):
    """The model would not."""

    kind: ClassVar[str] = "refusal"


class TruncatedFault(AnswerFault):
    """Cut off at the most output tokens that were allowed."""

    kind: ClassVar[str] = "truncated"


class EmptyFault(AnswerFault):
    """No text."""

    kind: ClassVar[str] = "empty"


class MalformedFault(AnswerFault):
    """No JSON, or not what the schema says."""

    kind: ClassVar[str] = "malformed"


class DocumentError(LedgerlineError):
    """One document can't be read. `code` is a stable word for SQL, `detail` says it for a person, in 500 characters at
    most: part of it may be the document's own text."""

    code: ClassVar[str] = "unreadable"

    def __init__(self, detail: str) -> None:
        self.detail = detail if len(detail) <= 500 else f"{detail[:499]}…"
        super().__init__(f"{self.code}: {self.detail}")

    def __reduce__(self) -> tuple[type["DocumentError"], tuple[Any, ...]]:
        return type(self), (self.detail,)


class EmptyDocumentError(DocumentError):
    """No bytes, or no pages."""

    code: ClassVar[str] = "empty"


class EncryptedError(DocumentError):
    """Needs a password that we do not have."""

    code: ClassVar[str] = "encrypted"


class CorruptError(DocumentError):
    """No reader can make sense of the bytes."""

    code: ClassVar[str] = "corrupt"


class UnsupportedError(DocumentError):
    """Not a kind of file that we read."""

    code: ClassVar[str] = "unsupported"


class ChangedError(DocumentError):
    """It was written to, exchanged or taken away while it was being read: nothing of what was read is used."""

    code: ClassVar[str] = "changed"


class NoRoomError(DocumentError):
    """There is no room on the disk for what it unpacks to, or for what is kept of it. That says nothing of the
    document, so whoever has it read raises `StoreError` then."""

    code: ClassVar[str] = "no_room"


class LimitError(DocumentError):
    """Over one of the policy's limits. `detail` names all of its attributes: `limit` (its name), `allowed` (its value),
    `found`, and `remedy`, which is to raise the limit where nothing else is said."""

    code: ClassVar[str] = "limit"

    def __init__(self, limit: str, allowed: float, found: str, remedy: str = "") -> None:
        self.limit, self.allowed, self.found = limit, allowed, found
        self.remedy = remedy or f"raise {limit} in [limits] of the policy to take it in"
        super().__init__(f"{limit} {allowed:.15g}: {found}; {self.remedy}")

    def __reduce__(self) -> tuple[type["LimitError"], tuple[Any, ...]]:
        return type(self), (self.limit, self.allowed, self.found, self.remedy)
