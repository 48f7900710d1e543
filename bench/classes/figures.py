"""How good the class model is: right, sure, and wrong though sure."""

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from bench.classes.fitting import CLASSES
from bench.classes.papers import Example
from bench.readings import reading_of
from tasks.classify.features import seen
from tasks.classify.model import Floats, Model
from tasks.classify.vocabulary import vocabulary
from tasks.extract.sheet import sheet_of
from tasks.fields import shipped

SURE = 0.9  # what the default policy asks of documents without key fields
STEPS = (0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 1)


def measured(name: str, shares: Floats, examples: Sequence[Example]) -> str:
    """One row of the card's table."""
    found, sure = [CLASSES[i] for i in shares.argmax(axis=1)], shares.max(axis=1) >= SURE
    right = np.array([cls in example.right for cls, example in zip(found, examples, strict=True)])
    free = sure & np.array([not shipped().key_fields_of(cls) for cls in found])
    brier = float(((shares.max(axis=1) - right) ** 2).mean())
    return (
        f"| {name} | {len(right)} | {right.mean():.3f} | {shares.max(axis=1).mean():.3f} | {brier:.3f} "
        f"| {sure.sum()} | {(~right[sure]).sum()} | {free.sum()} | {(~right[free]).sum()} |"
    )


def by_probability(shares: Floats, examples: Sequence[Example]) -> str:
    """How many were right by the probability that was told."""
    best = shares.max(axis=1)
    right = np.array([CLASSES[i] in example.right for i, example in zip(shares.argmax(axis=1), examples, strict=True)])
    inside = [(low, high, (best > low) & (best <= high)) for low, high in pairwise(STEPS)]
    return ", ".join(
        f"{low:g} to {high:g} {right[part].mean():.3f} of {part.sum()}" for low, high, part in inside if part.any()
    )


def real_documents(model: Model, truth: Path, kept: Path | None) -> Iterator[str]:
    """The rows for real documents, by what their text was read from; e-invoices are not classified by their words."""
    found: dict[str, list[tuple[Example, list[float]]]] = {}
    for row in map(json.loads, truth.read_text(encoding="utf-8").splitlines()):
        reading = reading_of(row, truth.parent, kept)
        if reading is None or not reading.pages or reading.einvoice:
            continue
        example = Example(
            seen(sheet_of(reading), vocabulary({})), tuple(row["doc_type_ok"]), row["layout"], row["language"]
        )
        source = "generic renderings of e-invoices" if row["stylesheet"] else "text" if row["text_layer"] else "image"
        found.setdefault(source, []).append((example, model.probabilities(example.seen)))
    for source, pairs in sorted(found.items()):
        shares = np.array([shares for _, shares in pairs])
        yield measured(f"real documents, {source}", shares, [example for example, _ in pairs])
