"""The store: Parquet files that are the truth, and the DuckDB ledger that analysts query."""
