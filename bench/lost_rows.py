"""Whether a row that gets lost is noticed: generated papers of all layouts and languages, with rows taken off the page.

    .venv/bin/python -m bench.lost_rows [--documents 300] [--seed 6] [--rows 2] [--work /tmp/ledgerline-fields]

Of each paper that passes its checks, up to `--rows` rows are deleted, one at a time. Printed: in how many cases a check
fails then, how many leave rows, or none, behind without a word; and how many papers fail as they are although their
key fields are right.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # not this folder: its routing.py would hide the package

from bench.fields.__main__ import generated
from bench.fields.examples import Labelled
from tasks.check import check
from tasks.documents import LineItem, Page, Reading
from tasks.extract import Extracted, extract
from tasks.extract.layout import Line
from tasks.extract.sheet import sheet_of
from tasks.fields import shipped
from tasks.score import same

JUDGED = ("invoice", "credit_note", "receipt")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=300)
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--rows", type=int, default=2, help="rows of a paper that are deleted, one at a time")
    parser.add_argument("--work", type=Path, default=Path("/tmp/ledgerline-fields"), help="keeps what was read")
    args = parser.parse_args()
    papers = [p for p in generated(args.work, args.documents, args.seed, "held-out") if p.row["doc_type"] in JUDGED]
    report(papers, args.rows, Random(args.seed))


def report(papers: Sequence[Labelled], rows: int, random: Random) -> None:
    """Examines each paper, whole and with rows lost, and prints what came of it."""
    right = failing = 0
    cases: Counter[str] = Counter()
    for paper in papers:
        found, fails = examined(paper.reading, paper.row["doc_type"])
        right += is_right(paper, found)
        failing += is_right(paper, found) and fails
        if not fails:
            cases.update(outcomes(paper, found, rows, random))
    print(f"{len(papers)} papers, {right} with right key fields: {failing} of these fail a check as they are")
    print(f"{cases.total()} rows deleted: " + ", ".join(f"{name} {n}" for name, n in cases.most_common()))


def outcomes(paper: Labelled, found: Extracted, rows: int, random: Random) -> Iterator[str]:
    """What becomes of the paper without one of its rows: told by a check, or rows or none left without a word."""
    for lost in random.sample(found.line_items, min(rows, len(found.line_items))):
        without, fails = examined(deleted(paper.reading, lost), paper.row["doc_type"])
        yield "told" if fails else "rows left" if without.line_items else "none left"


def examined(reading: Reading, doc_type: str) -> tuple[Extracted, bool]:
    """What is extracted, and whether a check fails."""
    found = extract(sheet_of(reading), doc_type, None)
    return found, any(each.passed is False for each in check(reading, found.fields, found.table))


def is_right(paper: Labelled, found: Extracted) -> bool:
    """Whether every key field that the paper states is right."""
    stated = {k: v for k, v in paper.row["fields"].items() if k not in paper.row["not_visible"]}
    values = {field.name: field.value for field in found.fields}
    keys = shipped().key_fields_of(paper.row["doc_type"])
    return all(same(key, values.get(key), stated[key]) for key in keys if key in stated)


def deleted(reading: Reading, row: LineItem) -> Reading:
    """The reading without the line of that row."""
    line = line_of(reading, row)
    return replace(
        reading, pages=tuple(without(p, line) if line and p.number == line.page else p for p in reading.pages)
    )


def line_of(reading: Reading, row: LineItem) -> Line | None:
    """The line with the amount of the row and a word of its description."""
    sheet, described = sheet_of(reading), set((row.description or "").split())
    for line in sheet.layout.lines:
        amounts = [sheet.value_of(amount) for amount in sheet.amounts.get(line.number, ())]
        named = not described or described & {token.text for token in line.tokens}
        if line.page == row.page and row.net_amount in amounts and named:
            return line
    return None


def without(page: Page, line: Line) -> Page:
    """The page without the words that stand in the line."""
    _, top, _, bottom = line.box
    return replace(page, words=tuple(w for w in page.words if not top <= (w.box[1] + w.box[3]) / 2 <= bottom))


if __name__ == "__main__":
    main()
