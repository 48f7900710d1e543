"""What tells that a file was changed, without a look at its bytes: as the file system or the object store says."""

import os
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

SETTLING_NS = 2_000_000_000
"""A file that was touched less than this long ago has no stamp yet: it could be written to again within the same tick
of the clock that stamps it. The coarsest clock of a file system (FAT) ticks every two seconds."""

_VERSIONS = ("etag", "generation", "versionid", "version_id", "md5hash", "content_md5", "content_hash", "checksum")
_TIMES = ("lastmodified", "last_modified", "last_write_time", "updated", "modified", "mtime")


def local_stamp(status: os.stat_result) -> str:
    """Of a local file. The time of its last change of status can't be set by anybody, so a file that was exchanged for
    another one of the same size and date has another stamp."""
    if max(status.st_mtime_ns, status.st_ctime_ns) > time.time_ns() - SETTLING_NS:
        return ""
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino}"


def remote_stamp(about: Mapping[str, Any]) -> str:
    """Of an object, by what its driver lists of it: a version if it has one, else when it was modified."""
    known = {name.lower().replace("-", "_"): value for name, value in about.items() if value}
    versions = [f"{name}={known[name]}" for name in _VERSIONS if name in known]
    if versions:
        return f"{about.get('size')} {' '.join(versions)}"
    return next((f"{about.get('size')} {known[name]}" for name in _TIMES if _is_past(known.get(name))), "")


def _is_past(when: object) -> bool:
    """Whether that is a time long enough ago."""
    seconds = when.timestamp() if isinstance(when, datetime) else when
    return isinstance(seconds, int | float) and seconds < time.time() - SETTLING_NS / 1e9
