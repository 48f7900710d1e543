"""A Parquet file that vouches for its own bytes: their SHA-256 stands in its metadata, and counts there as zeros."""

import hashlib
import io

import pyarrow as pa
import pyarrow.parquet as pq

_KEY = b"ledgerline.seal"
_BLANK = b"0" * 64
_BETWEEN = 2  # bytes from the end of the key to its value: the value's type, and its length


def sealed(table: pa.Table) -> bytes:
    """The table as a Parquet file with checksums of its pages, and the seal."""
    file = io.BytesIO()
    marked = table.replace_schema_metadata({**(table.schema.metadata or {}), _KEY: _BLANK})
    pq.write_table(marked, file, compression="zstd", write_page_checksum=True)
    data = file.getvalue()
    start = _start(data)
    if data[start : start + len(_BLANK)] != _BLANK:
        raise AssertionError("this version of pyarrow keeps metadata in another way")
    return _with(data, start, hashlib.sha256(data).hexdigest().encode())


def is_intact(data: bytes, table: pa.Table) -> bool:
    """Whether these are the bytes that were written; `table` is what was read from them. Of a file that was written
    before there were seals nothing is known."""
    if _KEY not in data and _KEY not in (table.schema.metadata or {}):
        return True
    start = _start(data)
    seal = data[start : start + len(_BLANK)]
    return hashlib.sha256(_with(data, start, _BLANK)).hexdigest().encode() == seal


def _start(data: bytes) -> int:
    return data.rfind(_KEY) + len(_KEY) + _BETWEEN


def _with(data: bytes, start: int, value: bytes) -> bytes:
    return data[:start] + value + data[start + len(value) :]
