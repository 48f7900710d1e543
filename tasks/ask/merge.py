"""Two readings of the same fields, our own and a model's, as one: agreement is evidence, contradiction is doubt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from rapidfuzz.distance import Levenshtein

from routing.agreement import agreed, both_missing, contradicted, unseen
from routing.confidence import ConfidenceTable
from routing.fields import Catalogue, FieldType
from tasks.documents import Field
from tasks.extract.totals import NAMES as TOTALS
from tasks.extract.totals import adds_up
from tasks.history.keys import key

AGREED, CONTRADICTED = "agreed", "contradicted"
"""Evidence of a value that two readers found, each by itself; doubt about one that two readers see differently."""

_TOLERANCE = 0.1  # of a name's letters: the same name spelled, or read, a little differently


@dataclass(frozen=True, slots=True)
class SecondReading:
    """What a model made of the fields it was asked for: those that the pages bear out, and those it says are not
    printed. `trust` is the share of its values that are right."""

    found: Mapping[str, Field]
    absent: frozenset[str]
    trust: float


def merge(
    first: Sequence[Field], second: SecondReading, catalogue: Catalogue, table: ConfidenceTable
) -> tuple[Field, ...]:
    """Every field of either reading, with the value that is likelier and how likely it is after both.

    Net, tax, gross and amount due are taken from one reading where only that makes them add up.
    """
    ours = {field.name: field for field in first}
    names = [name for name in catalogue.fields if name in ours or name in second.found or name in second.absent]
    both = {name: _one(name, ours.get(name), second, catalogue.fields[name].type, table) for name in names}
    return tuple((ours | both | _consistent_totals(ours, both, second)).values())


def _one(name: str, ours: Field | None, second: SecondReading, kind: FieldType, table: ConfidenceTable) -> Field:
    theirs = second.found.get(name)
    mine = ours if ours and ours.state == "found" else None
    if theirs is None:
        if name in second.absent and not (ours and ours.state == "unreadable"):
            return _without(name, mine, second.trust, table)
        return ours or Field(name, "absent")
    if mine is None:
        return replace(theirs, confidence=second.trust)
    if _same(kind, mine.value or "", theirs.value or ""):
        return _sure(mine, agreed(mine.confidence, second.trust))
    first_right, second_right = contradicted(mine.confidence, second.trust)
    if second_right > first_right:
        return replace(theirs, confidence=second_right, doubts=(*theirs.doubts, CONTRADICTED))
    return _doubted(mine, first_right)


def _without(name: str, mine: Field | None, trust: float, table: ConfidenceTable) -> Field:
    """The field where the model finds that it is not printed: a contradiction, or agreement on its absence."""
    absent = table.absent.get(name, table.absent["*"])
    if mine is None:
        return Field(name, "absent", confidence=both_missing(absent, trust), evidence=(AGREED,))
    return _doubted(mine, unseen(mine.confidence, trust))


def _sure(field: Field, confidence: float) -> Field:
    """The field that another reader found too: what spoke against it is answered, and weighs in its confidence."""
    evidence = tuple(dict.fromkeys((*field.evidence, AGREED)))
    return replace(field, confidence=confidence, evidence=evidence, doubts=())


def _doubted(field: Field, confidence: float) -> Field:
    return replace(field, confidence=confidence, doubts=tuple(dict.fromkeys((*field.doubts, CONTRADICTED))))


def _same(kind: FieldType, ours: str, theirs: str) -> bool:
    """Whether two values mean the same: numbers without sign, names but for a tenth of their letters."""
    if kind in ("amount", "number"):
        return abs(Decimal(ours)) == abs(Decimal(theirs))
    if kind in ("name", "text", "address"):
        first, second = key(ours), key(theirs)
        return Levenshtein.distance(first, second) <= _TOLERANCE * max(len(first), len(second))
    return key(ours) == key(theirs)


def _consistent_totals(ours: Mapping[str, Field], both: Mapping[str, Field], second: SecondReading) -> dict[str, Field]:
    """The totals of the one reading that add up where the chosen ones do not; nothing where they do, or none does."""
    if _add_up(both):
        return {}
    theirs = {name: replace(second.found[name], confidence=second.trust) for name in TOTALS if name in second.found}
    own = {name: ours[name] for name in TOTALS if name in ours and ours[name].state == "found"}
    for reading in (theirs, own):
        if _add_up(reading):
            return {name: _chosen(both[name], field) for name, field in reading.items()}
    return {}


def _chosen(merged: Field, wanted: Field) -> Field:
    """The wanted reading of a field, as sure as it was by itself; doubted where the other one was likelier."""
    return merged if merged.value == wanted.value else _doubted(wanted, wanted.confidence)


def _add_up(fields: Mapping[str, Field]) -> bool:
    amounts = [Decimal(value) for name in TOTALS[:3] if name in fields and (value := fields[name].value)]
    return len(amounts) == 3 and adds_up(*amounts)
