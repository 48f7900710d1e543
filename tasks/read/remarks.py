"""Remarks for a person on how pages were read, one for all pages that it is true of."""

from collections.abc import Iterable, Mapping, Sequence

from tasks.documents import Page

ILLEGIBLE = "shows something that could not be read"
"""Of pages that are not blank although OCR made hardly a word of them."""

_QUARTER = 45.0  # degrees: less is a skewed scan, nothing to tell


def told(about: Mapping[str, Sequence[int]]) -> list[str]:
    """`page 1, 3 is blank` for `{"is blank": [1, 3]}`; nothing where no page is concerned."""
    return [f"page {', '.join(map(str, numbers))} {remark}" for remark, numbers in about.items() if numbers]


def turned_pages(pages: Iterable[Page]) -> dict[str, list[int]]:
    """The pages that lie on their side or head, whose boxes are therefore those of the page set upright."""
    numbers = [page.number for page in pages if _QUARTER < page.turned < 360 - _QUARTER]
    return {"lies turned: its boxes are those of the page set upright": numbers}
