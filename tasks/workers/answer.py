"""What a reading process answers."""

from dataclasses import dataclass
from typing import Any

from routing.errors import DocumentError


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one call: a value, or the error that ended it, with the traceback where it was not expected.

    `worn` says that the process should be replaced: of its memory too much is held by what it has read.
    """

    value: Any = None
    error: DocumentError | None = None
    traceback: str = ""
    worn: bool = False
