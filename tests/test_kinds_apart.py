"""Papers that name amounts and invoices but are none, and invoices that are called otherwise, in three looks each."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from looks import LOOKS, Paper

from tasks.classify import Classified, classify
from tasks.extract.sheet import sheet_of

PAPERS = tomllib.loads((Path(__file__).parent / "kinds_apart.toml").read_text(encoding="utf-8"))["paper"]
VALUES = ("4711-22", "14.03.2024", "10233", "2024-118", "28.03.2024", "B-90017", "11.03.2024")
GOODS = (
    ("Ventil DN 25", "12", "148,50", "1 782,00"),
    ("Schlauch 10 m", "3", "210,00", "630,00"),
    ("Filter P4", "1", "89,90", "89,90"),
)
SUMS = ("2 501,90", "525,40", "3 027,30", "30,00")


def named(paper: dict[str, Any]) -> str:
    return f"{paper['language']} {paper['title']}"


def told(paper: dict[str, Any], look: str) -> Classified:
    """What is told of the paper in that look."""
    labels, columns, totals, text = (
        [part for part in paper[key].split("|") if part] for key in ("labels", "columns", "totals", "text")
    )
    drawn = Paper(
        title=paper["title"],
        seller=("—", ["Nordhafen Technik 24", "Hafenstr. 12", "20457 Nordhafen"]),
        buyer=("—", ["Möller & Partner", "Ringweg 8", "10115 Altstadt"]),
        labels=list(zip(labels, VALUES, strict=False)),
        columns=columns,
        rows=[(str(i), *row[: max(0, len(columns) - 1)]) for i, row in enumerate(GOODS, 1)],
        totals=list(zip(totals, SUMS, strict=False)),
        text=text,
        footer=["IBAN DE44 5001 0517 5407 3249 31", "1 / 1"],
    )
    return classify(sheet_of(LOOKS[look](drawn)))


@pytest.mark.parametrize("paper", [p for p in PAPERS if not {"invoice", "receipt"} & {*p["is"]}], ids=named)
def test_none_of_them_is_taken_for_an_invoice(paper):
    """Orders, deliveries, reminders, statements, offers, pro-formas, payments told, credit notes."""
    assert "invoice" not in {told(paper, look).doc_type for look in LOOKS}


@pytest.mark.parametrize("paper", [p for p in PAPERS if "invoice" in p["is"]], ids=named)
def test_an_invoice_that_the_buyer_wrote_is_one_or_a_person_is_asked(paper):
    """A German `Gutschrift` under § 14 (2) UStG is the seller's invoice (UNTDID 389), whatever its title says."""
    assert all(got.doc_type == "invoice" or got.confidence < 0.9 for got in (told(paper, look) for look in LOOKS))


@pytest.mark.parametrize("paper", [p for p in PAPERS if "receipt" in p["is"]], ids=named)
def test_a_ticket_with_its_fare_is_a_receipt_or_a_person_is_asked(paper):
    """It is never let through as a paper without amounts."""
    assert all(got.doc_type == "receipt" or got.confidence < 0.9 for got in (told(paper, look) for look in LOOKS))


def test_most_are_told_for_what_they_are():
    """And none wrongly with certainty."""
    got = [(paper, told(paper, look)) for paper in PAPERS for look in LOOKS]
    assert sum(c.doc_type in paper["is"] for paper, c in got) >= 0.95 * len(got)
    assert not [(named(paper), c.doc_type) for paper, c in got if c.doc_type not in paper["is"] and c.confidence >= 0.9]
