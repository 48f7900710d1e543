"""Labelled outcomes: what people found in documents whose confidence had been judged before they looked."""

from routing.evidence import kind_of
from routing.policy import Policy
from routing.promise import Outcome
from tasks.store.query import Query


def labels_of(query: Query, policy: Policy) -> list[tuple[Outcome, bool]]:
    """Every document that a person answered, in the order of the answers, and whether it was an audit.

    A document is right if the person changed no field of it. An audit was chosen with the chance of the audit share,
    all others that a person had to see with certainty. That all documents of the queue are answered sooner or later is
    taken for granted: whoever answers only the easy ones has no promise.
    """
    if policy.promise is None:
        return []
    return [
        (
            Outcome(
                kind=kind_of(doc_type, text_source or "none"),
                confidence=p_right,
                right=right,
                run=run,
                chance=policy.promise.audit_share if audit else 1.0,
                least=policy.promise.audit_share if audit or others_accepted else 1.0,
            ),
            audit,
        )
        for doc_type, text_source, p_right, right, audit, others_accepted, run in query(_SQL, [])
    ]


_SQL = """
with last as (
    select document_id, run_id, p_right, reason from history.decisions
    qualify row_number() over (partition by document_id, run_id order by step desc) = 1
),
answered as (
    select document_id, min(reviewed_at) as at, not bool_or(before is distinct from after) as is_right
    from history.reviews group by document_id
),
accepting as (
    select distinct run_id, doc_type, text_source from history.documents where outcome = 'accepted'
)
select d.doc_type, d.text_source, last.p_right, answered.is_right, starts_with(last.reason, 'audit:'),
    accepting.run_id is not null, d.run_id
from answered
join history.documents d using (document_id)
join last on last.document_id = d.document_id and last.run_id = d.run_id
left join accepting on accepting.run_id = d.run_id and accepting.doc_type = d.doc_type
    and accepting.text_source is not distinct from d.text_source
where d.duplicate_of is distinct from d.document_id and last.p_right is not null
qualify row_number() over (partition by d.document_id order by d.settled_at) = 1
order by answered.at, d.document_id
"""
