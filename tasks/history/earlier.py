"""An invoice that was taken in before, and how the ledger is asked for such."""

from collections.abc import Mapping
from dataclasses import dataclass

from tasks.documents import Examined

NUMBERED = ("invoice", "credit_note")
"""The classes that have a number, an account and an amount to compare."""

EARLIER = """
earlier as (
    select h.*, d.file_name, d.doc_type, d.outcome, d.settled_at
    from history.headers h join documents d using (document_id, run_id)
    where d.doc_type in ('invoice', 'credit_note') and d.outcome in ('accepted', 'review')
)"""
"""The invoices that the ledger has taken in, with what they are compared by, as a common table expression."""

OF_SELLERS = f"""
{EARLIER},
sellers as (select unnest(?::varchar[]) as seller),
of_sellers as (
    select seller, earlier.* from earlier join sellers on vat_key = seller
    union all
    select seller, earlier.* from earlier join sellers on name_key = seller
)"""
"""Those of the sellers whose keys (VAT id or name) are its first parameter."""


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
