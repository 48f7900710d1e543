"""The promise in practice: labelled outcomes turned into the confidence from which each kind of document is accepted.

A policy with a promise does not choose its thresholds: they follow from what people found. The policy of a run is the
one in the file with these thresholds in it, so that its hash names them in every decision.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from routing.audit import change_alarm, drift_alarm
from routing.policy import Policy
from routing.promise import POOL, Outcome, Promise, Threshold, thresholds

NEVER = 1.0
"""A confidence that no reading has: nothing of the kind is accepted."""

_AUDITS_PER_FALSE_ALARM = 10_000
_LABELS_PER_FALSE_ALARM = 1_000_000


@dataclass(frozen=True, slots=True)
class Bars:
    """The thresholds that labels bear out. `alarm`: drift was noticed, and only the `labels` that came later count."""

    chosen: dict[str, Threshold]
    labels: int
    alarm: bool


def bars(policy: Policy, labels: Iterable[tuple[Outcome, bool]]) -> Bars | None:
    """What the labels bear out, in the order in which they came; each with whether its document had been accepted.

    None where the policy promises nothing.
    """
    if policy.promise is None:
        return None
    arrived, alarm = list(labels), False
    while (at := _alarm(arrived, policy.promise.max_accepted_error)) is not None:
        arrived, alarm = arrived[at + 1 :], True
    promise = Promise(policy.promise.max_accepted_error, policy.promise.confidence)
    return Bars(thresholds((outcome for outcome, _ in arrived), promise), len(arrived), alarm)


def _alarm(labels: list[tuple[Outcome, bool]], max_error: float) -> int | None:
    """The place of the label with which errors became too many in what was accepted, or more than before anywhere."""
    places = [place for place, (_, accepted) in enumerate(labels) if accepted]
    drift = drift_alarm((labels[place][0] for place in places), max_error, _AUDITS_PER_FALSE_ALARM)
    change = change_alarm((outcome for outcome, _ in labels), _LABELS_PER_FALSE_ALARM, seed=0)
    raised = [places[drift - 1]] if drift else []
    return min([*raised, change - 1] if change else raised, default=None)


def under_promise(policy: Policy, labels: Iterable[tuple[Outcome, bool]]) -> Policy:
    """The policy with the thresholds that its promise allows; the same policy where it promises nothing."""
    borne_out = bars(policy, labels)
    if borne_out is None:
        return policy
    found = {kind: NEVER if bar.confidence is None else bar.confidence for kind, bar in borne_out.chosen.items()}
    pool = found.pop(POOL)
    acceptance = policy.acceptance.model_copy(update={"confidence_by_kind": found, "confidence_of_others": pool})
    return policy.model_copy(update={"acceptance": acceptance})
