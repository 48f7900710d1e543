"""Which pages of a document a question is about: short documents are sent whole, of long ones what matters."""

from tasks.ask.wanted import Ask
from tasks.documents import Examined, Page
from tasks.extract.sheet import Sheet

_WHOLE = 3  # pages: a document up to this long is sent whole
_MOST = 8  # pages of a longer one, where its line items are not asked for


def relevant_pages(document: Examined, pages: tuple[Page, ...], sheet: Sheet, ask: Ask) -> tuple[Page, ...]:
    """The pages to send: first and last, those on which the fields were found, and those with labels of theirs.

    Where line items are asked for, also every page with amounts.
    """
    if len(pages) <= _WHOLE:
        return pages
    numbers = [pages[0].number, pages[-1].number, *_found_on(document, ask), *_labelled_on(sheet, ask), pages[1].number]
    chosen = set(list(dict.fromkeys(numbers))[:_MOST])
    if ask.line_items:
        chosen |= {amounts[0].span.line.page for amounts in sheet.amounts.values()}
    return tuple(page for page in pages if page.number in chosen)


def _found_on(document: Examined, ask: Ask) -> list[int]:
    return [field.page for field in document.fields if field.page is not None and field.name in ask.fields]


def _labelled_on(sheet: Sheet, ask: Ask) -> list[int]:
    """From the back, since what sums up stands there."""
    labels = [label for name in ask.fields for label in sheet.labelled(name) if label.sure]
    return sorted({label.span.line.page for label in labels}, reverse=True)
