"""Labelled outcomes: what people found in documents whose confidence had been judged before they looked, and what
e-invoices state of what their pages were read as."""

from routing.evidence import kind_of
from routing.policy import Policy
from routing.promise import Outcome
from tasks.store.query import Query


def labels_of(query: Query, policy: Policy) -> list[tuple[Outcome, bool]]:
    """Every document that a person answered, in the order of the answers, and whether it was an audit; and, where the
    promise learns from them, the pages of e-invoices.

    A document is right if the person changed no field of it. An audit was chosen with the chance of the audit share,
    all others that a person had to see with certainty. That all documents of the queue are answered sooner or later is
    taken for granted: whoever answers only the easy ones has no promise. The page of an e-invoice is right if it was
    read as the XML states it. All of them are looked at: they count as a run of their own, which accepts nothing.
    """
    if policy.promise is None:
        return []
    rows = query(_SQL, [policy.promise.learns_from_xml])
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
        for doc_type, text_source, p_right, right, audit, others_accepted, run in rows
    ]


_SQL = """
with last as (
    select document_id, run_id, p_right, reason from history.decisions
    qualify row_number() over (partition by document_id, run_id order by step desc) = 1
),
answered as (
    select document_id, min(reviewed_at) as arrived, not bool_or(before is distinct from after) as is_right
    from history.reviews group by document_id
),
accepting as (
    select distinct run_id, doc_type, text_source from history.documents where outcome = 'accepted'
),
by_people as (
    select answered.arrived, d.document_id, d.doc_type, d.text_source, last.p_right, answered.is_right,
        starts_with(last.reason, 'audit:') as is_audit, accepting.run_id is not null as others_accepted, d.run_id
    from answered
    join history.documents d using (document_id)
    join last on last.document_id = d.document_id and last.run_id = d.run_id
    left join accepting on accepting.run_id = d.run_id and accepting.doc_type = d.doc_type
        and accepting.text_source is not distinct from d.text_source
    where d.duplicate_of is distinct from d.document_id and last.p_right is not null
    qualify row_number() over (partition by d.document_id order by d.settled_at) = 1
),
by_xml as (
    select d.settled_at as arrived, d.document_id, p.doc_type, p.text_source, p.confidence, len(p.wrong) = 0, false,
        false, p.run_id || ' xml'
    from history.page_readings p join history.documents d using (document_id, run_id)
    where ? and d.duplicate_of is distinct from d.document_id
    qualify row_number() over (partition by d.document_id order by d.settled_at) = 1
)
select * exclude (arrived, document_id) from (from by_people union all from by_xml) order by arrived, document_id
"""
