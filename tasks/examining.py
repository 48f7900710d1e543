"""`examine` for a reading process: named here, imported there. Who only sends documents has no use for the readers."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from routing.policy import Policy
from tasks.documents import Examined, SourceFile

MODULE = "tasks.examine"
"""What a reading process needs to import."""


@dataclass(frozen=True)
class Examining:
    """`tasks.examine.examine` by a policy; where its pickle is loaded, the readers are, too."""

    policy: Policy
    keeping: Path | None = None

    def __call__(self, file: SourceFile) -> Examined:
        """All that the free readers find out about `file`. Raises a `DocumentError` where it can't be read."""
        return _loaded(self.policy, self.keeping)(file)

    def __reduce__(self) -> tuple[object, ...]:
        return _loaded, (self.policy, self.keeping)


def _loaded(policy: Policy, keeping: Path | None) -> Callable[[SourceFile], Examined]:
    from tasks.examine import examine

    return partial(examine, policy=policy, keeping=keeping)
