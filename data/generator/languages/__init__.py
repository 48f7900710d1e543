"""Languages of the wide set that have a file each: their words, and what names and goods are made of."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def languages() -> dict[str, dict[str, Any]]:
    """By ISO 639-1 code, the tables `words` and `names` of each file."""
    files = sorted(Path(__file__).parent.glob("*.toml"))
    return {file.stem: tomllib.loads(file.read_text("utf-8")) for file in files}
