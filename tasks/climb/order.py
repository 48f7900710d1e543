"""Which candidates are asked, of which tier, and in which order: the plan for the whole batch, put into chunks."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from itertools import islice
from pathlib import Path

from routing.decide import case_of, decide
from routing.errors import StoreError
from routing.plan import Choice, plan
from routing.policy import Policy
from tasks.climb.climber import Candidate, Climber
from tasks.documents import Examined
from tasks.held import held


def climbers(
    candidates: Mapping[str, Candidate], policy: Policy, left: Callable[[], Decimal | None], folder: Path, size: int
) -> Iterator[list[Climber]]:
    """All candidates by the best plan within what is `left` of the budget (None is no limit), in chunks of so many.

    Those come first that gain most for a dollar. What the budget is too small for is planned anew at the end, as calls
    may have cost less than was expected of them. Raises `StoreError` where what is kept of one is gone.
    """
    standing = candidates
    while standing:
        cases = [case_of(each.evidence, policy, each.options) for each in standing.values()]
        choices = {choice.document_id: choice for choice in plan(cases, left()).choices(cases)}
        asked = any(choice.action == "escalate" for choice in choices.values())
        later = {i: standing[i] for i, choice in choices.items() if asked and choice.action == "defer"}
        order = iter(sorted(choices.keys() - later.keys(), key=lambda i: _rank(choices[i])))
        while chunk := list(islice(order, size)):
            yield [_climber(standing[i], choices[i], policy, folder) for i in chunk]
        standing = later


def at_hand(folder: Path, document_id: str) -> Examined:
    """What was found in a candidate. Raises `StoreError` where what is kept of it is gone."""
    document = held(folder, document_id)
    if document is None:
        problem = f"{document_id} is gone from work/{folder.name} while the run needs it"
        raise StoreError(str(folder.parent.parent), problem, "Run again: its documents are read anew.")
    return document


def _climber(candidate: Candidate, choice: Choice, policy: Policy, folder: Path) -> Climber:
    """The document at the foot of its way, or at its end where the plan makes no call for it."""
    document = at_hand(folder, candidate.document_id)
    decision = decide(candidate.evidence, policy, options=candidate.options, choice=choice)
    if decision.action == "escalate":
        return Climber(document, next_tier=decision.to_tier, decisions=(decision,), copies=candidate.copies)
    if decision.action == "defer":
        return Climber(document, waits=decision.reason, decisions=(decision,), copies=candidate.copies)
    return Climber(document, planned=decision, copies=candidate.copies)


def _rank(choice: Choice) -> tuple[Decimal, str]:
    worth = choice.gain_usd / choice.spend_usd if choice.spend_usd else Decimal(0)
    return -worth, choice.document_id
