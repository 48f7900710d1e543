"""Training of the field scorer's networks: plain numpy, Adam, the same weights for the same examples and seed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bench.fields.examples import Example
from tasks.extract.candidates import FIELDS, Kind
from tasks.extract.scorer import FARTHEST, Network, softmax
from tasks.extract.surroundings import BUCKETS, PLACES

Floats = NDArray[np.float32]

HIDDEN = 32
EPOCHS = 6
BATCH = 32
RATE = 2e-3
WORDS_LEFT_OUT = 0.4  # share of a candidate's words, and of its shapes, that each step does not see
SHAPES_LEFT_OUT = 0.3
DECAY = 1e-5
MEMBERS = 3


@dataclass
class _Adam:
    """Adam (Kingma and Ba 2015); rows of a table that no example touched stay as they are."""

    first: dict[str, Floats] = field(default_factory=dict)
    second: dict[str, Floats] = field(default_factory=dict)
    steps: int = 0

    def step(
        self, name: str, weights: Floats, slope: Floats, rate: float, rows: NDArray[np.int64] | None = None
    ) -> None:
        first = self.first.setdefault(name, np.zeros_like(weights))
        second = self.second.setdefault(name, np.zeros_like(weights))
        at = slice(None) if rows is None else rows
        first[at] += 0.1 * (slope - first[at])
        second[at] += 0.01 * (slope * slope - second[at])
        steady = np.sqrt(second[at] / (1 - 0.99**self.steps)) + 1e-6
        weights[at] -= rate * (first[at] / (1 - 0.9**self.steps)) / steady


def train(kind: Kind, examples: Sequence[Example], weights: Sequence[int]) -> Network:
    """A network for `kind`; an example counts as often as its weight says. Of names, which are hardest, several are
    trained and joined: what one has learned by heart the others have not (Hansen and Salamon 1990)."""
    members = [_trained(kind, examples, weights, seed) for seed in range(MEMBERS if kind == "name" else 1)]
    return Network(
        words=np.hstack([each.words for each in members]),
        shapes=np.hstack([each.shapes for each in members]),
        hidden=np.concatenate([each.hidden for each in members]),
        out=np.vstack([each.out for each in members]) / np.float32(len(members)),
        none=np.mean([each.none for each in members], axis=0, dtype=np.float32),
        mean=members[0].mean,
        deviation=members[0].deviation,
    )


def _trained(kind: Kind, examples: Sequence[Example], weights: Sequence[int], seed: int) -> Network:
    random = np.random.default_rng(seed)
    network = _fresh(kind, examples, random)
    order = np.repeat(np.arange(len(examples)), weights)
    adam, steps = _Adam(), EPOCHS * -(-len(order) // BATCH)
    for _ in range(EPOCHS):
        random.shuffle(order)
        for begin in range(0, len(order), BATCH):
            adam.steps += 1
            rate = RATE * (1 - adam.steps / (steps + 1))
            _learn(network, [examples[i] for i in order[begin : begin + BATCH]], adam, rate, random)
    return network


def predict(network: Network, example: Example) -> Floats:
    """The probability of each candidate for each field."""
    words = np.add.reduceat(np.vstack([network.words[example.rows], network.words[:1] * 0]), example.starts[:-1])
    words[example.starts[:-1] == example.starts[1:]] = 0
    return softmax(network.scores(words, example.shapes), network.none)


def _fresh(kind: Kind, examples: Sequence[Example], random: np.random.Generator) -> Network:
    shapes = np.concatenate([example.shapes for example in examples])
    fields = len(FIELDS[kind])

    def drawn(*size: int, scale: float) -> Floats:
        return (random.normal(size=size) * scale).astype(np.float32)

    return Network(
        words=drawn(len(PLACES) * BUCKETS, HIDDEN, scale=0.05),
        shapes=drawn(shapes.shape[1], HIDDEN, scale=shapes.shape[1] ** -0.5),
        hidden=np.zeros(HIDDEN, np.float32),
        out=drawn(HIDDEN, fields, scale=HIDDEN**-0.5),
        none=np.zeros(fields, np.float32),
        mean=shapes.mean(axis=0),
        deviation=shapes.std(axis=0) + 0.05,
    )


def _learn(net: Network, batch: Sequence[Example], adam: _Adam, rate: float, random: np.random.Generator) -> None:
    rows = np.concatenate([example.rows for example in batch])
    counts = np.concatenate([np.diff(example.starts) for example in batch])
    owner = np.repeat(np.arange(len(counts)), counts)
    seen = random.random(len(rows)) >= WORDS_LEFT_OUT
    rows, owner = rows[seen], owner[seen]
    shapes = np.concatenate([example.shapes for example in batch])
    shapes = np.clip((shapes - net.mean) / net.deviation, -FARTHEST, FARTHEST)
    shapes = shapes * (random.random(shapes.shape) >= SHAPES_LEFT_OUT)

    hidden = _summed(net.words[rows], owner, len(counts)) + shapes @ net.shapes + net.hidden
    active = np.maximum(hidden, 0)
    slope, none = _slopes(batch, active @ net.out, net.none)
    back = (slope @ net.out.T) * (hidden > 0)

    touched, inverse = np.unique(rows, return_inverse=True)
    order = np.argsort(inverse, kind="stable")
    table = _summed(back[owner[order]], inverse[order], len(touched))
    adam.step("words", net.words, table + DECAY * net.words[touched], rate, touched)
    adam.step("shapes", net.shapes, shapes.T @ back + DECAY * net.shapes, rate)
    adam.step("hidden", net.hidden, back.sum(axis=0), rate)
    adam.step("out", net.out, active.T @ slope + DECAY * net.out, rate)
    adam.step("none", net.none, none, rate)


def _summed(rows: Floats, owner: NDArray[np.int64], owners: int) -> Floats:
    """The sum of the rows of each owner; `owner` is sorted."""
    total = np.zeros((owners, rows.shape[1]), np.float32)
    if len(rows):
        starts = np.flatnonzero(np.diff(owner, prepend=-1))
        total[owner[starts]] = np.add.reduceat(rows, starts)
    return total


def _slopes(batch: Sequence[Example], scores: Floats, none: Floats) -> tuple[Floats, Floats]:
    """How the loss, minus the logarithm of what the right candidates get together, changes with each score."""
    slope, of_none = np.zeros_like(scores), np.zeros_like(none)
    at = 0
    for example in batch:
        part = slice(at, at + len(example.values))
        at = part.stop
        chances = softmax(scores[part], none)
        left = 1 - chances.sum(axis=0)
        for i, known in enumerate(example.known):
            if known < 0:
                continue
            right = chances[:, i] * example.right[:, i]
            slope[part, i] = chances[:, i] - (right / max(right.sum(), 1e-9) if known else 0)
            of_none[i] += left[i] - (0 if known else 1)
    return slope / len(batch), of_none / len(batch)
