"""Documents made wrong: changes to any bytes, and to those that PDF, XML, zip and picture readers rely on."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from email.message import EmailMessage
from random import Random

Mutation = Callable[[bytes, Random, bytes], bytes]
"""The bytes, changed; the third argument is another document to take parts from."""

NUMBERS = (
    0,
    1,
    -1,
    2,
    127,
    128,
    255,
    256,
    32767,
    65535,
    65536,
    10**6,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**32,
    10**12,
    2**63,
)
WORDS = (2, 4, 8)  # bytes of a number in binary formats
NUMBER = re.compile(rb"(?<![\w.])-?\d+(?:\.\d+)?")
PDF_TOKEN = re.compile(
    rb"/[A-Za-z][A-Za-z0-9]*|\b\d+ \d+ R\b|\b(?:obj|endobj|stream|endstream|xref|trailer|startxref)\b"
)
PDF_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
PDF_NAMES = (
    b"/Kids",
    b"/Parent",
    b"/Count",
    b"/Length",
    b"/Filter",
    b"/Contents",
    b"/Resources",
    b"/Type",
    b"/Prev",
    b"/Size",
)
PDF_NAMES += (
    b"/XObject",
    b"/Annots",
    b"/AcroForm",
    b"/EmbeddedFiles",
    b"/MediaBox",
    b"/Rotate",
    b"/ToUnicode",
    b"/W",
    b"/AF",
)
FILTERS = (b"/JBIG2Decode", b"/JPXDecode", b"/CCITTFaxDecode", b"/LZWDecode", b"/RunLengthDecode", b"/DCTDecode")
XML_TOKEN = re.compile(rb"</?[\w:.-]+|[\w:.-]+=\"[^\"]*\"|>[^<]+<")
ZIP_RECORD = re.compile(rb"PK(?:\x01\x02|\x03\x04|\x05\x06)")
MOST_BYTES = 400_000


def mutated(data: bytes, chance: Random, other: bytes) -> bytes:
    """`data` with one to four changes, of which about half know its format; one in twenty is put into a container."""
    for _ in range(chance.choice((1, 1, 2, 4))):
        known = _of_format(data)
        choices = known if known and chance.random() < 0.6 else ANY
        data = chance.choice(choices)(data, chance, other)[:MOST_BYTES]
    return contained(data, chance, other) if chance.random() < 0.05 else data


def contained(data: bytes, chance: Random, other: bytes) -> bytes:
    """In a zip or an e-mail, sometimes one in the other; what surrounds it may be wrong too."""
    for _ in range(chance.choice((1, 1, 2, 5))):
        data = _zipped(data, chance, other) if chance.random() < 0.5 else _mailed(data, chance, other)
    return chance.choice(_of_format(data) or ANY)(data, chance, other) if chance.random() < 0.6 else data


def _of_format(data: bytes) -> tuple[Mutation, ...]:
    if b"%PDF-" in data[:1024]:
        return PDF
    if data.startswith(b"PK"):
        return ZIP
    if data.startswith(b"\x89PNG"):
        return PNG
    if data.startswith((b"II*\0", b"MM\0*")):
        return TIFF
    if data.startswith(b"\xff\xd8"):
        return JPEG
    return TEXT if data[:4].lstrip(b"\xef\xbb\xbf\r\n ")[:1] in (b"<", b"F", b"M", b"R", b"D", b"S") else ()


# Any bytes


def flip(data: bytes, chance: Random, other: bytes) -> bytes:
    """Some bits are the other way round."""
    changed = bytearray(data)
    for _ in range(min(len(data), chance.choice((1, 4, 32)))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def overwrite(data: bytes, chance: Random, other: bytes) -> bytes:
    """A stretch is zeros, ones, or noise."""
    start, end = _stretch(data, chance, 64)
    filling = chance.choice((b"\0", b"\xff", b" ", chance.randbytes(1)))
    return data[:start] + filling * (end - start) + data[end:]


def duplicate(data: bytes, chance: Random, other: bytes) -> bytes:
    """A stretch stands there again, up to many times."""
    start, end = _stretch(data, chance, 4096)
    return data[:end] + data[start:end] * chance.choice((1, 2, 20)) + data[end:]


def delete(data: bytes, chance: Random, other: bytes) -> bytes:
    """A stretch is gone."""
    start, end = _stretch(data, chance, 4096)
    return data[:start] + data[end:]


def move(data: bytes, chance: Random, other: bytes) -> bytes:
    """A stretch stands somewhere else."""
    start, end = _stretch(data, chance, 4096)
    rest = data[:start] + data[end:]
    place = chance.randrange(len(rest) + 1)
    return rest[:place] + data[start:end] + rest[place:]


def splice(data: bytes, chance: Random, other: bytes) -> bytes:
    """A stretch of another document stands in it."""
    start, end = _stretch(other, chance, 8192)
    place = chance.randrange(len(data) + 1)
    return data[:place] + other[start:end] + data[place + chance.choice((0, end - start)) :]


def truncate(data: bytes, chance: Random, other: bytes) -> bytes:
    """It ends too early, or too late."""
    return data[: chance.randrange(len(data) + 1)] if chance.random() < 0.8 else data + chance.randbytes(500)


def blow_up(data: bytes, chance: Random, other: bytes) -> bytes:
    """Numbers in text are extreme ones."""
    found = list(NUMBER.finditer(data))
    for match in sorted(chance.sample(found, min(len(found), chance.choice((1, 1, 3)))), key=lambda m: -m.start()):
        data = data[: match.start()] + str(chance.choice(NUMBERS)).encode() + data[match.end() :]
    return data


def overwrite_number(data: bytes, chance: Random, other: bytes) -> bytes:
    """A binary number, of either byte order, is an extreme one."""
    size, place = chance.choice(WORDS), chance.randrange(max(len(data) - 8, 1))
    return data[:place] + _binary(chance, size) + data[place + size :]


# PDF


def swap_tokens(data: bytes, chance: Random, other: bytes) -> bytes:
    """Two names, references or keywords have changed places."""
    return _swapped(data, chance, list(PDF_TOKEN.finditer(data)))


def exchange_name(data: bytes, chance: Random, other: bytes) -> bytes:
    """One name is another: a filter, a key of the page tree."""
    found = [match for match in PDF_TOKEN.finditer(data) if match[0].startswith(b"/")]
    if not found:
        return data
    match = chance.choice(found)
    return data[: match.start()] + chance.choice(PDF_NAMES + FILTERS) + data[match.end() :]


def redirect(data: bytes, chance: Random, other: bytes) -> bytes:
    """References point elsewhere: to themselves, to their parents, to nothing."""
    numbers = [int(number) for number in re.findall(rb"\b(\d{1,6}) \d+ obj\b", data)] or [1]
    found = list(re.finditer(rb"\b\d+ \d+ R\b", data))
    for match in sorted(chance.sample(found, min(len(found), 2)), key=lambda m: -m.start()):
        data = data[: match.start()] + b"%d 0 R" % chance.choice([*numbers, 0, 99999]) + data[match.end() :]
    return data


def change_stream(data: bytes, chance: Random, other: bytes) -> bytes:
    """What a compressed stream holds is changed and compressed again: content, fonts, cross references, attachments."""
    found = list(PDF_STREAM.finditer(data))
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
    return _swapped(data, chance, list(re.finditer(rb"\S+", data[:50_000])))


# XML, e-mails, other text


def swap_markup(data: bytes, chance: Random, other: bytes) -> bytes:
    """Two tags, attributes or texts have changed places."""
    return _swapped(data, chance, list(XML_TOKEN.finditer(data)))


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


ODD_CHARACTERS = (
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
            + chance.choice(ODD_CHARACTERS) * chance.choice((1, 1, 50))
            + text[place + chance.choice((0, 1)) :]
        )
    return text


# Zip archives, e-mails


def change_directory(data: bytes, chance: Random, other: bytes) -> bytes:
    """A field of a zip record is an extreme one: sizes, offsets, counts, methods, flags, lengths of names."""
    found = [match.start() for match in ZIP_RECORD.finditer(data)]
    if not found:
        return data
    place = chance.choice(found) + chance.randrange(4, 46, 2)
    size = chance.choice((2, 4))
    return data[:place] + _binary(chance, size) + data[place + size :]


def _zipped(data: bytes, chance: Random, other: bytes) -> bytes:
    buffer, names = (
        io.BytesIO(),
        ("a.pdf", "../../b.pdf", "/etc/c.pdf", "d\\e.pdf", "f" * 300, "g\x00h", "ü.pdf", "a.pdf"),
    )
    with zipfile.ZipFile(buffer, "w", chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
        for member in [data, *([other] if chance.random() < 0.3 else [])] * chance.choice((1, 1, 3)):
            archive.writestr(zipfile.ZipInfo(chance.choice(names)), member)
    return buffer.getvalue()


def _mailed(data: bytes, chance: Random, other: bytes) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.com", "b@example.com", "Invoice"
    message["Message-ID"] = "<1@example.com>"
    message.set_content("Please find attached.")
    for member in [data, *([other] if chance.random() < 0.3 else [])]:
        main, sub = chance.choice(
            (("application", "pdf"), ("application", "octet-stream"), ("image", "png"), ("text", "xml"))
        )
        message.add_attachment(member, maintype=main, subtype=sub, filename=chance.choice(("a.pdf", "ü.xml", "../b")))
    message.set_boundary(f"=={chance.getrandbits(64)}==")  # else it would be another one each time
    return message.as_bytes()


# Pictures


def change_chunk(data: bytes, chance: Random, other: bytes) -> bytes:
    """A PNG chunk is changed, and its check sum is right again: header, palette, compressed pixels."""
    chunks, place = [], 8
    while place + 12 <= len(data):
        length = struct.unpack_from(">I", data, place)[0]
        chunks.append((place, min(length, len(data) - place - 12)))
        place += 12 + length
    if not chunks:
        return data
    start, length = chance.choice([*chunks[:3], chance.choice(chunks)])
    name, body = data[start + 4 : start + 8], data[start + 8 : start + 8 + length]
    body = chance.choice((flip, overwrite_number, duplicate, delete, truncate))(body or b"\0", chance, other)
    whole = struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    return data[:start] + whole + data[start + 12 + length :]


def change_tag(data: bytes, chance: Random, other: bytes) -> bytes:
    """An entry of a TIFF directory is extreme: size, offsets, compression, where the next directory lies."""
    order = "<" if data.startswith(b"II") else ">"
    if len(data) < 8:
        return data
    directory = struct.unpack_from(order + "I", data, 4)[0]
    if directory + 2 > len(data):
        return data
    entries = struct.unpack_from(order + "H", data, directory)[0]
    if chance.random() < 0.15:
        place, value = directory + 2 + 12 * entries, directory  # the next directory is this one again
    else:
        place = directory + 2 + 12 * chance.randrange(max(entries, 1)) + chance.choice((0, 2, 4, 8))
        value = chance.choice(NUMBERS) % 2**32
    return data[:place] + struct.pack(order + "I", value) + data[place + 4 :]


def change_segment(data: bytes, chance: Random, other: bytes) -> bytes:
    """A JPEG segment is changed: its size, tables, EXIF."""
    found = [match.start() for match in re.finditer(rb"\xff[\xc0-\xfe]", data[:20_000])]
    if not found:
        return data
    place = chance.choice(found) + chance.randrange(1, 12)
    return data[:place] + chance.choice((_binary(chance, 2), chance.randbytes(1))) + data[place + 2 :]


def _stretch(data: bytes, chance: Random, longest: int) -> tuple[int, int]:
    start = chance.randrange(len(data) + 1)
    return start, min(start + chance.randint(1, longest), len(data))


def _swapped(data: bytes, chance: Random, found: list[re.Match[bytes]]) -> bytes:
    if len(found) < 2:
        return data
    first, second = sorted(chance.sample(found, 2), key=lambda match: match.start())
    if first.end() > second.start():
        return data
    between = data[first.end() : second.start()]
    return data[: first.start()] + second[0] + between + first[0] + data[second.end() :]


def _binary(chance: Random, size: int) -> bytes:
    return (chance.choice(NUMBERS) % 256**size).to_bytes(size, chance.choice(("big", "little")))


ANY: tuple[Mutation, ...] = (flip, overwrite, duplicate, delete, move, splice, truncate, blow_up, overwrite_number)
PDF: tuple[Mutation, ...] = (swap_tokens, exchange_name, redirect, change_stream, change_stream, blow_up, nest)
TEXT: tuple[Mutation, ...] = (swap_markup, odd_text, odd_text, declare, nest, blow_up)
ZIP: tuple[Mutation, ...] = (change_directory, change_directory, flip)
PNG: tuple[Mutation, ...] = (change_chunk,)
TIFF: tuple[Mutation, ...] = (change_tag,)
JPEG: tuple[Mutation, ...] = (change_segment,)
