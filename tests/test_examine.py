"""Examining real files: read, classified, extracted, checked, judged and timed in one go."""

import importlib.util
import json
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter

from routing.errors import ChangedError, EncryptedError
from routing.policy import Policy, PromiseSettings, parse_policy
from tasks.documents import Examined, SourceFile
from tasks.examine import examine
from tasks.store.parts import file_sha256

HERE = Path(__file__).parent.parent
SAMPLES = HERE / "data" / "samples"
SHARED = HERE.parent / "shared"
POLICY = parse_policy((HERE / "data" / "policy.toml").read_text(encoding="utf-8"), "data/policy.toml")

needs_shared = pytest.mark.skipif(not (SHARED / "invoices").is_dir(), reason="the shared documents are not here")


def examined(path: Path, policy: Policy = POLICY) -> Examined:
    return examine(SourceFile(file_sha256(path), path.name, str(path.parent), str(path), path.stat().st_size), policy)


def samples() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SAMPLES / "truth.jsonl").read_text(encoding="utf-8").splitlines()]


def sample(layout: str, doc_type: str = "invoice") -> tuple[Path, dict[str, Any]]:
    """The first sample of a layout with a text layer, and its truth."""
    row = next(r for r in samples() if r["layout"] == layout and r["doc_type"] == doc_type and r["text_layer"])
    return SAMPLES / row["path"], row


def test_a_page_is_read_classified_extracted_and_checked():
    """Every stage leaves its result, its time and its local call."""
    path, truth = sample("samples:french")
    got = examined(path)
    assert got.doc_type == "invoice" and got.text_source in ("text", "xml")
    assert got.value("invoice_number") == truth["fields"]["invoice_number"]
    assert set(got.seconds) == {"read", "classify", "extract", "check"}
    assert [call.stage for call in got.calls] == ["read", "classify", "extract"]
    assert len(got.line_items) == len(truth["fields"]["line_items"])


def test_xml_is_surer_than_a_page():
    """What a schema states needs no label."""
    xml = next(SAMPLES / r["path"] for r in samples() if r["format"] == "xml" and r["doc_type"] == "invoice")
    page, _ = sample("samples:american")
    got = examined(xml)
    assert got.confidence >= POLICY.acceptance.confidence
    assert got.confidence > examined(page).confidence
    assert all(field.xml_path for field in got.fields if field.state == "found")


def test_the_page_of_an_e_invoice_tells_how_well_pages_are_read():
    """Where a promise learns from it: the page is read without the XML, and held against it."""
    promise = PromiseSettings(
        max_accepted_error=0.01, confidence=0.9, audit_share=0.1, audit_seed="s", learns_from_xml=True
    )
    learning = POLICY.model_copy(update={"promise": promise})
    hybrid, bare = (
        next(SAMPLES / r["path"] for r in samples() if r["embedded_xml"] and r["text_layer"] is layer)
        for layer in (True, False)
    )
    read = examined(hybrid, learning).page_reading
    page = read_without_xml(hybrid)
    assert (read.doc_type, read.text_source, read.confidence) == (page.doc_type, "text", page.confidence)
    stated = examined(hybrid)
    assert read.wrong == tuple(
        name
        for name in ("invoice_number", "issue_date", "seller_name", "currency", "gross_total", "amount_due")
        if page.value(name) != stated.value(name)
    )
    assert examined(hybrid).page_reading is None
    assert examined(bare, learning).page_reading is None


def read_without_xml(hybrid: Path) -> Examined:
    """The same pages in a file that carries no XML."""
    pages = PdfReader(hybrid)
    writer = PdfWriter()
    writer.append(pages, import_outline=False)
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        writer.write(file)
        file.flush()
        return examined(Path(file.name))


def test_what_can_not_be_read_is_an_error_of_its_own_kind():
    """The caller settles it as rejected."""
    locked = next(path for path in (SAMPLES / "docs").rglob("*verschl*.pdf"))
    with pytest.raises(EncryptedError):
        examined(locked)


def test_a_contract_has_no_fields_and_no_confidence_of_its_own():
    """It is judged by its class."""
    path, _ = sample("samples:contract", "contract")
    got = examined(path)
    assert (got.doc_type, got.fields, got.confidence) == ("contract", (), 0.0)


def _referee() -> ModuleType:
    spec = importlib.util.spec_from_file_location("referee", SHARED / "score" / "score.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@needs_shared
def test_real_invoices_with_a_text_layer_are_mostly_right_and_never_wrongly_sure():
    """One document of every layout: three fields in four are right, and none that could be accepted is wrong."""
    referee = _referee()
    rows = [json.loads(line) for line in (SHARED / "invoices" / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
    first = {r["layout"]: r for r in rows if r["text_layer"] and r["doc_type"] == "invoice" and not r["stylesheet"]}
    right = stated = 0
    for row in first.values():
        got = examined(SHARED / "invoices" / row["path"])
        wanted = {k: v for k, v in row["fields"].items() if k in referee.SCORED and k not in row["not_visible"]}
        wrong = [name for name, value in wanted.items() if not referee.same(name, got.value(name), value)]
        right, stated = right + len(wanted) - len(wrong), stated + len(wanted)
        if got.confidence >= POLICY.acceptance.confidence:
            assert not set(wrong) & set(referee.KEYS["invoice"]), row["path"]
    assert right / stated >= 0.75


def test_nothing_is_said_of_a_file_that_changed_since_it_was_taken_in(tmp_path):
    """Neither what was read of it nor that it could not be read is stored under the bytes that it had."""
    path = tmp_path / "invoice.pdf"
    path.write_bytes((SAMPLES / samples()[1]["path"]).read_bytes())
    file = SourceFile(file_sha256(path), path.name, str(tmp_path), str(path), path.stat().st_size)
    for content in (path.read_bytes() + b"%", path.read_bytes()[:200]):
        path.write_bytes(content)
        with pytest.raises(ChangedError):
            examine(file, POLICY)
