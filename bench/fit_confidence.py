"""Fit data/confidence.toml: how much each sign that a field carries says for its being right.

    python -m bench.fit_confidence ../shared/invoices/truth.jsonl ../shared/score/score.py [--readings FOLDER]
        [--wide SET/truth.jsonl ...]

Log-odds are additive: a base for each field, a weight for each evidence and doubt, and weights of a sign for one field
where it behaves differently there. They are fitted by ridge-penalised logistic regression (Newton's method); every
layout weighs as the square root of its documents, so that no vendor rules. Quality is told on layouts left out: Brier
score and AUROC by tenfold cross-validation over layouts. `most` caps what so few layouts can show: (n + 1/2) / (n + 1).
`--wide` adds sets that `python -m data.generator --wide` made: they hold signs that the real documents are too few to
show, and a generated document weighs WIDE of a real one, since nobody wrote it to be paid. `--readings` keeps what was
read between two fits, since OCR takes minutes.
"""

import argparse
import importlib.util
import json
import pickle
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from routing.confidence import KEY_FIELDS
from routing.errors import DocumentError
from routing.policy import parse_policy
from tasks.classify import classify
from tasks.discover.sniff import kind_of
from tasks.documents import Field, Reading
from tasks.extract import extract
from tasks.extract.sheet import sheet_of
from tasks.read import read

