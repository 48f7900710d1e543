"""The papers that the class model learns from, drawn by the generator, read and seen as the model sees them."""

import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from random import Random

from data.generator.kinds_drawn import kind_documents
from data.generator.noise import drawn_noise, noisy
from data.generator.truth import Document
from data.generator.wide import wide_documents
from routing.policy import parse_policy
from tasks.classify.features import Seen, seen
from tasks.classify.vocabulary import vocabulary
from tasks.documents import Reading
from tasks.extract.sheet import sheet_of
from tasks.read import read

WORN, CUT = 0.30, 0.08  # shares of the papers that are worn as by a bad scan, or cut off after a few words


@dataclass(frozen=True)
class Example:
    """One document as the model sees it, the classes that are right for it, and where it comes from: layouts of one
    `group` are alike and are left out together."""

    seen: Seen
    right: tuple[str, ...]
    group: str
    language: str


def papers(kinds: int, wide: int, seed: int) -> list[Example]:
    """So many papers of every kind, and so many bills and receipts of the wide set, the same for the same seed."""
    jobs = [("kinds", kinds, seed), ("wide", wide, seed)]
    with ProcessPoolExecutor(len(jobs)) as pool:
        return [example for found in pool.map(_drawn, *zip(*jobs, strict=True)) for example in found]


def _drawn(source: str, count: int, seed: int) -> list[Example]:
    documents = kind_documents(count, seed) if source == "kinds" else wide_documents(count, seed)
    known = vocabulary({})
    return [
        Example(
            seen(sheet_of(reading), known),
            document.doc_type_ok or (document.doc_type,),
            _group(document),
            document.language,
        )
        for document, reading in _read(islice(documents, count), seed)
    ]


def _read(documents: Iterator[Document], seed: int) -> Iterator[tuple[Document, Reading]]:
    limits = parse_policy(Path("data/policy.toml").read_text(encoding="utf-8"), "data/policy.toml").limits
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "paper.pdf"
        for document in documents:
            path.write_bytes(document.payload)
            yield document, _used(read(str(path), "pdf", limits), Random(f"{seed} {document.document_id}"))


def _used(reading: Reading, random: Random) -> Reading:
    draw = random.random()
    if draw < WORN:
        return noisy(reading, random, drawn_noise(random))
    return beginning(reading, random) if draw < WORN + CUT else reading


def beginning(reading: Reading, random: Random) -> Reading:
    """The first words of `reading` alone, as of a page that is hardly legible."""
    first = reading.pages[0]
    return replace(reading, pages=(replace(first, words=first.words[: random.randrange(3, 40)]),))


def _group(document: Document) -> str:
    """The layout; for papers of every kind the kind in all its languages."""
    return document.layout.rpartition("-")[0] if document.layout.startswith("kind:") else document.layout
