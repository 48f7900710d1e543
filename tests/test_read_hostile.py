"""Reading real files: hostile ones end in words or a stated reason, clean invoices show what they state."""

import json

import pytest
from read_helpers import LIMITS, SHARED, words_of

from routing.errors import CorruptError, EmptyDocumentError, EncryptedError
from tasks.read import read


def test_a_file_that_pdfium_cannot_open_is_read_after_pypdf_rewrote_it():
    """Each reader is the other's fallback, and the reading says which one it took."""
    path = next((SHARED / "hostile" / "docs").glob("*/d5285aad*"), None) if SHARED.exists() else None
    if path is None:
        pytest.skip("needs ../shared/hostile")
    reading = read(str(path), "pdf", LIMITS)
    assert words_of(reading) and "pypdf rewrote it" in reading.warnings[0]


EXPECTED_ERRORS = {
    "encrypted_needs_password": EncryptedError,
    "unreadable": CorruptError,
    "zero_page": EmptyDocumentError,
}
READ_CATEGORIES = ("encrypted_empty_password", "filename", "readers_disagree")


def hostile(*categories):
    if not SHARED.exists():
        pytest.skip("needs ../shared/hostile")
    entries = map(json.loads, (SHARED / "hostile" / "manifest.jsonl").read_text().splitlines())
    return [SHARED / "hostile" / entry["path"] for entry in entries if entry["category"] in categories]


@pytest.mark.parametrize("category", EXPECTED_ERRORS)
def test_hostile_files_that_cannot_be_read_say_why(category):
    """Locked, damaged and empty files are told apart."""
    for path in hostile(category):
        with pytest.raises(EXPECTED_ERRORS[category]):
            read(str(path), "pdf", LIMITS)


def test_hostile_files_that_can_be_read_are_or_show_nothing():
    """Whatever has words on its page is read; the others render blank."""
    read_ones = 0
    for path in hostile(*READ_CATEGORIES):
        try:
            read_ones += bool(words_of(read(str(path), "pdf", LIMITS)))
        except EmptyDocumentError as error:
            assert error.detail == "no text on any page"
    assert read_ones >= 30


def test_clean_invoices_hide_nothing_and_show_their_number():
    """On real text invoices the number stands among the words and no word is taken for hidden."""
    if not SHARED.exists():
        pytest.skip("needs ../shared/invoices")
    entries = map(json.loads, (SHARED / "invoices" / "truth.jsonl").read_text().splitlines())
    texts = [e for e in entries if e["format"] == "pdf" and e["text_layer"] and e["fields"].get("invoice_number")]
    shown = 0
    for entry in texts[::4]:
        reading = read(str(SHARED / "invoices" / entry["path"]), "pdf", LIMITS)
        assert not any(page.hidden for page in reading.pages), entry["path"]
        shown += entry["fields"]["invoice_number"].replace(" ", "") in "".join(words_of(reading))
    assert shown >= 0.95 * len(texts[::4])


def test_a_font_that_prints_other_letters_than_it_says_is_not_believed():
    """A real page whose text layer spells nonsense is read by OCR, as a person sees it."""
    path = SHARED / "invoices" / "docs" / "e6770bda9a69.pdf"
    if not path.exists():
        pytest.skip("needs ../shared/invoices")
    reading = read(str(path), "pdf", LIMITS)
    assert reading.text_source == "ocr" and "which letters it prints" in reading.warnings[0]
    assert {"Operating", "cash", "flow"} <= set(words_of(reading))
