"""One description of fields and document types: what ships, and what a user adds without code."""

import json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from pages import reading

from flows.fields_command import print_fields
from flows.parameters import RunParameters
from routing.errors import ConfigurationError
from routing.policy import parse_policy
from tasks.classify import Classified
from tasks.documents import SourceFile
from tasks.examine import examine
from tasks.extract.described import extract_described
from tasks.extract.sheet import sheet_of
from tasks.fields import catalogue, shipped
from tasks.judge import judge
from tasks.store.parts import file_sha256

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


def test_every_field_has_a_meaning_and_a_document_type():
    used = {name for t in shipped().doc_types.values() for name in t.fields}
    assert used == set(shipped().fields)
    assert all(field.meaning.endswith(".") for field in shipped().fields.values())


def test_a_new_field_is_an_entry_in_a_file(tmp_path):
    ours = catalogue(added(tmp_path, COST_CENTRE))
    assert ours.fields_of("invoice") == (*shipped().fields_of("invoice"), "cost_centre")
    assert ours.key_fields_of("invoice") == shipped().key_fields_of("invoice")
    assert "cost_centre" not in shipped().fields


def test_a_new_field_with_labels_is_found_on_this_machine(tmp_path):
    ours = catalogue(
        added(tmp_path, COST_CENTRE.replace("meaning", 'labels = ["Kostenstelle", "cost centre"]\nmeaning'))
    )
    sheet = sheet_of(reading("Rechnung Nr. 7", "Kostenstelle: 4711-B   Datum 3. Mai 2026", "Summe EUR 5,00"))
    field = {f.name: f for f in extract_described(sheet, "invoice", None, ours).fields}["cost_centre"]
    assert (field.state, field.value, field.page) == ("found", "4711-B", 1)
    assert "cost_centre" not in {f.name for f in extract_described(sheet, "invoice", None, shipped()).fields}


@pytest.mark.parametrize(
    ("kind", "line", "value"),
    [
        ("date", "Delivered on 3 May 2026", "2026-05-03"),
        ("amount", "Delivered on EUR 1,250.00", "1250.00"),
        ("number", "Delivered on 14 pallets", "14"),
        ("text", "Delivered on   the third floor   by hand", "the third floor"),
        ("text", "Delivered on", None),
    ],
)
def test_a_new_field_is_read_as_its_type_says(tmp_path, kind, line, value):
    text = COST_CENTRE.replace('"identifier"', f'"{kind}"').replace("meaning", 'labels = ["Delivered on"]\nmeaning')
    found = extract_described(sheet_of(reading("Invoice 7", line)), "invoice", None, catalogue(added(tmp_path, text)))
    assert {f.name: f.value for f in found.fields}["cost_centre"] == value


def test_a_new_document_type_has_the_usual_fields_it_names_and_is_right_when_its_keys_are(tmp_path):
    text = """
        [[doc_types]]
        name = "delivery_note"
        meaning = "What was delivered."
        fields = ["seller_name", "issue_date"]
        key_fields = ["issue_date"]
    """
    ours = catalogue(added(tmp_path, text))
    sheet = sheet_of(reading("Kestrel Pumps Ltd", "Delivery Note 7", "Date 3 May 2026"))
    found = extract_described(sheet, "delivery_note", None, ours)
    assert {f.name: f.value for f in found.fields} == {"seller_name": "Kestrel Pumps Ltd", "issue_date": "2026-05-03"}
    note = Classified("delivery_note", 0.9, {})
    assert 0 < judge(note, found, (), ours).confidence <= 0.9
    assert judge(note, replace(found, fields=()), (), ours).confidence < judge(note, found, (), ours).confidence
    assert judge(note, found, ()).confidence == 0  # a type that nobody described has no key fields


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


INBOX = Path(__file__).resolve().parent.parent / "data" / "samples" / "docs" / "inbox"
SAMPLE = INBOX / "2026-10" / "Rechnung 2026-0815.pdf"
CUSTOMER = """
[[fields]]
name = "customer_number"
type = "identifier"
meaning = "The number by which the seller knows the buyer."
labels = ["Kundennummer"]

[[doc_types]]
name = "invoice"
fields = ["customer_number"]
"""


def policy_with(tmp_path, fields_file):
    text = (files("data") / "policy.toml").read_text(encoding="utf-8")
    return text.replace('fields_file = ""', f'fields_file = "{fields_file}"')


def test_a_field_of_ones_own_is_one_line_in_the_policy(tmp_path):
    policy = parse_policy(policy_with(tmp_path, added(tmp_path, CUSTOMER)), "policy.toml")
    file = SourceFile(file_sha256(SAMPLE), SAMPLE.name, str(SAMPLE.parent), str(SAMPLE), SAMPLE.stat().st_size)
    field = examine(file, policy).field("customer_number")
    assert (field.state, field.value, field.page) == ("found", "10418", 1)


def test_a_wrong_description_stops_a_run_before_it_begins(tmp_path):
    policy = tmp_path / "policy.toml"
    policy.write_text(policy_with(tmp_path, added(tmp_path, CUSTOMER.replace('"identifier"', '"integer"'))))
    with pytest.raises(ConfigurationError, match=r"fields.toml:4: fields.0.type: .*got 'integer'"):
        RunParameters(source=str(tmp_path), policy=str(policy)).load_policy()


def test_the_command_line_lists_what_is_read(tmp_path, capsys):
    policy = tmp_path / "policy.toml"
    policy.write_text(policy_with(tmp_path, added(tmp_path, CUSTOMER)))
    print_fields(str(policy), "json")
    listed = {row["field"]: row for row in json.loads(capsys.readouterr().out)}
    assert listed["customer_number"]["also_of"] == "invoice"
    assert listed["customer_number"]["meaning"] == "The number by which the seller knows the buyer."
    assert "receipt" in listed["seller_name"]["key_of"].split()
    assert listed.keys() - {"customer_number"} == set(shipped().fields)
