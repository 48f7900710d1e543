"""How right the free readers are, and whether their confidence can be trusted: samples, and shared documents if there.

    .venv/bin/python -m bench.accuracy [--set DOCUMENTS TRUTH.jsonl] [--wide 300] [--seed 9] [--errors 20]

`--wide` adds a set of that many documents that the generator draws by seed (needs the development packages). Each set
is one `ledgerline run` into a new store. Printed are the referee's table, the reliability of the confidence by decile
(with 95% Wilson intervals), which fields are wrong how often, and the wrong documents, accepted ones first.
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # not this folder: its routing.py would hide the package

from data.generator.__main__ import write_wide
from flows.score_command import print_score
from tasks.fields import shipped
from tasks.same import same
from tasks.store.query import open_published

ROOT = Path(__file__).resolve().parent.parent
SETS = (
    (ROOT / "data" / "samples" / "docs", ROOT / "data" / "samples" / "truth.jsonl"),
    (ROOT.parent / "shared" / "invoices" / "docs", ROOT.parent / "shared" / "invoices" / "truth.jsonl"),
)


@dataclass(frozen=True, slots=True)
class Judged:
    """A document with known key fields: how sure the readers were, and which keys they got wrong."""

    path: str
    outcome: str
    confidence: float
    wrong: dict[str, tuple[str | None, object]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", nargs=2, type=Path, action="append", metavar=("DOCUMENTS", "TRUTH"))
    parser.add_argument("--wide", type=int, default=0, metavar="N", help="also a set of N documents drawn by seed")
    parser.add_argument("--seed", type=int, default=9, help="of the wide set")
    parser.add_argument("--errors", type=int, default=20, help="how many wrong documents to list")
    args = parser.parse_args()
    for documents, truth in args.set or SETS:
        measure(documents, truth, args.errors)
    if args.wide:
        with tempfile.TemporaryDirectory(prefix="ledgerline-wide-") as made:
            write_wide(Path(made), args.wide, args.seed)
            measure(Path(made) / "docs", Path(made) / "truth.jsonl", args.errors, f"wide set, seed {args.seed}")


def measure(documents: Path, truth: Path, errors: int, title: str = "") -> None:
    print(f"\n=== {title or documents}")
    if not truth.is_file():
        print("    not there, left out")
        return
    with tempfile.TemporaryDirectory(prefix="ledgerline-bench-") as store:
        report(documents, truth, Path(store), errors)


def report(documents: Path, truth: Path, store: Path, errors: int) -> None:
    command = [sys.executable, "-m", "flows", "run", str(documents), "--store", str(store), "--json"]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    print_score(store, truth, as_json=False)
    judged = judgements(store, truth)
    print_reliability(judged)
    print_errors([document for document in judged if document.wrong], errors)


def judgements(store: Path, truth: Path) -> list[Judged]:
    """Every document of the truth that states a key field, as the store has it."""
    with open_published(store) as ledger:
        rows = ledger.execute("select document_id, outcome, coalesce(confidence, 0) from documents").fetchall()
        fields = ledger.execute("select document_id, field, value from fields where state = 'found'").fetchall()
    states = {document_id: (outcome, confidence) for document_id, outcome, confidence in rows}
    values = {(document_id, field): value for document_id, field, value in fields}
    judged = []
    for line in truth.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        stated = row["fields"].keys() - set(row["not_visible"])
        keys = [k for k in shipped().key_fields_of(row["doc_type"]) if k in stated]
        if keys and row["document_id"] in states:
            found = {key: values.get((row["document_id"], key)) for key in keys}
            wrong = {k: (v, row["fields"][k]) for k, v in found.items() if not same(k, v, row["fields"][k])}
            judged.append(Judged(row["path"], *states[row["document_id"]], wrong))
    return judged


def print_reliability(judged: list[Judged]) -> None:
    """Stated against true share of right documents, by tenths of the documents from least to most confident."""
    ordered = sorted(judged, key=lambda document: document.confidence)
    print("\nconfidence by decile     n  stated   right  (95% interval)")
    for tenth in range(10):
        part = ordered[len(ordered) * tenth // 10 : len(ordered) * (tenth + 1) // 10]
        if part:
            right = sum(not document.wrong for document in part)
            stated = sum(document.confidence for document in part) / len(part)
            low, high = wilson(right, len(part))
            print(f"{tenth + 1:>20}{len(part):>6}{stated:>8.3f}{right / len(part):>8.3f}  ({low:.2f} to {high:.2f})")


def print_errors(wrong: list[Judged], shown: int) -> None:
    causes = Counter(
        f"{key} {'missed' if got is None else 'wrong'}" for d in wrong for key, (got, _) in d.wrong.items()
    )
    print("\nwrong documents by cause: " + ", ".join(f"{cause} {count}" for cause, count in causes.most_common()))
    for document in sorted(wrong, key=lambda d: (d.outcome == "review", -d.confidence))[:shown]:
        print(f"  {document.path} [{document.outcome}, {document.confidence:.2f}]")
        for key, (got, want) in document.wrong.items():
            print(f"      {key}: read {got!r}, is {want!r}")


def wilson(hits: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """The 95% score interval of a rate (Wilson, JASA 1927)."""
    p = hits / of
    middle = (p + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return max(0.0, middle - half), min(1.0, middle + half)


if __name__ == "__main__":
    main()
