"""The plain data that passes from step to step. No behaviour, no Prefect; everything pickles."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 with the origin at the page's top left; points (1/72 inch) in a PDF, pixels in an image."""

TextSource = Literal["xml", "text", "ocr", "none"]
State = Literal["found", "absent", "unreadable"]
Kind = Literal["pdf", "image", "xml"]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as discovered: its bytes lie at `path` on this machine and are never changed by us.

    `file_name` is relative to the source, `/`-separated; an attachment's continues its container's
    (`mail.eml/invoice.pdf`), which `container` names. `problem` is set where the bytes could not even be taken in:
    (code, detail) of a `DocumentError`; such a file is `rejected` without being read.
    """

    document_id: str
    file_name: str
    source: str
    path: str
    bytes: int
    container: str | None = None
    problem: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A word as a person sees it on the page. `confidence` is the reader's own: 1.0 for a text layer."""

    text: str
    box: Box
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Page:
    """One page: `number` from 1, size in the units of `Box`, visible words in reading order (lines top-down, words
    left to right). `hidden` holds words that the file contains and a person can't see: never used as values.
    `turned` says by how many degrees clockwise a scanned page had to be turned to stand upright: its size and boxes
    are those of the upright page."""

    number: int
    width: float
    height: float
    words: tuple[Word, ...]
    text_source: TextSource
    hidden: tuple[Word, ...] = ()
    turned: float = 0.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a document. `page_count` counts all pages, `pages` holds those that were read, `lost` the
    numbers of those that could not be, or not be made sense of.

    `einvoice` is the e-invoice XML inside or instead of the PDF, `einvoice_name` its attachment name ("" for a
    standalone file). `warnings` are remarks for a person ("pypdf could not open it, pdfium did").
    """

    kind: Kind
    text_source: TextSource
    page_count: int
    pages: tuple[Page, ...]
    einvoice: bytes | None = None
    einvoice_name: str = ""
    lost: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a document, by its EN 16931 name.

    `value` is normalised (ISO dates, `.` decimals without grouping, ISO 4217) and None unless `state` is `found`;
    `raw_text` is what stands on the page or in the XML. A found field carries `page` and `box`, or `xml_path`.
    `evidence` names what speaks for it, in stable words (`xml`, `label`, `label_left`, `arithmetic`, `checksum`,
    `repeated`, `ocr`, `agreed`, ...); `doubts` what speaks against (`ambiguous_date`, `second_candidate`,
    `contradicted`, ...). `tier` is the one that gave the value. The `confidence` of a found field is the probability
    that its value is right; of an absent one, where it is known, that it is not printed.
    """

    name: str
    state: State
    value: str | None = None
    raw_text: str | None = None
    page: int | None = None
    box: Box | None = None
    xml_path: str | None = None
    confidence: float = 0.0
    evidence: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    tier: str = "local"


@dataclass(frozen=True, slots=True)
class LineItem:
    """One line of an invoice (BG-25); money in the document's currency. None where the page does not state it."""

    line: int
    description: str | None
    quantity: Decimal | None
    unit_price: Decimal | None
    net_amount: Decimal | None
    tax_rate: Decimal | None
    page: int | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a document. `passed` is None where it could not be made; `detail` says why or what failed."""

    name: str
    passed: bool | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PageReading:
    """How the page of an e-invoice was read without its XML, and in which key fields that was `wrong`.

    `confidence` is what it would have been accepted by. `wrong` may name `doc_type`, too; empty: it was right.
    """

    doc_type: str
    text_source: TextSource
    confidence: float
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LocalCall:
    """A model or rule set that ran on this machine: its own row in `calls`, free of charge. `started_at` is in UTC."""

    stage: Literal["read", "classify", "extract"]
    model: str
    started_at: datetime
    latency_ms: float


@dataclass(frozen=True, slots=True)
class Examined:
    """All that the free readers found out about one document, small enough to send between processes.

    `problem` is (code, detail) of the `DocumentError` that ended it, None where it was read. `confidence` is the
    probability that every key field is right (of `routing.confidence`), 0 for a class without key fields.
    `characters` is the length of its text and `images` the number of pages without a text layer: what token estimates
    are made from. `sensitivity` is its class by the policy's rules. `kept` says that its reading is kept for a model
    that may be asked about it. `page_reading` is what its page says without its XML, where a promise is to learn from
    that. `seconds` is the time spent, by stage.
    """

    file: SourceFile
    kind: Kind | None = None
    text_source: TextSource = "none"
    page_count: int = 0
    characters: int = 0
    images: int = 0
    doc_type: str = "other"
    doc_type_confidence: float = 0.0
    confidence: float = 0.0
    fields: tuple[Field, ...] = ()
    line_items: tuple[LineItem, ...] = ()
    checks: tuple[Check, ...] = ()
    calls: tuple[LocalCall, ...] = ()
    warnings: tuple[str, ...] = ()
    sensitivity: str = "normal"
    kept: bool = False
    page_reading: PageReading | None = None
    problem: tuple[str, str] | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    def field(self, name: str) -> Field | None:
        """The field of that name, None where it was not looked for."""
        return next((f for f in self.fields if f.name == name), None)

    def value(self, name: str) -> str | None:
        """The normalised value of a found field, else None."""
        found = self.field(name)
        return found.value if found else None
