"""File names as valid, harmless text: they are labels for people and for SQL, never paths that we write to."""

import os
import re

PART_CHARACTERS = 255


def local_label(path: str) -> str:
    """A local path as valid Unicode: bytes that are not UTF-8 become `\\xNN`."""
    return os.fsencode(path).decode("utf-8", "backslashreplace").replace(os.sep, "/")


def inner_label(name: str) -> str:
    """The name of something inside a container, without any way up or out: `..\\..\\x` and `C:/x` become `x`."""
    text = name.encode("utf-8", "backslashreplace").decode("utf-8")
    text = re.sub(r"[\x00-\x1f\x7f]", "", text).replace("\\", "/")
    parts = [part[:PART_CHARACTERS] for part in re.sub(r"^[A-Za-z]:", "", text).split("/")]
    return "/".join(part for part in parts if part.strip() not in ("", ".", "..")) or "unnamed"


def distinct(label: str, taken: set[str]) -> str:
    """`label`, or where it is taken `label (2)`, `(3)` ... before its extension; adds it to `taken`."""
    stem, dot, extension = label.rpartition(".")
    if not dot or "/" in extension:
        stem, dot, extension = label, "", ""
    found, number = label, 2
    while found in taken:
        found, number = f"{stem} ({number}){dot}{extension}", number + 1
    taken.add(found)
    return found
