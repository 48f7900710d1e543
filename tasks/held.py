"""Documents that wait for a model: on disk, so that memory does not grow with their number.

STORE/work/held/<document_id>.examined   what the free readers found
STORE/work/held/<document_id>.pickle     their reading of it (tasks.ask.kept)

Both are written and read by Ledgerline's own processes alone, and go when the document is settled.
"""

import pickle
from collections.abc import Iterator
from pathlib import Path

from routing.errors import StoreError
from tasks.ask.kept import discard
from tasks.documents import Examined


def folder_of(store: Path) -> Path:
    """Where they lie."""
    return store / "work" / "held"


def hold(folder: Path, document: Examined) -> None:
    """Put down what was found in a document; its reading is kept already. Raises `StoreError`."""
    made = folder / f"{document.file.document_id}.new"
    try:
        made.write_bytes(pickle.dumps(document, protocol=pickle.HIGHEST_PROTOCOL))
        made.replace(_file(folder, document.file.document_id))
    except OSError as error:
        raise StoreError.unwritable(str(folder), error) from None


def held(folder: Path, document_id: str) -> Examined | None:
    """What was found in it; None where nothing is there, or what another version left."""
    try:
        document = pickle.loads(_file(folder, document_id).read_bytes())
    except (FileNotFoundError, pickle.UnpicklingError, EOFError, AttributeError, ImportError, TypeError):
        return None
    return document if isinstance(document, Examined) else None


def let_go(folder: Path, document_id: str) -> None:
    """Throw away all that is kept of it."""
    _file(folder, document_id).unlink(missing_ok=True)
    discard(folder, document_id)


def held_ids(folder: Path) -> Iterator[str]:
    """The documents that something is kept of, in the order of their ids."""
    yield from sorted(file.stem for file in folder.glob("*.examined"))


def _file(folder: Path, document_id: str) -> Path:
    return folder / f"{document_id}.examined"
