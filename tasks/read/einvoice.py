"""Telling e-invoice XML from other XML, safely: no entities, no DTD, no network."""

import re
from pathlib import Path

from lxml import etree

from routing.errors import CorruptError, UnsupportedError
from routing.policy import Limits
from tasks.documents import Reading

INVOICE_ROOTS = frozenset(
    {
        "{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice",
        "{urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2}CreditNote",
        "{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100}CrossIndustryInvoice",
        "{urn:ferd:CrossIndustryDocument:invoice:1p0}CrossIndustryDocument",
    }
)
"""Qualified root elements of the e-invoices that we read: UBL 2.1, UN/CEFACT CII (Factur-X, ZUGFeRD 2), ZUGFeRD 1."""


_DECLARATION = re.compile(rb"<!(?!--|\[CDATA\[)")


def safe_parser(data: bytes) -> etree.XMLParser:
    """A parser for `data` that it can't make load, fetch or expand anything. One parser serves one parse.

    libxml2's own bounds (10 MB for a text, 256 levels) would keep out an e-invoice with a large file inside. They are
    lifted where nothing is declared that could expand: the bytes are bounded by `file_mb`.
    """
    declares = _DECLARATION.search(data.replace(b"\0", b"")) is not None
    return etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=not declares,
        remove_comments=True,
        remove_pis=True,
    )


def check_einvoice(data: bytes) -> None:
    """Raises `CorruptError` where `data` is not well-formed XML, `UnsupportedError` where its root is no invoice."""
    try:
        tree = etree.fromstring(data, safe_parser(data)).getroottree()
    except (etree.XMLSyntaxError, ValueError) as error:
        raise CorruptError(f"is not well-formed XML: {error}") from None
    if tree.docinfo.doctype:
        raise UnsupportedError("declares a document type (DTD), which no e-invoice does")
    root = str(tree.getroot().tag)
    if root not in INVOICE_ROOTS:
        raise UnsupportedError(f"is no e-invoice that we read: its root is {root}")


def read_xml(path: str, limits: Limits) -> Reading:
    """A standalone e-invoice. Raises `CorruptError`, or `UnsupportedError` naming a root that is no invoice."""
    data = Path(path).read_bytes()
    check_einvoice(data)
    return Reading(kind="xml", text_source="xml", page_count=0, pages=(), einvoice=data)
