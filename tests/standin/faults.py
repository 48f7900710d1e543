"""Which fault, if any, befalls a request: by script first, then by seed, request and how often it has come."""

import hashlib
import random
from collections import Counter, deque

from .settings import FAULTS, Settings


class Faults:
    """One draw a request. The same request gets the same faults in the same order, whatever happens beside it."""

    def __init__(self, settings: Settings) -> None:
        unknown = (set(settings.faults) | {each for each in settings.script if each}) - set(FAULTS)
        if unknown:
            raise ValueError(f"no such faults: {', '.join(sorted(unknown))}")
        self._settings = settings
        self._script = deque(settings.script)
        self._seen: Counter[str] = Counter()

    def draw(self, request_hash: str) -> str | None:
        """The fault for this coming of the request, None for none."""
        if self._script:
            return self._script.popleft()
        self._seen[request_hash] += 1
        chance = self.chance(request_hash, str(self._seen[request_hash])).random()
        for name, probability in self._settings.faults.items():
            if chance < probability:
                return name
            chance -= probability
        return None

    def chance(self, *about: str) -> random.Random:
        """A source of chance for one purpose."""
        return random.Random(hashlib.sha256(" ".join([str(self._settings.seed), *about]).encode()).digest())
