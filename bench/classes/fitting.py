"""Fitting the class model: softmax regression with ridge penalties, by Adam over small batches."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.classes.papers import Example
from tasks.classify.features import EVIDENCE, SHAPE
from tasks.classify.model import USUAL_TERMS, Floats
from tasks.classify.vocabulary import vocabulary

TERMS = 5000
FEWEST = 5  # papers that a term must stand on
HIDDEN = (0.0, 0.0, 0.0, 0.15, 0.35, 0.6)  # shares of a paper's words that are hidden where it is seen once more
PENALTIES = {"terms": 3e-4, "shape": 1e-3, "evidence": 1e-3, "shared": 3e-5}
ROUNDS, BATCH, RATE = 16, 256, 0.02
CLASSES = vocabulary({}).classes

AGAIN = 2  # how often more a receipt that calls itself an invoice is seen: tills print `TAX INVOICE`, too

Parameters = dict[str, Floats]


@dataclass(frozen=True)
class Inputs:
    """Documents as arrays: terms (N x V), shape (N x S), evidence (N x K x E)."""

    terms: Floats
    shape: Floats
    evidence: Floats

    def part(self, rows: NDArray[np.int64]) -> "Inputs":
        """Some of the documents."""
        return Inputs(self.terms[rows], self.shape[rows], self.evidence[rows])


def terms_of(examples: Sequence[Example]) -> list[str]:
    """The terms that tell most about the class (mutual information), the best first; none with a digit."""
    papers = Counter[str]()
    by_class = defaultdict[str, Floats](lambda: np.zeros(len(CLASSES), np.float32))
    totals = np.zeros(len(CLASSES))
    for example in examples:
        of = CLASSES.index(example.right[0])
        totals[of] += 1
        for term in example.seen.terms:
            papers[term] += 1
            by_class[term][of] += 1
    usual = [term for term, count in papers.items() if count >= FEWEST and _worded(term)]
    told = {term: _information(by_class[term], totals) for term in usual}
    return sorted(told, key=lambda term: (-told[term], term))[:TERMS]


def _worded(term: str) -> bool:
    return len(term) > 1 and "\n" not in term and not any(c.isdigit() for c in term)


def _information(having: Floats, totals: NDArray[np.float64]) -> float:
    """The mutual information of a term's presence and the class, in nats."""
    everything, told = totals.sum(), 0.0
    for part in (having, totals - having):
        inside = part > 0
        share = part[inside] / everything
        told += float((share * np.log(share * everything**2 / (part.sum() * totals[inside]))).sum())
    return told


def inputs_of(examples: Sequence[Example], terms: Sequence[str]) -> Inputs:
    """The arrays of `examples` for a model that knows `terms`."""
    index = {term: i for i, term in enumerate(terms)}
    found = np.zeros((len(examples), len(terms)), np.float32)
    for row, example in enumerate(examples):
        known = [index[term] for term in example.seen.terms & index.keys()]
        found[row, known] = 1 / math.sqrt(max(len(known), USUAL_TERMS))
    shape = np.array([example.seen.shape for example in examples], np.float32).reshape(-1, len(SHAPE))
    evidence = np.array([example.seen.evidence for example in examples], np.float32)
    return Inputs(found, shape, evidence.reshape(-1, len(CLASSES), len(EVIDENCE)))


def targets_of(examples: Sequence[Example]) -> Floats:
    """The wanted probabilities: where several classes are right, half for the first, half for the rest."""
    wanted = np.zeros((len(examples), len(CLASSES)), np.float32)
    for row, example in enumerate(examples):
        first, *rest = example.right
        wanted[row, CLASSES.index(first)] = 0.5 if rest else 1.0
        for other in rest:
            wanted[row, CLASSES.index(other)] = 0.5 / len(rest)
    return wanted


