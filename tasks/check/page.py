"""The page held against itself and against the XML: hidden text, currencies, what a person sees."""

import re
from collections.abc import Sequence
from decimal import Decimal

from tasks.documents import Check, Field, Reading

_QUOTED = 120  # characters of hidden text that a detail quotes


def page(reading: Reading, fields: Sequence[Field]) -> tuple[Check, ...]:
    """no_hidden_text, pages_readable, xml_matches_page, one_currency."""
    return (_hidden(reading), _readable(reading), _xml(reading, fields), _one_currency(fields))


def _hidden(reading: Reading) -> Check:
    """Nothing that a person can't see: hidden text is quoted and never used."""
    hidden = " ".join(word.text for each in reading.pages for word in each.hidden)
    if not reading.pages:
        return Check("no_hidden_text", None, "no page")
    return Check("no_hidden_text", not hidden, f"hidden: {hidden[:_QUOTED]}" if hidden else "")


def _readable(reading: Reading) -> Check:
    """Every page could be loaded and read; a blank one is."""
    if not reading.page_count:
        return Check("pages_readable", None, "no page")
    lost = ", ".join(map(str, reading.lost))
    return Check("pages_readable", not lost, f"pages that could not be read: {lost}" if lost else "")


def _xml(reading: Reading, fields: Sequence[Field]) -> Check:
    """Number and gross total of the XML stand on the page that a person sees."""
    known = {f.name: f.value for f in fields if f.xml_path and f.value}
    words = [word.text for each in reading.pages for word in each.words]
    if not known or not words:
        return Check("xml_matches_page", None, "no e-invoice XML with a page")
    text = "".join(re.sub(r"\W", "", word) for word in words).casefold()
    number, gross = known.get("invoice_number"), known.get("gross_total")
    missing = [
        name
        for name, shown in (("number", _shows(number, text)), ("gross total", _shows_amount(gross, text)))
        if not shown
    ]
    detail = f"XML says {number} and {gross}; not on the page: {' and '.join(missing)}" if missing else ""
    return Check("xml_matches_page", not missing, detail)


def _one_currency(fields: Sequence[Field]) -> Check:
    """All amounts are in one currency."""
    currency = next((f for f in fields if f.name == "currency" and f.state == "found"), None)
    if currency is None:
        return Check("one_currency", None, "no currency was found")
    contested = "contested" in currency.evidence
    return Check("one_currency", not contested, f"{currency.value}, and others" if contested else f"{currency.value}")


def _shows(value: str | None, text: str) -> bool:
    return value is None or re.sub(r"\W", "", value).casefold() in text


def _shows_amount(value: str | None, text: str) -> bool:
    return value is None or f"{abs(Decimal(value)):.2f}".replace(".", "") in text
