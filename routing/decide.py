"""What becomes of one document, and why: rules first, then what is expected to cost its owner least.

The rules are few, and each names itself in the reason. A person looks, whatever a model might say, where a check fails
that no better reading can mend, and where the value is high. Nothing is accepted below the probability that the policy
asks for. What no rule decides is weighed (`routing.menu`), alone or with the whole batch (`routing.plan`).
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from routing.audit import audited
from routing.bars import NEVER
from routing.evidence import Evidence
from routing.menu import Action, Case, Option
from routing.options import person
from routing.plan import Choice, plan
from routing.policy import Policy


@dataclass(frozen=True, slots=True)
class Decision:
    """One routing decision, with all that is needed to compute it again. Money in US dollars.

    `case` is the document as it was weighed. `expected_cost_usd` is the price of the step, `expected_gain_usd` what it
    saves on average; for what is accepted, and what a person sees without any model in question, what accepting would
    lose. `p_needed` is the probability from which the document may be accepted (0 where the promise for the whole batch
    decides instead of a threshold), `fields` are those in doubt,
    `dollar_worth` is what a dollar of the budget had to save at least (0 where the budget did not bind).
    """

    action: Action
    from_tier: str
    to_tier: str | None
    case: Case
    value_at_stake: Decimal | None
    expected_gain_usd: Decimal
    expected_cost_usd: Decimal
    reason: str
    p_needed: float
    fields: tuple[str, ...]
    dollar_worth: float


def decide(
    evidence: Evidence,
    policy: Policy,
    from_tier: str = "local",
    options: tuple[Option, ...] = (),
    choice: Choice | None = None,
) -> Decision:
    """Accept the document, hand it on to one of `options` (of `routing.options`), or to a person, with every reason.

    Without a `choice` it is decided as if it were alone and money no object; `choice` is what a plan for the whole
    batch says of it. Without a paid tier among the options a broken rule or a doubt means a person.
    """
    rules, doubts = _broken_rules(evidence, policy), _doubts(evidence, policy)
    if is_weighed(evidence, policy, options):
        case = case_of(evidence, policy, options)
        rules = _demands(evidence, policy, case)
        step = choice or plan([case], None).choice(case)
    else:
        case = case_of(evidence, policy, (_looker(evidence, policy),))
        step = _without_models(case)
    if step.action == "accept" and (audit := _audit(evidence, policy)):
        case = replace(case, acceptable=False, options=(_looker(evidence, policy),))
        step, rules = _seen(case), audit
    reasons = [*rules, *doubts] or [_why_accepted(evidence, policy)]
    reason = "; ".join([*reasons, step.reason] if step.reason else reasons)
    return _decision(step, case, evidence, from_tier, reason, _needed(evidence, policy), evidence.open_fields)


def is_covered(evidence: Evidence, policy: Policy) -> bool:
    """Whether the batch promise decides on the document: it has key fields, its tier may see it, and but for its
    confidence nothing speaks against it."""
    if policy.batch_promise is None or evidence.confidence is None or evidence.failed_checks:
        return False
    tier = next(tier for tier in policy.tiers if tier.name == policy.batch_promise.tier)
    demanded = _at_least(evidence, policy.review.last_model_above_usd)
    return not demanded and evidence.sensitivity in tier.sensitivities and not _broken_rules(evidence, policy)


def under_batch_promise(
    evidence: Evidence, policy: Policy, price_usd: Decimal | None, fields: tuple[str, ...], why: str
) -> Decision:
    """What the promise for the whole batch makes of a document that it covers: accepted, whatever its confidence, or
    for `price_usd` asked of the promise's tier for `fields`, its key fields. `why` says it in words."""
    case = replace(case_of(evidence, policy, (_looker(evidence, policy),)), acceptable=True)
    step = _without_models(case)
    if price_usd is not None and policy.batch_promise:
        step = replace(step, action="escalate", tier=policy.batch_promise.tier, cost_usd=price_usd)
    return _decision(step, case, evidence, "local", f"promised: {why}", 0.0, fields)


def _decision(
    step: Choice,
    case: Case,
    evidence: Evidence,
    from_tier: str,
    reason: str,
    p_needed: float,
    fields: tuple[str, ...],
) -> Decision:
    return Decision(
        action=step.action,
        from_tier=from_tier,
        to_tier=step.tier,
        case=case,
        value_at_stake=evidence.value_at_stake,
        expected_gain_usd=step.gain_usd,
        expected_cost_usd=step.cost_usd,
        reason=reason,
        p_needed=p_needed,
        fields=fields,
        dollar_worth=step.dollar_worth,
    )


def is_weighed(evidence: Evidence, policy: Policy, options: tuple[Option, ...]) -> bool:
    """Whether a model is in question for the document: no rule decides on it, and a paid tier is among the options."""
    return any(option.paid for option in options) and not _broken_rules(evidence, policy)


