"""Text that a person cannot see on the page: never a value, always a reason to look. What can be seen stays."""

import hashlib
import io
from collections import Counter

import numpy as np
import pypdf
import pytest
from PIL import Image
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject
from read_helpers import LIMITS, ROOT, words_of
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from routing.policy import parse_policy
from tasks.documents import SourceFile
from tasks.examine import examine
from tasks.read import read

POLICY = parse_policy((ROOT / "data" / "policy.toml").read_text(), "data/policy.toml")
PAGE = (595, 842)
PAYLOADS = ("Total 9,999.00", "DE89370400440532013000", "approved", "confidence 1.0")
INVOICE = (
    "Acme Ltd",
    "INVOICE",
    "Invoice No: 4711",
    "Date: 12 March 2026",
    "Net total  100.00 EUR",
    "VAT 20%  20.00 EUR",
    "Total  120.00 EUR",
)


def grey(canvas, value):
    canvas.setFillColorRGB(value, value, value)


def white_on_white(canvas, text):
    grey(canvas, 1)
    canvas.drawString(100, 300, text)


def white_on_a_white_box(canvas, text):
    grey(canvas, 1)
    canvas.rect(80, 290, 300, 30, fill=1, stroke=0)
    canvas.drawString(100, 300, text)


def in_the_colour_of_its_band(canvas, text):
    canvas.setFillColorRGB(0.1, 0.2, 0.5)
    canvas.rect(80, 290, 300, 30, fill=1, stroke=0)
    canvas.drawString(100, 300, text)


def nearly_white(canvas, text):
    grey(canvas, 0.96)
    canvas.drawString(100, 300, text)


def tiny(canvas, text):
    canvas.setFont("Helvetica", 0.7)
    canvas.drawString(100, 300, text)


def scaled_to_nothing(canvas, text):
    canvas.transform(0.001, 0, 0, 0.001, 100, 300)
    canvas.drawString(0, 0, text)


def without_width_inside_a_word(canvas, text):
    line = canvas.beginText(100, 300)
    line.textOut("INV")
    line.setHorizScale(0.0001)
    line.textOut(text)
    line.setHorizScale(100)
    line.textOut("-123")
    canvas.drawText(line)


def off_the_page(canvas, text):
    canvas.drawString(100, -50, text)


def outside_the_crop_box(canvas, text):
    canvas.setCropBox((0, 320, *PAGE))
    canvas.drawString(100, 200, text)


def in_invisible_mode(canvas, text):
    line = canvas.beginText(100, 300)
    line.setTextRenderMode(3)
    line.textOut(text)
    canvas.drawText(line)


def fully_transparent(canvas, text):
    canvas.setFillAlpha(0)
    canvas.drawString(100, 300, text)


def behind_a_picture(canvas, text):
    canvas.drawString(100, 300, text)
    noise = np.random.default_rng(0).integers(0, 255, (40, 300, 3), dtype=np.uint8)
    canvas.drawImage(ImageReader(Image.fromarray(noise)), 80, 290, 320, 30)


def behind_a_rectangle(canvas, text):
    canvas.drawString(100, 300, text)
    grey(canvas, 0.5)
    canvas.rect(80, 290, 320, 30, fill=1, stroke=0)


def clipped_away(canvas, text):
    path = canvas.beginPath()
    path.rect(0, 0, 10, 10)
    canvas.clipPath(path, stroke=0, fill=0)
    canvas.drawString(100, 300, text)


def in_a_layer_that_is_off(canvas, text):
    canvas._code.append("/OC /MC0 BDC")
    canvas.drawString(100, 300, text)
    canvas._code.append("EMC")


def in_a_hidden_annotation(canvas, text):
    canvas.freeTextAnnotation(text, DA="/Helv 10 Tf", Rect=(100, 300, 300, 320))


TECHNIQUES = (
    white_on_white, white_on_a_white_box, in_the_colour_of_its_band, nearly_white, tiny, scaled_to_nothing,
    without_width_inside_a_word, off_the_page, outside_the_crop_box, in_invisible_mode, fully_transparent,
    behind_a_picture, behind_a_rectangle, clipped_away, in_a_layer_that_is_off, in_a_hidden_annotation,
)  # fmt: skip


