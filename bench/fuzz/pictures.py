"""Changes to what readers of pictures rely on."""

import re
import struct
import zlib
from random import Random

from bench.fuzz.changes import NUMBERS, Mutation, binary, delete, duplicate, flip, overwrite_number, truncate


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
    return data[:place] + chance.choice((binary(chance, 2), chance.randbytes(1))) + data[place + 2 :]


PNG: tuple[Mutation, ...] = (change_chunk,)
TIFF: tuple[Mutation, ...] = (change_tag,)
JPEG: tuple[Mutation, ...] = (change_segment,)
