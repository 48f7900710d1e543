"""Train the class model: data/models/classes.npz, and its card, classes.md beside it.

    python -m bench.classes [--kinds N] [--wide N] [--shared TRUTH.jsonl [--readings FOLDER]]

It learns from papers that the project's generator draws, by fixed seeds, and from nothing else. A part of them are worn
as by a bad scan or cut off after a few words, and each is seen again and again with some of its words hidden, so that
no single word decides. Probabilities are calibrated on kinds and layouts left out, five times a fifth of them;
the same gives the figures of the card, and once more with each language left out. `--shared` adds figures for real
documents, of which nothing was learned; `--readings` keeps what was read of them. Takes a quarter of an hour.
"""

import argparse
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.classes.figures import by_probability, measured, real_documents
from bench.classes.fitting import (
    CLASSES,
    Inputs,
    Parameters,
    fitted,
    inputs_of,
    scores_of,
    softmax,
    targets_of,
    terms_of,
)
from bench.classes.papers import Example, papers
from tasks.classify.model import Floats, Model, Weights, to_bytes

VERSION = "classes-2"
SEED = 101
FOLDS = 5
MODELS = Path(__file__).parents[2] / "data" / "models"
CARD = """# Class model `{version}`

Made {date} by `python -m bench.classes`; not to be edited by hand. `classes.npz` is a NumPy archive without
pickles: a softmax regression over {terms} terms, {shape} numbers of the layout, and what each class's own titles and
signs (`../doc_types.toml`) say, with a calibrated factor. Its classes: {classes}.

**Data.** {papers} papers drawn by the project's generator (`data/generator/kinds*`, `wide*`; seed {seed}), in
{languages}: the project's own work under its own licence. No document of anybody else was learned from. The words of
`doc_types.toml` were written by hand, by people who had seen the shared documents.

**Figures.** On papers whose kind or layout was left out, for papers whose language was left out, and on real documents,
of which nothing was learned. *Sure* are those at 0.90 or more; *sure, no key fields* those of them that the default
policy accepts for their class alone.

| measured on | n | right | mean probability | Brier | sure | of them wrong | sure, no key fields | of them wrong |
|---|---|---|---|---|---|---|---|---|
{figures}

Right by probability, kinds and layouts left out: {reliability}.

**Limits.** Made for business papers in Latin script; in a language of which it has no words it says `other`, and is not
sure. A kind of paper that it has never seen may look like one that it has. Terms, offers and boarding passes are
`other` or near it: ask for a class of your own (`fields_file` of the policy) where they matter.
"""


def main() -> None:
    """Train, measure, write the model and its card."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kinds", type=int, default=5000, help="papers of every kind to learn from")
    parser.add_argument("--wide", type=int, default=1600, help="bills and receipts of the wide set to learn from")
    parser.add_argument("--shared", type=Path, help="the truth of real documents to measure on")
    parser.add_argument("--readings", type=Path, help="where readings of them are kept")
    arguments = parser.parse_args()
    examples = papers(arguments.kinds, arguments.wide, SEED)
    left_out = _left_out(examples, [example.group for example in examples])
    factor = _factor(left_out, examples)
    terms = terms_of(examples)
    inputs = inputs_of(examples, terms)
    parameters = fitted(examples, terms, SEED)
    calibration = np.array([factor, _most(examples), *_added(parameters, inputs, examples)], np.float32)
    weights = Weights(calibration=calibration, **parameters)
    model = Model(VERSION, CLASSES, {term: i for i, term in enumerate(terms)}, weights)
    (MODELS / "classes.npz").write_bytes(to_bytes(model))
    figures = [measured("papers, kind or layout left out", softmax(factor * left_out), examples)]
    strange = _left_out(examples, [example.language for example in examples])
    figures.append(measured("papers, language left out", softmax(factor * strange), examples))
    if arguments.shared:
        figures += real_documents(model, arguments.shared, arguments.readings)
    reliability = by_probability(softmax(factor * left_out), examples)
    (MODELS / "classes.md").write_text(_card(model, examples, figures, reliability), encoding="utf-8")


def _left_out(examples: Sequence[Example], groups: Sequence[str]) -> Floats:
    """Each example's scores by a model that has not seen its group."""
    names = sorted(set(groups))
    folds = {name: i % FOLDS for i, name in enumerate(np.random.default_rng(SEED).permutation(names))}
    fold = np.array([folds[group] for group in groups])
    parts = [_parted(examples, fold == k) for k in range(FOLDS)]
    scores = np.zeros((len(examples), len(CLASSES)), np.float32)
    with ProcessPoolExecutor() as pool:
        for k, found in enumerate(pool.map(_scored, *zip(*parts, strict=True))):
            scores[fold == k] = found
    return scores


def _parted(examples: Sequence[Example], out: NDArray[np.bool_]) -> tuple[list[Example], list[Example]]:
    """Those that are learned from, and those left out."""
    known, rest = ([e for e, mark in zip(examples, out, strict=True) if mark == wanted] for wanted in (False, True))
    return known, rest


def _scored(known: Sequence[Example], rest: Sequence[Example]) -> Floats:
    """The scores of `rest` by a model of what is `known`."""
    terms = terms_of(known)
    return scores_of(fitted(known, terms, SEED), inputs_of(rest, terms))


def _factor(scores: Floats, examples: Sequence[Example]) -> float:
    """The factor of the scores that makes the left-out classes likeliest."""
    wanted = targets_of(examples)
    loss = {f: -float((wanted * np.log(softmax(f * scores) + 1e-9)).sum()) for f in np.arange(0.5, 3.05, 0.05)}
    return float(min(loss, key=lambda factor: loss[factor]))


def _most(examples: Sequence[Example]) -> float:
    """What so many kinds and layouts can show at most."""
    count = len({example.group for example in examples})
    return (count + 0.5) / (count + 1)


def _added(parameters: Parameters, inputs: Inputs, examples: Sequence[Example]) -> tuple[float, float]:
    """Odds and factor of a class that was not trained: each class in turn as if it were one, by its own words alone."""
    right = np.array([[name in example.right for name in CLASSES] for example in examples], float)
    own = inputs.evidence @ parameters["shared"]
    without = [_scores_without(parameters, inputs, i) for i in range(len(CLASSES))]
    loss = {}
    for odds in np.arange(-6, 3, 0.5):
        for gain in np.arange(0.5, 4.25, 0.25):
            loss[odds, gain] = sum(
                -np.log((softmax(_with(scores, i, odds + gain * own[:, i])) * right).sum(axis=1) + 1e-9).mean()
                for i, scores in enumerate(without)
            )
    odds, gain = min(loss, key=lambda pair: loss[pair])
    return float(odds), float(gain)


def _scores_without(parameters: Parameters, inputs: Inputs, of: int) -> Floats:
    """The scores where nobody knows the words of class `of`."""
    evidence = inputs.evidence.copy()
    evidence[:, of] = 0
    return scores_of(parameters, Inputs(inputs.terms, inputs.shape, evidence))


def _with(scores: Floats, column: int, values: Floats) -> Floats:
    changed = scores.copy()
    changed[:, column] = values
    return changed


def _card(model: Model, examples: Sequence[Example], figures: Sequence[str], reliability: str) -> str:
    return CARD.format(
        version=VERSION,
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        terms=len(model.index),
        shape=model.weights.shape.shape[0],
        classes=", ".join(model.classes),
        papers=len(examples),
        seed=SEED,
        languages=", ".join(sorted({example.language for example in examples})),
        figures="\n".join(figures),
        reliability=reliability,
    )


if __name__ == "__main__":
    main()
