"""What a reading process answers."""

from dataclasses import dataclass
from typing import Any

from routing.errors import DocumentError


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one call: a value, or the error that ended it, with the traceback where it was not expected.

    `out_of_memory` says that the process should be replaced: what did not fit may still be held.
    """

    value: Any = None
    error: DocumentError | None = None
    traceback: str = ""
    out_of_memory: bool = False
