"""Make data/models/fields.npz anew: train the field scorer, and tell how right it is on layouts it has not seen.

    python -m bench.fields [--real ../shared/invoices/truth.jsonl] [--documents 4000] [--work /tmp/ledgerline-fields]

Trains on documents that the generator draws by seed, and on those of `--real` whose source has a licence that allows a
shipped model. Figures are told on real documents by networks that have not seen their layout, and on generated ones
whose wordings were left out. `--work` keeps what was read between two runs. The same input gives the same model.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random

import numpy as np

from bench.fields.examples import Example, Labelled, examples, labelled
from bench.fields.figures import print_figures
from bench.fields.training import train
from data.generator.__main__ import write_wide
from data.generator.noise import drawn_noise, noisy
from tasks.extract.candidates import FIELDS, Kind
from tasks.extract.scorer import Network, Scorer

MODEL = Path("data/models/fields.npz")
MEASURED_ONLY = frozenset({"vrdu", "kleister-nda", "mindee", "oca-edi"})
"""Sources of real documents without a licence file, or with one that a shipped model would be bound by."""

TRAINED, MEASURED = 5, 6  # seeds of the generator
FOLDS = 4
REAL = 4  # a real document counts as so many generated ones


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--real", type=Path, default=Path("../shared/invoices/truth.jsonl"))
    parser.add_argument("--documents", type=int, default=2500, help="generated documents to train on")
    parser.add_argument("--work", type=Path, default=Path("/tmp/ledgerline-fields"))
    args = parser.parse_args()
    real = list(labelled(args.real, args.work / "real")) if args.real.is_file() else []
    drawn = generated(args.work, args.documents, TRAINED, "all")
    train_all(drawn, [document for document in real if may_train(document)], MODEL)
    left_out = left_out_scorers(args.work, args.documents, real)
    print_figures("real documents, layouts left out", real, lambda document: left_out[fold_of(document)])
    print_figures(
        "generated, wordings left out", generated(args.work, 500, MEASURED, "held-out"), lambda _: left_out[0]
    )


def generated(work: Path, count: int, seed: int, wordings: str) -> list[Labelled]:
    """`count` documents of the generator, made and read once; every third one as OCR would have read it."""
    folder = work / f"wide-{count}-{seed}-{wordings}"
    if not (folder / "truth.jsonl").is_file():
        write_wide(folder, count, seed, wordings)
    found = labelled(folder / "truth.jsonl", folder / "readings")
    return [_scanned(document, Random(seed + i)) if i % 3 == 0 else document for i, document in enumerate(found)]


def _scanned(document: Labelled, random: Random) -> Labelled:
    return replace(document, reading=noisy(document.reading, random, drawn_noise(random)))


def may_train(document: Labelled) -> bool:
    """Whether its licence allows a shipped model, and a person laid it out (no stylesheet)."""
    return document.row["source"] not in MEASURED_ONLY and not document.row["stylesheet"]


def fold_of(document: Labelled) -> int:
    """The fold of its layout: a document and its twins are always in the same one."""
    return sum(document.row["layout"].encode()) % FOLDS


def left_out_scorers(work: Path, count: int, real: Sequence[Labelled]) -> list[Scorer]:
    """For each fold a scorer that has seen neither its layouts nor the wordings that are held out."""
    drawn = generated(work, count, TRAINED, "common")
    usable = [document for document in real if may_train(document)]
    return [
        train_all(drawn, [document for document in usable if fold_of(document) != fold], left_out_file(work, fold))
        for fold in range(FOLDS)
    ]


def left_out_file(work: Path, fold: int) -> Path:
    """Where the scorer that has not seen the layouts of the fold is kept."""
    return work / f"left-out-{fold}.npz"


def train_all(drawn: Sequence[Labelled], real: Sequence[Labelled], file: Path) -> Scorer:
    """A scorer for every kind of candidate, trained on both and kept in `file`."""
    networks: dict[Kind, Network] = {}
    found = [(_examples(document), 1) for document in drawn] + [(_examples(document), REAL) for document in real]
    for kind in FIELDS:
        usable = [(example[kind], weight) for example, weight in found if kind in example]
        networks[kind] = train(kind, [example for example, _ in usable], [weight for _, weight in usable])
    file.parent.mkdir(exist_ok=True)
    np.savez_compressed(file, **_arrays(networks))
    return Scorer(networks)


@cache
def _examples(document: Labelled) -> Mapping[Kind, Example]:
    return examples(document)


def _arrays(networks: Mapping[Kind, Network]) -> dict[str, np.ndarray]:
    return {
        f"{kind}.{name}": getattr(network, name).astype(np.float16 if name == "words" else np.float32)
        for kind, network in networks.items()
        for name in Network.__dataclass_fields__
    }


if __name__ == "__main__":
    main()