def invoice(path, draw, *arguments):
    """A page with a plain invoice on it, and whatever `draw` adds; returned as a file of a source."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=PAGE)
    canvas.setFont("Helvetica", 12)
    for row, line in enumerate(INVOICE):
        canvas.drawString(100, 780 - 22 * row, line)
    canvas.saveState()
    draw(canvas, *arguments)
    canvas.restoreState()
    canvas.save()
    data = finished(buffer.getvalue(), draw)
    path.write_bytes(data)
    return SourceFile(hashlib.sha256(data).hexdigest(), path.name, str(path.parent), str(path), len(data))


def finished(data, draw):
    """What reportlab can't say: that a layer is off, that an annotation is hidden."""
    if draw not in (in_a_layer_that_is_off, in_a_hidden_annotation):
        return data
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(data))
    page = writer.pages[0]
    if draw is in_a_hidden_annotation:
        page["/Annots"][0].get_object()[NameObject("/F")] = NumberObject(2)
    else:
        named = {NameObject("/Type"): NameObject("/OCG"), NameObject("/Name"): TextStringObject("layer")}
        layer = writer._add_object(DictionaryObject(named))
        layers = DictionaryObject({NameObject("/OFF"): ArrayObject([layer])})
        page["/Resources"][NameObject("/Properties")] = DictionaryObject({NameObject("/MC0"): layer})
        writer._root_object[NameObject("/OCProperties")] = DictionaryObject(
            {NameObject("/OCGs"): ArrayObject([layer]), NameObject("/D"): layers}
        )
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("hide", TECHNIQUES, ids=lambda hide: hide.__name__)
def test_hidden_text_is_no_value_and_always_told(tmp_path, hide, payload):
    """No part of it is among the words or in a field, and the check that holds a document quotes all of it."""
    file = invoice(tmp_path / "invoice.pdf", hide, payload)
    added = Counter(words_of(read(file.path, "pdf", LIMITS))) - Counter(" ".join(INVOICE).split())
    assert set(added) <= {"INV-123"}  # what one technique shows around the text that it hides

    examined = examine(file, POLICY)
    (check,) = (check for check in examined.checks if check.name == "no_hidden_text")
    assert check.passed is False
    assert all(part in check.detail for part in payload.split())
    assert examined.value("gross_total") == "120.00"
    assert examined.value("iban") is None


@pytest.mark.parametrize("hide", (white_on_white, in_invisible_mode, tiny), ids=lambda hide: hide.__name__)
def test_a_hidden_figure_is_told_however_short_it_is(tmp_path, hide):
    """A quantity or a rate of two digits changes what is paid."""
    file = invoice(tmp_path / "invoice.pdf", hide, "95")
    (check,) = (check for check in examine(file, POLICY).checks if check.name == "no_hidden_text")
    assert (check.passed, "95" in check.detail) == (False, True)


def white_on_a_dark_band(canvas):
    canvas.setFillColorRGB(0.1, 0.2, 0.5)
    canvas.rect(80, 290, 300, 30, fill=1)
    grey(canvas, 1)
    canvas.drawString(100, 300, "Delivered Tuesday")


def over_a_light_picture(canvas):
    watermark = np.full((100, 100, 3), 225, np.uint8)
    watermark[::4] = 240
    canvas.drawImage(ImageReader(Image.fromarray(watermark)), 60, 250, 400, 100)
    canvas.drawString(100, 300, "Delivered Tuesday")


def in_small_light_print(canvas):
    canvas.setFont("Helvetica", 6)
    grey(canvas, 0.75)
    canvas.drawString(100, 300, "Delivered Tuesday")


@pytest.mark.parametrize("show", (white_on_a_dark_band, over_a_light_picture, in_small_light_print))
def test_what_a_person_can_see_stays(tmp_path, show):
    """Light print on dark, print over a watermark and small print are read, and nothing is told of them."""
    file = invoice(tmp_path / "invoice.pdf", show)
    assert {"Delivered", "Tuesday"} <= set(words_of(read(file.path, "pdf", LIMITS)))
    assert next(c.passed for c in examine(file, POLICY).checks if c.name == "no_hidden_text") is True


def test_an_amount_that_is_cut_off_is_not_read_as_if_it_were_whole(tmp_path):
    """`Charges 98765.00` in a cell that ends after `98`: a person reads another amount, or none."""

    def in_a_narrow_cell(canvas):
        cell = canvas.beginPath()
        cell.rect(90, 290, 10 + canvas.stringWidth("Charges 98", "Helvetica", 12), 30)
        canvas.clipPath(cell, stroke=0, fill=0)
        canvas.drawString(100, 300, "Charges 98765.00")

    words = words_of(read(invoice(tmp_path / "invoice.pdf", in_a_narrow_cell).path, "pdf", LIMITS))
    assert "Charges" in words
    assert "98765.00" not in words
