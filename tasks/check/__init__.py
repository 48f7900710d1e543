"""CHECK: what must hold within one document, each check a row with a stable name."""

from collections.abc import Sequence

from tasks.check.forms import forms
from tasks.check.lines import lines
from tasks.check.page import page
from tasks.check.shown import amounts_shown
from tasks.check.sums import sums
from tasks.documents import Check, Field, Reading
from tasks.extract.lines import LineTable

__all__ = ["check"]


def check(reading: Reading, fields: Sequence[Field], table: LineTable) -> tuple[Check, ...]:
    """Every check on one document, also those that could not be made (`passed` None): amounts_add_up,
    amount_due_adds_up, lines_add_up, rows_complete, iban_valid, vat_id_valid, dates_in_order, no_hidden_text,
    pages_readable, xml_matches_page, one_currency."""
    values = {f.name: f.value for f in fields if f.state == "found" and f.value is not None}
    shown = amounts_shown(reading)
    return (*sums(values, shown), *lines(values, table, shown), *forms(values), *page(reading, fields))
