"""Changes to any bytes."""

import re
from collections.abc import Callable
from random import Random

Mutation = Callable[[bytes, Random, bytes], bytes]
"""The bytes, changed; the third argument is another document to take parts from."""

NUMBERS = (
    *(0, 1, -1, 2, 127, 128, 255, 256, 32767, 65535, 65536, 10**6),
    *(2**31 - 1, 2**31, 2**32 - 1, 2**32, 10**12, 2**63),
)
"""Numbers that readers stumble over."""

_WORDS = (2, 4, 8)  # bytes of a number in binary formats
_NUMBER = re.compile(rb"(?<![\w.])-?\d+(?:\.\d+)?")


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
    found = list(_NUMBER.finditer(data))
    for match in sorted(chance.sample(found, min(len(found), chance.choice((1, 1, 3)))), key=lambda m: -m.start()):
        data = data[: match.start()] + str(chance.choice(NUMBERS)).encode() + data[match.end() :]
    return data


def overwrite_number(data: bytes, chance: Random, other: bytes) -> bytes:
    """A binary number, of either byte order, is an extreme one."""
    size, place = chance.choice(_WORDS), chance.randrange(max(len(data) - 8, 1))
    return data[:place] + binary(chance, size) + data[place + size :]


def swapped(data: bytes, chance: Random, found: list[re.Match[bytes]]) -> bytes:
    """Two of the places that were found have changed their content."""
    if len(found) < 2:
        return data
    first, second = sorted(chance.sample(found, 2), key=lambda match: match.start())
    if first.end() > second.start():
        return data
    between = data[first.end() : second.start()]
    return data[: first.start()] + second[0] + between + first[0] + data[second.end() :]


def binary(chance: Random, size: int) -> bytes:
    """An extreme number of so many bytes."""
    return (chance.choice(NUMBERS) % 256**size).to_bytes(size, chance.choice(("big", "little")))


def _stretch(data: bytes, chance: Random, longest: int) -> tuple[int, int]:
    start = chance.randrange(len(data) + 1)
    return start, min(start + chance.randint(1, longest), len(data))


ANY: tuple[Mutation, ...] = (flip, overwrite, duplicate, delete, move, splice, truncate, blow_up, overwrite_number)
