"""Check digits and the order of dates."""

from collections.abc import Mapping
from datetime import date

from tasks.documents import Check
from tasks.extract.identifiers import is_iban, is_vat_id


def forms(values: Mapping[str, str]) -> tuple[Check, ...]:
    """iban_valid, vat_id_valid, dates_in_order."""
    return (_iban(values.get("iban")), _vat_id(values.get("seller_vat_id")), _dates(values))


def _iban(iban: str | None) -> Check:
    """Length and check digits of the IBAN (ISO 13616)."""
    if iban is None:
        return Check("iban_valid", None, "no IBAN was found")
    return Check("iban_valid", is_iban(iban), iban)


def _vat_id(vat_id: str | None) -> Check:
    """Form and check digits of a European VAT identifier; others can't be checked."""
    if vat_id is None or not vat_id[:2].isalpha():
        return Check("vat_id_valid", None, "no European VAT identifier was found")
    return Check("vat_id_valid", is_vat_id(vat_id), vat_id)


def _dates(values: Mapping[str, str]) -> Check:
    """Due not before issue."""
    issue, due = values.get("issue_date"), values.get("due_date")
    if issue is None or due is None:
        return Check("dates_in_order", None, "needs issue date and due date")
    return Check("dates_in_order", date.fromisoformat(due) >= date.fromisoformat(issue), f"issued {issue}, due {due}")
