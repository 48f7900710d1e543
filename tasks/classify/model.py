"""The trained class model: a linear model over terms, shape and evidence, with calibrated probabilities.

A class's log-odds are the sum of its weights for the document's terms and shape, of its weights for what speaks for
any class (`evidence`), and of weights that all classes share for what speaks for the class itself. A class that the
user added has the shared weights alone. `python -m bench.classes` makes data/models/classes.npz; classes.md beside it
says of what, and how good it is.
"""

import io
import math
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from tasks.classify.features import Seen

Floats = NDArray[np.float32]

USUAL_TERMS = 20  # known terms in a document from which on more of them do not weigh more in all


@dataclass(frozen=True, eq=False)
class Weights:
    """What was learned, for K classes. `terms` (V x K), `shape` (S x K) and `evidence` (K*E x K) are a class's own
    weights, `bias` (K) its own odds, `shared` (E) is common to all. `calibration` holds the factor that makes log-odds
    of scores, the bound on any probability, and for added classes the odds and the factor of their evidence."""

    terms: Floats
    shape: Floats
    evidence: Floats
    bias: Floats
    shared: Floats
    calibration: Floats


@dataclass(frozen=True, eq=False)
class Model:
    """The weights with what their rows and columns mean. `version` is recorded with every call."""

    version: str
    classes: tuple[str, ...]
    index: dict[str, int]
    weights: Weights

    def probabilities(self, document: Seen) -> list[float]:
        """The probability of each class: the model's, then those added behind them."""
        w = self.weights
        own = np.asarray(document.evidence[: len(self.classes)], np.float32)
        rows = sorted(self.index[term] for term in document.terms & self.index.keys())  # a sum depends on its order
        scores = w.bias + np.asarray(document.shape, np.float32) @ w.shape + own.ravel() @ w.evidence + own @ w.shared
        if rows:
            scores = scores + w.terms[rows].sum(axis=0) / math.sqrt(max(len(rows), USUAL_TERMS))
        factor, most, odds, gain = (float(x) for x in w.calibration)
        added = [odds + gain * float(np.dot(each, w.shared)) for each in document.evidence[len(self.classes) :]]
        return _bounded([factor * float(score) for score in (*scores, *added)], most)


def to_bytes(model: Model) -> bytes:
    """The model as a NumPy archive without pickles."""
    buffer = io.BytesIO()
    texts = {"version": model.version, "classes": "\n".join(model.classes), "index": "\n".join(model.index)}
    arrays = {name: np.frombuffer(text.encode(), np.uint8) for name, text in texts.items()}
    arrays |= {field.name: getattr(model.weights, field.name) for field in fields(Weights)}
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def from_bytes(content: bytes) -> Model:
    """The model that `to_bytes` wrote."""
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        version, classes, index = (archive[name].tobytes().decode() for name in ("version", "classes", "index"))
        weights = Weights(**{field.name: archive[field.name] for field in fields(Weights)})
    return Model(version, tuple(classes.split("\n")), {t: i for i, t in enumerate(index.split("\n"))}, weights)


@cache
def shipped_model() -> Model:
    """The model that ships with this version."""
    return from_bytes((files("data") / "models" / "classes.npz").read_bytes())


def _bounded(odds: list[float], most: float) -> list[float]:
    """Probabilities of these log-odds, none above `most`: what is cut off goes to the others alike."""
    top = max(odds)
    weights = [math.exp(each - top) for each in odds]
    total = sum(weights)
    shares = [weight / total for weight in weights]
    over = max(shares) - most
    if over <= 0 or len(shares) == 1:
        return shares
    best = shares.index(max(shares))
    return [most if i == best else share + over / (len(shares) - 1) for i, share in enumerate(shares)]
