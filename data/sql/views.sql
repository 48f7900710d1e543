-- The current state: what analysts query. Each table by its own name, then the answers to common questions.

create or replace view runs as
select * from history.runs
qualify row_number() over (partition by run_id order by finished_at desc nulls last) = 1;

create or replace view calls as select * from history.calls;

create or replace view reviews as select * from history.reviews;

create or replace view erasures as select * from history.erasures;

-- Rows of documents as they are now: without those that were replaced, and with the cost in all. What a document cost in
-- earlier runs and in reviews belongs to its one result, never to an exact copy of it.
create or replace macro history.current_of(rows) as table
with earlier as (select document_id, sum(cost_usd) as usd from history.replaced_results group by document_id),
     reviewed as (select document_id, sum(cost_usd) as usd from history.reviews group by document_id)
select d.* replace (
    case when d.duplicate_of is not distinct from d.document_id or old.run_id is not null then 0
         else coalesce(d.cost_usd, 0) + coalesce(earlier.usd, 0) + coalesce(reviewed.usd, 0)
    end::decimal(18, 9) as cost_usd)
from query_table(rows) d
anti join history.replaced_documents r using (document_id, source, file_name, run_id)
left join history.replaced_results old on old.document_id = d.document_id and old.run_id = d.run_id
left join earlier on earlier.document_id = d.document_id
left join reviewed on reviewed.document_id = d.document_id;

create or replace view documents as from history.current_of('history.documents');

create or replace view fields as
select * from history.fields anti join history.replaced_results using (document_id, run_id);

create or replace view line_items as
select * from history.line_items anti join history.replaced_results using (document_id, run_id);

create or replace view checks as
select * from history.checks anti join history.replaced_results using (document_id, run_id);

create or replace view page_readings as
select * from history.page_readings anti join history.replaced_results using (document_id, run_id);

create or replace view decisions as
select * from history.decisions anti join history.replaced_results using (document_id, run_id);

comment on view runs is 'One row per flow run, in its latest state';
comment on view documents is 'One row per file, in its latest state';
comment on view fields is 'One row per document and field, of the latest run that read the document';
comment on view line_items is 'One row per document and line, of the latest run that read the document';
comment on view checks is 'One row per document and check, of the latest run that read the document';
comment on view page_readings is 'How well pages are read: of e-invoices, without their XML and held against it';
comment on view decisions is 'One row per routing decision, of the latest run that read the document';
comment on view calls is 'One row per model call, local ones too, of all runs';
comment on view erasures is 'One row per document whose content was erased: when, by whom, and why';
comment on view reviews is 'One row per human answer, of all runs';

create or replace view history.current as from history.current_of('history.headers');
comment on view history.current is 'One row per file, in its latest state, with its header fields as text';

create or replace view invoices as
select document_id, file_name, doc_type, outcome, confidence, invoice_number, try_cast(issue_date as date) as issue_date,
    try_cast(due_date as date) as due_date, currency, purchase_order_number, seller_name, seller_vat_id, buyer_name,
    buyer_vat_id, iban, try_cast(net_total as decimal(38, 4)) as net_total,
    try_cast(tax_total as decimal(38, 4)) as tax_total, try_cast(gross_total as decimal(38, 4)) as gross_total,
    try_cast(amount_due as decimal(38, 4)) as amount_due, cost_usd
from history.current
where doc_type in ('invoice', 'credit_note') and duplicate_of is distinct from document_id;
comment on view invoices is 'One row per invoice or credit note, with its header fields typed; exact copies left out';

create or replace view cost_per_document as
with reviewed as (select document_id, sum(cost_usd) as usd from history.reviews group by document_id)
select d.document_id, d.file_name, d.source, d.label, d.doc_type, d.outcome, d.tier, d.pages, d.cost_usd,
    (case when d.duplicate_of is distinct from d.document_id then coalesce(reviewed.usd, 0) else 0 end)
        ::decimal(18, 9) as review_usd,
    d.cost_usd - review_usd as calls_usd, d.premium_everywhere_usd, d.settled_at
