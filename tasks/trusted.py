"""Pickles that a reading process made, taken for what they may be: plain data of ours, and nothing that runs.

A document may have taken the process over; what it then writes must not take over who reads it.
"""

import io
import pickle
from typing import Any

_MODULES = frozenset({"tasks.documents", "tasks.workers.answer", "tasks.ask.kept", "routing.errors"})
_CLASSES = frozenset(
    {("datetime", "datetime"), ("datetime", "timezone"), ("datetime", "timedelta"), ("decimal", "Decimal")}
)


def loads(data: bytes) -> Any:  # noqa: ANN401 - whoever asks checks what it is
    """What `data` holds. Raises `pickle.UnpicklingError` where it names anything but our plain data."""
    try:
        return _Unpickler(io.BytesIO(data)).load()
    except pickle.UnpicklingError:
        raise
    except Exception as error:  # noqa: BLE001 - what is no pickle may fail in any way
        raise pickle.UnpicklingError(f"{type(error).__name__}: {error}") from None


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - as its base class
        """A class of ours, or of those few that our data consists of."""
        if (module, name) in _CLASSES:
            return super().find_class(module, name)
        if module in _MODULES and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, type) and found.__module__ == module:
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no data of ours")
