"""Which files of a chunk are new, which are copies of others, and which are settled already: only new ones are read."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from routing.errors import ChangedError, LimitError
from routing.policy import Limits
from tasks.documents import SourceFile
from tasks.erased import erased_name, is_erased
from tasks.rows import Original
from tasks.store.store import Known

_WAITING = "deferred"
_BREACH = re.compile(rf"{LimitError.code}: (\w+) ([\d.e+]+): ")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Files discovered one after another. `number` counts from 1; `settled` are those with a stored outcome."""

    number: int
    new: tuple[SourceFile, ...]
    copies: tuple[SourceFile, ...]
    settled: tuple[tuple[SourceFile, str], ...]

    @property
    def files(self) -> tuple[SourceFile, ...]:
        """All of its documents."""
        return (*self.new, *self.copies, *(file for file, _ in self.settled))

    @property
    def known(self) -> Counter[str]:
        """How many have each stored outcome."""
        return Counter(outcome for _, outcome in self.settled)


def is_settled(outcome: str, reason: str, limits: Limits) -> bool:
    """Whether that is the last word: not of what was deferred, nor of what changed while it was being read, nor of what
    was over a limit that was raised since."""
    breach = _BREACH.match(reason) if outcome == "rejected" else None
    raised = breach is not None and getattr(limits, breach[1], 0.0) > float(breach[2])
    changed = outcome == "rejected" and reason.startswith(f"{ChangedError.code}: ")
    return not (outcome == _WAITING or changed or raised)


def triage(
    number: int,
    files: Sequence[SourceFile],
    known: Mapping[str, Sequence[Known]],
    limits: Limits,
    in_flight: Iterable[str] = (),
) -> Chunk:
    """Sort `files` by what is `known` of their bytes.

    A file is settled already where its bytes were settled under its name; under another name, or `in_flight` under one,
    it is a copy. What is not settled for good is new again, but never what was erased.
    """
    new: list[SourceFile] = []
    copies: list[SourceFile] = []
    settled: list[tuple[SourceFile, str]] = []
    ahead = set(in_flight)
    for file in files:
        states = [
            state
            for state in known.get(file.document_id, ())
            if is_erased(state.file_name) or is_settled(state.outcome, state.reason, limits)
        ]
        names = (file.file_name, erased_name(file.document_id, file.file_name))
        same_name = next((state for state in reversed(states) if state.file_name in names), None)
        if same_name:
            settled.append((file, same_name.outcome))
        elif states or file.document_id in ahead:
            copies.append(file)
        else:
            new.append(file)
            ahead.add(file.document_id)
    return Chunk(number, tuple(new), tuple(copies), tuple(settled))


def originals(
    copies: Iterable[SourceFile],
    known: Mapping[str, Sequence[Known]],
    settled: Iterable[Mapping[str, str]],
) -> list[tuple[SourceFile, Original]]:
    """Each copy with the document whose bytes it has: one of the rows just `settled`, else the first `known`."""
    just = {row["document_id"]: Original(row["file_name"], row["outcome"], row["reason"]) for row in settled}
    found = []
    for copy in copies:
        first = next(iter(known.get(copy.document_id, ())), None)
        stored = Original(first.file_name, first.outcome, first.reason) if first else None
        found.append((copy, just.get(copy.document_id) or stored or Original(copy.file_name, "deferred", "")))
    return found
