"""`ledgerline score`: results against known answers, as a table or as JSON."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tasks.score import score

_COLUMNS = {
    "documents": "documents",
    "missing": "missing",
    "type_accuracy": "type acc.",
    "field_f1": "field F1",
    "judged": "judged",
    "right": "right",
    "coverage": "coverage",
    "accepted_wrong": "accepted wrong",
    "accepted_error": "accepted error",
    "accepted_error_upper95": "at most (95%)",
    "auroc": "AUROC",
    "coverage_at_1_percent": "coverage at 1%",
}


def print_score(store: Path, truth: Path, as_json: bool) -> None:
    """Print the score of every group of documents."""
    groups = {name: group.as_dict() for name, group in score(store, truth).items()}
    print(json.dumps(groups, indent=1) if as_json else "\n".join([*_groups(groups), "", *_fields(groups)]))


def _groups(groups: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """A row for each number, a column for each group."""
    lines = ["".ljust(24) + "".join(name.rjust(9) for name in groups)]
    for key, title in _COLUMNS.items():
        lines.append(title.ljust(24) + "".join(_number(group[key]).rjust(9) for group in groups.values()))
    return lines


def _fields(groups: Mapping[str, Mapping[str, Any]]) -> list[str]:
    names = dict.fromkeys(field for group in groups.values() for field in group["f1"])
    head = "F1 by field".ljust(24) + "".join(name.rjust(9) for name in groups)
    return [
        head,
        *(name.ljust(24) + "".join(_number(g["f1"].get(name)).rjust(9) for g in groups.values()) for name in names),
    ]


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else f"{value:,}"
