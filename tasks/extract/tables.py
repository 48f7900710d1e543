"""The word lists of data/, as the rules use them."""

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def words(name: str) -> dict[str, Any]:
    """The tables of data/NAME.toml."""
    return tomllib.loads((files("data") / f"{name}.toml").read_text(encoding="utf-8"))


def any_of(patterns: Iterable[str]) -> str:
    """One regular expression that matches any of them."""
    return f"(?:{'|'.join(patterns)})"
