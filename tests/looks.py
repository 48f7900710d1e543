"""Papers of three looks, set word by word without a PDF: for tests of what is understood of their words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tasks.documents import Page, Reading, Word

_WIDTH, _HEIGHT = 595.0, 842.0
_LETTER = 0.52  # of its height: the width of a letter
_LEFT, _RIGHT = 56.0, 540.0
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Paper:
    """What a paper says. A party is its heading and its lines, the name first; `rows` are under `columns`."""

    title: str
    seller: tuple[str, Sequence[str]]
    buyer: tuple[str, Sequence[str]]
    labels: Pairs
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    totals: Pairs = ()
    text: Sequence[str] = ()
    footer: Sequence[str] = ()


@dataclass
class _Board:
    """Words set on a page; `y` is where the next line goes."""

    words: list[Word] = field(default_factory=list)
    y: float = 50.0

    def put(self, x: float, text: str, size: float = 9.0, right: bool = False) -> None:
        """The text on the current line, from `x` on or, where `right`, up to it."""
        pitch = _LETTER * size
        at = x - len(text) * pitch if right else x
        for word in text.split(" "):
            for part in filter(None, word.split("\u00a0")):
                box = (at, self.y, at + len(part) * pitch, self.y + size)
                self.words.append(Word(part, box))
                at += (len(part) + 1) * pitch

    def line(self, x: float, text: str, size: float = 9.0, right: bool = False) -> None:
        """The text, and on to the next line."""
        self.put(x, text, size, right)
        self.y += 1.5 * size

    def table(self, paper: Paper, size: float = 8.5) -> None:
        """Headings and rows; numbers stand right in their columns."""
        count = len(paper.columns)
        ends = [_LEFT + 30 + (_RIGHT - _LEFT - 30) * (i + 1) / count for i in range(count)]
        for row in (paper.columns, *paper.rows):
            for i, text in enumerate(row):
                self.put(_LEFT if i == 0 else ends[i], text, size, right=i > 0)
            self.y += 1.8 * size
        self.y += size

    def block(self, x: float, lines: Sequence[str], size: float = 9.0) -> None:
        """Lines below each other."""
        for text in lines:
            self.line(x, text, size)


def letter(paper: Paper) -> Reading:
    """A letterhead without a heading, the buyer in the window, labels with colons on the right, totals at the end."""
    board = _Board()
    board.line(_LEFT, paper.seller[1][0], 14)
    board.block(_LEFT, paper.seller[1][1:], 8)
    board.y = 135
    board.block(_LEFT, [f"{paper.buyer[0]}:", *paper.buyer[1]])
    board.y = 135
    for label, value in paper.labels:
        board.put(330, f"{label}:")
        board.line(_RIGHT, value, right=True)
    board.y = max(board.y, 235)
    board.line(_LEFT, paper.title, 17)
    board.y += 12
    board.table(paper)
    for label, value in paper.totals:
        board.put(320, label)
        board.line(_RIGHT, value, right=True)
    board.y += 10
    board.block(_LEFT, paper.text)
    board.y = 800
    board.line(_LEFT, "   ".join(paper.footer), 7)
    return _read(board)


def boxed(paper: Paper) -> Reading:
    """The title large and right, both parties under their headings, labels above their values in rows of three."""
    board = _Board()
    board.line(_RIGHT, paper.title.upper(), 20, right=True)
    for x, (head, lines) in ((_LEFT, paper.seller), (310.0, paper.buyer)):
        board.y = 95
        board.line(x, head, 7.5)
        board.block(x, lines)
    board.y = 185
    for start in range(0, len(paper.labels), 3):
        for i, (label, value) in enumerate(paper.labels[start : start + 3]):
            x = _LEFT + i * 165
            board.put(x, label, 7.5)
            board.y += 13
            board.put(x, value)
            board.y -= 13
        board.y += 34
    board.table(paper)
    board.block(_LEFT, paper.text, 8)
    for label, value in paper.totals:
        board.put(400, label, right=True)
        board.line(_RIGHT, value, right=True)
    board.y += 16
    board.block(_LEFT, paper.footer, 8)
    return _read(board)


def plain(paper: Paper) -> Reading:
    """A printout: all on the left edge, labels and values in two columns, parties beside their headings."""
    board = _Board()
    board.line(_WIDTH / 2 - 60, paper.title, 12)
    board.y += 8
    for head, lines in (paper.seller, paper.buyer):
        board.put(_LEFT, f"{head}:")
        board.block(190, lines)
        board.y += 6
    for label, value in paper.labels:
        board.put(_LEFT, label)
        board.line(190, value)
    board.y += 8
    board.table(paper)
    for label, value in paper.totals:
        board.put(_LEFT, label)
        board.line(_RIGHT, value, right=True)
    board.y += 8
    board.block(_LEFT, [*paper.footer, *paper.text])
    return _read(board)


LOOKS: dict[str, Callable[[Paper], Reading]] = {"letter": letter, "boxed": boxed, "plain": plain}


def _read(board: _Board) -> Reading:
    words = sorted(board.words, key=lambda word: (round(word.box[3]), word.box[0]))
    return Reading("pdf", "text", 1, (Page(1, _WIDTH, _HEIGHT, tuple(words), "text", ()),))
