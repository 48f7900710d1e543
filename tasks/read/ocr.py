"""Words of a picture by OCR (rapidocr: its models lie inside the wheel, nothing is downloaded).

The engine reads lines that lie upright or turned clockwise by a quarter. Of text on its head it makes little sense and
says so, which is how such pictures are told and turned.
"""

from functools import cache
from typing import Any

import numpy as np

from tasks.read.ink import shows_something
from tasks.read.rendering import Picture
from tasks.read.upright import Line, UprightPage, set_upright

LONG_SIDE = 2200
"""Pixels of a page's long side to render it with for OCR: 190 dpi on A4."""

_FINDING_PIXELS = 1.0e6  # of the picture in which lines are looked for: small ones are enlarged to it, at most twice
_READING_PIXELS = 4.0e6  # at most, of the picture from which lines are cut to be read
_DOUBTFUL = 0.85  # mean confidence: pictures the right way up have 0.95 and more, those on their head 0.6 to 0.73
_BLANK_CONTRAST = 24  # of 255
_HARDLY = 12  # characters: as many as OCR makes of a scribble

_SETTINGS = {
    "Global.log_level": "critical",
    "Global.use_cls": False,
    "Global.max_side_len": 100_000,  # pictures are bounded by area here: a long receipt must not become too narrow
    "Global.return_word_box": True,
    "Global.return_single_char_box": True,
    "Det.limit_type": "max",
    "Rec.rec_batch_num": 1,  # each line at its own width: padding to a common one costs time and loses spaces
    "Rec.rec_img_shape": [3, 48, 64],
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,  # worker processes run side by side, one per core
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}


def recognise(picture: Picture) -> UprightPage:
    """The page that the picture shows, set upright, in the picture's own pixels; without words where it is blank."""
    height, width = picture.shape[:2]
    if int(picture.max()) - int(picture.min()) < _BLANK_CONTRAST:
        return UprightPage((), width, height)
    resized = _resized(picture)
    lines, flipped = _lines_either_way_up(resized)
    enlarged = np.array([width / resized.shape[1], height / resized.shape[0]])
    lines = [Line(line.text, line.confidence, line.glyphs * enlarged) for line in lines]
    page = set_upright(lines, width, height)
    illegible = sum(len(word.text) for word in page.words) < _HARDLY and shows_something(picture)
    return UprightPage(page.words, page.width, page.height, (page.turned + 180 * flipped) % 360, illegible)


def _resized(picture: Picture) -> Picture:
    height, width = picture.shape[:2]
    pixels = width * height
    if _FINDING_PIXELS <= pixels <= _READING_PIXELS:
        return picture
    scale = min(2.0, ((_READING_PIXELS if pixels > _READING_PIXELS else _FINDING_PIXELS) / pixels) ** 0.5)
    import cv2  # with the engine: pages that need no OCR do without

    size = max(round(width * scale), 1), max(round(height * scale), 1)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC))


def _lines_either_way_up(picture: Picture) -> tuple[list[Line], bool]:
    """The lines, and whether the picture had to be turned on its head for them."""
    lines = _lines(picture)
    if not lines or _confidence(lines) >= _DOUBTFUL:
        return lines, False
    flipped = _lines(picture[::-1, ::-1])
    return (flipped, True) if _confidence(flipped) > _confidence(lines) else (lines, False)


def _confidence(lines: list[Line]) -> float:
    """The mean confidence of a character."""
    return sum(line.confidence * len(line.text) for line in lines) / max(sum(len(line.text) for line in lines), 1)


def _lines(picture: Picture) -> list[Line]:
    engine = _engine()
    height, width = picture.shape[:2]
    engine.text_det.limit_side_len = max(height, width) * min(1.0, (_FINDING_PIXELS / (width * height)) ** 0.5)
    found = engine(np.ascontiguousarray(picture[:, :, ::-1]))
    if found.txts is None:
        return []
    return [
        Line(text, round(float(score), 4), np.array([corners for _, _, corners in glyphs], dtype=float))
        for text, score, glyphs in zip(found.txts, found.scores, found.word_results, strict=True)
        if glyphs
    ]


@cache
def _engine() -> Any:  # noqa: ANN401 - rapidocr states no types
    """The engine of this process, made when first needed: it takes 0.7 s and 300 MB."""
    from rapidocr import RapidOCR

    engine = RapidOCR(params=_SETTINGS)
    engine(np.full((64, 64, 3), 255, np.uint8))  # loads the model that finds lines, whose picture size we set
    return engine
