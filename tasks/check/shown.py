"""The amounts that a person, or the XML, shows: what explains a difference between two totals."""

import re
from decimal import Decimal

from lxml import etree

from tasks.documents import Reading
from tasks.read.einvoice import safe_parser

_CENTS = re.compile(r"^\D*?(\d[\d.,'’]*)[.,](\d{2})\D*$")
_XML_NUMBER = re.compile(r"\s*-?(\d+)(?:\.(\d+))?\s*")


def amounts_shown(reading: Reading) -> frozenset[Decimal]:
    """Every amount with cents on the pages and every number in the e-invoice XML, without signs."""
    found = {amount for page in reading.pages for amount in _on_page([word.text for word in page.words])}
    if reading.einvoice:
        root = etree.fromstring(reading.einvoice, safe_parser())
        found |= {Decimal(text.strip().lstrip("-")) for text in root.itertext() if _XML_NUMBER.fullmatch(text)}
    return frozenset(found)


def _on_page(words: list[str]) -> set[Decimal]:
    found = set()
    for before, word in zip(["", *words], words, strict=False):
        hit = _CENTS.match(word)
        if hit:
            whole = re.sub(r"\D", "", hit[1])
            found.add(Decimal(f"{whole}.{hit[2]}"))
            if re.fullmatch(r"\d{1,3}", before) and len(whole) == 3:  # a space between the thousands
                found.add(Decimal(f"{before}{whole}.{hit[2]}"))
    return found
