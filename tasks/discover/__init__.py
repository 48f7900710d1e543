"""DISCOVER: what lies in a source, taken in: named, hashed, its kind known by its bytes, containers unpacked."""

from tasks.discover.intake import check_source, count_places, discover
from tasks.discover.seen import Seen
from tasks.discover.sniff import kind_of, sniff
from tasks.discover.spool import ensure_unchanged

__all__ = ["Seen", "check_source", "count_places", "discover", "ensure_unchanged", "kind_of", "sniff"]
