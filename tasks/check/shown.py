"""The amounts that a person, or the XML, shows: what explains a difference between two totals."""

import re
from collections.abc import Iterator
from decimal import Decimal

from lxml import etree

from tasks.documents import Reading
from tasks.read.einvoice import safe_parser

_CENTS = re.compile(r"(?<![\d.,'’])(\d{1,3}(?:[ .,'’]\d{3})+|\d+)[.,](\d{2})(?![\d.,]?\d)")
_XML_NUMBER = re.compile(r"\s*-?(\d+)(?:\.(\d+))?\s*")


def amounts_shown(reading: Reading) -> frozenset[Decimal]:
    """Every amount with cents on the pages and every number in the e-invoice XML, without signs."""
    found = {amount for page in reading.pages for amount in _on_page(" ".join(word.text for word in page.words))}
    if reading.einvoice:
        root = etree.fromstring(reading.einvoice, safe_parser(reading.einvoice))
        found |= {Decimal(text.strip().lstrip("-")) for text in root.itertext() if _XML_NUMBER.fullmatch(text)}
    return frozenset(found)


def _on_page(text: str) -> Iterator[Decimal]:
    """Amounts with cents; where spaces part thousands (`12 316,87`) also those that begin at a later one."""
    for hit in _CENTS.finditer(text):
        groups = hit[1].split(" ")
        for first in range(len(groups)):
            yield Decimal(f"{re.sub(r'[^0-9]', '', ''.join(groups[first:]))}.{hit[2]}")
