-- The journal of paid calls (SQLite, STORE/journal/calls.sqlite): what was spent, by the word of who spent it.
-- Money is in billionths of a US dollar, times are UTC in ISO 8601. Rows are never deleted.

create table if not exists calls (
    call_id text primary key,
    request_hash text not null,          -- what was asked: never paid twice
    document_id text not null,
    run_id text not null,                -- the run that asked
    tier text not null,
    provider text not null,
    model text not null,
    mode text not null,                  -- sync or batch
    batch_id text,                       -- the batch it went with
    state text not null,                 -- sent, answered, failed, unknown (may have been billed, nobody can tell)
    scopes text not null,                -- budgets that it counts against (JSON)
    prices text not null,                -- what it is billed by (JSON)
    price_version text not null,
    reserved integer not null,           -- the most that it can cost
    cost integer,                        -- what it did cost; where it is unknown, what was reserved
    tries integer not null,
    fault text,                          -- why there is no answer: a stable word
    detail text,                         -- the same for a person
    answer text,                         -- the whole answer (JSON)
    input_tokens integer not null default 0,
    cached_input_tokens integer not null default 0,
    cache_write_tokens integer not null default 0,
    output_tokens integer not null default 0,
    provider_request_id text,
    started_at text not null,
    latency_ms real
) strict;

create unique index if not exists asked_once on calls (request_hash) where state in ('sent', 'answered');
create index if not exists calls_by_hash on calls (request_hash);
create index if not exists calls_by_document on calls (document_id);
create index if not exists calls_in_flight on calls (state) where state = 'sent';
create index if not exists calls_by_batch on calls (batch_id) where batch_id is not null;

create table if not exists batches (
    batch_id text primary key,           -- ours: it travels with the batch
    tier text not null,
    run_id text not null,
    provider_batch_id text,              -- the provider's; null as long as nobody noted it
    state text not null,                 -- submitting, pending, ended
    submitted_at text not null
) strict;

create table if not exists totals (
    scope text primary key,              -- such as `day 2026-11-24 legal`
    reserved integer not null,           -- the most that calls in flight can cost
    spent integer not null               -- what the others did cost
) strict, without rowid;
