"""Documents with known answers as what the field scorer is trained on: candidates, and which of them are right."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.readings import reading_of
from tasks.documents import Reading
from tasks.extract.candidates import FIELDS, Kind, candidates
from tasks.extract.sheet import Sheet, sheet_of
from tasks.extract.surroundings import BUCKETS, Shapes, pieces, words_around
from tasks.same import same

WITH_FIELDS = ("invoice", "credit_note", "receipt", "purchase_order")
_RECEIPT = ("seller_name", "issue_date", "gross_total")
_ABSENT, _FOUND, _UNKNOWN = 0, 1, -1


@dataclass(frozen=True)
class Example:
    """The candidates of one kind in one document.

    `rows` are the rows of the network's words that each candidate adds up, one after another, cut at `starts`;
    `right` says for each candidate and field whether it is the answer; `known` for each field whether it is among
    the candidates (1), not on the page (0), or not to be told (-1).
    """

    document_id: str
    layout: str
    rows: NDArray[np.int32]
    starts: NDArray[np.int64]
    shapes: NDArray[np.float32]
    right: NDArray[np.float32]
    known: tuple[int, ...]
    values: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Labelled:
    """A document that was read, with its row of the truth."""

    row: dict[str, Any]
    reading: Reading

    @property
    def generated(self) -> bool:
        """Whether our own generator made it."""
        return bool(self.row["truth_source"] == "generator")


def labelled(truth: Path, kept: Path) -> Iterator[Labelled]:
    """The documents of `truth` that have pages; `kept` is the folder that holds what was read of them before."""
    kept.mkdir(parents=True, exist_ok=True)
    for line in truth.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        reading = reading_of(row, truth.parent, kept)
        if reading is not None and reading.pages:
            yield Labelled(row, replace(reading, einvoice=None))


def examples(document: Labelled) -> dict[Kind, Example]:
    """What the document shows of each kind; nothing for a class without header fields."""
    if document.row["doc_type"] not in WITH_FIELDS:
        return {}
    sheet = sheet_of(document.reading)
    found = {kind: _example(document, sheet, kind) for kind in FIELDS}
    return {kind: example for kind, example in found.items() if example}


def _example(document: Labelled, sheet: Sheet, kind: Kind) -> Example | None:
    row, spots = document.row, candidates(sheet, kind)
    if not spots:
        return None
    stated = {k: v for k, v in row["fields"].items() if k not in row["not_visible"]}
    rows: list[int] = []
    starts = [0]
    for spot in spots:
        for place, keys in enumerate(words_around(sheet, spot)):
            rows += [place * BUCKETS + piece for key in keys for piece in pieces(key)]
        starts.append(len(rows))
    right = [
        [float(name in stated and same(name, spot.value, stated[name])) for name in FIELDS[kind]] for spot in spots
    ]
    return Example(
        document_id=row["document_id"],
        layout=row["layout"],
        rows=np.array(rows, dtype=np.int32),
        starts=np.array(starts),
        shapes=Shapes(sheet, kind, spots, row["doc_type"]).matrix,
        right=np.array(right, dtype=np.float32),
        known=tuple(_known(document, name, any(r[i] for r in right)) for i, name in enumerate(FIELDS[kind])),
        values=tuple(spot.value for spot in spots),
    )


def _known(document: Labelled, name: str, found: bool) -> int:
    """Truth from people leaves fields out that the page has: only a generated or an e-invoice's says what is absent."""
    row = document.row
    if found:
        return _FOUND
    stated = name in row["fields"] and name not in row["not_visible"]
    whole = row["complete"] and (document.generated or str(row["truth_source"]).startswith("embedded"))
    if stated or not whole or (row["doc_type"] == "receipt" and name not in _RECEIPT):
        return _UNKNOWN
    return _ABSENT
