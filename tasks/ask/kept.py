"""What is kept of a document that may be asked about: its reading, and pictures of the pages whose text is poor.

The process that reads a document keeps it, so that nothing is read by OCR twice and no other process ever opens the
file. It lies in the store's work folder until the document is settled.
"""

import io
import pickle
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from routing.policy import Limits
from tasks.discover.spool import refuse_without_room
from tasks.documents import Page, Reading
from tasks.trusted import loads

if TYPE_CHECKING:
    from tasks.read.rendering import Picture

LONG_SIDE = 1568
"""Pixels of a picture's long side: models look at no more, and are billed by size."""

_QUALITY = 80
_SURE = 0.9  # of an OCR word
_MOST_UNSURE = 0.15  # share of a page's words that OCR may be unsure of before the picture is sent instead


@dataclass(frozen=True, slots=True)
class Kept:
    """A document's reading, and by page number the pictures (JPEG) of pages whose text is poor."""

    reading: Reading
    pictures: Mapping[int, bytes] = field(default_factory=dict)


def keep(path: str, reading: Reading, limits: Limits) -> Kept:
    """What is kept of the document at `path`. To be called by the process that read it."""
    poor = {page.number: page for page in reading.pages if is_poor(page)}
    return Kept(
        reading, {number: _jpeg(picture, poor[number]) for number, picture in _rendered(path, reading, poor, limits)}
    )


def save(kept: Kept, folder: Path, document_id: str) -> None:
    """Put it into `folder`, whole or not at all. Raises `NoRoomError`."""
    put(pickle.dumps(kept, protocol=pickle.HIGHEST_PROTOCOL), folder, document_id)


def put(data: bytes, folder: Path, document_id: str) -> None:
    """Put into `folder` what `take` gave on another machine, whole or not at all. Raises `NoRoomError`."""
    made = folder / f"{document_id}.new"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        made.write_bytes(data)
        made.replace(_file(folder, document_id))
    except OSError as error:
        refuse_without_room(error)
        raise


def take(folder: Path, document_id: str) -> bytes:
    """What `save` wrote, and nothing of it stays."""
    data = _file(folder, document_id).read_bytes()
    discard(folder, document_id)
    return data


def load(folder: Path, document_id: str) -> Kept | None:
    """What was kept of the document, None where nothing is there, or what another version left."""
    try:
        kept = loads(_file(folder, document_id).read_bytes())
    except (FileNotFoundError, pickle.UnpicklingError):
        return None
    return kept if isinstance(kept, Kept) else None


def discard(folder: Path, document_id: str) -> None:
    """Throw away what was kept of the document, if anything was."""
    _file(folder, document_id).unlink(missing_ok=True)


def is_poor(page: Page) -> bool:
    """Whether the page's text can't be relied on: nothing was read, or OCR is unsure of much of it."""
    unsure = sum(word.confidence < _SURE for word in page.words)
    return not page.words or unsure > _MOST_UNSURE * len(page.words)


def _file(folder: Path, document_id: str) -> Path:
    return folder / f"{document_id}.pickle"


def _rendered(
    path: str, reading: Reading, wanted: Mapping[int, Page], limits: Limits
) -> Iterator[tuple[int, "Picture"]]:
    import pypdfium2 as pdfium  # what draws is slow to import, and only scans need it

    from tasks.read.image import pictures
    from tasks.read.rendering import picture_of

    if reading.kind == "image":
        yield from ((n, picture) for n, picture in enumerate(pictures(path, limits), start=1) if n in wanted)
    elif wanted:
        document = pdfium.PdfDocument(path)
        try:
            for number in wanted:
                yield number, picture_of(document[number - 1], LONG_SIDE, limits.page_megapixels)
        finally:
            document.close()


def _jpeg(picture: "Picture", page: Page) -> bytes:
    """The picture upright, in grey: colour tells nothing here and costs bytes."""
    import numpy as np
    from PIL import Image

    image = Image.fromarray(np.ascontiguousarray(picture)).convert("L")
    image.thumbnail((LONG_SIDE, LONG_SIDE))
    if page.turned:
        image = image.rotate(-page.turned, expand=True, fillcolor=255)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
