"""What other libraries make of the same PDFs, in as many processes as Ledgerline has: the yardsticks of bench.speed.

Text alone (pdfium, pypdf), or the fields that stock templates find (invoice2data, over pdfium's text; of the group
`bench`, as nothing of the product needs it).
"""

import logging
import time
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from multiprocessing import get_context
from multiprocessing.pool import Pool
from pathlib import Path
from typing import Any

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


def documents_per_second(work: Work, files: list[Path], processes: int) -> float:
    """Of all processes together, after each of them has done one document to load what it needs."""
    with get_context("spawn").Pool(processes, initializer=logging.disable) as pool:
        _warm(pool, work, files[0], processes)
        began = time.perf_counter()
        pool.map(work, files, chunksize=1)
        return len(files) / (time.perf_counter() - began)


def _warm(pool: Pool, work: Work, file: Path, processes: int) -> None:
    """One document at least in each process: nothing says which takes it, so a few more are given."""
    pool.map(work, [file] * (4 * processes), chunksize=1)


@cache
def _templates() -> Any:  # noqa: ANN401 - invoice2data may not be installed
    from invoice2data.extract.loader import read_templates

    return read_templates()
