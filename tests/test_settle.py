"""Settling: exactly one outcome per document, with its reason, its evidence and its cost."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from routing.policy import parse_policy
from tasks.climb.climber import Climber
from tasks.documents import Check, Examined, Field, LineItem, LocalCall, PageReading, SourceFile
from tasks.evidence import value_at_stake
from tasks.history import History
from tasks.prices import price_list
from tasks.rows import Original, RunContext
from tasks.settle import settle, settle_copies

POLICY = parse_policy((Path(__file__).parent.parent / "data" / "policy.toml").read_text(encoding="utf-8"), "policy")
RUN = RunContext("run-1", date(2026, 11, 23), POLICY, price_list(POLICY))
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
KEYS = {
    "invoice_number": "RE-1",
    "issue_date": "2026-03-01",
    "seller_name": "Müller GmbH",
    "currency": "EUR",
    "gross_total": "119.00",
    "amount_due": "119.00",
}


def file(name: str) -> SourceFile:
    return SourceFile(name, f"{name}.pdf", "/inbox", f"/inbox/{name}.pdf", 1000)


def invoice(name: str, confidence: float = 0.99, **changes: str) -> Examined:
    fields = (Field(k, "found", v, v, 1, (0, 0, 9, 9), None, 0.99, ("label",)) for k, v in (KEYS | changes).items())
    return Examined(
        file(name),
        kind="pdf",
        text_source="text",
        page_count=1,
        characters=3600,
        doc_type="invoice",
        doc_type_confidence=0.99,
        confidence=confidence,
        fields=tuple(fields),
        line_items=(LineItem(1, "Bolts", Decimal(2), Decimal(50), Decimal(100), Decimal(19), 1, 0.9),),
        checks=(Check("amounts_add_up", True),),
        calls=(LocalCall("read", "pdfium", NOW, 3.0), LocalCall("extract", "rules-1", NOW, 1.0)),
    )


def settled(*documents: Examined) -> dict[str, list[dict]]:
    return settle([Climber(document) for document in documents], History(POLICY.finance), RUN, NOW).rows


def test_sure_invoice_is_accepted_with_all_its_rows():
    """Fields with page and box, lines, checks, a decision and the free calls that read it."""
    rows = settled(invoice("a"))
    assert Counter({table: len(r) for table, r in rows.items() if r}) == {
        "documents": 1,
        "fields": 6,
        "line_items": 1,
        "checks": 7,
        "decisions": 1,
        "calls": 2,
    }
    assert (rows["documents"][0]["outcome"], rows["documents"][0]["tier"]) == ("accepted", "local")
    assert all(f["page"] == 1 and f["x1"] == 9 for f in rows["fields"])
    assert sum(call["cost_usd"] for call in rows["calls"]) == 0


def test_how_its_page_was_read_without_the_xml_is_stored():
    """With what was wrong of it: an analyst can ask how well pages are read."""
    read = PageReading("invoice", "text", 0.94, ("seller_name",))
    assert settled(replace(invoice("a"), page_reading=read))["page_readings"] == [
        {
            "document_id": "a",
            "doc_type": "invoice",
            "text_source": "text",
            "confidence": 0.94,
            "wrong": ["seller_name"],
            "run_id": "run-1",
        }
    ]


def test_doubtful_invoice_waits_for_a_human_and_says_why():
    """Low confidence is a review whose reason names confidence and limit."""
    row = settled(invoice("a", confidence=0.4))["documents"][0]
    assert (row["outcome"], row["tier"]) == ("review", "human")
    assert row["reason"].startswith("doubtful_fields: confidence 0.40")


def test_failed_check_that_only_informs_does_not_hold():
    """Only the checks that the policy lists send a document to a human."""
    document = replace(invoice("a"), checks=(Check("vat_id_valid", False, "check digit"),))
    assert settled(document)["documents"][0]["outcome"] == "accepted"


def test_unreadable_document_is_rejected_with_its_code():
    """A reader's error is an outcome, not a value: no fields, no decision, no estimate of what it would have cost."""
    rows = settled(Examined(file("a"), problem=("encrypted", "needs a password")))
    row = rows["documents"][0]
    assert (row["outcome"], row["reason"]) == ("rejected", "encrypted: needs a password")
    assert row["premium_everywhere_usd"] == 0
    assert not rows["fields"] and not rows["decisions"]


