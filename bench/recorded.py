"""Recorded outcomes of real models, one Parquet file a set, as a batch that a policy may route.

A row is an item and a model: `item_id`, `model`, `score`, `cost_usd`, and where recorded `confidence`, `answer`,
`domain`, `prompt_tokens`, `completion_tokens`. The premium model is the dearest one; the cheap one is the cheapest of
the others, of those with confidences where any has them.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from routing.batch_promise import Items, Mask
from routing.loss_order import Floats

KINDS = {"answer": 20, "domain": 100}
"""Columns that tell items apart before anything is bought, if they have at most so many different values."""

NUMBERS = ("prompt_tokens", "completion_tokens")


@dataclass(frozen=True)
class Batch:
    """Items with a cheap answer each. Costs are of each item; a `loss`: the cheap answer is worse than the premium one.

    `evidence` names the columns that are known of an item once it has its cheap answer.
    """

    name: str
    cheap: str
    premium: str
    loss: Mask
    cheap_cost: Floats
    premium_cost: Floats
    confidence: Floats | None
    kinds: Items | None
    numbers: Floats | None
    evidence: tuple[str, ...] = field(default=())

    def take(self, items: Items) -> "Batch":
        """The batch of these items only, in their order."""
        rows = {
            name: None if value is None else value[items]
            for name in ("loss", "cheap_cost", "premium_cost", "confidence", "kinds", "numbers")
            for value in (getattr(self, name),)
        }
        return Batch(self.name, self.cheap, self.premium, **rows, evidence=self.evidence)

    def allowed(self, target: float) -> int:
        """How many losses may be delivered at this quality."""
        return int(np.floor(len(self.loss) * (1 - target) + 1e-9))

    def cost(self, accepted: Mask) -> float:
        """Cheap answers for all and premium ones for what is not accepted, relative to premium answers for all."""
        return float((self.cheap_cost.sum() + self.premium_cost[~accepted].sum()) / self.premium_cost.sum())


def read_batch(file: Path) -> Batch:
    """The set in the file, routed between its cheap and its premium model."""
    rows = pd.read_parquet(file)
    rows = rows.reindex(columns=[*rows.columns, *{"confidence"} - set(rows.columns)])
    cheap, premium = _ends(rows)
    low, high = (
        rows[rows.model == model].drop_duplicates("item_id").set_index("item_id") for model in (cheap, premium)
    )
    both = low.index[low.score.notna() & high.score.reindex(low.index).notna()]
    low, high = low.loc[both], high.loc[both]
    kinds = {c: pd.factorize(low[c])[0] for c, most in KINDS.items() if c in low and 1 < low[c].nunique() <= most}
    numbers = {c: low[c].to_numpy(float) for c in NUMBERS if c in low and low[c].nunique() > 1}
    confidence = _probabilities(low.confidence)
    return Batch(
        name=file.stem,
        cheap=cheap,
        premium=premium,
        loss=(low.score < high.score).to_numpy(bool),
        cheap_cost=low.cost_usd.to_numpy(float),
        premium_cost=high.cost_usd.to_numpy(float),
        confidence=confidence,
        kinds=np.column_stack(list(kinds.values())) if kinds else None,
        numbers=np.column_stack(list(numbers.values())) if numbers else None,
        evidence=(*(("confidence",) if confidence is not None else ()), *kinds, *numbers),
    )


def _ends(rows: pd.DataFrame) -> tuple[str, str]:
    models = rows.groupby("model").agg(score=("score", "mean"), cost=("cost_usd", "mean"), sure=("confidence", "count"))
    *others, premium = models.sort_values(["cost", "score"]).index
    return next((model for model in others if models.sure[model]), others[0]), premium


def _probabilities(confidence: pd.Series) -> Floats | None:
    """Confidences, unknown ones as 0; scores of another scale as their ranks; None where nothing is recorded."""
    if not confidence.notna().any():
        return None
    if confidence.min() < 0 or confidence.max() > 1:
        confidence = confidence.rank(pct=True)
    return confidence.fillna(0.0).to_numpy(float)
