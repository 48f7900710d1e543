"""One description of fields and document types: what ships, and what a user adds without code."""

import pytest

from routing.confidence import KEY_FIELDS
from routing.errors import ConfigurationError
from tasks.fields import catalogue, shipped

COST_CENTRE = """
[[fields]]
name = "cost_centre"
type = "identifier"
meaning = "The buyer's cost centre."

[[doc_types]]
name = "invoice"
fields = ["cost_centre"]
"""


def added(tmp_path, text):
    file = tmp_path / "fields.toml"
    file.write_text(text)
    return str(file)


def test_key_fields_are_those_that_confidence_is_reckoned_with():
    assert {name: t.key_fields for name, t in shipped().doc_types.items() if t.key_fields} == dict(KEY_FIELDS)


def test_every_field_has_a_meaning_and_a_document_type():
    used = {name for t in shipped().doc_types.values() for name in t.fields}
    assert used == set(shipped().fields)
    assert all(field.meaning.endswith(".") for field in shipped().fields.values())


def test_a_new_field_is_an_entry_in_a_file(tmp_path):
    ours = catalogue(added(tmp_path, COST_CENTRE))
    assert ours.fields_of("invoice") == (*shipped().fields_of("invoice"), "cost_centre")
    assert ours.key_fields_of("invoice") == shipped().key_fields_of("invoice")
    assert "cost_centre" not in shipped().fields


def test_a_new_document_type_is_an_entry_in_a_file(tmp_path):
    ours = catalogue(
        added(
            tmp_path,
            """
            [[doc_types]]
            name = "delivery_note"
            meaning = "What was delivered, without prices."
            fields = ["seller_name", "issue_date", "purchase_order_number"]
            key_fields = ["purchase_order_number"]
            """,
        )
    )
    assert ours.key_fields_of("delivery_note") == ("purchase_order_number",)
    assert list(ours.doc_types)[-1] == "delivery_note"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ('[[fields]]\nname = "iban"\ntype = "iban"\nmeaning = "x"', 2, "'iban' is described already"),
        ('[[fields]]\nname = "weight"\ntype = "kilos"\nmeaning = "x"', 3, "got 'kilos'"),
        ('[[fields]]\nname = "Weight"\ntype = "number"\nmeaning = "x"', 2, "got 'Weight'"),
        ('\n[[doc_types]]\nname = "invoice"\nfields = ["cost_center"]', 4, "no field 'cost_center' is described"),
        ('[[doc_types]]\nname = "contract"\nkey_fields = ["iban"]', 3, "'iban' is none of the fields of 'contract'"),
        ('[[doc_types]]\nname = "delivery_note"', 2, "'delivery_note' has no `meaning`"),
        ('[[doc_types]]\nname = "letter"\ncolour = "blue"', 3, "Remove it, or check its spelling."),
        ("[[doc_types]\n", 1, "is not valid TOML"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path, text, line, says):
    file = added(tmp_path, text)
    with pytest.raises(ConfigurationError) as refused:
        catalogue(file)
    assert str(refused.value).startswith(f"{file}:{line}: ")
    assert says in str(refused.value)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ConfigurationError, match=r"fields_file: .*gone.toml can't be read"):
        catalogue(str(tmp_path / "gone.toml"))
