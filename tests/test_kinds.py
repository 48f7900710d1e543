"""Papers of every kind: drawn by seed, in fourteen languages, each saying what its kind says."""

import tomllib
from pathlib import Path
from random import Random

import pypdfium2
import pytest

from bench.classes.fitting import CLASSES, fit, inputs_of, scores_of, softmax, targets_of, terms_of
from bench.classes.papers import beginning, papers
from data.generator.kinds import KINDS, LANGUAGES
from data.generator.kinds_drawn import kind_documents
from data.generator.noise import Noise, noisy
from routing.policy import parse_policy
from tasks.classify import classify
from tasks.extract.sheet import sheet_of
from tasks.read import read

ROOT = Path(__file__).parents[1]
SEED = 23  # not the one that the model was trained with
LIMITS = parse_policy((ROOT / "data" / "policy.toml").read_text("utf-8"), "policy.toml").limits
BAD = Noise(wrong=0.03, lost=0.1, joined=0.3, split=0.05, missed=0.03)
MADE = list(kind_documents(90, SEED))


@pytest.fixture(scope="module")
def readings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kinds")
    for document in MADE:
        (folder / document.path).write_bytes(document.payload)
    return [read(str(folder / document.path), "pdf", LIMITS) for document in MADE]


def test_the_same_seed_gives_the_same_bytes_however_many_follow():
    """A paper depends on seed and number alone."""
    assert [d.payload for d in kind_documents(4, SEED)] == [d.payload for d in MADE[:4]]
    assert {d.document_id for d in kind_documents(4, SEED + 1)}.isdisjoint({d.document_id for d in MADE})


BROADCASTERS = {"broadcast_order", "broadcast_invoice"}
WHOLE = ("de", "en", "es", "fr", "it", "nl", "pt")
COMMONEST = {
    "customer_statement", "reminder", "business_letter", "order", "order_confirmation", "delivery_note", "quote",
    "proforma", "remittance", "bill", "credit", "till", "fare",
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_words_for_its_kinds(language):
    """Seven have every kind, the others those that come oftenest; only the papers of American broadcasters are in
    English alone, and no text is left without its filling."""
    tables = tomllib.loads((ROOT / "data" / "generator" / "kinds" / f"{language}.toml").read_text("utf-8"))
    whole = set(KINDS) - (BROADCASTERS if language != "en" else set())
    assert set(tables) - {"common"} == (whole if language in WHOLE else COMMONEST)
    assert {key for table in tables.values() for key in table} >= {"titles", "labels", "columns", "rows", "text"}


def test_kinds_cover_every_class():
    """Each class that the model knows has a paper to learn from."""
    assert {kind.doc_type for kind in KINDS.values()} == set(CLASSES)


def test_papers_say_whose_kind_they_are():
    """Braces are filled in, and a paper has words to tell its kind by."""
    for document in MADE:
        pages = pypdfium2.PdfDocument(document.payload)
        text = "\n".join(page.get_textpage().get_text_range() for page in pages)
        assert "{" not in text, document.layout
        assert len(text.split()) > 10, document.layout


def test_the_model_tells_papers_that_it_has_not_seen(readings):
    """Other papers of the kinds that it learned: nine in ten at least, and hardly one wrong among the sure ones."""
    got = [classify(sheet_of(reading)) for reading in readings]
    right = [c.doc_type in document.doc_type_ok for c, document in zip(got, MADE, strict=True)]
    sure = [ok for ok, c in zip(right, got, strict=True) if c.confidence >= 0.9]
    assert sum(right) >= 0.93 * len(right)
    assert sure.count(False) <= 0.02 * len(sure)
    assert len(sure) >= 0.5 * len(right)


def test_wear_costs_confidence(readings):
    """A bad scan, and still more a page cut off after a few words, is told less surely than the paper itself."""
    clean = [classify(sheet_of(reading)).confidence for reading in readings]
    after = [classify(sheet_of(noisy(reading, Random(i), BAD))).confidence for i, reading in enumerate(readings)]
    cut = [classify(sheet_of(beginning(reading, Random(i)))).confidence for i, reading in enumerate(readings)]
    assert sum(clean) > sum(after) > sum(cut)


def test_training_is_the_same_for_the_same_seed():
    """And fifty papers teach something: of themselves most are told, where chance would tell one in five."""
    once, again = papers(40, 10, SEED), papers(40, 10, SEED)
    assert once == again
    terms = terms_of(once)
    inputs = inputs_of(once, terms)
    first, second = fit(inputs, targets_of(once), SEED), fit(inputs, targets_of(again), SEED)
    assert all((first[name] == second[name]).all() for name in first)
    found = softmax(scores_of(first, inputs)).argmax(axis=1)
    assert sum(CLASSES[i] in e.right for i, e in zip(found, once, strict=True)) >= 0.7 * len(once)
