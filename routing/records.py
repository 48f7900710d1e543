"""How often a model mended what it was asked for: learned from the ledger, honest where there is little to learn from.

Shares are posterior means of a beta distribution (beta-binomial model). The prior of a field is what the model did on
such readings in all fields, that of a reading what it did on all readings, and that of the model is what the policy
expects of its tier; each prior counts as much as `prior_fields` answers. So where there are no records the policy's
guess stands, and a few lucky answers do not move it far.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import prod, sqrt

from routing.policy import Tier

_Z90 = 1.645  # a normal variable lies within so many standard deviations nine times in ten


@dataclass(frozen=True, slots=True)
class Record:
    """What became of the fields in doubt that a model was asked for: `mended` of `asked` were not in doubt afterwards.

    `field` is a field's name; or `several(n)` for documents of which n fields were asked at once, mended if all were.
    `after` is the tier whose answer was in doubt (what a poorer model could not mend is hard for a better one too),
    `text_source` the kind of reading: `text`, `ocr` or `xml`.
    """

    model: str
    after: str
    text_source: str
    field: str
    asked: int
    mended: int


@dataclass(frozen=True, slots=True)
class Chance:
    """A share as far as it is known: its expected value, and the range in which it lies nine times in ten.

    `records` is the number of answers that it was learned from. The range is the normal one with the posterior's mean
    and variance, cut off at 0 and 1.
    """

    mean: float
    low: float
    high: float
    records: int


@dataclass(frozen=True)
class Records:
    """All that is known of how models mended; empty where nothing was ever asked."""

    asked: Counter[tuple[str, ...]] = field(default_factory=Counter)
    mended: Counter[tuple[str, ...]] = field(default_factory=Counter)

    @classmethod
    def of(cls, rows: Iterable[Record]) -> "Records":
        """Those of `rows`, added up; their order does not matter."""
        records = cls()
        for row in rows:
            for key in _keys(row.model, row.after, row.text_source, row.field):
                records.asked[key] += row.asked
                records.mended[key] += row.mended
        return records

    def field_mended(self, tier: Tier, after: Tier, text_source: str, name: str, prior_fields: float) -> Chance:
        """The chance that the tier's model settles the field of that name on such a reading, asked after `after`."""
        mean, weight, asked = _expected(tier, after), prior_fields, 0
        for key in _keys(tier.model or tier.name, after.name, text_source, name):
            asked = self.asked[key]
            mean = (self.mended[key] + prior_fields * mean) / (asked + prior_fields)
            weight = asked + prior_fields
        return _chance(mean, weight, asked)

    def mended_all(
        self, tier: Tier, after: Tier, text_source: str, names: Sequence[str], prior_fields: float
    ) -> Chance:
        """The chance that it settles all of these fields.

        The answers of one call stand and fall together to some degree, so the chance lies between the product of the
        fields' chances and the smallest of them. The geometric mean of the two is the prior for several fields, and how
        often all of so many (2, or 3 and more) were mended at once moves it.
        """
        each = [self.field_mended(tier, after, text_source, name, prior_fields) for name in names]
        if len(each) == 1:
            return each[0]
        prior = sqrt(prod(chance.mean for chance in each) * min(chance.mean for chance in each))
        key = _keys(tier.model or tier.name, after.name, text_source, several(len(names)))[-1]
        asked = self.asked[key]
        mean = (self.mended[key] + prior_fields * prior) / (asked + prior_fields)
        return _chance(mean, prior_fields + asked, asked)


def several(fields: int) -> str:
    """The name under which a `Record` counts documents of which so many fields were asked at once."""
    return f"{min(fields, 3)} fields"


def _chance(mean: float, weight: float, records: int) -> Chance:
    spread = _Z90 * sqrt(mean * (1 - mean) / (weight + 1))
    return Chance(mean, max(0.0, mean - spread), min(1.0, mean + spread), records)


def _expected(tier: Tier, after: Tier) -> float:
    """What the policy expects: after a model that failed, a better one mends of what is left only what it has ahead."""
    failed = after.expected_mend_share if after.paid else 0.0
    return max(0.0, (tier.expected_mend_share - failed) / (1 - failed)) if failed < 1 else 0.0


def _keys(model: str, after: str, text_source: str, name: str) -> tuple[tuple[str, ...], ...]:
    """From the most general to the most special."""
    return (model, after), (model, after, text_source), (model, after, text_source, name)
