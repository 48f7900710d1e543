-- The tables of a store: the one place where columns and types are stated. Parquet files have the same ones.
--
-- Schema `history` holds every run's rows, append-only. Schema `main` (views.sql) shows the current state by the same
-- table names: that is what to query. The remark behind a column is also its comment in the database
-- (select column_name, comment from duckdb_columns() where table_name = 'documents').
--
-- Money is decimal; *_usd is US dollars. Timestamps are UTC. `document_id` is the SHA-256 of a document's bytes, in hex.

create schema if not exists history;

create table history.runs (
    run_id varchar not null,             -- name of the run, unique in the store
    flow_run_id varchar,                 -- id of the Prefect flow run
    started_at timestamp not null,       -- when it began
    finished_at timestamp,               -- when it ended; null while it is running
    status varchar not null,             -- running, completed, failed, or interrupted (its process died)
    source varchar not null,             -- folder, file or URL that was processed
    policy_hash varchar,                 -- names the settings that decided
    price_version varchar,               -- names the price list that was used
    documents bigint,                    -- documents discovered = its rows in documents + known
    known bigint,                        -- of them: settled by an earlier run and met again unchanged
    deferred bigint,                     -- of them: left to the next run
    cost_usd decimal(18, 9),             -- what its model calls cost
    budget_usd decimal(18, 9),           -- what it was allowed to spend; null is no limit
    premium_everywhere_usd decimal(18, 9), -- estimate: one call per document to the dearest model, at list price
    error varchar                        -- why it failed, null if it did not
);

create table history.documents (
    document_id varchar not null,        -- SHA-256 of its bytes
    file_name varchar not null,          -- relative to the source, /-separated; attachments continue their container
    source varchar not null,             -- folder, file or URL it was found in
    container varchar,                   -- the e-mail or archive it came in
    bytes bigint,                        -- size
    pages integer,                       -- number of pages
    text_source varchar,                 -- xml, text (text layer), ocr, or none
    doc_type varchar,                    -- invoice, credit_note, receipt, purchase_order, contract, statement, ...
    doc_type_confidence double,          -- probability that doc_type is right
    outcome varchar not null,            -- accepted, review, duplicate, deferred or rejected
    reason varchar,                      -- why it has this outcome
    duplicate_of varchar,                -- document it is a duplicate of; its own document_id for an exact copy
    confidence double,                   -- probability that every key field is right
    tier varchar,                        -- the tier that settled it
    value_at_stake decimal(38, 4),       -- amount due in US dollars at the policy's rates, for ranking only
    sensitivity varchar,                 -- normal, confidential, ...
    label varchar,                       -- department, tenant, ... by the policy's budgets
    cost_usd decimal(18, 9),             -- its calls in this run; in main: its calls and reviews in all runs
    premium_everywhere_usd decimal(18, 9), -- estimate: one call to the dearest model, at list price
    full_call_input_tokens bigint,       -- estimate: what one call on the whole document would send
    full_call_output_tokens bigint,      -- ... and what it would answer
    warnings varchar[],                  -- remarks of the readers
    run_id varchar not null,             -- the run that settled it
    settled_at timestamp not null        -- when
);

create table history.fields (
    document_id varchar not null,        -- the document
    field varchar not null,              -- EN 16931 name, such as gross_total
    value varchar,                       -- normalised: ISO dates, . decimals, ISO 4217; null unless found
    raw_text varchar,                    -- as it stands on the page or in the XML
    page integer,                        -- page it stands on, from 1
    x0 double,                           -- left edge of its box, from the page's left
    y0 double,                           -- top edge, from the page's top
    x1 double,                           -- right edge
    y1 double,                           -- bottom edge
    xml_path varchar,                    -- path in the e-invoice XML, where it comes from there
    confidence double,                   -- probability that it is right
    tier varchar,                        -- the tier that found it
    state varchar not null,              -- found, absent or unreadable
    evidence varchar[],                  -- what speaks for it: xml, label, arithmetic, checksum, ...
    doubts varchar[],                    -- what speaks against it: ambiguous_date, second_candidate, ...
    run_id varchar not null              -- the run that found it
);

