"""How many rows come out of long tables: invoices with a unique tag in each row, in every layout of the generator.

    .venv/bin/python -m bench.rows [--rows 1 25 100 800 3200] [--layouts din5008 ledger ...]

Printed per layout and size: pages, recall and precision of the tagged rows, the share of them with the right amount,
seconds to examine the document and to extract it, and whether a document with a lost row would be held (a check fails).
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # not this folder: its routing.py would hide the package

from data.generator.invoices import Invoice, Line
from data.generator.layouts import LAYOUTS, draw_invoice
from data.generator.locales import LOCALES
from data.generator.sheet import Style
from data.generator.vendors import BUYERS, VENDORS
from routing.policy import Policy, parse_policy
from tasks.documents import Examined, SourceFile
from tasks.examine import examine
from tasks.store.parts import file_sha256

POLICY = Path(__file__).resolve().parent.parent / "data" / "policy.toml"
SIZES = (1, 25, 100, 800, 3200)
WORDS = (
    "Ventil",
    "Flansch, verzinkt",
    "Dichtung 40 x 3 mm",
    "Messing-Kupplung mit Innengewinde, drehbar, PN 16",
    "Filter",
)
"""Some short, some that wrap."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came out of one document."""

    layout: str
    rows: int
    pages: int
    found: int
    items: int
    right: int
    held: bool
    seconds: float
    extract: float

    @property
    def lost(self) -> bool:
        """Whether a row is missing or has a wrong amount."""
        return self.right < self.rows or self.items > self.rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=SIZES)
    parser.add_argument("--layouts", nargs="+", default=sorted(set(LAYOUTS) - {"order"}))
    args = parser.parse_args()
    policy = parse_policy(POLICY.read_text(encoding="utf-8"), POLICY.name)
    print(
        f"{'layout':<12}{'rows':>6}{'pages':>6}{'recall':>8}{'precision':>10}{'amounts':>8}{'s':>7}{'extract':>8}  held"
    )
    results = [measured(layout, rows, policy) for rows in args.rows for layout in args.layouts]
    report(results)


def measured(layout: str, rows: int, policy: Policy) -> Result:
    """Draws the invoice, examines it, prints and returns what came out."""
    invoice = tagged_invoice(rows)
    drawn = draw_invoice(invoice, layout, Style())
    with tempfile.TemporaryDirectory(prefix="ledgerline-rows-") as folder:
        path = Path(folder) / "invoice.pdf"
        path.write_bytes(drawn.pdf)
        result = compared(layout, drawn.pages, invoice, examine(_source(path), policy))
    print(
        f"{layout:<12}{rows:>6}{result.pages:>6}{result.found / rows:>8.3f}{result.found / max(result.items, 1):>10.3f}"
        f"{result.right / rows:>8.3f}{result.seconds:>7.2f}{result.extract:>8.2f}"
        f"  {'held' if result.held else 'LOST UNSEEN' if result.lost else '-'}",
        flush=True,
    )
    return result


def tagged_invoice(rows: int) -> Invoice:
    """An invoice of that many lines, each with a tag of its own at the end of its description."""
    lines = tuple(
        Line(
            f"{WORDS[n % len(WORDS)]} T{n:05}",
            Decimal(1 + n % 7),
            Decimal(1999 + 37 * (n % 211)) / 100,
            Decimal(19),
            article=f"A-{n % 977:03}",
        )
        for n in range(1, rows + 1)
    )
    seller, buyer = VENDORS["papierhaus"], BUYERS["DE"]
    issued, due = date(2026, 10, 31), date(2026, 11, 30)
    return Invoice(
        "R-2026-4711",
        issued,
        seller,
        buyer,
        LOCALES["de-DE"],
        lines,
        due_date=due,
        purchase_order="PO-118",
        references=(("customer_number", "23 1077"),),
    )


def compared(layout: str, pages: int, invoice: Invoice, examined: Examined) -> Result:
    """The rows that were found held against those that were drawn."""
    wanted = {line.description.rsplit(" ", 1)[1]: line.net_amount for line in invoice.lines}
    got = {
        word: item.net_amount
        for item in examined.line_items
        for word in (item.description or "").split()
        if word in wanted
    }
    return Result(
        layout=layout,
        rows=len(wanted),
        pages=pages,
        found=len(got),
        items=len(examined.line_items),
        right=sum(got[tag] == amount for tag, amount in wanted.items() if tag in got),
        held=any(check.passed is False for check in examined.checks),
        seconds=sum(examined.seconds.values()),
        extract=examined.seconds["extract"],
    )


def report(results: Sequence[Result]) -> None:
    """Over all documents of each size."""
    print()
    for rows in sorted({result.rows for result in results}):
        same = [result for result in results if result.rows == rows]
        total = rows * len(same)
        print(
            f"{rows:>5} rows, {len(same)} layouts: recall {sum(r.found for r in same) / total:.4f}, "
            f"amounts {sum(r.right for r in same) / total:.4f}, whole {sum(not r.lost for r in same)}, "
            f"lost and not held {sum(r.lost and not r.held for r in same)}, "
            f"whole but held {sum(r.held and not r.lost for r in same)}"
        )


def _source(path: Path) -> SourceFile:
    return SourceFile(file_sha256(path), path.name, "bench", str(path), path.stat().st_size)


if __name__ == "__main__":
    main()
