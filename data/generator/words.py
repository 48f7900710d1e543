"""What a language calls things on business papers. Where there are several ways, a wording number picks one."""

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

from data.generator.locales import Locale

_HERE = Path(__file__).parent
_ALL = tomllib.loads((_HERE / "words.toml").read_text("utf-8"))


@cache
def _more() -> dict[str, Any]:
    return tomllib.loads((_HERE / "more_words.toml").read_text("utf-8"))


def _listed(ways: str) -> list[str]:
    return ways.split("|") if ways else []


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one paper: a locale's language, and which of its ways of saying things. Where `mixed`, each word is
    picked by itself, and from `more_words.toml` too."""

    locale: Locale
    wording: int = 0
    mixed: bool = False

    def __getitem__(self, key: str) -> str:
        ways = self._ways(key)
        return ways[(crc32(f"{key} {self.wording}".encode()) if self.mixed else self.wording) % len(ways)]

    def _ways(self, key: str) -> list[str]:
        language = self.locale.language
        ways = _listed(_ALL.get(key, {}).get(language, ""))
        return ways + _listed(_more().get(key, {}).get(language, "")) if self.mixed else ways

    def tax(self, rate: Decimal) -> str:
        """The label of one rate's tax."""
        return self["tax"].format(rate=self.locale.percent(rate))

    def unit(self, code: str) -> str:
        """The usual short form of a UN/ECE Recommendation 20 unit."""
        language = self.locale.language
        return str(_ALL["units"][code].get(language) or _more()["units"][code][language])
