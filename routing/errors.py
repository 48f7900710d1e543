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
└── DocumentError             one document can't be read: its outcome is `rejected`, the batch goes on
    ├── EmptyDocumentError        no bytes, or no pages
    ├── EncryptedError            needs a password
    ├── CorruptError              no reader can make sense of it
    ├── UnsupportedError          not a kind of file that we read
    └── LimitError                over a limit: bytes, pages, pixels, seconds, memory, depth, count, expansion
"""

from typing import ClassVar


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


class DocumentError(LedgerlineError):
    """One document can't be read. `code` is a stable word for SQL, `detail` says it for a person."""

    code: ClassVar[str] = "unreadable"

    def __init__(self, detail: str) -> None:
        self.detail = detail
        super().__init__(f"{self.code}: {detail}")

    def __reduce__(self) -> tuple[type["DocumentError"], tuple[str]]:
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


class LimitError(DocumentError):
    """Over one of the policy's limits; `detail` names the limit, its value and what was found."""

    code: ClassVar[str] = "limit"
