"""Readings as an OCR engine would have them, made from those of a text layer without running one: for training only.

Measured on 24 scans of the wide set read by rapidocr 3.10 beside their text layers (2026-11): 95% of the words are the
same, up to 6% of a page's are joined, 2% misread, most often a comma for a point; boxes reach 0.45 of a word's height
above its letters and 0.12 below; the confidence is 0.99 in the middle and 0.95 at the twentieth part.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # data/ is below tasks/: it makes such readings from given ones and imports none
    from tasks.documents import Box, Page, Reading, Word

CONFUSED: dict[str, Sequence[str]] = {
    "0": "OoQ",
    "1": "lI|7",
    "2": "Z",
    "3": "8",
    "4": "A",
    "5": "S",
    "6": "G",
    "7": "1",
    "8": "B3",
    "9": "g",
    "O": "0Q",
    "I": "l1|",
    "l": "1I|",
    "S": "5",
    "B": "8",
    "Z": "2",
    "G": "6",
    "D": "O",
    "E": "F",
    "c": "e",
    "e": "c",
    "i": "í1",
    "u": "ü",
    "ä": "a",
    "ö": "o",
    "ü": "u",
    "ß": "B",
    "é": "e",
    "è": "e",
    "ç": "c",
    "ñ": "n",
    "ó": "o",
    "í": "i",
    "€": "EC",
    "£": "E",
    "ø": "o",
    "å": "a",
    "m": ("rn",),
    "-": "—",
    ",": ".",
    ".": ",",
    "’": "'",
    "%": ("5b", "o/o", "96"),
    "@": ("si", "0"),
}
"""What each character may be taken for."""
_ABOVE, _BELOW = 0.45, 0.12  # of its height: how far the box of a line reaches beyond the letters of a word
LOST = ".,:;'-°"  # small marks that vanish


@dataclass(frozen=True, slots=True)
class Noise:
    """How bad the reading is: the chance of each character to be `wrong` or (small marks) `lost`, of two words to be
    `joined`, of one to be `split` or `missed`; `jitter` of boxes as a share of the word's height; `turned` pages lean
    by so many points in a hundred."""

    wrong: float = 0.004
    lost: float = 0.006
    joined: float = 0.03
    split: float = 0.01
    missed: float = 0.003
    jitter: float = 0.08
    turned: float = 0.0


def drawn_noise(random: Random) -> Noise:
    """From a clean scan to a poor photograph."""
    badness = random.choice((0.0, 0.3, 0.6, 1.0, 1.0, 2.0, 3.5))
    return Noise(
        wrong=0.004 * badness,
        lost=0.006 * badness,
        joined=random.choice((0.0, 0.02, 0.06, 0.2)) * min(badness, 1.5),
        split=0.01 * badness,
        missed=0.003 * badness,
        jitter=0.06 + 0.03 * badness,
        turned=random.choice((0.0, 0.0, random.gauss(0, 0.4))),
    )


def noisy(reading: "Reading", random: Random, noise: Noise) -> "Reading":
    """`reading` as if its pages had been scanned and read by OCR; pages without words stay as they are."""
    pages = tuple(_noisy_page(page, random, noise) for page in reading.pages)
    return replace(reading, text_source="ocr", pages=pages)


def _noisy_page(page: "Page", random: Random, noise: Noise) -> "Page":
    words = list(_joined(_whole(page.words, random, noise), random, noise))
    turned = [replace(word, box=_moved(word.box, page.width, random, noise)) for word in words]
    return replace(page, words=tuple(turned), text_source="ocr") if turned else page


def _whole(words: Iterable["Word"], random: Random, noise: Noise) -> Iterator["Word"]:
    """The words that are seen, some in two parts, with misread characters."""
    for word in words:
        if random.random() < noise.missed:
            continue
        for part in _parts(word, random, noise):
            if text := misread(part.text, random, noise):
                doubt = random.expovariate(1 / (0.012 if text == part.text else 0.05))
                yield replace(part, text=text, confidence=round(max(0.5, 1 - doubt), 4))


def _parts(word: "Word", random: Random, noise: Noise) -> Iterator["Word"]:
    if len(word.text) < 4 or random.random() >= noise.split:
        yield word
        return
    x0, y0, x1, y1 = word.box
    at = random.randrange(1, len(word.text))
    cut = x0 + (x1 - x0) * at / len(word.text)
    yield replace(word, text=word.text[:at], box=(x0, y0, cut, y1))
    yield replace(word, text=word.text[at:], box=(cut, y0, x1, y1))


def misread(text: str, random: Random, noise: Noise) -> str:
    """`text` with some characters taken for others and some small marks lost."""
    read = []
    for character in text:
        draw = random.random()
        if character in LOST and draw < noise.lost:
            continue
        read.append(
            random.choice(CONFUSED[character]) if character in CONFUSED and draw < noise.wrong * 4 else character
        )
    return "".join(read)


def _joined(words: Iterable["Word"], random: Random, noise: Noise) -> Iterator["Word"]:
    """Neighbours of one line run together where the gap is narrow."""
    held: Word | None = None
    for word in words:
        if held is not None and _near(held, word) and random.random() < noise.joined:
            box = (held.box[0], min(held.box[1], word.box[1]), word.box[2], max(held.box[3], word.box[3]))
            held = replace(held, text=held.text + word.text, box=box, confidence=min(held.confidence, word.confidence))
            continue
        if held is not None:
            yield held
        held = word
    if held is not None:
        yield held


def _near(left: "Word", right: "Word") -> bool:
    height = left.box[3] - left.box[1]
    level = abs(left.box[3] - right.box[3]) < height * 0.4
    return level and -1 < right.box[0] - left.box[2] < height * 0.5


def _moved(box: "Box", width: float, random: Random, noise: Noise) -> "Box":
    x0, y0, x1, y1 = box
    height = y1 - y0
    lean = (x0 - width / 2) * noise.turned / 100

    def shaken(place: float) -> float:
        return place + random.gauss(0, height * noise.jitter)

    above, below = _ABOVE * height, _BELOW * height
    return shaken(x0), shaken(y0 - above) + lean, shaken(x1), shaken(y1 + below) + lean
