"""Papers of the wide set as a scanner, a fax or a telephone sees them."""

from dataclasses import replace
from random import Random

from data.generator.scans import Wear, fax, jpeg, photographed, png, scan_pdf, scanned
from data.generator.sheet import (
    COURIER,
    HELVETICA,
    PRINTED_MONO,
    PRINTED_SANS,
    PRINTED_SERIF,
    TIMES,
    VERA,
    Face,
)
from data.generator.truth import Document

PRINTED: dict[Face, Face] = {HELVETICA: PRINTED_SANS, TIMES: PRINTED_SERIF, COURIER: PRINTED_MONO, VERA: VERA}
"""The face inside the file that stands for one that every reader brings along."""
_PHOTO = (1240, 1754)


def scanned_document(document: Document, random: Random) -> Document:
    """The document without its text: a PDF of pictures, or a picture where it has one page. Boxes are where the fields
    stood on the straight page, in the units of the new one; a photograph has none."""
    wear = _wear(random)
    images = scanned(document.payload, wear, random.randrange(10**6))
    form = random.choice(("pdf", "pdf", "jpg", "png", "photo")) if len(images) == 1 else random.choice(("pdf", "tif"))
    if form == "pdf":
        payload, scale = scan_pdf(images, wear.dpi, random.choice((35, 50, 75))), 1.0
    elif form == "tif":
        payload, scale = fax(images, wear.dpi), wear.dpi / 72
    elif form == "photo":
        size = _PHOTO if images[0].height < 2 * images[0].width else (900, 1800)
        payload, scale = jpeg(photographed(images[0], random.randrange(10**6), size, random.gauss(0, 1.2)), 70), 0.0
    else:
        payload, scale = (
            (jpeg(images[0], random.choice((35, 60, 80))) if form == "jpg" else png(images[0])),
            wear.dpi / 72,
        )
    boxes = {name: [_scaled(box, scale) for box in places] for name, places in document.boxes.items()} if scale else {}
    suffix = "jpg" if form == "photo" else form
    path = f"{document.path.removesuffix('.pdf')}.{suffix}"
    return replace(document, path=path, payload=payload, text_layer=False, boxes=boxes)


def _scaled(box: list[float], scale: float) -> list[float]:
    return [box[0], *(round(value * scale, 1) for value in box[1:])]


def _wear(random: Random) -> Wear:
    return Wear(
        dpi=random.choice((120, 150, 150, 200, 200, 300)),
        tilt=random.choice((0.0, 0.0, random.gauss(0, 0.5), random.gauss(0, 1.2))),
        blur=random.choice((0.0, 0.3, 0.5, 0.8)),
        noise=random.choice((0.0, 0.04, 0.08, 0.14)),
        contrast=random.choice((1.0, 1.0, 0.8, 1.2)),
    )
