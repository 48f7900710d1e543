"""Words of a picture by OCR (rapidocr, its models inside the wheel: nothing is downloaded)."""

import re
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.documents import Box, Word

Picture = NDArray[np.uint8]
"""Height × width × 3, RGB."""

_SETTINGS = {
    "Global.log_level": "critical",
    "Global.return_word_box": True,
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,  # worker processes run side by side, one per core
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}


@cache
def _engine() -> Any:  # noqa: ANN401 - rapidocr has no types
    """The engine of this process, made when first needed: it takes a second and 300 MB."""
    from rapidocr import RapidOCR

    return RapidOCR(params=_SETTINGS)


def recognise(picture: Picture) -> list[Word]:
    """Every word found, boxes in the picture's pixels; empty where there is nothing to read."""
    result = _engine()(np.ascontiguousarray(picture[:, :, ::-1]))
    if result.txts is None:
        return []
    words = []
    for text, score, pieces in zip(result.txts, result.scores, result.word_results, strict=True):
        words += _words_of_line(text, score, pieces)
    return words


def _words_of_line(text: str, score: float, pieces: Any) -> list[Word]:  # noqa: ANN401
    return [Word(piece, _upright(quad), round(float(score), 4)) for piece, _, quad in pieces if re.search(r"\S", piece)]


def _upright(quad: Any) -> Box:  # noqa: ANN401
    xs, ys = [float(x) for x, _ in quad], [float(y) for _, y in quad]
    return min(xs), min(ys), max(xs), max(ys)
