"""Which phrases of a page may be the name of a company or a person, and which are titles, addresses or sentences."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from tasks.extract.layout import Line, Span
from tasks.extract.tables import any_of, words

if TYPE_CHECKING:
    from tasks.extract.sheet import Sheet

_WORDS = words("names")
_LEGAL_FORM = re.compile(rf"(?<![\w.]){any_of(_WORDS['legal_forms'])}(?!\w)")
_TITLE = any_of(_WORDS["titles"])
_BEFORE_TITLE = any_of([*_WORDS["title_prefixes"], f"{_TITLE}s?"])
_TITLED = re.compile(rf"^(?:{_BEFORE_TITLE}[ /]+)*{_TITLE}s?\b[.:!]?(?:$|.*\d)", re.IGNORECASE)
_TITLE_BEHIND = re.compile(any_of(_WORDS["titles_behind_name"]), re.IGNORECASE)
_TITLE_ENDING = re.compile(rf"{any_of(_WORDS['title_endings'])}$", re.IGNORECASE)
_ADDRESS = re.compile(
    rf"\b\d{{4,6}}\b|\b\d+[a-z]?\s*,?\s*{any_of(_WORDS['streets_behind_number'])}\b|{any_of(_WORDS['streets'])}\b|"
    rf"^{any_of(_WORDS['units_first'])}\b|^{any_of(_WORDS['streets_first'])}\s|"
    r"\bcedex\b|@|www\.|https?:|\b[A-Z]{2} \d{5}|"
    r"\.(?:com|de|fr|nl|it|es|net|org|eu|pt|be|at|ch)\b|^[^\d,]+ \d{1,4} ?[a-zA-Z]?$",
    re.IGNORECASE,
)
_CAPITAL = re.compile(r"\b(?:au |con |de )?capital(?:e)? (?:de|di|social)", re.IGNORECASE)
_REGISTER_NUMBER = re.compile(r"\w ?\(\d{5,}-?[A-Z]?\)")
_NUMBER_ALONE = re.compile(r"[(<\[](?:[A-Z][\w.]* ){0,4}(?:no\.?:? ?)?\d{5,}-?[A-Z]?[)>\]]|\d{5,}-[A-Z]", re.IGNORECASE)
_NAME_WORD = re.compile(r"[A-ZÀ-ÞŠŽŁÖÄÜŚŻČŘ0-9][^;:]*[^;:.!?]?$|&$|\+$|\w\.$")
_BEFORE_COMPANY = frozenset(_WORDS["before_company"])
_BEFORE_OWNER = frozenset(_WORDS["before_owner"])
_AND_PARTNERS = re.compile(r"(?:&|\be|\bet|\bund) C(?:\.|\b)", re.IGNORECASE)
_BEFORE_PERSON = re.compile(rf"c/o\b|{any_of(_WORDS['before_person'])}$", re.IGNORECASE)
_COUNTRIES = frozenset(_WORDS["countries"])
_LONGEST, _LONGEST_WITH_OWNERS = 8, 11  # tokens of a name
_LAST_WORD = re.compile(r"[^\W\d_]{3,}\.$")
_NUMBERED = re.compile(r"(?:no|id|code|date)|.*(?:nr|nummer|number|datum)")  # the last word of `Invoice No`
_SEPARATORS = frozenset(["-", "–", "—", "●", "·", "|", "•", "*", "/", "•", "∙", "▪", "►", "»", "«", "+"])


@lru_cache(maxsize=20_000)
def has_legal_form(text: str) -> bool:
    """Whether the legal form of a company stands in the text."""
    return bool(_LEGAL_FORM.search(text))


def without_form(text: str) -> str:
    """The name without the legal form of the company."""
    return _LEGAL_FORM.sub("", text)


def is_legal_form(text: str) -> bool:
    """Whether the text is a company's legal form alone; `Company` by itself is as often a word of a label."""
    return bool(_LEGAL_FORM.fullmatch(text)) and text.casefold() != "company"


def form_apart(line: Line, name: str) -> bool:
    """Whether the legal form that ends the name stands on the line with the share capital, and not behind the name:
    `SARL au capital de 1.000 euros`. It may then be additional legal information (BT-33), no part of the name."""
    if not _CAPITAL.search(line.text):
        return False
    tokens = line.tokens
    for start in range(len(tokens)):
        if not is_legal_form(tokens[start].text):
            continue
        own = plain(tokens[start].text)
        before = plain(tokens[start - 1].text) if start else ""
        apart = plain(name).endswith(own) and not (before and plain(name).endswith(before + own))
        if apart and _CAPITAL.match(Span(line, start + 1, len(tokens)).text):
            return True
    return False


