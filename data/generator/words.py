"""What a language calls things on business papers. Where there are several ways, a wording number picks one."""

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from data.generator.locales import Locale

_ALL = tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one paper: a locale's language, and which of its ways of saying things."""

    locale: Locale
    wording: int = 0

    def __getitem__(self, key: str) -> str:
        ways: list[str] = _ALL[key][self.locale.language].split("|")
        return ways[self.wording % len(ways)]

    def tax(self, rate: Decimal) -> str:
        """The label of one rate's tax."""
        return self["tax"].format(rate=self.locale.percent(rate))

    def unit(self, code: str) -> str:
        """The usual short form of a UN/ECE Recommendation 20 unit."""
        return str(_ALL["units"][code][self.locale.language])