def fitted(examples: Sequence[Example], terms: Sequence[str], seed: int) -> Parameters:
    """The weights for a model that knows `terms`; what is hardest to tell is seen more often than the rest."""
    invoice = CLASSES.index("invoice")
    hard = [row for row, e in enumerate(examples) if e.right[0] == "receipt" and e.seen.evidence[invoice][0] > 0]
    rows = np.array([*range(len(examples)), *(hard * AGAIN)])
    return fit(inputs_of(examples, terms).part(rows), targets_of(examples)[rows], seed)


def _partly_hidden(inputs: Inputs, random: np.random.Generator) -> Inputs:
    """The same documents, some with a part of their words hidden, so that no single word decides."""
    count = len(inputs.terms)
    hidden = random.choice(HIDDEN, count)
    terms = inputs.terms * (random.random(inputs.terms.shape, np.float32) >= hidden[:, None])
    evidence = inputs.evidence.copy()
    evidence[random.random(count) < hidden, :, :2] = 0
    evidence[random.random(count) < 0.7 * hidden, :, 2:] = 0
    return Inputs(terms, inputs.shape, evidence)


def scores_of(parameters: Parameters, inputs: Inputs) -> Floats:
    """The uncalibrated log-odds (N x K)."""
    return np.asarray(
        inputs.terms @ parameters["terms"]
        + inputs.shape @ parameters["shape"]
        + inputs.evidence.reshape(len(inputs.evidence), -1) @ parameters["evidence"]
        + parameters["bias"]
        + inputs.evidence @ parameters["shared"]
    )


def fit(inputs: Inputs, wanted: Floats, seed: int) -> Parameters:
    """The weights, by Adam with a step that falls to nothing along a cosine. The same seed gives the same weights."""
    random = np.random.default_rng(seed)
    parameters = _nothing(inputs, wanted.shape[1])
    means, squares = _nothing(inputs, wanted.shape[1]), _nothing(inputs, wanted.shape[1])
    batches = ROUNDS * math.ceil(len(wanted) / BATCH)
    for step, rows in enumerate(_batches(len(wanted), random), 1):
        rate = RATE * 0.5 * (1 + math.cos(math.pi * step / batches))
        for name, slope in _slopes(parameters, _partly_hidden(inputs.part(rows), random), wanted[rows]).items():
            means[name] += 0.1 * (slope - means[name])
            squares[name] += 0.01 * (slope**2 - squares[name])
            mean, square = means[name] / (1 - 0.9**step), squares[name] / (1 - 0.99**step)
            parameters[name] -= rate * mean / (np.sqrt(square) + 1e-8)
    return parameters


def _batches(count: int, random: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """The rows of each batch: every document once in each round."""
    for _ in range(ROUNDS):
        order = random.permutation(count)
        yield from (order[start : start + BATCH] for start in range(0, count, BATCH))


def _nothing(inputs: Inputs, classes: int) -> Parameters:
    """Weights of zero."""
    numbers, each = inputs.evidence.shape[2], inputs.evidence.shape[1] * inputs.evidence.shape[2]
    shapes = {"terms": (inputs.terms.shape[1], classes), "shape": (inputs.shape.shape[1], classes)}
    shapes |= {"evidence": (each, classes), "bias": (classes,), "shared": (numbers,)}
    return {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}


def _slopes(parameters: Parameters, inputs: Inputs, wanted: Floats) -> Parameters:
    over = ((softmax(scores_of(parameters, inputs)) - wanted) / len(wanted)).astype(np.float32)
    slopes = {
        "terms": inputs.terms.T @ over,
        "shape": inputs.shape.T @ over,
        "evidence": inputs.evidence.reshape(len(over), -1).T @ over,
        "bias": over.sum(axis=0),
        "shared": np.einsum("nk,nke->e", over, inputs.evidence),
    }
    return {name: slope + PENALTIES.get(name, 0.0) * parameters[name] for name, slope in slopes.items()}


def softmax(scores: Floats) -> Floats:
    """Probabilities of log-odds, by row."""
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))