def name_spans(phrase: Span) -> Iterator[Span]:
    """The parts of a phrase that may each be a name: all of it, or what separators part from an address
    (`Sender GmbH · Street 1 · 12345 Town`), or what a legal form ends (`Seller SAS au capital de 1.000 euros`)."""
    tokens = phrase.line.tokens
    text = phrase.text
    divided = "@" in text or any(map(str.isdigit, text))
    start = phrase.start
    for i in range(phrase.start, phrase.end + 1):
        listed = divided and start < i < phrase.end and tokens[i - 1].text.endswith(",")
        after_comma = listed and not is_legal_form(tokens[i].text.rstrip(","))  # `Hosteleras del Levante, S.A.`
        separated = i == phrase.end or (divided and tokens[i].text in _SEPARATORS)
        if separated or after_comma:
            if i > start:
                yield _without_title(_to_legal_form(_to_number(_unaddressed(Span(phrase.line, start, i)))))
            start = i if after_comma else i + 1
    yield from _in_sentence(phrase)


def _unaddressed(span: Span) -> Span:
    """The span without the word that a letter puts before a company's name (`Firma Maschinenfabrik AG`)."""
    addressed = len(span.tokens) > 1 and span.tokens[0].key in _BEFORE_COMPANY
    return Span(span.line, span.start + 1, span.end) if addressed else span


def _in_sentence(phrase: Span) -> Iterator[Span]:
    """The companies that a sentence speaks of: words in capitals up to a legal form
    (`Please remit to Harborlight Broadcasting Company, Inc., PO Box 88`)."""
    tokens = phrase.line.tokens
    lower = next((i for i in range(phrase.start, phrase.end) if tokens[i].text[:1].islower()), phrase.end)
    at = lower + 1
    for end in range(lower + 2, phrase.end):
        behind = [token.text for token in tokens[end + 1 : min(end + 3, phrase.end)] if token.text != "&"]
        goes_on = behind and has_legal_form(_glued(behind[0]))
        if goes_on or not has_legal_form(_glued(tokens[end].text)):
            continue
        start = end
        while start > max(at, end - _LONGEST) and _NAME_WORD.match(tokens[start - 1].text):
            start -= 1
        if end > start and not _LEGAL_FORM.fullmatch(tokens[start].text.rstrip(",")):
            yield Span(phrase.line, start, end + 1)
        at = end + 1


def stacked(sheet: "Sheet", upper: Span) -> Span | None:
    """A name that is set in two lines of one size, the legal form on the second (`Hotel Alpenblick` / `Zug AG`), or its
    owners with it (`Trattoria al Ponte` / `di Rossi Anna & C. S.a.s.`). A line that says a word of the first again, or
    more than one before its form, is a name by itself, below a person's or a shop's (`Paul Kettler` / `Kettler
    Consulting GmbH`, `Brewery Tap` / `Harper Food Works Ltd`)."""
    height = upper.box[3] - upper.box[1]
    for line in sheet.layout.below(upper.line, 1):
        if -0.3 * height <= line.box[1] - upper.box[3] <= 0.6 * height:
            firsts = (next(name_spans(phrase), phrase) for phrase in line.phrases if is_under(phrase, upper))
            lower = next((span for span in firsts if _goes_on(upper, span, height)), None)
            if lower and (is_legal_form(lower.text) or is_name(sheet, lower)):
                first, *further = upper.tokens
                tokens = (first._replace(gap=float("inf")), *further, *lower.tokens)
                both = Line(upper.line.page, upper.line.number, tokens)
                return Span(both, 0, len(both.tokens))
    return None


def names_owners(both: Span) -> bool:
    """Whether the second line of a stacked name tells the owners: `di Rossi Anna & C. S.a.s.`."""
    return any(_says_owners(Span(both.line, at, both.end)) for at in range(both.start + 1, both.end))


def _says_owners(lower: Span) -> bool:
    return lower.tokens[0].key in _BEFORE_OWNER and bool(_AND_PARTNERS.search(lower.text))


def _goes_on(upper: Span, lower: Span, height: float) -> bool:
    if not (has_legal_form(lower.text) and is_under(lower, upper)):
        return False
    other = lower.box[3] - lower.box[1]
    if _says_owners(lower):
        return other <= 1.25 * height and not has_legal_form(upper.text)
    if abs(height - other) > 0.25 * max(height, other):
        return False
    if upper.text.endswith(("&", "+", "/")):
        return True
    again = {token.key for token in upper.tokens} & {token.key for token in lower.tokens if len(token.key) > 1}
    words = sum(len(plain(word)) > 2 for word in without_form(lower.text).split())
    return is_legal_form(lower.text) or (words <= 1 and not has_legal_form(upper.text) and not again)


def is_under(phrase: Span, name: Span) -> bool:
    """Whether the phrase is set under the name: on the same left edge or centred on it."""
    slack = 3 * (name.box[3] - name.box[1])
    centres = (phrase.x0 + phrase.x1 - name.x0 - name.x1) / 2
    return abs(phrase.x0 - name.x0) < slack or abs(centres) < slack


