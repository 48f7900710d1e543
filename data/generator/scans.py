"""Paper as a machine or a telephone sees it: rendered pages, tilted, blurred, speckled, faxed, photographed."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import pypdfium2
from PIL import Image, ImageChops, ImageEnhance, ImageFilter, ImageOps
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

PAPER = 246


@dataclass(frozen=True, slots=True)
class Wear:
    """How a scan went: `tilt` in degrees, `blur` in pixels, `noise` from 0 to 1, `contrast` where 1 changes nothing."""

    dpi: int = 150
    tilt: float = 0.0
    blur: float = 0.4
    noise: float = 0.06
    contrast: float = 1.0


def pages(pdf: bytes, dpi: int) -> list[Image.Image]:
    """The pages of `pdf` in grey. Its fonts must be inside it, or they differ from machine to machine."""
    document = pypdfium2.PdfDocument(pdf)
    return [page.render(scale=dpi / 72).to_pil().convert("L") for page in document]


def scanned(pdf: bytes, wear: Wear, seed: int) -> list[Image.Image]:
    """The pages of `pdf` after a flatbed scanner."""
    random = Random(seed)
    return [_worn(page, wear, random) for page in pages(pdf, wear.dpi)]


def _worn(page: Image.Image, wear: Wear, random: Random) -> Image.Image:
    page = ImageChops.multiply(page, Image.new("L", page.size, PAPER))
    page = page.rotate(wear.tilt, Image.Resampling.BICUBIC, fillcolor=PAPER - 14)
    page = page.filter(ImageFilter.GaussianBlur(wear.blur))
    page = ImageEnhance.Contrast(page).enhance(wear.contrast)
    return _speckled(page, wear.noise, random)


def _speckled(page: Image.Image, amount: float, random: Random) -> Image.Image:
    width, height = page.size
    coarse = Image.frombytes(
        "L", (width // 2 + 1, height // 2 + 1), random.randbytes((width // 2 + 1) * (height // 2 + 1))
    )
    grain = coarse.resize(page.size, Image.Resampling.BILINEAR)
    return Image.blend(page, grain, amount)


def jpeg(image: Image.Image, quality: int = 55) -> bytes:
    """The image as JPEG."""
    return _saved(image, "JPEG", quality=quality)


def png(image: Image.Image) -> bytes:
    """The image as PNG in 16 greys."""
    return _saved(image.quantize(16), "PNG", optimize=True)


def fax(images: Sequence[Image.Image], dpi: int) -> bytes:
    """The images in black and white as the pages of one TIFF."""
    first, *others = [image.point(lambda grey: 255 if grey > 150 else 0).convert("1") for image in images]
    return _saved(first, "TIFF", save_all=True, append_images=others, compression="group4", dpi=(dpi, dpi))


def _saved(image: Image.Image, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def scan_pdf(images: Sequence[Image.Image], dpi: int, quality: int = 50) -> bytes:
    """The images as the pages of a PDF without text, as an office scanner mails it."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1)
    canvas.setCreator("KM_C258")
    for image in images:
        size = image.width * 72 / dpi, image.height * 72 / dpi
        canvas.setPageSize(size)
        canvas.drawImage(ImageReader(io.BytesIO(jpeg(image, quality))), 0, 0, *size)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def photographed(page: Image.Image, seed: int, size: tuple[int, int], tilt: float) -> Image.Image:
    """`page` lying on a table, seen by a telephone from slightly aside, with a shadow across it."""
    random = Random(seed)
    width, height = size
    wood = _speckled(Image.new("L", size, 96), 0.25, random).resize((width, height // 40)).resize(size)
    table = ImageOps.colorize(wood, "#2b1a10", "#c59a6b")
    paper, mask = _seen_aside(page, size)
    turned = paper.rotate(tilt, Image.Resampling.BICUBIC), mask.rotate(tilt, Image.Resampling.BICUBIC)
    shadow = turned[1].filter(ImageFilter.GaussianBlur(14)).point(lambda grey: grey * 2 // 3)
    table.paste("#120b06", (8, 12), shadow)
    table.paste(ImageOps.colorize(turned[0], "#1d1b1a", "#f6efe2"), (0, 0), turned[1])
    light = _slanting_light(size)
    lit = ImageChops.multiply(table, Image.merge("RGB", (light, light, light)))
    return lit.filter(ImageFilter.GaussianBlur(0.5))


def _slanting_light(size: tuple[int, int]) -> Image.Image:
    width, height = size
    side = 2 * max(size)
    light = Image.linear_gradient("L").resize((side, side)).rotate(25)
    left, top = (side - width) // 2, (side - height) // 2
    return light.crop((left, top, left + width, top + height)).point(lambda grey: 96 + min(159, grey))


def _seen_aside(page: Image.Image, size: tuple[int, int]) -> tuple[Image.Image, Image.Image]:
    width, height = size
    scale = min(width * 0.84 / page.width, height * 0.86 / page.height)
    wide, high = page.width * scale, page.height * scale
    left, top = (width - wide) / 2, (height - high) / 2
    corners = [
        (left + wide * 0.03, top),
        (left + wide * 0.98, top + high * 0.015),
        (left + wide, top + high),
        (left, top + high * 0.985),
    ]
    coefficients = _perspective(corners, page.size)
    transform = Image.Transform.PERSPECTIVE
    paper = page.transform(size, transform, coefficients, Image.Resampling.BICUBIC, fillcolor=0)
    mask = Image.new("L", page.size, 255).transform(
        size, transform, coefficients, Image.Resampling.BICUBIC, fillcolor=0
    )
    return paper, mask


def _perspective(corners: Sequence[tuple[float, float]], size: tuple[int, int]) -> list[float]:
    """The eight coefficients that map each of the target's `corners` to the corner of an image of `size`."""
    targets = [(0, 0), (size[0], 0), size, (0, size[1])]
    rows, values = [], []
    for (x, y), (u, v) in zip(corners, targets, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    solved = np.linalg.solve(np.array(rows), np.array(values))
    return [float(f"{value:.9g}") for value in solved]  # the last digits differ from processor to processor
