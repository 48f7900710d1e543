"""EXTRACT: header fields and line items of one document, each grounded where it stands."""
