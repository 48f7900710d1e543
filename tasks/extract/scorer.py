"""The trained scorer: how probable it is that each candidate is a field's value, by what stands around it.

A small network for each kind of candidate (data/models/README.md says how it was made): the hashed words around a
candidate and its shape go through one hidden layer to a score for each field; a document's candidates and "none of
them" share the probability (softmax), as in Majumder et al., Representation Learning for Information Extraction from
Form-like Documents, ACL 2020. Plain numpy: about 17 ms for a document of three pages.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tasks.extract.candidates import FIELDS, Kind, Spot, candidates
from tasks.extract.layout import Span
from tasks.extract.sheet import Sheet
from tasks.extract.surroundings import BUCKETS, Shapes, pieces, words_around

Floats = NDArray[np.float32]

_WORDS_KEPT = 100_000  # sums of words' rows that are kept for the next document

FARTHEST = 3.0
"""Shapes are held within so many standard deviations of what training saw."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A value of a field with its probability, summed over the `places` where it stands; `span` is the likeliest."""

    value: str
    span: Span
    probability: float
    places: int


@dataclass(frozen=True)
class Network:
    """The weights for one kind of candidate, for its fields in the order of `FIELDS`.

    `words` has a row for each bucket of each place, `shapes` one for each number of `Shapes`, after `mean` and
    `deviation`; `none` is the score of no candidate at all.
    """

    words: Floats
    shapes: Floats
    hidden: Floats
    out: Floats
    none: Floats
    mean: Floats
    deviation: Floats

    @classmethod
    def load(cls, arrays: Mapping[str, Floats], kind: Kind) -> Self:
        """The network of that kind among the arrays of a model file."""
        return cls(**{name: arrays[f"{kind}.{name}"].astype(np.float32) for name in cls.__dataclass_fields__})

    def scores(self, words: Floats, shapes: Floats) -> Floats:
        """A row for each candidate, a column for each field. `words` are its words' rows, summed."""
        scaled = np.clip((shapes - self.mean) / self.deviation, -FARTHEST, FARTHEST)
        return np.asarray(np.maximum(words + scaled @ self.shapes + self.hidden, 0) @ self.out, dtype=np.float32)


class Scorer:
    """Scores the candidates of documents with one network for each kind."""

    def __init__(self, networks: Mapping[Kind, Network]) -> None:
        self._networks = networks
        self._words = {kind: _WordTable(network.words) for kind, network in networks.items()}

    @classmethod
    def load(cls, file: Path | Traversable) -> Self:
        """The scorer whose networks are kept in `file`."""
        with np.load(BytesIO(file.read_bytes()), allow_pickle=False) as arrays:
            return cls({kind: Network.load(arrays, kind) for kind in FIELDS})

    def score(self, sheet: Sheet, doc_type: str) -> dict[str, list[Scored]]:
        """For each field that is chosen by scores: its values, the likeliest first. What remains to 1 is "absent"."""
        found: dict[str, list[Scored]] = {}
        for kind, names in FIELDS.items():
            spots = candidates(sheet, kind)
            if spots:
                chances = self._chances(sheet, kind, spots, doc_type)
                found |= {name: _by_value(spots, chances[:, i]) for i, name in enumerate(names)}
        return found

    def _chances(self, sheet: Sheet, kind: Kind, spots: Sequence[Spot], doc_type: str) -> Floats:
        network = self._networks[kind]
        words = self._words[kind].summed([words_around(sheet, spot) for spot in spots])
        scores = network.scores(words, Shapes(sheet, kind, spots, doc_type).matrix)
        return softmax(scores, network.none)


class _WordTable:
    """What each word says in each place, the sum of its pieces' rows: worked out once, as most words come again."""

    def __init__(self, pieces_table: Floats) -> None:
        self._pieces = pieces_table
        self._forget()

    def summed(self, around: Sequence[Sequence[Sequence[str]]]) -> Floats:
        """For each candidate the sum over its words, by place."""
        if len(self._numbers) > _WORDS_KEPT:
            self._forget()
        known, learn = self._numbers.get, self._learn
        numbers = [
            [known((p, key)) or learn(p, key) for p, keys in enumerate(places) for key in keys] or [0]
            for places in around
        ]
        starts = np.cumsum([0, *(len(each) for each in numbers[:-1])])
        return np.asarray(np.add.reduceat(self._rows[[n for each in numbers for n in each]], starts), dtype=np.float32)

    def _forget(self) -> None:
        self._numbers: dict[tuple[int, str], int] = {}
        self._rows = np.zeros((1024, self._pieces.shape[1]), np.float32)  # the first stands for no word

    def _learn(self, place: int, key: str) -> int:
        number = self._numbers[place, key] = len(self._numbers) + 1
        if number == len(self._rows):
            self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])
        self._rows[number] = self._pieces[np.array(pieces(key)) + place * BUCKETS].sum(axis=0)
        return number


def softmax(scores: Floats, none: Floats) -> Floats:
    """The probability of each candidate (row) for each field (column), with `none` as one more candidate."""
    highest = np.maximum(scores.max(axis=0), none)
    odds = np.exp(scores - highest)
    return np.asarray(odds / (odds.sum(axis=0) + np.exp(none - highest)), dtype=np.float32)


def _by_value(spots: Sequence[Spot], chances: Floats) -> list[Scored]:
    same: dict[str, list[int]] = defaultdict(list)
    for i, spot in enumerate(spots):
        same[spot.value].append(i)
    scored = [
        Scored(value, spots[max(places, key=lambda i: chances[i])].span, float(chances[places].sum()), len(places))
        for value, places in same.items()
    ]
    return sorted(scored, key=lambda each: -each.probability)


@cache
def shipped() -> Scorer:
    """The scorer that ships with this version, loaded once a process."""
    return Scorer.load(files("data") / "models" / "fields.npz")