def test_resent_invoice_is_a_duplicate_and_keeps_its_fields():
    """The second in order is the duplicate, of the first; it is still read."""
    rows = settled(invoice("a"), invoice("b"))
    assert [d["outcome"] for d in rows["documents"]] == ["accepted", "duplicate"]
    assert rows["documents"][1]["duplicate_of"] == "a"
    assert sum(f["document_id"] == "b" for f in rows["fields"]) == 6


def test_duplicate_of_a_document_in_doubt_waits_with_it():
    """Two doubtful readings that agree may be wrong together: the human who looks at one is told of the other."""
    rows = settled(invoice("a", confidence=0.4), invoice("b", confidence=0.4))
    assert [d["outcome"] for d in rows["documents"]] == ["review", "review"]
    assert (
        "possible_duplicate: number RE-1, seller, date and amount are those of a.pdf" in rows["documents"][1]["reason"]
    )


def test_doubtful_duplicate_is_settled_by_agreeing_with_an_accepted_document():
    """Every key field reads as in the accepted one; a seller of another name, if of the same VAT id, is for a human."""
    vat = {"seller_vat_id": "DE136695976"}
    first = invoice("a", **vat)
    assert settled(first, invoice("b", confidence=0.4, **vat))["documents"][1]["outcome"] == "duplicate"
    renamed = invoice("b", confidence=0.4, seller_name="Müller", **vat)
    assert settled(first, renamed)["documents"][1]["outcome"] == "review"


def test_sure_duplicate_of_a_document_in_doubt_is_not_paid_twice():
    """A sure reading of an invoice that waits already is its duplicate: accepting it beside would pay both."""
    rows = settled(invoice("a", confidence=0.4), invoice("b"))
    assert [d["outcome"] for d in rows["documents"]] == ["review", "duplicate"]


def test_exact_copy_is_a_duplicate_and_reads_nothing():
    """The same bytes under another name cost a row and nothing else."""
    rows = settle_copies([(file("b"), Original("a.pdf", "accepted", "confident"))], RUN, NOW)
    assert rows["documents"][0]["reason"] == "duplicate: exact copy of a.pdf"
    assert list(rows) == ["documents"]


def test_copy_of_a_rejected_document_is_rejected_for_the_same_reason():
    """A second empty file is as empty as the first."""
    rows = settle_copies([(file("b"), Original("a.pdf", "rejected", "empty: no bytes"))], RUN, NOW)
    assert (rows["documents"][0]["outcome"], rows["documents"][0]["reason"]) == ("rejected", "empty: no bytes")


@pytest.mark.parametrize(
    ("changes", "value"),
    [
        ({}, "136.85"),
        ({"currency": "USD"}, "119.00"),
        ({"amount_due": "-19.00", "currency": "USD"}, "19.00"),
        ({"currency": "XXX"}, "119.00"),
    ],
)
def test_value_at_stake_is_what_is_to_be_paid_in_dollars(changes, value):
    """The amount due at the policy's rate, whatever its sign."""
    assert value_at_stake(invoice("a", **changes), POLICY) == Decimal(value)


def test_premium_everywhere_is_one_full_call_at_the_dearest_tier():
    """3,600 characters and one line: 1,900 tokens in, 745 out, at the premium tier's list price."""
    prices = RUN.prices.by_tier["premium"]
    expected = (1900 * prices.input + 745 * prices.output) / 1_000_000
    assert settled(invoice("a"))["documents"][0]["premium_everywhere_usd"] == expected
