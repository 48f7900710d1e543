"""The words by which classes are known: titles and signs, of this version and of the user's configuration."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from routing.fields import DocumentType
from tasks.extract.layout import keys_of
from tasks.extract.tables import words


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """`titled` and `signed` say for each title or sign, as one key without spaces, which `classes` it belongs to."""

    classes: tuple[str, ...]
    titled: Mapping[str, tuple[int, ...]]
    signed: Mapping[str, tuple[int, ...]]

    def title_of(self, keys: Sequence[str]) -> str | None:
        """The longest title that opens a phrase of these words, or of these letters where they are set apart; a number
        may stand before it (`2. Mahnung`)."""
        key, title = "", None
        for part in keys:
            if not key and part.isdigit():
                continue
            key += part
            if key in self.titled:
                title = key
        return title


def vocabulary(doc_types: Mapping[str, DocumentType]) -> Vocabulary:
    """The words of data/doc_types.toml, and the titles and signs that the configured types bring."""
    added = {name: (t.titles, t.signs) for name, t in doc_types.items() if t.titles or t.signs}
    return _combined(tuple(added.items()))


@cache
def _combined(added: tuple[tuple[str, tuple[tuple[str, ...], tuple[str, ...]]], ...]) -> Vocabulary:
    table = {name: (listed["titles"], listed["signs"]) for name, listed in words("doc_types").items()}
    for name, (titles, signs) in added:
        own = table.get(name, ([], []))
        table[name] = ([*own[0], *titles], [*own[1], *signs])
    return Vocabulary(
        tuple(table),
        _by_key({name: titles for name, (titles, _) in table.items()}),
        _by_key({name: signs for name, (_, signs) in table.items()}),
    )


def _by_key(listed: Mapping[str, Sequence[str]]) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for i, phrases in enumerate(listed.values()):
        for key in {key for phrase in phrases for key in keys_of(phrase)}:
            found[key] = (*found.get(key, ()), i)
    return found