create table history.line_items (
    document_id varchar not null,        -- the document
    line integer not null,               -- position, from 1
    description varchar,                 -- what was delivered
    quantity decimal(38, 9),             -- how much of it
    unit_price decimal(38, 9),           -- price of one, in the document's currency
    net_amount decimal(38, 9),           -- line total without tax, in the document's currency
    tax_rate decimal(38, 9),             -- per cent
    page integer,                        -- page it stands on, from 1
    confidence double,                   -- probability that it is right
    run_id varchar not null              -- the run that found it
);

create table history.checks (
    document_id varchar not null,        -- the document
    "check" varchar not null,            -- name of the check (write it in double quotes: a word of SQL)
    passed boolean,                      -- null where it could not be made
    detail varchar,                      -- what failed, or why it could not be made
    run_id varchar not null              -- the run that made it
);

create table history.page_readings (
    document_id varchar not null,        -- an e-invoice whose page was read without its XML, too
    doc_type varchar not null,           -- class that the page alone was given
    text_source varchar not null,        -- text (text layer) or ocr
    confidence double not null,          -- probability that the page's own reading is right
    wrong varchar[] not null,            -- key fields that differ from the XML, or doc_type; empty: it was right
    run_id varchar not null              -- the run that read it
);

create table history.decisions (
    document_id varchar not null,        -- the document
    step integer not null,               -- from 1, in the order taken
    action varchar not null,             -- accept, escalate, review or defer
    from_tier varchar,                   -- tier whose answer was judged
    to_tier varchar,                     -- tier it goes to next
    p_right double,                      -- probability that every key field is right
    p_needed double,                     -- the probability from which it may be accepted
    acceptable boolean,                  -- whether rules and doubts allowed that
    required_tier varchar,               -- tier that a rule demanded, null where none did
    value_at_stake decimal(38, 4),       -- in US dollars
    loss_usd decimal(38, 9),             -- what it costs if it is wrong and nobody notices
    waiting_usd decimal(38, 9),          -- what it costs to leave it to the next run
    expected_gain_usd decimal(38, 9),    -- expected loss that this step avoids; where no model was in question, all of it
    expected_cost_usd decimal(18, 9),    -- expected price of this step
    dollar_worth double,                 -- what a dollar of the budget had to save at least, 0 where it did not bind
    fields varchar[],                    -- fields in doubt: what a model is asked for
    options varchar,                     -- the tiers open to it (JSON): price, chance to mend, chance to miss an error
    reason varchar,                      -- every reason that spoke for it
    policy_hash varchar,                 -- names the settings that decided
    run_id varchar not null              -- the run that decided
);

create table history.calls (
    call_id varchar not null,            -- unique
    document_id varchar not null,        -- the document it was made for
    run_id varchar not null,             -- the run that made it
    stage varchar not null,              -- read, classify, extract, ...
    tier varchar,                        -- tier that was asked
    provider varchar,                    -- local, openai, anthropic, ...
    model varchar,                       -- model or local rule set
    mode varchar,                        -- local, sync or batch
    reason varchar,                      -- why it was made
    request_hash varchar,                -- names the request: none is paid for twice; null for local ones
    status varchar,                      -- ok, how it failed, or unknown: may be billed, counts at what was reserved
    attempts integer,                    -- tries that it took
    input_tokens bigint,                 -- at full price
    cached_input_tokens bigint,          -- read from the provider's cache
    cache_write_tokens bigint,           -- written to the provider's cache
    output_tokens bigint,                -- answered
    price_version varchar,               -- names the price list that was used
    cost_usd decimal(18, 9) not null,    -- what it cost
    started_at timestamp not null,       -- when it was sent
    latency_ms double,                   -- how long the answer took
    provider_request_id varchar          -- the provider's own name for it
);

create table history.reviews (
    document_id varchar not null,        -- the document
    field varchar,                       -- field that was looked at
    before varchar,                      -- value shown
    after varchar,                       -- value confirmed or corrected
    reviewer varchar,                    -- who
    seconds double,                      -- time it took
    cost_usd decimal(18, 9) not null,    -- that time at the policy's wage
    reviewed_at timestamp not null       -- when
);

create table history.erasures (
    document_id varchar not null,        -- the document whose content was erased
    run_id varchar not null,             -- name of the erasure
    erased_at timestamp not null,        -- when
    erased_by varchar not null,          -- who asked for it
    why varchar not null                 -- on what grounds
);
