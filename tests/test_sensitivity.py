"""Sensitivity: a document's class by folder, by type, or by personal data on its pages, whichever rule fits first."""

from pathlib import Path

import pytest

from routing.policy import parse_policy
from routing.spending import SensitivityRule
from tasks.documents import Page, SourceFile, Word
from tasks.sensitivity import sensitivity_of

DEFAULT = parse_policy((Path(__file__).parent.parent / "data" / "policy.toml").read_text(encoding="utf-8"), "policy")
RULES = (
    SensitivityRule(sensitivity="secret", files=("board/*", "/srv/vault/*")),
    SensitivityRule(sensitivity="confidential", files=("hr/*",), doc_types=("contract",), words=("date of birth",)),
)


def class_of(file_name="a.pdf", doc_type="invoice", text="Invoice 1", hidden="", source="/srv/inbox", rules=RULES):
    """The class and why."""
    words, unseen = (tuple(Word(word, (0, 0, 9, 9)) for word in part.split()) for part in (text, hidden))
    file = SourceFile("a", file_name, source, "", 0)
    return sensitivity_of(file, doc_type, [Page(1, 595, 842, words, "text", hidden=unseen)], rules)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({}, ("normal", "")),
        ({"file_name": "board/hr/a.pdf"}, ("secret", "secret: its file name fits 'board/*'")),
        ({"source": "/srv/vault/x/"}, ("secret", "secret: its file name fits '/srv/vault/*'")),
        ({"file_name": "hr/2026/a.pdf"}, ("confidential", "confidential: its file name fits 'hr/*'")),
        ({"doc_type": "contract"}, ("confidential", "confidential: a contract")),
        ({"text": "Name: Ann DATE OF Birth: 1 May"}, ("confidential", "confidential: page 1 says 'DATE OF Birth'")),
        ({"hidden": "date of birth"}, ("confidential", "confidential: page 1 says 'date of birth'")),
        ({"text": "update of births"}, ("normal", "")),
    ],
)
def test_the_first_rule_that_fits_gives_the_class_and_says_why(document, expected):
    """Folders with or without the source, types, whole words in any case, also words that nobody sees."""
    assert class_of(**document) == expected


@pytest.mark.parametrize("text", ["Gehaltsabrechnung Mai", "Numéro de sécurité sociale : 1 85", "born: date of birth"])
def test_personal_data_is_confidential_by_default(text):
    """The shipped policy knows the usual words, and no paid tier of it may see such documents."""
    found, _ = class_of(text=text, rules=DEFAULT.sensitivity)
    assert found == "confidential"
    assert not any(found in tier.sensitivities for tier in DEFAULT.tiers if tier.paid)


def test_an_ordinary_invoice_is_normal_by_default():
    """Nothing on it is personal data."""
    assert class_of(text="Rechnung 12 Gesamtbetrag 119,00 EUR", rules=DEFAULT.sensitivity) == ("normal", "")
