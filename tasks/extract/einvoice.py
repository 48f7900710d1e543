"""Fields and line items of an e-invoice's XML: exact, free, and each with the path where it stands.

A file that breaks its schema is still read, as many real ones do; what can't be read is `unreadable`, not guessed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Context, Decimal
from typing import Literal

from lxml import etree

from routing.errors import CorruptError, UnsupportedError
from tasks.documents import Field, LineItem
from tasks.extract.einvoice_paths import DIALECTS, Dialect
from tasks.parse.dates import parse_date
from tasks.read.einvoice import safe_parser

CREDIT_CODES = frozenset({"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532"})
"""UNTDID 1001 codes that EN 16931 takes for a credit note; a corrected (384) or self-billed (389) invoice is none."""

MONEY_FIELDS = ("net_total", "tax_total", "gross_total", "amount_due")

_DECIMAL = re.compile(r"[+-]?(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})")
"""An `xs:decimal`; longer ones are no amounts of this world."""
_DAY = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:[T\d+Z-].*)?")
_IBAN = re.compile(r"[A-Z]{2}\d\d[A-Z0-9]{11,30}")
_PRICE_UNIT, _WIDE = Decimal("0.000001"), Context(prec=60)


@dataclass(frozen=True, slots=True)
class EInvoice:
    """What an e-invoice states. Totals and lines of a credit note are positive, whatever signs the XML uses.

    `doubts` are of the whole document: `negative_invoice` is an invoice by its code and a credit by its sign, which
    is read as a credit note. `confidence` of lines and fields is left to `routing.confidence`.
    """

    doc_type: Literal["invoice", "credit_note"]
    fields: tuple[Field, ...]
    line_items: tuple[LineItem, ...]
    doubts: tuple[str, ...] = ()


def fields_of(xml: bytes) -> EInvoice:
    """Every field of the DESIGN and all lines of a UBL 2.1, UN/CEFACT CII or ZUGFeRD 1 document.

    Raises `CorruptError` where it is not well-formed, `UnsupportedError` where its root is none of these or it has
    a DTD.
    """
    root = _parse(xml)
    name = etree.QName(root).text
    dialect = DIALECTS.get(name)
    if dialect is None:
        raise UnsupportedError(f"the XML is no e-invoice that we read: its root is {name}")
    return _settle_signs(_is_credit_note(root, dialect), _fields(root, dialect), _lines(root, dialect))


def _parse(xml: bytes) -> etree._Element:
    try:
        root = etree.fromstring(xml, safe_parser(xml))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise CorruptError(f"is not well-formed XML: {error}") from None
    if root.getroottree().docinfo.doctype:  # its entities are left unresolved, which would cut texts short
        raise UnsupportedError("declares a document type (DTD), which no e-invoice does")
    return root


def _is_credit_note(root: etree._Element, dialect: Dialect) -> bool:
    codes = [_text(node) for node in _nodes(root, dialect, dialect.kind)]
    return etree.QName(root).localname == "CreditNote" or any(code in CREDIT_CODES for code in codes)


def _fields(root: etree._Element, dialect: Dialect) -> dict[str, Field]:
    currency = _field("currency", root, dialect, "").value or ""
    fields = {name: _field(name, root, dialect, currency) for name in dialect.fields}
    gross = fields["gross_total"]
    if fields["amount_due"].state == "absent" and gross.state == "found":
        fields["amount_due"] = replace(gross, name="amount_due", evidence=("xml", "gross_total"))
    return fields


def _field(name: str, root: etree._Element, dialect: Dialect, currency: str) -> Field:
    """The field from the first place that has text; other values at the same place are a doubt."""
    for path in dialect.fields[name]:
        nodes = [node for node in _nodes(root, dialect, path, currency) if _text(node)]
        if nodes:
            return _read(name, nodes, root)
    return Field(name, "absent")


def _read(name: str, nodes: list[etree._Element], root: etree._Element) -> Field:
    read = _READERS.get(name, str)
    values = [read(_text(node)) for node in nodes]
    chosen = next((i for i, value in enumerate(values) if value), 0)
    raw, where = _text(nodes[chosen]), _path(nodes[chosen])
    if not values[chosen] and name == "iban":  # BT-84 may be an account number without IBAN
        return Field(name, "absent")
    if not values[chosen]:
        return Field(name, "unreadable", raw_text=raw, xml_path=where, evidence=("xml",))
    doubts = ("second_candidate",) if len({value for value in values if value}) > 1 else ()
    return Field(name, "found", values[chosen], raw, xml_path=where, evidence=("xml",), doubts=doubts)


def _lines(root: etree._Element, dialect: Dialect) -> tuple[LineItem, ...]:
    """The lines that bill something; one that only carries a remark is left out."""
    lines = (_line(0, node, dialect) for node in _nodes(root, dialect, dialect.lines))
    billed = (line for line in lines if (line.quantity, line.unit_price, line.net_amount) != (None,) * 3)
    return tuple(replace(line, line=number) for number, line in enumerate(billed, 1))


def _line(number: int, node: etree._Element, dialect: Dialect) -> LineItem:
    def text(name: str) -> str | None:
        return next((_text(found) for found in _nodes(node, dialect, dialect.line_fields[name])), None)

    return LineItem(
        line=number,
        description=text("description") or None,
        quantity=_number(text("quantity")),
        unit_price=_unit_price(_number(text("price")), _number(text("base"))),
        net_amount=_number(text("net_amount")),
        tax_rate=_number(text("tax_rate")),
        page=None,
        confidence=0.0,
    )


def _unit_price(price: Decimal | None, base: Decimal | None) -> Decimal | None:
    """The price of one unit, to six decimals: XML may state it for `base` units (BT-149)."""
    if not price or not base or base == 1:
        return price
    return (price / base).quantize(_PRICE_UNIT, context=_WIDE).normalize(_WIDE) + 0


def _settle_signs(credit_note: bool, fields: dict[str, Field], lines: tuple[LineItem, ...]) -> EInvoice:
    """Make a credit note's amounts positive; an invoice over a negative amount is one, with a doubt."""
    negative = Decimal(fields["gross_total"].value or 0) < 0
    doubts = ("negative_invoice",) if negative and not credit_note else ()
    if negative:
        fields |= {name: _negated(fields[name]) for name in MONEY_FIELDS}
        lines = tuple(_negated_line(line) for line in lines)
    doc_type: Literal["invoice", "credit_note"] = "credit_note" if credit_note or negative else "invoice"
    return EInvoice(doc_type, tuple(fields.values()), lines, doubts)


