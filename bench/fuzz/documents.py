"""Changes to what readers of PDFs, XML and other text rely on."""

import re
import zlib
from random import Random

from bench.fuzz.changes import Mutation, blow_up, delete, duplicate, flip, splice, swapped

_PDF_TOKEN = re.compile(
    rb"/[A-Za-z][A-Za-z0-9]*|\b\d+ \d+ R\b|\b(?:obj|endobj|stream|endstream|xref|trailer|startxref)\b"
)
_PDF_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_PDF_NAMES = (
    *(b"/Kids", b"/Parent", b"/Count", b"/Length", b"/Filter", b"/Contents", b"/Resources", b"/Type", b"/Prev"),
    *(b"/Size", b"/XObject", b"/Annots", b"/AcroForm", b"/EmbeddedFiles", b"/MediaBox", b"/Rotate", b"/ToUnicode"),
    *(b"/W", b"/AF"),
)
_FILTERS = (b"/JBIG2Decode", b"/JPXDecode", b"/CCITTFaxDecode", b"/LZWDecode", b"/RunLengthDecode", b"/DCTDecode")
_XML_TOKEN = re.compile(rb"</?[\w:.-]+|[\w:.-]+=\"[^\"]*\"|>[^<]+<")


def swap_tokens(data: bytes, chance: Random, other: bytes) -> bytes:
    """Two names, references or keywords have changed places."""
    return swapped(data, chance, list(_PDF_TOKEN.finditer(data)))


def exchange_name(data: bytes, chance: Random, other: bytes) -> bytes:
    """One name is another: a filter, a key of the page tree."""
    found = [match for match in _PDF_TOKEN.finditer(data) if match[0].startswith(b"/")]
    if not found:
        return data
    match = chance.choice(found)
    return data[: match.start()] + chance.choice(_PDF_NAMES + _FILTERS) + data[match.end() :]


def redirect(data: bytes, chance: Random, other: bytes) -> bytes:
    """References point elsewhere: to themselves, to their parents, to nothing."""
    numbers = [int(number) for number in re.findall(rb"\b(\d{1,6}) \d+ obj\b", data)] or [1]
    found = list(re.finditer(rb"\b\d+ \d+ R\b", data))
    for match in sorted(chance.sample(found, min(len(found), 2)), key=lambda m: -m.start()):
        data = data[: match.start()] + b"%d 0 R" % chance.choice([*numbers, 0, 99999]) + data[match.end() :]
    return data


def change_stream(data: bytes, chance: Random, other: bytes) -> bytes:
    """What a compressed stream holds is changed and compressed again: content, fonts, cross references, attachments."""
    found = list(_PDF_STREAM.finditer(data))
    if not found:
        return data
    match = chance.choice(found)
    try:
        inner = zlib.decompressobj().decompress(match[1], 200_000)
    except zlib.error:
        inner = None
    changed = chance.choice((flip, blow_up, duplicate, delete, splice, swap_operators))(
        inner or match[1], chance, other
    )
    packed = zlib.compress(changed) if inner is not None else changed
    before = re.sub(
        rb"/Length \d+(?! \d+ R)(?=[^/]*(?:/[^/]*)*$)", b"/Length %d" % len(packed), data[: match.start(1)], count=1
    )
    return (before if chance.random() < 0.3 else data[: match.start(1)]) + packed + data[match.end(1) :]


def swap_operators(data: bytes, chance: Random, other: bytes) -> bytes:
    """Two words of a content stream have changed places."""
    return swapped(data, chance, list(re.finditer(rb"\S+", data[:50_000])))


def swap_markup(data: bytes, chance: Random, other: bytes) -> bytes:
    """Two tags, attributes or texts have changed places."""
    return swapped(data, chance, list(_XML_TOKEN.finditer(data)))


def odd_text(data: bytes, chance: Random, other: bytes) -> bytes:
    """A text is one that no schema allows."""
    found = list(re.finditer(rb">([^<]+)<", data)) or list(re.finditer(rb": ([^\r\n]+)", data))
    if not found:
        return data
    match = chance.choice(found)
    return data[: match.start(1)] + odd(chance).encode("utf-8", "surrogatepass") + data[match.end(1) :]


def declare(data: bytes, chance: Random, other: bytes) -> bytes:
    """It declares entities, an include, or a schema elsewhere."""
    place = data.find(b"?>") + 2 if b"?>" in data[:200] else 0
    laughs = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 12))
    doctype = b'<!DOCTYPE x [<!ENTITY e0 "ha">' + laughs + b'<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    data = data[:place] + doctype + data[place:] if chance.random() < 0.5 else data
    return data.replace(b"</", chance.choice((b"&e9;</", b"&f;</", b"<xi:include href='file:///etc/passwd'/></")), 1)


def nest(data: bytes, chance: Random, other: bytes) -> bytes:
    """Something stands in itself, very often."""
    depth = chance.choice((50, 300, 5000))
    place = chance.randrange(len(data) + 1)
    opened, closed = chance.choice(((b"<a>", b"</a>"), (b"[", b"]"), (b"<</A ", b">>"), (b"(", b")"), (b"q ", b"Q ")))
    return data[:place] + opened * depth + closed * depth + data[place:]


_ODD_CHARACTERS = (
    "٠١٢٣٤٥٦٧٨٩০১二〇①½²Ⅷ０１－．，\u00a0\u202f\u2009'’´`.,-−–()+/%€$£¥₹kr \t\x00\u200b\u202e\ufeff\U0001d7d8eEIiſßİ"
)


def odd(chance: Random) -> str:
    """A text for the parsers of amounts, dates and numbers: almost one, or of characters that only look like one."""
    almost = (
        "1.234,56",
        "1,234.56",
        "12'345.67",
        "01/02/03",
        "31.02.2026",
        "2026-13-45",
        "DE89370400440532013000",
        "1e999",
    )
    almost += (
        "-0",
        "NaN",
        "Infinity",
        "0x10",
        "1_000",
        "9" * 400,
        "0." + "0" * 400 + "1",
        "EUR",
        "(5)",
        "1.1.1.1",
        "99 %",
    )
    text = chance.choice(almost)
    for _ in range(chance.choice((0, 1, 3, 10))):
        place = chance.randrange(len(text) + 1)
        text = (
            text[:place]
            + chance.choice(_ODD_CHARACTERS) * chance.choice((1, 1, 50))
            + text[place + chance.choice((0, 1)) :]
        )
    return text


PDF: tuple[Mutation, ...] = (swap_tokens, exchange_name, redirect, change_stream, change_stream, blow_up, nest)
TEXT: tuple[Mutation, ...] = (swap_markup, odd_text, odd_text, declare, nest, blow_up)
