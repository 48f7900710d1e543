"""Fit data/confidence.toml: how much each sign that a field carries says for its being right, and a document's fields
together for the document.

    python -m bench.fields.confidence [--real ../shared/invoices/truth.jsonl] [--work /tmp/ledgerline-fields]

Run `python -m bench.fields` first: every document is read by a scorer that has seen neither its layout nor its
wordings. Log-odds of a field are additive: a base for each field, a weight for each sign, and weights of a sign for one
field where it behaves differently there. They are fitted by ridge-penalised logistic regression (Newton's method). A
document's log-odds are a line through the logarithm of its expected number of wrong key fields (after Platt 1999): key
fields go wrong together, so the product of their probabilities is too low.
Every layout weighs as the square root of its documents; a generated document weighs GENERATED of a real one, since
nobody wrote it to be paid. Documents whose source allows no shipped model are measured, never fitted to.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.fields.__main__ import FOLDS, MEASURED, fold_of, generated, left_out_file, may_train
from bench.fields.examples import Labelled, labelled
from routing.confidence import ConfidenceTable, FieldSigns, document_confidence, field_confidence, log_risk
from tasks.check import check
from tasks.classify import classify
from tasks.documents import Field
from tasks.extract import extract
from tasks.extract.choice import ONCE
from tasks.extract.scorer import Scorer
from tasks.extract.sheet import sheet_of
from tasks.fields import shipped
from tasks.judge import with_checks
from tasks.same import same

TABLE = Path("data/confidence.toml")
GENERATED = 0.4  # weight of a generated document
PENALTY = 2.0  # of the squared weight of a sign; bases are penalised a twentieth of it
FEWEST = 12  # fields that carry a sign before it gets a weight of its own for that field
BY_RULE = {
    "xml": 12.0,
    "amount_due.contested": -3.0,
    "amount_due.due_differs": -3.0,
    "seller_name.form_apart": -3.0,
    "seller_name.outshone": -2.0,
}
"""A schema is no guess; of two amounts due, of one that nothing printed explains, of a legal form that may be no part
of the name, or of a company under the larger sign of a shop, a person must judge: too rare in the examples to be
learned, and people who wrote the truth down differ."""

_JUDGED = ("invoice", "credit_note", "receipt")

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Read:
    """A document as the free readers see it: its fields with their signs, and which of them are right.

    `rights` has no entry for a field that the truth does not state. `keys` are the key fields that it states.
    """

    layout: str
    weight: float
    fitted: bool
    doc_type: str
    type_confidence: float
    type_right: bool
    fields: Mapping[str, Field]
    rights: Mapping[str, bool]
    keys: tuple[str, ...]
    ocr: bool

    @property
    def right(self) -> bool:
        """Whether the class and every stated key field are right."""
        return self.type_right and all(self.rights[key] for key in self.keys)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--real", type=Path, default=Path("../shared/invoices/truth.jsonl"))
    parser.add_argument("--work", type=Path, default=Path("/tmp/ledgerline-fields"))
    args = parser.parse_args()
    scorers = [Scorer.load(left_out_file(args.work, fold)) for fold in range(FOLDS)]
    real = [read_as(d, scorers[fold_of(d)]) for d in labelled(args.real, args.work / "real") if _usable(d)]
    drawn = [read_as(d, scorers[0]) for d in generated(args.work, 800, MEASURED, "held-out") if _usable(d)]
    documents = [document for document in [*real, *drawn] if document.keys]
    text = rendered(fitted(documents), quality(documents))
    TABLE.write_text(text, encoding="utf-8")
    print(text)


def _usable(document: Labelled) -> bool:
    row = document.row
    return (
        row["doc_type"] in ("invoice", "credit_note", "receipt") and not row["stylesheet"] and not row["embedded_xml"]
    )


def read_as(document: Labelled, scorer: Scorer) -> Read:
    """What the readers make of the document with that scorer, held against its truth."""
    row, sheet = document.row, sheet_of(document.reading)
    classified = classify(sheet)
    found = extract(sheet, classified.doc_type, None, scorer=scorer)
    fields = {f.name: f for f in with_checks(found.fields, check(document.reading, found.fields, found.table))}
    stated = {name: want for name, want in row["fields"].items() if name not in row["not_visible"]}
    return Read(
        layout=row["layout"],
        weight=GENERATED if document.generated else 1.0,
        fitted=document.generated or may_train(document),
        doc_type=classified.doc_type,
        type_confidence=classified.confidence,
        type_right=classified.doc_type in row["doc_type_ok"],
        fields=fields,
        rights={name: name in fields and same(name, fields[name].value, want) for name, want in stated.items()},
        keys=tuple(key for key in shipped().key_fields_of(row["doc_type"]) if key in stated),
        ocr=sheet.ocr,
    )


def fitted(documents: Sequence[Read]) -> ConfidenceTable:
    """The table that fits the documents which may be fitted to."""
    known = [document for document in documents if document.fitted]
    examples = [
        (document, name, field)
        for document in known
        for name, field in document.fields.items()
        if document.type_right and field.state == "found" and name in document.rights
    ]
    features = _features(field for _, _, field in examples)
    right = np.array([float(document.rights[name]) for document, name, _ in examples])
    weight = _weights([document for document, _, _ in examples], [name for _, name, _ in examples])
    penalty = np.array([PENALTY / 20 if f.startswith("base ") else PENALTY for f in features])
    odds = dict(
        zip(features, _fit(_matrix([f for _, _, f in examples], features), right, weight, penalty), strict=True)
    )
    table = ConfidenceTable(
        version="fit-4",
        base={f[5:]: w for f, w in odds.items() if f.startswith("base ")} | {"*": min(_bases(odds))},
        weights={f: w + odds.get(f.partition(".")[2], 0.0) for f, w in odds.items() if not f.startswith("base ")}
        | BY_RULE,
        absent=_absent(known),
        most={"xml": 0.9985, **_most(known)},
        document={"base": 0.0, "risk": -1.0},
    )
    return _with_documents(table, known)


def _with_documents(table: ConfidenceTable, known: Sequence[Read]) -> ConfidenceTable:
    """The table with the line that leads from the key fields to the document."""
    matrix = np.array([[1.0, log_risk(*_of(document, table))] for document in known])
    right = np.array([float(document.right) for document in known])
    base, risk = _fit(matrix, right, _weights(known, ["" for _ in known]), np.full(2, 0.05))
    return replace(table, document={"base": float(base), "risk": float(risk)})


def _of(document: Read, table: ConfidenceTable) -> tuple[Sequence[str], float, dict[str, FieldSigns], ConfidenceTable]:
    signs = {
        name: FieldSigns(f.state == "found", field_confidence(name, f.evidence, f.doubts, table))
        for name, f in document.fields.items()
    }
    return shipped().key_fields_of(document.doc_type), document.type_confidence, signs, table


def _bases(odds: Mapping[str, float]) -> list[float]:
    return [w for f, w in odds.items() if f.startswith("base ")]


def _features(fields: Iterable[Field]) -> list[str]:
    count: Counter[str] = Counter()
    names: set[str] = set()
    for field in fields:
        names.add(field.name)
        count.update(f"{field.name}.{sign}" for sign in signs_of(field))
    shared = {own.partition(".")[2] for own in count}
    used = Counter(own.partition(".")[2] for own in count)
    own = [each for each, n in count.items() if n >= FEWEST and used[each.partition(".")[2]] > 1]
    return [*(f"base {name}" for name in sorted(names)), *sorted(shared), *sorted(own)]


def signs_of(field: Field) -> tuple[str, ...]:
    """Evidence and doubts of a field, each once."""
    return tuple(dict.fromkeys((*field.evidence, *field.doubts)))


def _matrix(fields: Sequence[Field], features: Sequence[str]) -> Vector:
    index = {feature: i for i, feature in enumerate(features)}
    matrix = np.zeros((len(fields), len(features)))
    for row, field in enumerate(fields):
        signs = signs_of(field)
        for feature in (f"base {field.name}", *signs, *(f"{field.name}.{sign}" for sign in signs)):
            if feature in index:
                matrix[row, index[feature]] = 1.0
    return matrix


def _fit(matrix: Vector, right: Vector, weight: Vector, penalty: Vector) -> Vector:
    odds = np.zeros(matrix.shape[1])
    for _ in range(40):
        p = 1 / (1 + np.exp(-matrix @ odds))
        slope = matrix.T @ (weight * (right - p)) - penalty * odds
        bend = (matrix * (weight * p * (1 - p))[:, None]).T @ matrix + np.diag(penalty)
        step = np.linalg.solve(bend, slope)
        odds += step
        if np.abs(step).max() < 1e-6:
            break
    return odds


def _weights(documents: Sequence[Read], names: Sequence[str]) -> Vector:
    size = Counter(zip((d.layout for d in documents), names, strict=True))
    pairs = zip(documents, names, strict=True)
    return np.array([document.weight * size[document.layout, name] ** -0.5 for document, name in pairs])


def _absent(known: Sequence[Read]) -> dict[str, float]:
    """How often a key field that was not found was not stated either; few cases are drawn to the rate of all."""
    count: Counter[tuple[str, bool]] = Counter()
    for document in known:
        for name in shipped().key_fields_of(document.doc_type):
            if document.weight < 1 and (name not in document.fields or document.fields[name].state == "absent"):
                count[name, name not in document.rights] += 1
    overall = _share(sum(n for (_, unstated), n in count.items() if unstated), count.total())
    names = sorted({name for name, _ in count})
    own = {n: (count[n, True] + 2 * overall) / (count[n, True] + count[n, False] + 2) for n in names}
    return {"*": overall, **own}


def _most(known: Sequence[Read]) -> dict[str, float]:
    """What the layouts seen can show, by kind of reading, and for a seller that is named only once."""
    seen = {ocr: sum({d.layout: d.weight for d in known if d.ocr == ocr}.values()) for ocr in (False, True)}
    bounds = {"text": _share(seen[False], seen[False]), "ocr": _share(seen[True], seen[True])}
    return bounds | {f"seller_name.{sign}": _share_of_layouts([d for d in known if _named(d, sign)]) for sign in ONCE}


def _named(document: Read, sign: str) -> bool:
    """Whether its seller carries the sign and neither the scorer has any doubt nor a rule: what the surest of them show
    bounds all, and how much less sure the others are is for their signs to say."""
    field = document.fields.get("seller_name")
    signs = {*signs_of(field)} if field and "seller_name" in document.rights else set()
    return {sign, "beyond_doubt"} <= signs and not any(f"seller_name.{each}" in BY_RULE for each in signs)


def _share_of_layouts(documents: Sequence[Read]) -> float:
    """The share of layouts on which every seller is right."""
    weight = {document.layout: document.weight for document in documents}
    wrong = {document.layout for document in documents if not document.rights["seller_name"]}
    of = sum(weight.values())
    return _share(of - sum(weight[layout] for layout in wrong), of)


def _share(n: float, of: float) -> float:
    return (n + 0.5) / (of + 1)


def quality(documents: Sequence[Read]) -> list[str]:
    """What the fit is worth on layouts that it has not seen: ranking, and how many of the sure documents are wrong."""
    fold = [sum(document.layout.encode()) % FOLDS for document in documents]
    found = np.zeros(len(documents))
    for left in range(FOLDS):
        table = fitted([d for d, own in zip(documents, fold, strict=True) if own != left])
        for i, (document, own) in enumerate(zip(documents, fold, strict=True)):
            if own == left:
                found[i] = document_confidence(*_of(document, table)) or 0.0
    lines = []
    for title, real in (("real", True), ("generated", False)):
        for kind, ocr in (("text", False), ("ocr", True)):
            part = [i for i, d in enumerate(documents) if (d.weight == 1) == real and d.ocr == ocr]
            if part:
                right = np.array([documents[i].right for i in part])
                lines.append(f"{title} {kind}: " + _line(found[part], right))
    return lines


def _line(found: Vector, right: NDArray[np.bool_]) -> str:
    good, bad = found[right], found[~right]
    auroc = float(((good[:, None] > bad) + 0.5 * (good[:, None] == bad)).mean()) if len(good) and len(bad) else 1.0
    sure = ", ".join(f"{(found >= t).sum()} from {t} on, {(~right[found >= t]).sum()} wrong" for t in (0.9, 0.93, 0.95))
    return f"{len(found)} documents, right {right.mean():.3f}, stated {found.mean():.3f}, AUROC {auroc:.3f}; {sure}"


def rendered(table: ConfidenceTable, told: Sequence[str]) -> str:
    """The table as TOML."""
    weights = {name: weight for name, weight in table.weights.items() if abs(weight) >= 0.005}
    parts = {
        "base": (table.base, 2), "weights": (weights, 2), "absent": (table.absent, 3), "most": (table.most, 4),
        "document": (table.document, 3),
    }  # fmt: skip
    notes = {
        "base": "Log-odds of a field before its signs; `*` where it has none of its own.",
        "weights": "What each sign adds, for one field where its name stands before it.",
        "absent": "A key field that was not found: how probable it is that the page does not state it either.",
        "most": "No probability goes beyond what the number of layouts seen can show.",
        "document": "Log-odds of a document: base + risk x log(how many key fields are expected to be wrong).",
    }
    lines = [
        "# How sure the free readers may be of a field and of a document.",
        "# Made by `python -m bench.fields.confidence` (its docstring has the method): not to be edited by hand.",
        *(f"# Left out: {line}" for line in told),
        f'version = "{table.version}"',
    ]
    for name, (values, digits) in parts.items():
        lines += ["", f"# {notes[name]}", f"[{name}]"]
        lines += [f'"{key}" = {value:.{digits}f}' for key, value in sorted(values.items())]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