def case_of(evidence: Evidence, policy: Policy, options: tuple[Option, ...]) -> Case:
    """The document as a plan sees it."""
    return Case(
        document_id=evidence.document_id,
        p_right=evidence.p_right,
        loss_usd=_loss(evidence, policy),
        acceptable=not _broken_rules(evidence, policy) and not _doubts(evidence, policy),
        options=options,
        required=_required(evidence, policy, options),
        waiting_usd=policy.loss.usd_per_day_waiting,
    )


def _without_models(case: Case) -> Choice:
    """Accepted where nothing speaks against it, else a person's."""
    if case.acceptable:
        return Choice(case.document_id, "accept", None, Decimal(0), Decimal(0), _lost(case), "")
    return _seen(case)


def _seen(case: Case) -> Choice:
    """A person looks: the first one of the options."""
    looker = case.options[0]
    return Choice(case.document_id, "review", looker.tier, looker.price_usd, Decimal(0), _lost(case), "")


def _lost(case: Case) -> Decimal:
    """What accepting it would lose on average."""
    return ((1 - Decimal(repr(case.p_right))) * case.loss_usd).quantize(Decimal("0.000001"))


def _audit(evidence: Evidence, policy: Policy) -> list[str]:
    """Why a person looks at what would be accepted: it is one of those that keep the promise honest."""
    promise = policy.promise
    if promise is None or not audited(evidence.document_id, promise.audit_share, promise.audit_seed):
        return []
    return [f"audit: a person looks at {promise.audit_share:.0%} of what would be accepted, to keep the promise"]


def _looker(evidence: Evidence, policy: Policy) -> Option:
    """A person, or two where the value is that high."""
    return person(policy, people=2 if _at_least(evidence, policy.review.two_people_above_usd) else 1)


def _broken_rules(evidence: Evidence, policy: Policy) -> list[str]:
    """Why a person has to look whatever a model might say."""
    mendable = policy.checks_a_model_may_mend
    rules = [f"{name}: {detail}" for name, detail in evidence.failed_checks if name not in mendable]
    if _is_unproven(evidence, policy):  # no answer of a model could be accepted either
        rules.append(f"unproven: labels do not bear out yet that any {evidence.kind} may be accepted")
    limits = {1: policy.review.value_above_usd, 2: policy.review.two_people_above_usd}
    people = max((number for number, limit in limits.items() if _at_least(evidence, limit)), default=0)
    if people:
        who = "two people look" if people == 2 else "a human looks"
        rules.append(f"high_value: worth {evidence.value_at_stake:,.0f} USD, {who} from {limits[people]:,.0f} USD on")
    return rules


def _doubts(evidence: Evidence, policy: Policy) -> list[str]:
    """Why the document can't be accepted as it is, though a better reading might mend that."""
    mendable = policy.checks_a_model_may_mend
    doubts = [f"{name}: {detail}" for name, detail in evidence.failed_checks if name in mendable]
    needed = _needed(evidence, policy)
    if evidence.p_right >= needed or _is_unproven(evidence, policy):
        return doubts
    if evidence.confidence is None:
        return [*doubts, f"doubtful_type: {evidence.doc_type} at {evidence.p_right:.2f}, {needed:.2f} is needed"]
    named = f" ({', '.join(evidence.doubtful_fields)})" if evidence.doubtful_fields else ""
    return [*doubts, f"doubtful_fields: confidence {evidence.p_right:.2f}, {needed:.2f} is needed{named}"]


def _demands(evidence: Evidence, policy: Policy, case: Case) -> list[str]:
    """Why a model has to read the document, though nothing is in doubt."""
    if case.required is None:
        return []
    limit = policy.review.last_model_above_usd
    return [f"high_value: worth {evidence.value_at_stake:,.0f} USD, {case.required} reads it from {limit:,.0f} USD on"]


def _required(evidence: Evidence, policy: Policy, options: tuple[Option, ...]) -> str | None:
    """The last model that may read it, where the value demands that; None once it has."""
    models = [option.tier for option in options if option.paid]
    return models[-1] if models and _at_least(evidence, policy.review.last_model_above_usd) else None


def _at_least(evidence: Evidence, limit: Decimal | None) -> bool:
    return limit is not None and evidence.value_at_stake is not None and evidence.value_at_stake >= limit


def _needed(evidence: Evidence, policy: Policy) -> float:
    return policy.acceptance.needed(evidence.kind, evidence.confidence is not None)


def _is_unproven(evidence: Evidence, policy: Policy) -> bool:
    return policy.promise is not None and _needed(evidence, policy) >= NEVER


def _loss(evidence: Evidence, policy: Policy) -> Decimal:
    return policy.loss.of_wrong(evidence.value_at_stake, evidence.doc_type, evidence.seller_name, evidence.label)


def _why_accepted(evidence: Evidence, policy: Policy) -> str:
    if evidence.confidence is None:
        return f"confident: {evidence.doc_type} at {evidence.doc_type_confidence:.3f}, no key fields"
    return f"confident: every key field right at {evidence.confidence:.3f}, {_needed(evidence, policy)} is needed"