from documents d left join reviewed using (document_id);
comment on view cost_per_document is 'What each document cost in all runs: calls_usd for models, review_usd for people';

create or replace view cost_by_day as
with spent as (
    select started_at::date as day, count(*) filter (where mode <> 'local') as paid_calls,
        sum(cost_usd) as calls_usd, 0::decimal(18, 9) as review_usd
    from history.calls group by all
    union all by name
    select reviewed_at::date as day, 0 as paid_calls, 0::decimal(18, 9) as calls_usd, sum(cost_usd) as review_usd
    from history.reviews group by all
    union all by name
    select settled_at::date as day, count(*) as documents from documents group by all
)
select day, coalesce(sum(documents), 0)::bigint as documents, coalesce(sum(paid_calls), 0)::bigint as paid_calls,
    coalesce(sum(calls_usd), 0) as calls_usd, coalesce(sum(review_usd), 0) as review_usd,
    coalesce(sum(calls_usd), 0) + coalesce(sum(review_usd), 0) as cost_usd
from spent group by day;
comment on view cost_by_day is 'Per day (UTC): documents settled, paid calls, what models and people cost';

create or replace view cost_by_model as
select provider, model, tier, mode, count(*) as calls, count(*) filter (where status <> 'ok') as failed_calls,
    sum(input_tokens) as input_tokens, sum(cached_input_tokens) as cached_input_tokens,
    sum(cache_write_tokens) as cache_write_tokens, sum(output_tokens) as output_tokens,
    sum(cost_usd) as cost_usd, round(avg(latency_ms), 1) as mean_latency_ms
from history.calls group by provider, model, tier, mode;
comment on view cost_by_model is 'Per model: calls, tokens of the four classes, cost; local readers are models that cost nothing';

-- An exact copy has no fields of its own: its seller is that of the document whose bytes it has.
create or replace view cost_by_seller as
with unnamed as (select distinct document_id from history.current where seller_name is null),
     originals as (
         select document_id, max(seller_name) as seller_name
         from history.headers semi join unnamed using (document_id)
         anti join history.replaced_results using (document_id, run_id)
         where seller_name is not null group by document_id
     )
select coalesce(d.seller_name, o.seller_name) as seller_name, count(*) as documents,
    count(*) filter (where d.outcome = 'review') as waiting, sum(d.cost_usd) as cost_usd,
    sum(d.premium_everywhere_usd) as premium_everywhere_usd, sum(d.value_at_stake) as value_usd
from history.current d left join originals o on d.seller_name is null and o.document_id = d.document_id
group by all;
comment on view cost_by_seller is 'Per seller name as read (null: none was read): documents, cost, value at stake';

create or replace view escalations as
select d.document_id, d.file_name, d.doc_type, c.step, c.action, c.from_tier, c.to_tier, c.p_right, c.value_at_stake,
    c.expected_gain_usd, c.expected_cost_usd, c.reason, d.outcome, c.run_id
from decisions c join history.current d using (document_id, run_id)
where c.action in ('escalate', 'review') and d.duplicate_of is distinct from d.document_id;
comment on view escalations is 'What went on to a dearer tier or to a person, and why';

create or replace view savings as
with spent as (
    select settled_at::date as day, count(*) as documents, sum(calls_usd) as paid_usd,
        coalesce(sum(premium_everywhere_usd), 0) as premium_usd, sum(review_usd) as review_usd
    from cost_per_document group by day
)
select day, documents, paid_usd, premium_usd as premium_everywhere_usd, premium_usd - paid_usd as saved_usd,
    round(100 * (premium_usd - paid_usd) / nullif(premium_usd, 0), 1) as saved_percent, review_usd
from spent;
comment on view savings is 'Per day: paid to models against the estimate of one call per document to the dearest model; people apart';

create or replace view work_queue as
select row_number() over (order by value_at_stake desc nulls last, confidence, file_name) as position,
    document_id, file_name, source, doc_type, value_at_stake, confidence, reason, settled_at, run_id
from documents where outcome = 'review';
comment on view work_queue is 'What waits for a human, most valuable first';
