"""What the parts of a composed paper share: the sheet, the bill, the plan, and every small choice of style."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar
from zlib import crc32

from data.generator.bills import Bill, spaced
from data.generator.ink import InkSheet
from data.generator.sheet import BLACK, GREY
from data.generator.vendors import Party
from data.generator.words import Words

Choice = TypeVar("Choice")
Zone = tuple[float, float]
"""The left and right edge that a part keeps to, in points."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which form each part has. `arrangement` is the order of the parts; `seed` decides all that is smaller."""

    arrangement: str
    head: str
    parties: str
    facts: str
    columns: tuple[str, ...]
    rules: str
    sums: str
    payment: str
    seed: int

    @property
    def name(self) -> str:
        """What makes the layout: papers of one name differ in wording, content and small choices alone."""
        return f"{self.arrangement}-{self.head}-{self.parties}-{self.facts}-{self.sums}-{self.payment}"


@dataclass(frozen=True)
class Frame:
    """One paper in the making."""

    sheet: InkSheet
    bill: Bill
    words: Words
    plan: Plan

    def pick(self, what: str, *options: Choice) -> Choice:
        """One of `options`, the same at every call for this paper; `what` names the choice."""
        return options[crc32(f"{what} {self.plan.seed}".encode()) % len(options)]

    def chance(self, what: str, share: float) -> bool:
        """True for a `share` of all papers, the same at every call for this one."""
        return crc32(f"{what}? {self.plan.seed}".encode()) % 10_000 < share * 10_000

    @property
    def left(self) -> float:
        """The left margin."""
        return self.pick("margin", 36.0, 42.0, 48.0, 56.0, 70.0)

    @property
    def right(self) -> float:
        """Where the right margin begins."""
        return self.sheet.width - self.pick("right margin", 36.0, 42.0, 48.0, 56.0)

    @property
    def zone(self) -> Zone:
        """Between the margins."""
        return self.left, self.right

    @property
    def size(self) -> float:
        """Of the running text."""
        return self.pick("size", 8.0, 8.5, 9.0, 9.0, 9.5, 10.0, 11.0)

    @property
    def lead(self) -> float:
        """The height of a line."""
        return self.size * self.pick("lead", 1.2, 1.3, 1.4, 1.55)

    @property
    def money(self) -> str:
        """How amounts show their currency: `own` at each, `apart` as a text of its own, `bold` at the last totals
        alone, `label` in labels, `bare` not at all."""
        if self.words.locale.money == "{amount}":
            return self.pick("bare", "label", "bare", "bold")
        return self.pick("money", "own", "own", "own", "apart", "bold")

    def label(self, key: str) -> str:
        """The word for `key`, in this paper's case, and in two languages on some papers."""
        word = self.words[key]
        if self.words.locale.language != "en" and self.chance("bilingual", 0.06):
            english = replace(self.words, locale=replace(self.words.locale, code="en-GB"))[key]
            word = f"{word}{self.pick('between', ' / ', '/', ' - ', ' | ')}{english}"
        return self.cased(word)

    def cased(self, text: str) -> str:
        """`text` as this paper writes labels."""
        return text.upper() if self.chance("case", 0.2) else text

    def tagged(self, label: str) -> str:
        """`label` with what stands between it and its value."""
        return label if label.endswith((":", ".:")) else label + self.pick("tag", "", "", ":", ":", " :", ":")

    def name(self, party: Party) -> str:
        """The name of a party, perhaps in capitals."""
        return party.name.upper() if self.chance("capitals", 0.15) else party.name

    def vat_id(self, number: str) -> str:
        """A VAT id as this paper groups it."""
        return self.pick("vat id", *([spaced(number)[0]] * 4), *spaced(number))

    def account(self) -> str:
        """The seller's IBAN, in fours or in one piece."""
        return self.pick("account", self.bill.seller.account, self.bill.seller.account, self.bill.seller.iban)

    def write(
        self,
        x: float,
        y: float,
        text: str,
        width: float,
        size: float = 0.0,
        bold: bool = False,
        align: str = "left",
        shows: str | tuple[str, ...] = (),
        grey: bool = False,
    ) -> float:
        """One line, set smaller where it is wider than `width`. Returns the baseline below it."""
        size = size or self.size
        fitted = self.sheet.fitted(text, width, size, bold)
        self.sheet.text(x, y, text, fitted, bold, align, GREY if grey else BLACK, shows)
        return y + self._step(size)

    def _step(self, size: float) -> float:
        return size * 1.3 if size < self.size else max(size * 1.25, self.lead)

    def flow(
        self,
        x: float,
        y: float,
        text: str,
        width: float,
        size: float = 0.0,
        bold: bool = False,
        align: str = "left",
        shows: str | tuple[str, ...] = (),
        grey: bool = False,
    ) -> float:
        """Text on as many lines as it takes. Returns the baseline below."""
        size, whole, start = size or self.size, " ".join(text.split()), 0
        for line in self.sheet.split(whole, width, size * 1.06 if bold else size):
            start = whole.index(line, start)
            small = self.sheet.fitted(line, width, size, bold)
            self.sheet.text(x, y, line, small, bold, align, GREY if grey else BLACK, shows, (whole, start))
            start, y = start + len(line), y + self._step(size)
        return y

    def writes(
        self, x: float, y: float, texts: Iterable[str], width: float, shows: str | tuple[str, ...] = ()
    ) -> float:
        """Texts below each other."""
        for text in texts:
            y = self.flow(x, y, text, width, shows=shows)
        return y

    def side(self, zone: Zone, align: str) -> float:
        """Where a text of that alignment stands in the zone."""
        return {"left": zone[0], "right": zone[1], "centre": (zone[0] + zone[1]) / 2}[align]
