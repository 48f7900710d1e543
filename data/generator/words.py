"""What a language calls things on business papers. Where there are several ways, a wording number picks one."""

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

from data.generator.languages import languages
from data.generator.locales import Locale

_HERE = Path(__file__).parent
_ALL = tomllib.loads((_HERE / "words.toml").read_text("utf-8"))


WORDINGS = ("all", "common", "held-out")
"""Which ways of saying things a wide set uses. A fifth of them is held out, the same in every set: what learned on
`common` ones can be tried on `held-out` ones."""


@cache
def _more() -> dict[str, Any]:
    files = ("clutter.toml", "tickets.toml", "more_words.toml", "addressing.toml")
    more = {key: ways for name in files for key, ways in tomllib.loads((_HERE / name).read_text("utf-8")).items()}
    for language, facts in languages().items():
        for key, ways in facts["words"].items():
            more.setdefault(key, {})[language] = ways
    return more


def _listed(ways: str) -> list[str]:
    return ways.split("|") if ways else []


def clutter_patterns() -> dict[str, list[str]]:
    """The values of what stands beside a paper's own numbers, by the key of its label: as of `clutter.toml`."""
    return {key: _listed(ways) for key, ways in _more()["patterns"].items()}


@cache
def _mixed_ways(key: str, code: str, wordings: str) -> list[str]:
    """In the language of the locale `code`; some countries have words of their own instead."""
    language, own = code[:2], _listed(_more().get(key, {}).get(code, ""))
    ways = own or _listed(_ALL.get(key, {}).get(language, "")) + _listed(_more().get(key, {}).get(language, ""))
    kept = [way for way in ways if wordings == "all" or _held_out(way) == (wordings == "held-out")]
    return kept or ways


def _held_out(way: str) -> bool:
    letters = "".join(filter(str.isalnum, way.casefold()))
    return crc32(letters.encode()) % 5 == 0


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one paper: a locale's language, and which of its ways of saying things. Where `mixed`, each word is
    picked by itself, from `more_words.toml` and `clutter.toml` too, as far as `wordings` allows."""

    locale: Locale
    wording: int = 0
    mixed: bool = False
    wordings: str = "all"

    def __getitem__(self, key: str) -> str:
        ways = self._ways(key)
        return ways[(crc32(f"{key} {self.wording}".encode()) if self.mixed else self.wording) % len(ways)]

    def _ways(self, key: str) -> list[str]:
        language = self.locale.language
        if self.mixed:
            return _mixed_ways(key, self.locale.code, self.wordings)
        return _listed(_ALL.get(key, {}).get(language, ""))

    def listed(self, key: str) -> list[str]:
        """All that this paper could say for `key`."""
        return self._ways(key)

    def has(self, key: str) -> bool:
        """Whether the paper's language has a word for `key`."""
        return bool(self._ways(key))

    def tax(self, rate: Decimal) -> str:
        """The label of one rate's tax."""
        return self["tax"].format(rate=self.locale.percent(rate))

    def unit(self, code: str) -> str:
        """The usual short form of a UN/ECE Recommendation 20 unit."""
        language = self.locale.language
        known = _ALL["units"][code].get(language) or _more()["units"][code].get(language)
        return str(known or self[f"units.{code}"])
