-- The current state: what analysts query. Each table by its own name, then the answers to common questions.

create or replace macro identity_key(text) as
    coalesce(nullif(regexp_replace(lower(strip_accents(text)), '[^a-z0-9]', '', 'g'), ''), trim(lower(text)));

create or replace view runs as
select * from history.runs
qualify row_number() over (partition by run_id order by finished_at desc nulls last) = 1;

create or replace view calls as select * from history.calls;

create or replace view reviews as select * from history.reviews;

-- What a document cost in earlier runs and in reviews belongs to its one result, never to an exact copy of it.
create or replace view documents as
with earlier as (select document_id, sum(cost_usd) as usd from history.replaced_results group by document_id),
     reviewed as (select document_id, sum(cost_usd) as usd from history.reviews group by document_id)
select d.* replace (
    case when d.duplicate_of is not distinct from d.document_id or old.run_id is not null then 0
         else coalesce(d.cost_usd, 0) + coalesce(earlier.usd, 0) + coalesce(reviewed.usd, 0)
    end::decimal(18, 9) as cost_usd)
from history.documents d
anti join history.replaced_documents r using (document_id, source, file_name, run_id)
left join history.replaced_results old on old.document_id = d.document_id and old.run_id = d.run_id
left join earlier on earlier.document_id = d.document_id
left join reviewed on reviewed.document_id = d.document_id;

create or replace view fields as
select * from history.fields anti join history.replaced_results using (document_id, run_id);

create or replace view line_items as
select * from history.line_items anti join history.replaced_results using (document_id, run_id);

create or replace view checks as
select * from history.checks anti join history.replaced_results using (document_id, run_id);

create or replace view decisions as
select * from history.decisions anti join history.replaced_results using (document_id, run_id);