def _to_number(span: Span) -> Span:
    """The span up to its register number in parentheses (`Seller SB(306295-X) FKA Former SB`)."""
    tokens = span.line.tokens
    numbered = next((i for i in range(span.start, span.end) if _REGISTER_NUMBER.search(tokens[i].text)), span.end)
    return Span(span.line, span.start, min(numbered + 1, span.end))


def is_numbered(text: str, below: str) -> bool:
    """Whether a company's register number ends the name, in parentheses, or is all that stands below it."""
    return bool(_REGISTER_NUMBER.search(text) or _NUMBER_ALONE.fullmatch(below))


def _to_legal_form(span: Span) -> Span:
    """The span up to its legal form, where a number or a sentence goes on behind it; without the form where the share
    capital follows, since both together are additional legal information (BT-33), no part of the name."""
    tokens = span.line.tokens
    last = next((i for i in range(span.end - 1, span.start, -1) if has_legal_form(_glued(tokens[i].text))), None)
    if last is None or last == span.end - 1:
        return span
    if _CAPITAL.match(Span(span.line, last + 1, span.end).text):
        return Span(span.line, span.start, last)
    numbered = any(c.isdigit() for token in tokens[last + 1 : span.end] for c in token.text)
    return Span(span.line, span.start, last + 1) if numbered or len(span.tokens) > _LONGEST else span


def _without_title(span: Span) -> Span:
    """The span without the title of the document that stands behind the name (`Halden Freight Invoice`)."""
    named = len(span.tokens) > 2 and _TITLE_BEHIND.fullmatch(span.tokens[-1].text) and not _TITLED.match(span.text)
    return Span(span.line, span.start, span.end - 1) if named else span


def _glued(text: str) -> str:
    """The word without what a registration number in parentheses leaves on it."""
    return text.split("(")[0] or text


def _is_sentence(span: Span) -> bool:
    """Whether it reads and ends as a sentence does: `Nie som platiteľ DPH.`, and not `Ayuntamiento de León, Gto.`."""
    words = any(token.text.islower() and len(token.key) > 2 for token in span.tokens[1:-1])
    return words and bool(_LAST_WORD.search(span.text)) and not has_legal_form(span.text)


def _longest(span: Span) -> int:
    owned = any(token.key in _BEFORE_OWNER for token in span.tokens[1:]) and has_legal_form(span.tokens[-1].text)
    return _LONGEST_WITH_OWNERS if owned else _LONGEST


def is_name(sheet: "Sheet", span: Span) -> bool:
    """Whether a name may stand there: letters, no address, no title of a document, no sentence, no label."""
    text = span.text
    if span.end - span.start > _longest(span) or len(text) > 70 or (text.startswith("(") and not has_legal_form(text)):
        return False
    letters, digits = sum(map(str.isalpha, text)), sum(map(str.isdigit, text))
    if letters < 3 or digits > letters or _BEFORE_PERSON.match(text):
        return False
    if text.endswith((":", "?", "!", ";")) or ":" in text[:-1] or _is_sentence(span):
        return False
    if len(span.tokens) == 1 and _TITLE_ENDING.search(text):
        return False
    if (text[:1].islower() and not has_legal_form(text)) or _LEGAL_FORM.fullmatch(text) or _CAPITAL.search(text):
        return False
    following = span.line.tokens[span.end].text if span.end < len(span.line.tokens) else ""
    last = next((token.key for token in reversed(span.tokens) if token.key), "")
    if following.startswith(":") or _NUMBERED.fullmatch(last):
        return False
    key = "".join(token.key for token in span.tokens)
    if key in _COUNTRIES or _TITLED.match(text) or (_ADDRESS.search(name_text(span)) and not has_legal_form(text)):
        return False
    if any(d.span.start < span.end and d.span.end > span.start for d in sheet.dates.get(span.line.number, ())):
        return False
    return not any(
        label.span.start == span.start
        and (label.span.end == span.end or (label.sure and (digits > 0 or not label.may_be_word)))
        for label in sheet.labels.get(span.line.number, ())
    )


def name_text(span: Span) -> str:
    """The name without the marks around it and without a number in parentheses behind it."""
    return re.sub(r"\s*[(（][^()]*\d[^()]*[)）]?$", "", span.text).strip(" ,;:·•|*-–—")


@lru_cache(maxsize=20_000)
def plain(text: str) -> str:
    """The letters and digits of a name, in lower case: names that agree in them are the same."""
    return "".join(filter(str.isalnum, text.casefold()))


def same_party(one: str, other: str) -> bool:
    """Whether two names are one party's: the same letters and digits, or one goes on where the other ends."""
    short, long = sorted((plain(one), plain(other)), key=len)
    return bool(short) and long.startswith(short)
