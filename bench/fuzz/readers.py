"""What the reading processes do with an input: what they always do, but OCR only now and then."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from unittest.mock import patch

from bench.fuzz.documents import odd
from bench.fuzz.inputs import MADE_UP, made_up
from routing.policy import Policy
from tasks.documents import Examined, SourceFile, Word
from tasks.examine import examine
from tasks.parse.dates import dates, infer_order, parse_date
from tasks.parse.money import amounts, currencies_of, infer_marks, parse_amount, parse_percent, parse_quantity
from tasks.read.rendering import Picture
from tasks.read.upright import UprightPage

OCR_EVERY = 2000
_TEXTS = 20
_SEEN = ("Invoice", "4711", "Date", "24.11.2026", "Total", "119,00", "EUR")


def examine_input(file: SourceFile, policy: Policy) -> Examined:
    """Examine an input by the number that its name begins with. A picture is decoded and drawn; OCR takes seconds."""
    number = int(file.file_name[:12])
    with _as_input(file, number):
        return examine(file, policy)


@contextmanager
def _as_input(file: SourceFile, number: int) -> Iterator[None]:
    with ExitStack() as changes:
        if number % OCR_EVERY:
            changes.enter_context(patch("tasks.read.pdf_page.recognise", _recognise))
            changes.enter_context(patch("tasks.read.image.recognise", _recognise))
        if Path(file.path).read_bytes()[:64].startswith(MADE_UP):
            _parse(Random(number))
            changes.enter_context(patch("tasks.examine.read", lambda *_: made_up(number)))
        yield


def _recognise(picture: Picture) -> UprightPage:
    """Some words, whatever the picture shows."""
    height, width = picture.shape[:2]
    step = width / len(_SEEN)
    words = tuple(Word(text, (step * n, 1.0, step * (n + 0.9), 20.0), 0.9) for n, text in enumerate(_SEEN))
    return UprightPage(words, float(width), float(height))


def _parse(chance: Random) -> None:
    """The parsers of amounts and dates take any text."""
    texts = [odd(chance) for _ in range(_TEXTS)]
    infer_marks(texts), infer_order(texts)
    for text in texts:
        amounts(text), parse_amount(text), parse_quantity(text), parse_percent(text), currencies_of(text)
        dates(text), parse_date(text)
