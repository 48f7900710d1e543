"""Invoice numbers met before: business duplicates, and numbers used again.

A business duplicate is an invoice that was already taken in as other bytes (sent again, scanned, as XML and as PDF):
same class, seller, number, date and amount. The same seller and number with another date or amount is no duplicate but
something that a person should see.
"""

from collections.abc import Iterable

from rapidfuzz.fuzz import token_sort_ratio

from tasks.documents import Check, Examined
from tasks.history.earlier import EARLIER, NUMBERED, Earlier
from tasks.history.keys import key
from tasks.store.query import Query

_COMPARED = ("issue_date", "gross_total", "amount_due", "currency", "iban")
_LOADED = ("invoice_number", "seller_name", "seller_vat_id", *_COMPARED)
_SAME_NAME = 88  # token_sort_ratio from which two seller names are taken for one: survives OCR slips and legal forms
_PER_NUMBER = 50  # earlier documents of one seller, class and number that are looked at: one is enough to hold


class Numbers:
    """The earlier documents that have a number of this chunk."""

    def __init__(self) -> None:
        self._by_number: dict[str, list[Earlier]] = {}

    def load(self, examined: Iterable[Examined], query: Query) -> None:
        """Fetch them from the ledger, in the order in which they were settled."""
        wanted = sorted({key(number) for e in examined if (number := e.value("invoice_number"))})
        for document_id, file_name, doc_type, outcome, *values in query(_SQL, [wanted]):
            fields = {name: value for name, value in zip(_LOADED, values, strict=True) if value}
            self.add(Earlier(document_id, file_name, doc_type, outcome, fields))

    def add(self, document: Earlier) -> None:
        """Remember a document; one without a number is never met again."""
        if number := key(document.fields.get("invoice_number")):
            self._by_number.setdefault(number, []).append(document)

    def duplicate_of(self, examined: Examined) -> Earlier | None:
        """The earlier document that this one is a business duplicate of."""
        return next((e for e in self._same_number(examined) if not any(_compare(examined, e))), None)

    def number_not_reused(self, examined: Examined) -> Check:
        """No earlier document of this seller has this number with another date, amount, currency or account."""
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

    def _same_number(self, examined: Examined) -> list[Earlier]:
        number = examined.value("invoice_number")
        if examined.doc_type not in NUMBERED or not number:
            return []
        same = self._by_number.get(key(number), [])
        return [e for e in same if e.doc_type == examined.doc_type and _same_seller(examined, e)]


def same_name(ours: str, theirs: str) -> bool:
    """Whether two seller names mean one seller, give or take a slip of the reader."""
    return token_sort_ratio(ours.lower(), theirs.lower()) >= _SAME_NAME


def _same_seller(examined: Examined, earlier: Earlier) -> bool:
    ours, theirs = examined.value("seller_vat_id"), earlier.fields.get("seller_vat_id")
    if ours and theirs and key(ours) == key(theirs):
        return True
    ours, theirs = examined.value("seller_name"), earlier.fields.get("seller_name")
    return bool(ours and theirs) and same_name(str(ours), str(theirs))


def _compare(examined: Examined, earlier: Earlier) -> tuple[list[str], list[str]]:
    """Which of date, amounts, currency and bank account differ, and which only one of the two documents states.

    A copy without a bank account is still a copy; one that names another account never is.
    """
    differing, unknown = [], []
    for name in _COMPARED:
        ours, theirs = examined.value(name), earlier.fields.get(name)
        if ours and theirs and key(ours) != key(theirs):
            differing.append(name.replace("_", " "))
        elif bool(ours) != bool(theirs) and name != "iban":
            unknown.append(name.replace("_", " "))
    if not (examined.value("gross_total") or examined.value("amount_due")):
        unknown.append("amount")
    return differing, unknown


_SQL = f"""
select document_id, file_name, doc_type, outcome, {", ".join(_LOADED)}
from {EARLIER.format("number_key in (select unnest(?::varchar[]))")}
qualify row_number() over
    (partition by number_key, doc_type, name_key order by settled_at, file_name, document_id) <= {_PER_NUMBER}
order by settled_at, file_name, document_id
"""
