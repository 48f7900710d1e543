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
