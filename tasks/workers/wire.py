"""How a process and its parent talk: pickles, each after its length, over one end each of a pair of sockets."""

import os
import pickle
import select
import struct
import time
from collections.abc import Callable
from typing import Any

_LENGTH = struct.Struct("!Q")
_CHUNK_BYTES = 1 << 20


class Wire:
    """One end, by its file descriptor; `loads` turns received bytes into a message."""

    def __init__(self, descriptor: int, loads: Callable[[bytes], Any] = pickle.loads) -> None:
        self._descriptor, self._loads = descriptor, loads

    def send(self, message: object) -> None:
        """Send one message. Raises `OSError` where nobody listens any more; what does not pickle is not begun."""
        data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
        rest = memoryview(_LENGTH.pack(len(data)) + data)
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]

    def receive(self, seconds: float | None = None, most_bytes: int | None = None) -> Any:  # noqa: ANN401 - any message
        """The next message.

        Raises `TimeoutError` where it is not whole after `seconds`, `EOFError` where the other end is gone,
        `pickle.UnpicklingError` where it is over `most_bytes` or `loads` refuses it.
        """
        end = None if seconds is None else time.monotonic() + seconds
        (size,) = _LENGTH.unpack(self._exactly(_LENGTH.size, end))
        if most_bytes is not None and size > most_bytes:
            raise pickle.UnpicklingError(f"a message of {size} bytes")
        return self._loads(self._exactly(size, end))

    def close(self) -> None:
        """Close this end."""
        descriptor, self._descriptor = self._descriptor, -1  # another thread must not read from whoever has it next
        os.close(descriptor)

    def _exactly(self, count: int, end: float | None) -> bytes:
        data = bytearray()
        while len(data) < count:
            self._wait(end)
            chunk = os.read(self._descriptor, min(count - len(data), _CHUNK_BYTES))
            if not chunk:
                raise EOFError
            data += chunk
        return bytes(data)

    def _wait(self, end: float | None) -> None:
        if end is None:
            return
        poll = select.poll()
        poll.register(self._descriptor, select.POLLIN)
        if not poll.poll(max(end - time.monotonic(), 0) * 1000):
            raise TimeoutError
