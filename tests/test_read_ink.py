"""A page of which OCR makes no word is blank only where nothing is to be seen on it."""

from random import Random

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageOps
from read_helpers import LIMITS, picture_with

from data.generator.scans import PAPER
from tasks.check import check
from tasks.extract.lines import LineTable
from tasks.read import read
from tasks.read.ink import shows_something

A4 = (1240, 1754)  # pixels at 150 dpi
TEXT = ["Invoice 4711 of Copper Works", "Total 99.00, payable within 30 days"] * 4


def sheet():
    return Image.new("L", A4, PAPER)


def dust(random):
    page = sheet()
    for _ in range(300):
        x, y, size = random.randrange(A4[0]), random.randrange(A4[1]), random.choice((1, 1, 2, 3))
        ImageDraw.Draw(page).ellipse((x, y, x + size, y + size), fill=random.randrange(20, 150))
    return page


def punched_with_a_dark_border(random):
    page, left, radius = sheet(), random.randrange(30, 80), random.randrange(15, 24)
    draw = ImageDraw.Draw(page)
    draw.rectangle((0, 0, random.randrange(5, 30), A4[1]), fill=random.randrange(80))
    for y in (640, 1110):
        draw.ellipse((left, y, left + 2 * radius, y + 2 * radius), fill=random.randrange(90))
    return page


def folded(random):
    page = sheet()
    ImageDraw.Draw(page).line((0, 585, A4[0], 587), fill=random.randrange(130, 220), width=random.randrange(1, 4))
    return page


def ruled(random):
    page = sheet()
    for y in range(200, 1600, random.choice((48, 60, 90))):
        ImageDraw.Draw(page).line((80, y, A4[0] - 80, y + random.randrange(-3, 4)), fill=110, width=2)
    return page


def shining_through(random):
    behind = ImageOps.mirror(picture_with(TEXT, A4).convert("L")).filter(ImageFilter.GaussianBlur(2))
    faint = 255 - (255 - np.asarray(behind, float)) * random.uniform(0.05, 0.13)
    return Image.fromarray(np.minimum(np.asarray(sheet()), faint).astype(np.uint8))


def scribbled(random):
    page = sheet()
    for _ in range(6):
        x, y = random.randrange(100, 900), random.randrange(100, 1600)
        points = [(x + 6 * k, y + random.randrange(-35, 35)) for k in range(30)]
        ImageDraw.Draw(page).line(points, fill=random.randrange(20, 120), width=3)
    return page


def out_of_focus(_):
    return picture_with(TEXT, A4).convert("L").filter(ImageFilter.GaussianBlur(7))


def photographed(random):
    page, noise = sheet(), np.random.default_rng(random.randrange(99)).integers(0, 255, (12, 12), np.uint8)
    page.paste(Image.fromarray(noise).resize((500, 400), Image.Resampling.BICUBIC), (300, 500))
    return page


def stamped(random):
    page, x = sheet(), random.randrange(150, 800)
    for inset in (0, 30, 60):
        ImageDraw.Draw(page).ellipse((x + inset, 300 + inset, x + 240 - inset, 540 - inset), outline=80, width=6)
    return page


def as_scanned(page, random):
    """The page after a scanner: a little noise, in RGB."""
    noise = np.random.default_rng(random.randrange(99)).normal(0, 4, page.size[::-1])
    return np.clip(np.asarray(page, float) + noise, 0, 255).astype(np.uint8)[:, :, None].repeat(3, axis=2)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("draw", [dust, punched_with_a_dark_border, folded, ruled, shining_through])
def test_what_scanning_leaves_on_an_empty_sheet_is_nothing(draw, seed):
    """Dust, dark edges, holes, folds, rulings, the other side."""
    assert not shows_something(as_scanned(draw(Random(seed)), Random(seed)))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("draw", [scribbled, out_of_focus, photographed, stamped])
def test_what_somebody_put_there_is_something(draw, seed):
    """Whether or not it can be read."""
    assert shows_something(as_scanned(draw(Random(seed)), Random(seed)))


def test_a_page_that_shows_something_illegible_fails_a_check(tmp_path):
    """An empty back page does not; both are told."""
    front, back, note = (page.convert("L") for page in (picture_with(TEXT, A4), ruled(Random(1)), stamped(Random(1))))
    front.save(tmp_path / "scan.tiff", save_all=True, append_images=[back, note])
    reading = read(str(tmp_path / "scan.tiff"), "image", LIMITS)
    assert reading.lost == (3,) and "page 3 shows something that could not be read" in reading.warnings
    checks = {each.name: each for each in check(reading, (), LineTable())}
    assert checks["pages_readable"].passed is False and "3" in checks["pages_readable"].detail
