"""What the ledger knows of how models mended what they were asked for."""

from routing.records import Record, Records
from tasks.store.query import Query


def records_of(query: Query) -> Records:
    """Of all models and all runs up to the last that was completed: `query` asks the ledger. A run that goes on after a
    kill plans by what was known before, so that it ends as if nobody had killed it.

    A field counts as mended if it is in doubt no more at the decision after the answer. A call that failed is no answer
    and counts for nothing; what waits for one does not count yet.
    """
    return Records.of(Record(*row) for row in query(_SQL, [last_completed(query)]))


def last_completed(query: Query) -> str:
    """The run_id of the last run that was completed, empty where none was."""
    ((run_id,),) = query("select coalesce(max(run_id), '') from runs where status = 'completed'", [])
    return str(run_id)


_SQL = """
with steps as (
    select document_id, run_id, from_tier, to_tier, fields,
        lead(from_tier) over next as then_from, lead(action) over next as then_action,
        lead(fields) over next as then_open
    from history.decisions
    where run_id <= ?
    window next as (partition by document_id order by run_id, step)
),
answered as (
    select distinct document_id, tier, model from history.calls where mode <> 'local' and status = 'ok'
),
asked as (
    select a.model, s.from_tier as after, d.text_source, s.fields,
        case when s.then_action = 'accept' then [] else coalesce(s.then_open, []) end as still_open
    from steps s
    join answered a on a.document_id = s.document_id and a.tier = s.to_tier
    join history.documents d on d.document_id = s.document_id and d.run_id = s.run_id
    where s.then_from = s.to_tier and len(s.fields) > 0 and d.duplicate_of is distinct from d.document_id
),
each as (
    select model, after, text_source, unnest(fields) as field, not list_contains(still_open, field) as mended from asked
    union all
    select model, after, text_source, least(len(fields), 3) || ' fields', not list_has_any(still_open, fields)
    from asked where len(fields) > 1
)
select model, after, text_source, field, count(*), count(*) filter (mended) from each group by all order by all
"""
