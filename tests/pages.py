"""Pages made of words, for tests of what is found on them: `reading("Invoice", "Invoice No   4711")`."""

from tasks.documents import Page, Reading, TextSource, Word

CHARACTER, HEIGHT, LEADING = 5.0, 10.0, 14.0


def words_of(text: str, top: float, left: float = 40.0, height: float = HEIGHT) -> list[Word]:
    """The words of one line of monospaced text: three spaces and more make a column gap, `|` stands for nothing."""
    found, at = [], 0
    for part in text.split(" "):
        if part and part != "|":
            x0 = left + at * CHARACTER
            found.append(Word(part, (x0, top, x0 + len(part) * CHARACTER, top + height)))
        at += len(part) + 1
    return found


def page(*lines: str, number: int = 1, source: TextSource = "text", hidden: tuple[Word, ...] = ()) -> Page:
    """An A4 page with one line of text under the other; a line that begins with `# ` is set twice as large."""
    words: list[Word] = []
    for row, line in enumerate(lines):
        large = line.startswith("# ")
        words += words_of(line.removeprefix("# "), 40 + row * LEADING, height=HEIGHT * (1.8 if large else 1))
    return Page(number, 595, 842, tuple(words), source, hidden)


def reading(*lines: str, source: TextSource = "text", hidden: tuple[Word, ...] = ()) -> Reading:
    """A document of one page."""
    return reading_of(page(*lines, source=source, hidden=hidden), source=source)


def reading_of(*pages: Page, source: TextSource = "text") -> Reading:
    """A document of these pages."""
    return Reading("pdf", source, len(pages), pages)
