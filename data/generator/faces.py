"""Faces with the letters of Polish, Czech and Romanian, which the usual encoding lacks: for text layers.

The glyphs are named, as the standard fonts name them, so that readers know the letters; their widths are those of the
plain letters.
"""

import unicodedata
from functools import cache

from reportlab.pdfbase import pdfmetrics

from data.generator.sheet import HELVETICA, VERA, Face

_CODEC = "cp1250"
_SUFFIXES = {
    "\u0328": "ogonek",
    "\u0301": "acute",
    "\u0307": "dotaccent",
    "\u030c": "caron",
    "\u030a": "ring",
    "\u0306": "breve",
    "\u0327": "cedilla",
    "\u030b": "hungarumlaut",
}
CENTRAL = ("pl", "cs", "ro")
"""The languages that need them."""


@cache
def central(face: Face) -> Face:
    """`face` with the letters of central Europe; Vera, which has none, gives way to Helvetica."""
    face = HELVETICA if face == VERA else face
    return Face(_central(face.regular), _central(face.bold))


def is_central(face: Face) -> bool:
    """Whether `face` is one of these."""
    return face.regular.endswith(_CODEC)


def _central(name: str) -> str:
    _register_encoding()
    font = pdfmetrics.Font(f"{name}-{_CODEC}", name, _CODEC)
    plain = pdfmetrics.getFont(name).widths
    font.widths = [width or plain[_plain(code)] for code, width in enumerate(font.widths)]
    pdfmetrics.registerFont(font)
    return str(font.fontName)


@cache
def _register_encoding() -> None:
    encoding = pdfmetrics.Encoding(_CODEC, "WinAnsiEncoding")
    for code in range(128, 256):
        encoding[code] = _glyph(_letter(code)) or encoding[code]
    pdfmetrics.registerEncoding(encoding)


def _letter(code: int) -> str:
    return bytes([code]).decode(_CODEC, "replace")


def _plain(code: int) -> int:
    """The code of the letter without its accent."""
    base = unicodedata.normalize("NFKD", _letter(code))[0]
    return ord({"ł": "l", "Ł": "L"}.get(base, base)) % 256


def _glyph(letter: str) -> str | None:
    """The name of the letter's glyph: `aogonek`."""
    if letter in "łŁ":
        return "lslash" if letter == "ł" else "Lslash"
    base, *accents = list(unicodedata.normalize("NFD", letter))
    if accents and base.isascii() and accents[0] in _SUFFIXES:
        return base + _SUFFIXES[accents[0]]
    code = letter.encode("cp1252", "ignore")
    return pdfmetrics.getEncoding("WinAnsiEncoding").vector[code[0]] if code else None
