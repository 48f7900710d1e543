"""Readings of documents with a known truth, kept between two runs since OCR takes minutes."""

import pickle
from pathlib import Path
from typing import Any

from routing.errors import DocumentError
from routing.policy import parse_policy
from tasks.discover.sniff import kind_of
from tasks.documents import Reading
from tasks.read import read


def reading_of(row: dict[str, Any], folder: Path, kept: Path | None) -> Reading | None:
    """What is read of the document of a truth's `row` in `folder`, from `kept` where it lies there already; None where
    it can't be read. The pickles are this machine's own scratch."""
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
