"""A document on its way up: what it is now, which way it came, and whether it can go on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from routing.decide import Decision
from routing.evidence import Evidence
from routing.menu import Option
from tasks.documents import Examined, SourceFile


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that may climb, as small as a plan for the whole batch allows: the rest of it lies on disk.

    `copies` are files with the same bytes, whose outcome hangs on its own. `covered_usd` is what reading all of it
    would cost with the tier of the batch promise, in US dollars; None where that promise does not cover it.
    """

    document_id: str
    evidence: Evidence
    options: tuple[Option, ...]
    copies: tuple[SourceFile, ...] = ()
    covered_usd: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Climber:
    """A document and where it stands.

    `next_tier` is the one to ask next, None where nothing is to be asked; `tier` the one whose answer was judged last;
    `decisions` are those that were taken so far, `planned` is what the plan for the whole batch made of it without any
    call. `waits` is why it has to wait for the next run, `failed` why a tier
    has no answer for it and never will. `answered` are the tiers whose answers the journal has from earlier runs;
    `in_batch`: what it waits for is on its way. `faults` are the stable words for
    what was wrong with answers that were none, by request_hash. `copies` are files with the same bytes.
    """

    document: Examined
    next_tier: str | None = None
    tier: str = "local"
    decisions: tuple[Decision, ...] = ()
    planned: Decision | None = None
    waits: str = ""
    failed: str = ""
    answered: frozenset[str] = frozenset()
    in_batch: bool = False
    faults: Mapping[str, str] = field(default_factory=dict)
    copies: tuple[SourceFile, ...] = ()
