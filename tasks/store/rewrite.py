"""Chunks written anew, for rows that have to be changed after all: the one exception to append-only.

A changed chunk is written whole, as the next revision of its parts; it takes the place of the old one in the instant
its marker does. Its rows keep the meaning, and so the schema version, with which they were written. What a kill leaves
is the old chunk or the new one, and whoever opens the store next removes the rest. The ledger, which has the old rows,
is then made anew.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.store import parts

Change = Callable[[str, pa.Table], pa.Table]
"""By a table's name and rows, the rows as they shall be; the same object where nothing changes."""


def rewrite(store: Path, change: Change) -> int:
    """Write every chunk anew whose rows `change` changes; how many there were. Only under the store's lock.

    Raises `StoreDamagedError` for a part that can't be read; what was written anew by then stays.
    """
    found = parts.list_parts(store)
    committed = parts.committed(found)
    parts.remove_leftovers(store, set(found) - set(committed))
    return sum(_rewrite(store, chunk, change) for chunk in _chunks(store, committed))


def _chunks(store: Path, committed: list[parts.Part]) -> Iterator[list[parts.Part]]:
    by_chunk: dict[tuple[str, int], list[parts.Part]] = {}
    for staged in parts.checked(store, committed):
        by_chunk.setdefault(staged.part.chunk, []).append(staged.part)
    yield from by_chunk.values()


def _rewrite(store: Path, chunk: list[parts.Part], change: Change) -> bool:
    before = {part.table: pq.read_table(store / part.path, partitioning=None) for part in chunk}
    after = {name: change(name, table) for name, table in before.items()}
    if all(after[name] is before[name] for name in before):
        return False
    one = chunk[0]
    version = parts.version_of(before[one.table])
    staged = parts.stage(store, one.run_date, one.run_id, one.seq, after, one.revision + 1, version)
    parts.commit(store, staged)
    for part in chunk:
        (store / part.path).unlink()
        parts.sync_folder((store / part.path).parent)
    return True
