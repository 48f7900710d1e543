"""What other libraries make of the same PDFs, in as many processes as Ledgerline has: the yardsticks of bench.speed.

Text alone (pdfium, pypdf), or the fields that stock templates find (invoice2data, over pdfium's text; of the group
`bench`, as nothing of the product needs it).
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from multiprocessing import get_context
from multiprocessing.pool import Pool
from pathlib import Path
from typing import Any

import psutil

Work = Callable[[Path], int]


def pdfium(file: Path) -> int:
    """The length of the text by pdfium."""
    import pypdfium2

    with pypdfium2.PdfDocument(file) as document:
        return sum(len(page.get_textpage().get_text_range()) for page in document)


def pypdf(file: Path) -> int:
    """The length of the text by pypdf, 0 where it gives up."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        return sum(len(page.extract_text()) for page in PdfReader(file).pages)
    except (PyPdfError, ValueError, KeyError, AttributeError):
        return 0


def invoice2data(file: Path) -> int:
    """How many fields the stock templates find."""
    from invoice2data import extract_data

    return len(extract_data(str(file), templates=_templates(), input_module="pdfium"))


PEERS: dict[str, Work] = {"pdfium": pdfium, "pypdf": pypdf, "invoice2data": invoice2data}


def available() -> dict[str, Work]:
    """The peers that are installed here."""
    return {name: work for name, work in PEERS.items() if name != "invoice2data" or find_spec(name)}


@dataclass(frozen=True, slots=True)
class Pace:
    """Documents a second of all processes together, and the processor's time for one, in milliseconds: that tells on a
    busy machine, too."""

    per_second: float
    cpu_ms: float


@contextmanager
def timed(documents: int) -> Iterator[list[Pace]]:
    """Measure what the child processes of this one do meanwhile; the pace is put into the list at the end."""
    found: list[Pace] = []
    began, cpu = time.perf_counter(), _cpu_seconds()
    yield found
    seconds, cpu = time.perf_counter() - began, _cpu_seconds() - cpu
    found.append(Pace(documents / seconds, 1000 * cpu / documents))


def pace_of(work: Work, files: list[Path], processes: int) -> Pace:
    """How fast `work` goes through the files, after each process has loaded what it needs."""
    with get_context("spawn").Pool(processes, initializer=logging.disable) as pool:
        _warm(pool, work, files[0], processes)
        with timed(len(files)) as found:
            pool.map(work, files, chunksize=1)
    return found[0]


def _cpu_seconds() -> float:
    return sum(sum(child.cpu_times()[:2]) for child in psutil.Process().children(recursive=True))


def _warm(pool: Pool, work: Work, file: Path, processes: int) -> None:
    """One document at least in each process: nothing says which takes it, so a few more are given."""
    pool.map(work, [file] * (4 * processes), chunksize=1)


@cache
def _templates() -> Any:  # noqa: ANN401 - invoice2data may not be installed
    from invoice2data.extract.loader import read_templates

    return read_templates()
