-- What the ledger keeps beside the tables. All of it follows from the Parquet files and is made anew with them.

create table history.meta (
    key varchar not null,
    value varchar not null
);

create table history.parts (
    path varchar not null,               -- Parquet file that was taken in, relative to the store
    table_name varchar not null,
    rows bigint not null,
    sha256 varchar not null
);

-- Rows of history.documents that a later run replaced. Few, so that leaving them out of a view is cheap.
create table history.replaced_documents (
    document_id varchar not null,
    source varchar not null,
    file_name varchar not null,
    run_id varchar not null
);

-- Results of a document (its fields, lines, checks, decisions) that a later run replaced, and what that run paid for it.
create table history.replaced_results (
    document_id varchar not null,
    run_id varchar not null,
    cost_usd decimal(18, 9) not null
);

-- What a document is compared, counted and shown by, one row per row of history.documents: some of its columns, and its
-- header fields as in `fields` (null where none were found or it was not read) with their keys (identity.sql). So a chunk
-- finds its sellers' earlier invoices, and an analyst the invoices, without a look at all fields that were ever read.
create table history.headers (
    document_id varchar not null,
    run_id varchar not null,
    source varchar not null,
    file_name varchar not null,
    doc_type varchar,
    outcome varchar not null,
    duplicate_of varchar,
    confidence double,
    value_at_stake decimal(38, 4),
    cost_usd decimal(18, 9),
    premium_everywhere_usd decimal(18, 9),
    settled_at timestamp not null,
    invoice_number varchar,
    issue_date varchar,
    due_date varchar,
    currency varchar,
    purchase_order_number varchar,
    seller_name varchar,
    seller_vat_id varchar,
    buyer_name varchar,
    buyer_vat_id varchar,
    iban varchar,
    net_total varchar,
    tax_total varchar,
    gross_total varchar,
    amount_due varchar,
    number_key varchar,
    order_key varchar,
    name_key varchar,
    vat_key varchar,
    iban_key varchar
);
