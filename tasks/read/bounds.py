"""The policy's limits on what one document may hold."""

from routing.errors import LimitError


def keep_within(limit: str, allowed: float, found: float) -> None:
    """Raises `LimitError` naming the limit, its value and what was found, where that is more."""
    if found > allowed:
        raise LimitError(limit, allowed, f"it has {found:.6g}")
