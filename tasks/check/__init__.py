"""CHECK: what must hold within one document, each check a row with a stable name."""

from collections.abc import Sequence

from tasks.check.forms import forms
from tasks.check.page import page
from tasks.check.sums import sums
from tasks.documents import Check, Field, LineItem, Reading

__all__ = ["check"]


def check(reading: Reading, fields: Sequence[Field], lines: Sequence[LineItem]) -> tuple[Check, ...]:
    """Every check on one document, also those that could not be made (`passed` None)."""
    values = {f.name: f.value for f in fields if f.state == "found" and f.value is not None}
    return (*sums(values, lines), *forms(values), *page(reading, fields))
