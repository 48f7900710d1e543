"""Reading pictures: any way up, any mode, several frames, bounded before they are decoded; and e-invoice XML."""

import io
import json
import re

import pytest
from PIL import Image
from read_helpers import LIMITS, SHARED, UBL_INVOICE, picture_with, words_of

from routing.errors import CorruptError, EmptyDocumentError, LimitError, UnsupportedError
from tasks.read import read

LINES = ["Invoice number 4711", "Date 2026-11-23", "Total amount 1,234.56"]
WORDS = " ".join(LINES).split()


def read_picture(picture, tmp_path, suffix="png", **options):
    path = tmp_path / f"picture.{suffix}"
    picture.save(path, **options)
    return read(str(path), "image", LIMITS)


def test_a_picture_is_read_by_ocr_with_boxes_in_its_pixels(tmp_path):
    """Words come in reading order, each where it stands and with the engine's confidence."""
    reading = read_picture(picture_with(LINES), tmp_path)
    [page] = reading.pages
    assert (reading.kind, reading.text_source, page.width, page.height) == ("image", "ocr", 1190, 1684)
    assert words_of(reading) == WORDS
    left, top, _, bottom = page.words[0].box
    assert left == pytest.approx(80, abs=12) and top == pytest.approx(140, abs=20) and bottom - top < 75
    assert all(0.8 < word.confidence <= 1 for word in page.words)


@pytest.mark.parametrize("turn", [90, 180, 270, 4])
def test_a_picture_that_lies_turned_or_skewed_is_read_upright(tmp_path, turn):
    """Sideways, on its head, or some degrees aslant: the words of a line stand level and in order."""
    reading = read_picture(picture_with(LINES).rotate(turn, expand=True, fillcolor="white"), tmp_path)
    assert words_of(reading) == WORDS
    assert reading.pages[0].turned == pytest.approx(turn, abs=1)
    assert bool(reading.warnings) == (turn >= 90)
    first, second = reading.pages[0].words[:2]
    assert second.box[0] > first.box[2] - 10 and abs(second.box[1] - first.box[1]) < 15


def test_a_phones_orientation_mark_is_obeyed(tmp_path):
    """EXIF orientation 6 means that the picture is to be turned a quarter before it is shown."""
    exif = Image.Exif()
    exif[0x0112] = 6
    reading = read_picture(picture_with(LINES).rotate(90, expand=True), tmp_path, "jpg", exif=exif)
    assert (reading.pages[0].width, words_of(reading)) == (1190, WORDS)


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "I;16", "RGBA"])
def test_every_mode_of_picture_is_read(tmp_path, mode):
    """Black and white, grey, palette, four inks, sixteen bits, transparent."""
    picture = picture_with(LINES[:1])
    if mode == "I;16":
        converted = picture.convert("L").convert("I").point(lambda value: value * 257).convert("I;16")
    else:
        converted = picture.convert(mode)
    if mode == "RGBA":  # black print on nothing: without white beneath it, everything would be black
        converted.putalpha(picture.convert("L").point(lambda value: 255 - value))
    assert words_of(read_picture(converted, tmp_path, "tiff")) == LINES[0].split()


def test_each_frame_of_a_tiff_is_a_page(tmp_path):
    """Pages are numbered from one; a blank one among them has no words."""
    frames = [picture_with(LINES[1:2]), picture_with(LINES[2:])]
    blank = Image.new("RGB", (1190, 1684), "white")
    reading = read_picture(picture_with(LINES[:1]), tmp_path, "tiff", save_all=True, append_images=[blank, *frames])
    assert [(page.number, page.text_source) for page in reading.pages] == [
        (1, "ocr"),
        (2, "none"),
        (3, "ocr"),
        (4, "ocr"),
    ]
    assert words_of(reading) == WORDS


def test_a_blank_picture_is_no_document(tmp_path):
    """Empty text is never success."""
    with pytest.raises(EmptyDocumentError):
        read_picture(Image.new("RGB", (800, 800), "white"), tmp_path)


@pytest.mark.parametrize("suffix", ["png", "jpg", "tiff"])
def test_a_truncated_picture_is_corrupt(tmp_path, suffix):
    """Half a file is not read as half a page."""
    whole = io.BytesIO()
    picture_with(LINES).save(whole, {"jpg": "jpeg"}.get(suffix, suffix))
    (tmp_path / "half").write_bytes(whole.getvalue()[: len(whole.getvalue()) // 2])
    with pytest.raises(CorruptError):
        read(str(tmp_path / "half"), "image", LIMITS)


def test_a_picture_over_the_pixel_limit_is_refused_undecoded(tmp_path):
    """A small file may claim billions of pixels; the limit and what was found are named."""
    Image.new("1", (20_000, 20_000)).save(tmp_path / "bomb.png")
    with pytest.raises(LimitError, match="picture_megapixels 100: it has 400; raise picture_megapixels in"):
        read(str(tmp_path / "bomb.png"), "image", LIMITS)


def test_more_frames_than_allowed_are_refused(tmp_path):
    """Every frame needs OCR, so the limit on OCR pages holds."""
    frame = Image.new("1", (50, 50))
    frame.save(tmp_path / "many.tiff", save_all=True, append_images=[frame] * 3)
    with pytest.raises(LimitError, match="ocr_pages 3: it has more frames; raise ocr_pages in"):
        read(str(tmp_path / "many.tiff"), "image", LIMITS.model_copy(update={"ocr_pages": 3}))


def test_receipts_show_their_total(tmp_path):
    """On real photographed receipts the total stands among the words."""
    if not SHARED.exists():
        pytest.skip("needs ../shared/invoices")
    entries = map(json.loads, (SHARED / "invoices" / "truth.jsonl").read_text().splitlines())
    receipts = [entry for entry in entries if entry["source"] == "sroie"][:60:20]
    for entry in receipts:
        reading = read(str(SHARED / "invoices" / entry["path"]), "image", LIMITS)
        assert entry["fields"]["gross_total"] in " ".join(words_of(reading)), entry["path"]


def read_xml(data, tmp_path):
    (tmp_path / "invoice.xml").write_bytes(data)
    return read(str(tmp_path / "invoice.xml"), "xml", LIMITS)


def test_a_standalone_e_invoice_is_its_bytes(tmp_path):
    """It has no pages; the extraction reads the XML itself."""
    reading = read_xml(UBL_INVOICE, tmp_path)
    assert (reading.kind, reading.text_source, reading.pages, reading.einvoice) == ("xml", "xml", (), UBL_INVOICE)


def test_xml_that_is_no_invoice_is_named_by_its_root(tmp_path):
    """What it is instead is said."""
    with pytest.raises(UnsupportedError, match=re.escape("{urn:example}Catalogue")):
        read_xml(b'<Catalogue xmlns="urn:example"/>', tmp_path)


def test_xml_that_is_not_well_formed_is_corrupt(tmp_path):
    """A cut-off file is not an invoice."""
    with pytest.raises(CorruptError):
        read_xml(UBL_INVOICE[:-5], tmp_path)


def test_xml_that_would_expand_or_fetch_is_refused(tmp_path):
    """Entities are neither expanded nor loaded."""
    laughs = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE Invoice [<!ENTITY e0 "ha">{laughs}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    body = UBL_INVOICE.decode().replace('<?xml version="1.0"?>', "").replace("<ID>1", "<ID>&e9;&f;")
    with pytest.raises((UnsupportedError, CorruptError)):
        read_xml((bomb + body).encode(), tmp_path)