def _negated(field: Field) -> Field:
    return replace(field, value=f"{-Decimal(field.value) + 0:f}") if field.value else field


def _negated_line(line: LineItem) -> LineItem:
    """The line with its amount negated, and its quantity where that is what made the amount negative."""
    amount, quantity = line.net_amount, line.quantity
    flipped = -quantity if quantity and quantity < 0 else quantity
    return replace(line, net_amount=-amount + 0 if amount is not None else None, quantity=flipped)


def _number(text: str | None) -> Decimal | None:
    """An `xs:decimal`, None where it is none: XML has one notation, and any other is an error of its maker."""
    return Decimal(text) if text and _DECIMAL.fullmatch(text) else None


def _amount(text: str) -> str | None:
    number = _number(text)
    return f"{number:f}" if number is not None else None


def _date(text: str) -> str | None:
    """ISO dates of UBL and the formats 102 and 203 of CII, with or without time and zone."""
    hit = _DAY.fullmatch(text)
    day = parse_date("-".join(hit.groups())) if hit else None
    return day.isoformat() if day else None


def _currency(text: str) -> str | None:
    return text if re.fullmatch(r"[A-Z]{3}", text) else None


def _iban(text: str) -> str | None:
    compact = "".join(text.split()).upper()
    return compact if _IBAN.fullmatch(compact) else None


_READERS: dict[str, Callable[[str], str | None]] = {
    "issue_date": _date,
    "due_date": _date,
    "currency": _currency,
    "iban": _iban,
    **dict.fromkeys(MONEY_FIELDS, _amount),
}
"""How a field's text is normalised; the others are taken as they stand."""


def _nodes(node: etree._Element, dialect: Dialect, path: str, currency: str = "") -> list[etree._Element]:
    found = node.xpath(path, namespaces=dialect.namespaces, currency=currency)
    return [item for item in found if isinstance(item, etree._Element)] if isinstance(found, list) else []


def _text(node: etree._Element) -> str:
    """The element's text in one line."""
    return " ".join((node.text or "").split())


def _path(node: etree._Element) -> str:
    """The path for a person, without namespaces, numbered where there are several: `/Invoice/TaxTotal[2]/TaxAmount`."""
    parent = node.getparent()
    name = etree.QName(node).localname
    if parent is None:
        return f"/{name}"
    alike = [child for child in parent if child.tag == node.tag]
    return f"{_path(parent)}/{name}" + (f"[{alike.index(node) + 1}]" if len(alike) > 1 else "")
