"""What the command line does without: parts of libraries that others import for uses that it does not have.

- pyarrow imports pandas, where it is installed, to ask whether the first list that becomes an array is one of its
  series: half a second. It is there for those who take data frames out of the store.
- httpx imports a command line of its own, with click, pygments and rich.
- Prefect imports FastAPI to turn a flow's parameters into JSON, which our parameters, pydantic models, do themselves.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from types import ModuleType


class _Withheld(MetaPathFinder):
    def __init__(self, module: str) -> None:
        self._module = module

    def find_spec(self, name: str, *_: object) -> None:
        if name == self._module:
            raise ModuleNotFoundError(name)


def spare_pandas() -> None:
    """Let pyarrow find no pandas, for as long as this process lives; others find it as before."""
    import pyarrow

    with _without("pandas"):
        pyarrow.array([])


def spare_for_prefect() -> None:
    """Import what Prefect talks by and writes parameters with, without what they would bring along. Call it before
    Prefect is imported."""
    from pydantic_core import to_jsonable_python

    with _without("httpx._main"):
        import httpx  # noqa: F401 - it goes without, as it does where click is not installed
    encoders = ModuleType("fastapi.encoders")
    encoders.jsonable_encoder = to_jsonable_python  # type: ignore[attr-defined]
    sys.modules.setdefault(encoders.__name__, encoders)


@contextmanager
def _without(module: str) -> Iterator[None]:
    withheld = _Withheld(module)
    sys.meta_path.insert(0, withheld)
    try:
        yield
    finally:
        sys.meta_path.remove(withheld)
