"""What a fault is, and all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bench.crash.scene import Episode

SceneName = Literal["free", "sync", "batch"]


@dataclass(frozen=True)
class Fault:
    """A way to disturb the program. `cause` does it in an episode and checks what the program must say and do then; it
    raises `BrokenError`, or `SkippedError` where this machine does not allow it. `scenes` take turns."""

    name: str
    cause: Callable[[Episode], None]
    scenes: tuple[SceneName, ...] = ("free",)


def all_faults() -> dict[str, Fault]:
    """Every fault by its name."""
    from bench.crash import clocks, company, damage, disks, kills, readers, servers, sources

    modules = (kills, disks, readers, damage, clocks, company, servers, sources)
    return {fault.name: fault for module in modules for fault in module.FAULTS}
