"""Results held against known answers: are the types and fields right, and does the confidence tell right from wrong?

TRUTH is a file with one JSON object a line: `document_id`, `doc_type`, `doc_type_ok`, `fields`, `not_visible` (fields
that the page does not show), `embedded_xml`, `text_layer`, `stylesheet`, `image_copy_of`. Groups are scored apart,
because they are not equally hard: `xml` (the truth travels inside the file), `text`, `image`, and `all`.
"""

import json
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from routing.errors import SourceError
from tasks.fields import shipped
from tasks.same import MONEY, letters, same
from tasks.store.query import open_published

Truth = dict[str, Any]

SETTLED = ("accepted", "duplicate")
_IDENTIFIERS = ("invoice_number", "issue_date", "due_date", "currency", "purchase_order_number")
_SCORED = (
    *_IDENTIFIERS,
    "seller_name",
    "seller_vat_id",
    "buyer_name",
    "buyer_vat_id",
    "iban",
    *MONEY,
    "seller_address",
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the store says of a document: found fields only."""

    doc_type: str | None = None
    outcome: str | None = None
    confidence: float = 0.0
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Group:
    """The score of a group of documents. Rates are shares of 1, None where there is nothing to take them of.

    `judged` are the documents with a key field in the truth; `right` the share of them whose every key field is right,
    `coverage` the share settled without a human, `accepted_error` the share of those that is wrong, with the one-sided
    95% Clopper-Pearson upper bound. `auroc`: does confidence rank right above wrong? `coverage_at_1_percent`: the
    largest share that could be accepted, most confident first, with at most 1% wrong (in hindsight).
    """

    documents: int = 0
    missing: int = 0
    typed: int = 0
    found: Counter[str] = field(default_factory=Counter)
    stated: Counter[str] = field(default_factory=Counter)
    hits: Counter[str] = field(default_factory=Counter)
    judgements: list[tuple[float, bool]] = field(default_factory=list)
    accepted: list[bool] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Every number by its name."""
        judged, wrong = len(self.judgements), self.accepted.count(False)
        return {
            "documents": self.documents,
            "missing": self.missing,
            "type_accuracy": _share(self.typed, self.documents),
            "field_f1": _share(2 * self.hits.total(), self.found.total() + self.stated.total()),
            "f1": {f: 2 * self.hits[f] / (self.found[f] + self.stated[f]) for f in _SCORED if self.stated[f]},
            "judged": judged,
            "right": _share(sum(right for _, right in self.judgements), judged),
            "coverage": _share(len(self.accepted), judged),
            "accepted": len(self.accepted),
            "accepted_wrong": wrong,
            "accepted_error": _share(wrong, len(self.accepted)),
            "accepted_error_upper95": upper_bound(wrong, len(self.accepted)),
            "auroc": auroc(self.judgements),
            "coverage_at_1_percent": _share(_acceptable(self.judgements), judged),
        }


def score(store: Path, truth: Path) -> dict[str, Group]:
    """The score of every group that has documents, `all` first. Raises `SourceError` for a truth that can't be read."""
    rows, answers = _truth(truth), _answers(store)
    twins = Counter(_twin_key(row) for row in rows if "invoice_number" in row["fields"])
    groups: dict[str, Group] = {}
    for name in ("all", "xml", "text", "image"):
        members = [row for row in rows if _belongs(row, name)]
        if members:
            groups[name] = _scored(members, answers, twins)
    return groups


def upper_bound(wrong: int, of: int, alpha: float = 0.05) -> float:
    """The one-sided Clopper-Pearson upper bound on a rate, by bisection on the binomial tail."""
    if of == 0 or wrong == of:
        return 1.0

    def tail(p: float) -> float:
        log_p, log_q = math.log(p), math.log1p(-p)
        ways = (math.lgamma(of + 1) - math.lgamma(k + 1) - math.lgamma(of - k + 1) for k in range(wrong + 1))
        return sum(math.exp(way + k * log_p + (of - k) * log_q) for k, way in enumerate(ways))

    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if 0 < middle < 1 and tail(middle) > alpha else (low, middle)
    return high


def auroc(judgements: Sequence[tuple[float, bool]]) -> float | None:
    """The chance that a right document has more confidence than a wrong one; None where one kind is missing."""
    right = [confidence for confidence, ok in judgements if ok]
    wrong = [confidence for confidence, ok in judgements if not ok]
    if not right or not wrong:
        return None
    return sum((r > w) + 0.5 * (r == w) for r in right for w in wrong) / (len(right) * len(wrong))


def _scored(rows: Iterable[Truth], answers: dict[str, Answer], twins: Counter[tuple[str, str]]) -> Group:
    group = Group()
    for row in rows:
        answer = answers.get(row["document_id"], Answer())
        group.documents += 1
        group.missing += row["document_id"] not in answers
        group.typed += answer.doc_type in row["doc_type_ok"]
        _score_fields(group, row, answer)
        _judge(group, row, answer, twins)
    return group


def _score_fields(group: Group, row: Truth, answer: Answer) -> None:
    for name in _SCORED:
        if name in row["fields"] and name not in row["not_visible"]:
            got = answer.fields.get(name)
            group.stated[name] += 1
            group.found[name] += bool(got)
            group.hits[name] += same(name, got, row["fields"][name])


def _judge(group: Group, row: Truth, answer: Answer, twins: Counter[tuple[str, str]]) -> None:
    """Is the document right? A duplicate must also have a twin in the truth."""
    keys = [k for k in shipped().key_fields_of(row["doc_type"]) if k in row["fields"] and k not in row["not_visible"]]
    if not keys:
        return
    right = all(same(key, answer.fields.get(key), row["fields"][key]) for key in keys)
    group.judgements.append((answer.confidence, right))
    if answer.outcome in SETTLED:
        group.accepted.append(right and (answer.outcome != "duplicate" or twins[_twin_key(row)] > 1))


def _belongs(row: Truth, group: str) -> bool:
    """Copies as pictures are left out of `all`, renderings by one stylesheet out of `text` and `image`."""
    if group == "all":
        return not row["image_copy_of"]
    if row["embedded_xml"] or group == "xml":
        return bool(row["embedded_xml"]) and group == "xml"
    return not row["stylesheet"] and bool(row["text_layer"]) == (group == "text")


def _answers(store: Path) -> dict[str, Answer]:
    """What the ledger says of each document; of one that lies there under several names, the latest settled."""
    with open_published(store) as ledger:
        documents = ledger.execute(
            "select document_id, doc_type, outcome, coalesce(confidence, 0) from documents order by settled_at"
        ).fetchall()
        fields = ledger.execute("select document_id, field, value from fields where value is not null").fetchall()
    answers = {row[0]: Answer(*row[1:]) for row in documents}
    for document_id, name, value in fields:
        answers[document_id].fields[name] = value
    return answers


def _truth(file: Path) -> list[Truth]:
    try:
        return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise SourceError(str(file), f"is no file of known answers: {error}") from None


def _twin_key(row: Truth) -> tuple[str, str]:
    fields = row["fields"]
    amount = fields.get("gross_total") or fields.get("amount_due")
    return letters(fields.get("invoice_number", "")), str(amount).lstrip("-")


def _acceptable(judgements: Sequence[tuple[float, bool]]) -> int:
    best = wrong = 0
    for count, (_, right) in enumerate(sorted(judgements, key=lambda j: -j[0]), 1):
        wrong += not right
        best = count if wrong <= 0.01 * count else best
    return best


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None
