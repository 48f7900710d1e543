"""What models mended before: learned from the ledger's own rows, and honest where there are few."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from routing_cases import POLICY
from store_rows import DAY, call_row, document_id, document_row, run_row

from routing.records import Record, Records, several
from tasks.records import records_of
from tasks.store.store import Store

LOCAL, CHEAP, PREMIUM = POLICY.tiers[:3]
PRIOR = POLICY.records.prior_fields


def test_without_records_the_policy_expects():
    """Nothing was ever asked: the expectation of the policy, with a wide range and no record behind it."""
    chance = Records().field_mended(CHEAP, LOCAL, "ocr", "issue_date", PRIOR)
    assert chance.mean == CHEAP.expected_mend_share
    assert chance.records == 0
    assert chance.low < 0.7 and chance.high > 0.9


def test_many_records_outweigh_what_was_expected():
    """A thousand answers that mended one in ten leave nothing of an expected eight in ten."""
    chance = Records.of([Record("gpt-5-mini", "local", "ocr", "issue_date", 1000, 100)]).field_mended(
        CHEAP, LOCAL, "ocr", "issue_date", PRIOR
    )
    assert chance.mean == pytest.approx(0.1, abs=0.02)
    assert chance.high - chance.low < 0.05


def test_other_readings_and_fields_count_for_less_than_the_same():
    """What a model does on scans says something of text, and less than its answers on text do."""
    poor_on_scans = Record("gpt-5-mini", "local", "ocr", "issue_date", 200, 20)
    only_scans = Records.of([poor_on_scans])
    both = Records.of([poor_on_scans, Record("gpt-5-mini", "local", "text", "issue_date", 200, 198)])
    on_text = [
        known.field_mended(CHEAP, LOCAL, "text", "issue_date", PRIOR).mean for known in (Records(), only_scans, both)
    ]
    assert on_text[1] < on_text[0] < on_text[2]


def test_what_a_poorer_model_failed_at_is_hard_for_a_better_one():
    """Of what cheap (8 in 10) can't mend, premium (9 in 10) mends half, however well it does when asked first."""
    assert Records().field_mended(PREMIUM, LOCAL, "text", "iban", PRIOR).mean == pytest.approx(0.9)
    assert Records().field_mended(PREMIUM, CHEAP, "text", "iban", PRIOR).mean == pytest.approx(0.5)
    asked_first = Records.of([Record(PREMIUM.model, "local", "text", "iban", 1000, 990)])
    assert asked_first.field_mended(PREMIUM, CHEAP, "text", "iban", PRIOR).mean == pytest.approx(0.5)


def test_records_of_another_model_do_not_count():
    """A tier whose model was changed starts from what the policy expects."""
    known = Records.of([Record("gpt-5-mini", "local", "ocr", "issue_date", 1000, 100)])
    other = CHEAP.model_copy(update={"model": "gpt-6-mini"})
    assert known.field_mended(other, LOCAL, "ocr", "issue_date", PRIOR).records == 0


counts = st.integers(0, 500).flatmap(lambda asked: st.tuples(st.just(asked), st.integers(0, asked)))


@given(
    st.lists(st.tuples(st.sampled_from(["ocr", "text"]), st.sampled_from(["iban", "issue_date"]), counts), max_size=8)
)
def test_the_range_holds_the_mean_and_narrows_with_the_fields(rows):
    """A chance is one, lies in its own range, and none is higher for more fields at once."""
    known = Records.of(Record("gpt-5-mini", "local", source, name, *count) for source, name, count in rows)
    both = known.mended_all(CHEAP, LOCAL, "ocr", ["iban", "issue_date"], PRIOR)
    one = known.mended_all(CHEAP, LOCAL, "ocr", ["iban"], PRIOR)
    assert 0 <= both.low <= both.mean <= both.high <= 1
    assert both.mean <= one.mean


def escalated(number, fields, still_open, action="accept", status="ok"):
    """The rows of a document that was asked of the cheap tier, and decided on again."""
    of = {"document_id": document_id(number), "run_id": "run1"}
    return {
        "documents": [document_row(number, text_source="ocr")],
        "calls": [call_row(number, status=status)],
        "decisions": [
            of | {"step": 1, "action": "escalate", "from_tier": "local", "to_tier": "cheap", "fields": fields},
            of | {"step": 2, "action": action, "from_tier": "cheap", "fields": still_open},
        ],
    }


def test_the_ledger_tells_what_was_mended(tmp_path):
    """Two of three asked fields were settled; a call that failed says nothing."""
    with Store.open(tmp_path) as store:
        store.write("run1", DAY, escalated(1, ["iban", "issue_date"], ["iban"], action="review"))
        store.write("run1", DAY, escalated(2, ["iban"], []))
        store.write("run1", DAY, escalated(3, ["iban"], ["iban"], action="review", status="timeout"))
        store.write("run1", DAY, {"runs": [run_row("run1", status="completed")]})
        known = records_of(store.query)
    assert known.asked["gpt-5-mini", "local", "ocr", "iban"] == 2
    assert known.mended["gpt-5-mini", "local", "ocr", "iban"] == 1
    assert known.mended["gpt-5-mini", "local", "ocr", "issue_date"] == 1
    assert known.asked["gpt-5-mini", "local", "ocr", several(2)] == 1
    assert known.mended["gpt-5-mini", "local", "ocr", several(2)] == 0


def test_a_run_that_goes_on_after_a_kill_knows_what_the_killed_one_knew(tmp_path):
    """What an interrupted run found out counts once a later one is completed: else the kill would change the plan."""
    with Store.open(tmp_path) as store:
        store.write("run1", DAY, escalated(1, ["iban"], []))
        store.write("run1", DAY, {"runs": [run_row("run1", status="interrupted")]})
        assert not records_of(store.query).asked
        store.write("run2", DAY, {"runs": [run_row("run2", status="completed")]})
        assert records_of(store.query).asked["gpt-5-mini", "local", "ocr", "iban"] == 1


def test_an_expectation_is_the_tiers_own():
    """Where the policy expects nothing of a tier, nothing is expected of it."""
    hopeless = CHEAP.model_copy(update={"expected_mend_share": 0.0})
    assert Records().field_mended(hopeless, LOCAL, "text", "iban", PRIOR).mean == 0
