"""An invoice that was taken in before, and how the ledger is asked for such."""

from collections.abc import Mapping
from dataclasses import dataclass

from tasks.documents import Examined

NUMBERED = ("invoice", "credit_note")
"""The classes that have a number, an account and an amount to compare."""

TAKEN_IN = "doc_type in ('invoice', 'credit_note') and outcome in ('accepted', 'review')"
LATEST = "anti join history.replaced_results using (document_id, run_id)"
"""Which rows of history.headers are invoices that were taken in, and how those a later run replaced are left out."""

EARLIER = f"(select * from history.headers where {{}} and {TAKEN_IN}) {LATEST}"
"""The invoices that the ledger has taken in for which a condition (`format`) holds, with what they are compared by.

The condition comes first: it costs a look at its column, and leaves few rows for all that follows.
"""

OF_SELLERS = f"""
sellers as (select unnest(?::varchar[]) as seller),
named as (
    select seller, h.* from history.headers h join sellers on vat_key = seller where {TAKEN_IN}
    union all
    select seller, h.* from history.headers h join sellers on name_key = seller where {TAKEN_IN}
),
of_sellers as (select * from named {LATEST})"""
"""Those of the sellers whose keys (VAT id or name) are its first parameter, as common table expressions."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """An invoice or credit note that was taken in before, by its found fields."""

    document_id: str
    file_name: str
    doc_type: str
    outcome: str
    fields: Mapping[str, str]

    @property
    def accepted(self) -> bool:
        """Whether it counts as true: what waits for a human may be a fraud."""
        return self.outcome == "accepted"


def taken_in(examined: Examined, outcome: str) -> Earlier | None:
    """A document of this chunk as the next ones will see it; None for what is no invoice, or one that was known."""
    if examined.doc_type not in NUMBERED or outcome not in ("accepted", "review"):
        return None
    fields = {f.name: f.value for f in examined.fields if f.value is not None}
    file = examined.file
    return Earlier(file.document_id, file.file_name, examined.doc_type, outcome, fields)