PENALTY = 2.0  # of the squared weight of a sign; bases are penalised a twentieth of it
WIDE = 0.2  # weight of a generated document
FOLDS = 10
FEWEST = 12  # fields that carry a sign before it gets a weight of its own for that field

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """One found field: what it carries, whether it was right, where it came from."""

    name: str
    signs: tuple[str, ...]
    right: bool
    layout: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("truth", type=Path)
    parser.add_argument("referee", type=Path)
    parser.add_argument("--readings", type=Path)
    parser.add_argument("--wide", type=Path, nargs="*", default=[])
    arguments = parser.parse_args()
    referee = _load(arguments.referee)
    examples: list[Example] = []
    absent = Counter[tuple[str, bool]]()
    for truth in (arguments.truth, *arguments.wide):
        for row in map(json.loads, truth.read_text(encoding="utf-8").splitlines()):
            reading = _reading(row, truth.parent, arguments.readings)
            if reading is not None and reading.einvoice is None:
                examples += _examples(row, reading, referee, absent)
    print(_table(examples, absent))


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("referee", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _reading(row: dict[str, Any], folder: Path, kept: Path | None) -> Reading | None:
    copy = kept / f"{row['document_id']}.pkl" if kept else None
    if copy and copy.exists():
        found = pickle.loads(copy.read_bytes())
        return found if isinstance(found, Reading) else None
    path = str(folder / row["path"])
    limits = parse_policy(Path("data/policy.toml").read_text(encoding="utf-8"), "data/policy.toml").limits
    try:
        reading = read(path, kind_of(path), limits)
    except DocumentError:
        return None
    if copy:
        copy.write_bytes(pickle.dumps(reading))
    return reading


def _examples(
    row: dict[str, Any],
    reading: Reading,
    referee: ModuleType,
    absent: Counter[tuple[str, bool]],
) -> Iterator[Example]:
    sheet = sheet_of(reading)
    doc_type = classify(sheet).doc_type
    fields = {f.name: f for f in extract(sheet, row["doc_type"], None).fields}
    for name, want in row["fields"].items():
        field = fields.get(name)
        if name in row["not_visible"] or field is None or doc_type not in row["doc_type_ok"]:
            continue
        if field.state == "found":
            yield Example(name, signs_of(field), referee.same(name, field.value, want), row["layout"])
    for name in KEY_FIELDS.get(row["doc_type"], ()):
        if row["complete"] and name in fields and fields[name].state == "absent":
            absent[name, name not in row["fields"] or name in row["not_visible"]] += 1


def signs_of(field: Field) -> tuple[str, ...]:
    """Evidence and doubts of a field, each once."""
    return tuple(dict.fromkeys((*field.evidence, *field.doubts)))


def _features(examples: list[Example]) -> list[str]:
    count = Counter(f"{e.name}.{sign}" for e in examples for sign in e.signs)
    used = Counter(sign for _, sign in {(e.name, sign) for e in examples for sign in e.signs})
    own = sorted(f for f, n in count.items() if n >= FEWEST and used[f.partition(".")[2]] > 1)
    shared = sorted({sign for e in examples for sign in e.signs})
    return [*(f"base {name}" for name in sorted({e.name for e in examples})), *shared, *own]


def _matrix(examples: list[Example], features: list[str]) -> Vector:
    index = {feature: i for i, feature in enumerate(features)}
    matrix = np.zeros((len(examples), len(features)))
    for row, example in enumerate(examples):
        for feature in (f"base {example.name}", *example.signs, *(f"{example.name}.{s}" for s in example.signs)):
            if feature in index:
                matrix[row, index[feature]] = 1.0
    return matrix


def _fit(matrix: Vector, right: Vector, weight: Vector, features: list[str]) -> Vector:
    penalty = np.array([PENALTY / 20 if f.startswith("base ") else PENALTY for f in features])
    odds = np.zeros(len(features))
    for _ in range(40):
        p = 1 / (1 + np.exp(-matrix @ odds))
        slope = matrix.T @ (weight * (right - p)) - penalty * odds
        bend = (matrix * (weight * p * (1 - p))[:, None]).T @ matrix + np.diag(penalty)
        step = np.linalg.solve(bend, slope)
        odds += step
        if np.abs(step).max() < 1e-6:
            break
    return odds


def _weights(examples: list[Example]) -> Vector:
    """A layout weighs as the square root of its documents, a generated one less."""
    size = Counter((e.layout, e.name) for e in examples)
    return np.array([size[e.layout, e.name] ** -0.5 * (WIDE if _generated(e) else 1.0) for e in examples])


def _generated(example: Example) -> bool:
    return example.layout.startswith("wide:")


def _left_out(examples: list[Example], features: list[str]) -> Vector:
    """Each example's probability by a fit that has not seen its layout."""
    layouts = sorted({e.layout for e in examples})
    fold = {layout: i % FOLDS for i, layout in enumerate(np.random.default_rng(7).permutation(layouts))}
    folds = np.array([fold[e.layout] for e in examples])
    matrix, weight = _matrix(examples, features), _weights(examples)
    right = np.array([float(e.right) for e in examples])
    found = np.zeros(len(examples))
    for k in range(FOLDS):
        seen = folds != k
        found[~seen] = 1 / (1 + np.exp(-matrix[~seen] @ _fit(matrix[seen], right[seen], weight[seen], features)))
    return found


def _table(examples: list[Example], absent: Counter[tuple[str, bool]]) -> str:
    features = _features(examples)
    right = np.array([float(e.right) for e in examples])
    odds = dict(zip(features, _fit(_matrix(examples, features), right, _weights(examples), features), strict=True))
    left_out = _left_out(examples, features)
    drawn = np.array([_generated(e) for e in examples])
    bases = {f[5:]: w for f, w in odds.items() if f.startswith("base ")}
    weights = {f: w for f, w in odds.items() if not f.startswith("base ") and abs(w) >= 0.005}
    seen = {ocr: _layouts([e for e in examples if ("ocr" in e.signs) == ocr]) for ocr in (False, True)}
    overall = _share(sum(n for (_, unstated), n in absent.items() if unstated), sum(absent.values()))
    return "\n".join(
        [
            "# How much each sign that a field carries says for its being right: log-odds to be added.",
            "# Made by `python -m bench.fit_confidence` (its docstring has the method): not to be edited by hand.",
            "# Real documents: " + _quality(examples, left_out, right, ~drawn),
            *(["# Generated ones: " + _quality(examples, left_out, right, drawn)] if drawn.any() else []),
            'version = "fit-1"',
            "",
            "[base]",
            f'"*" = {min(bases.values()):.2f}',
            *(f"{name} = {weight:.2f}" for name, weight in bases.items()),
            "",
            "[weights]",
            "xml = 12.0  # by rule: a schema, not a guess; `most` bounds it",
            *(f'"{name}" = {weight:.2f}' for name, weight in weights.items()),
            "",
            "# A key field that was not found: how probable it is that the page does not state it either.",
            "[absent]",
            f'"*" = {overall:.3f}',
            *(f"{name} = {_unstated(absent, name, overall):.3f}" for name in sorted({name for name, _ in absent})),
            "",
            "# No probability goes beyond what the number of layouts seen can show.",
            "[most]",
            "xml = 0.9985",
            f"text = {_share(seen[False], seen[False]):.4f}",
            f"ocr = {_share(seen[True], seen[True]):.4f}",
        ]
    )


def _quality(examples: list[Example], left_out: Vector, right: Vector, part: NDArray[np.bool_]) -> str:
    """What the fit is worth on the layouts that it has not seen."""
    layouts = {e.layout for e, inside in zip(examples, part, strict=True) if inside}
    brier, ranked = float(((left_out - right)[part] ** 2).mean()), _auroc(left_out[part], right[part])
    stated = f"stated {left_out[part].mean():.3f}, right {right[part].mean():.3f}"
    found = f"{part.sum()} found fields of {len(layouts)} layouts"
    return f"{found}; left out: Brier {brier:.3f}, AUROC {ranked:.3f}, {stated}."


def _layouts(examples: list[Example]) -> float:
    """How many layouts were seen, generated ones counting less."""
    return sum(WIDE if layout.startswith("wide:") else 1.0 for layout in {e.layout for e in examples})


def _share(n: float, of: float) -> float:
    return (n + 0.5) / (of + 1)


def _unstated(absent: Counter[tuple[str, bool]], name: str, overall: float) -> float:
    """How often a field that was not found was not stated either; few cases are drawn to the rate of all fields."""
    return (absent[name, True] + 2 * overall) / (absent[name, True] + absent[name, False] + 2)


def _auroc(found: Vector, right: Vector) -> float:
    good, bad = found[right == 1], found[right == 0]
    return float(((good[:, None] > bad) + 0.5 * (good[:, None] == bad)).mean())


if __name__ == "__main__":
    main()
