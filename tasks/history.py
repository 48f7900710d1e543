"""Checks that need more than one document: duplicates, invoice numbers used again, bank accounts that changed.

A business duplicate is an invoice that was already taken in as other bytes (sent again, scanned, as XML and as PDF):
same class, seller, number, date and amount. The same seller and number with another date or amount is no duplicate but
something that a person should see; so is a bank account that this seller did not use before.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz.fuzz import token_sort_ratio

from tasks.documents import Check, Examined

Query = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]

_IDENTIFYING = ("invoice_number", "seller_name", "seller_vat_id")
_COMPARED = (*_IDENTIFYING, "gross_total", "amount_due", "issue_date", "currency", "iban")
_NUMBERED = ("invoice", "credit_note")
_SAME_NAME = 88  # token_sort_ratio from which two seller names are taken for one: survives OCR slips and legal forms


@dataclass(frozen=True, slots=True)
class Earlier:
    """An invoice or credit note that was taken in before, by its found fields."""

    document_id: str
    file_name: str
    doc_type: str
    outcome: str
    fields: dict[str, str]


def key(text: str | None) -> str:
    """`text` reduced to what identifies it: letters and digits without accents and case."""
    plain = unicodedata.normalize("NFKD", text or "").lower()
    letters = re.sub(r"[^a-z0-9]", "", "".join(c for c in plain if not unicodedata.combining(c)))
    return letters or plain.strip()


class History:
    """What is known of earlier invoices, as far as one chunk of documents needs it; grows as the chunk is settled."""

    def __init__(self, earlier: Iterable[Earlier] = ()) -> None:
        self._by_number: dict[str, list[Earlier]] = {}
        self._by_seller: dict[str, list[Earlier]] = {}
        for document in earlier:
            self._add(document)

    @classmethod
    def load(cls, examined: Iterable[Examined], query: Query) -> "History":
        """The earlier documents in the ledger that share a number, a seller name or a VAT id with one of `examined`."""
        wanted = sorted({value for e in examined for name in _IDENTIFYING if (value := e.value(name))})
        rows = query(_EARLIER_SQL, [wanted, list(_COMPARED)]) if wanted else []
        found: dict[str, Earlier] = {}
        for document_id, file_name, doc_type, outcome, field, value in rows:
            document = found.setdefault(document_id, Earlier(document_id, file_name, doc_type, outcome, {}))
            document.fields[field] = value
        return cls(found.values())

    def add(self, examined: Examined, outcome: str) -> None:
        """Remember a document that was settled in this chunk."""
        if examined.doc_type in _NUMBERED:
            fields = {f.name: f.value for f in examined.fields if f.value is not None}
            file = examined.file
            self._add(Earlier(file.document_id, file.file_name, examined.doc_type, outcome, fields))

    def _add(self, document: Earlier) -> None:
        self._by_number.setdefault(key(document.fields.get("invoice_number")), []).append(document)
        for name in ("seller_name", "seller_vat_id"):
            if value := document.fields.get(name):
                self._by_seller.setdefault(key(value), []).append(document)

    def duplicate_of(self, examined: Examined) -> Earlier | None:
        """The earlier document that this one is a business duplicate of."""
        return next((e for e in self._same_number(examined) if not any(_compare(examined, e))), None)

    def checks(self, examined: Examined) -> tuple[Check, ...]:
        """`number_not_reused` and `bank_account_unchanged` for an invoice or credit note; none for other classes."""
        if examined.doc_type not in _NUMBERED:
            return ()
        return (self._number_not_reused(examined), self._bank_account_unchanged(examined))

    def _same_number(self, examined: Examined) -> list[Earlier]:
        number = examined.value("invoice_number")
        if examined.doc_type not in _NUMBERED or not number:
            return []
        same = self._by_number.get(key(number), [])
        return [e for e in same if e.doc_type == examined.doc_type and _same_seller(examined, e)]

    def _number_not_reused(self, examined: Examined) -> Check:
        name = "number_not_reused"
        if not examined.value("invoice_number"):
            return Check(name, None, "no invoice number")
        for earlier in self._same_number(examined):
            differing, unknown = _compare(examined, earlier)
            if differing:
                which = ", ".join(differing)
                return Check(name, False, f"{earlier.file_name} of this seller has this number, with another {which}")
            if unknown:
                which = ", ".join(unknown)
                return Check(name, False, f"may be a duplicate of {earlier.file_name}: {which} not found on both")
        return Check(name, True)

    def _bank_account_unchanged(self, examined: Examined) -> Check:
        name, iban = "bank_account_unchanged", key(examined.value("iban"))
        if not iban:
            return Check(name, None, "no bank account on it")
        sellers = {key(value) for n in ("seller_name", "seller_vat_id") if (value := examined.value(n))}
        earlier = [e for s in sellers for e in self._by_seller.get(s, []) if e.fields.get("iban")]
        if not earlier:
            return Check(name, None, "first bank account seen of this seller")
        trusted = [e for e in earlier if e.outcome == "accepted"] or earlier
        if any(key(e.fields["iban"]) == iban for e in trusted):
            return Check(name, True)
        last = trusted[-1]
        return Check(name, False, f"{examined.value('iban')} is new, {last.file_name} had {last.fields['iban']}")


def _same_seller(examined: Examined, earlier: Earlier) -> bool:
    ours, theirs = examined.value("seller_vat_id"), earlier.fields.get("seller_vat_id")
    if ours and theirs and key(ours) == key(theirs):
        return True
    ours, theirs = examined.value("seller_name"), earlier.fields.get("seller_name")
    return bool(ours and theirs) and token_sort_ratio(str(ours).lower(), str(theirs).lower()) >= _SAME_NAME


def _compare(examined: Examined, earlier: Earlier) -> tuple[list[str], list[str]]:
    """Which of date, amounts, currency and bank account differ, and which only one of the two documents states.

    A copy without a bank account is still a copy; one that names another account never is.
    """
    differing, unknown = [], []
    for name in ("issue_date", "gross_total", "amount_due", "currency", "iban"):
        ours, theirs = examined.value(name), earlier.fields.get(name)
        if ours and theirs and key(ours) != key(theirs):
            differing.append(name.replace("_", " "))
        elif bool(ours) != bool(theirs) and name != "iban":
            unknown.append(name.replace("_", " "))
    if not (examined.value("gross_total") or examined.value("amount_due")):
        unknown.append("amount")
    return differing, unknown


_EARLIER_SQL = """
with wanted as (
    select distinct document_id from fields
    where field in ('invoice_number', 'seller_name', 'seller_vat_id') and identity_key(value) in
        (select identity_key(v) from (select unnest(?::varchar[]) as v))
)
select d.document_id, d.file_name, d.doc_type, d.outcome, f.field, f.value
from documents d join wanted using (document_id) join fields f using (document_id, run_id)
where f.field in (select unnest(?::varchar[])) and f.state = 'found'
  and d.doc_type in ('invoice', 'credit_note') and d.outcome in ('accepted', 'review')
order by d.settled_at, d.file_name
"""
