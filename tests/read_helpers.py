"""What the tests of reading share: limits, small pictures and e-invoices made on the spot."""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from routing.policy import parse_policy

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
LIMITS = parse_policy((ROOT / "data" / "policy.toml").read_text(), "data/policy.toml").limits

UBL_INVOICE = (
    b'<?xml version="1.0"?><Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><ID>1</ID></Invoice>'
)


def picture_with(lines, size=(1190, 1684), font_size=48):
    """A white page in the proportions of A4 with these lines in print, the first 130 pixels from the top."""
    picture = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(font_size)
    for row, line in enumerate(lines):
        draw.text((80, 130 + row * 140), line, fill="black", font=font)
    return picture


def words_of(reading):
    """The texts of all words, page after page."""
    return [word.text for page in reading.pages for word in page.words]
