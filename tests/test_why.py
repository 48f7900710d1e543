"""`ledgerline why`: the story of a document, and what would have turned a decision."""

from dataclasses import replace
from decimal import Decimal

import pytest
from routing_cases import ASKED, CHEAP, DOUBTFUL, PERSON, POLICY, PREMIUM, options_of
from store_rows import DAY, NOON, call_row, document_id, document_row, run_row

from flows.why_command import print_why
from routing.decide import decide
from routing.errors import UsageError
from routing.explain import turns, weigh
from routing.plan import plan
from tasks.decided import decision_row
from tasks.store.store import Store


@pytest.fixture
def store(tmp_path):
    """Two documents: one asked of the cheap tier and then seen by a person, the other accepted."""
    climbs = decide(ASKED, POLICY, options=options_of(ASKED))
    fails = decide(ASKED, POLICY, "cheap", options_of(ASKED, from_tier="premium"))
    review = {
        "document_id": document_id(1),
        "field": "issue_date",
        "before": None,
        "after": "2026-03-01",
        "reviewer": "Kim",
        "seconds": 60.0,
    }
    review |= {"cost_usd": Decimal("0.75"), "reviewed_at": NOON}
    rows = {
        "documents": [
            document_row(1, outcome="review", reason=fails.reason, file_name="mail/a\x1b[31m.pdf"),
            document_row(2),
        ],
        "decisions": [
            decision_row(document_id(1), step, decision, "p1", "run1") for step, decision in ((1, climbs), (2, fails))
        ],
        "calls": [call_row(1, cost_usd=Decimal("0.0031"), price_version="list 7")],
        "reviews": [review],
    }
    with Store.open(tmp_path) as opened:
        opened.write("run1", DAY, {"runs": [run_row("run1", status="completed")]})
        opened.write("run1", DAY, rows)
        opened.publish()
    return tmp_path


def test_the_story_tells_evidence_chances_prices_and_what_would_have_changed_it(store, capsys):
    """All of it in sentences, from the ledger alone."""
    print_why(store, document_id(1)[:12])
    told = capsys.readouterr().out
    for sentence in (
        "waits for a person: doubtful_fields: confidence 0.60",
        "Decision 1 of run run1, on what the free readers found: ask cheap",
        "because pays: cheap costs 0.0040 USD",
        "The probability that it is right was 0.6; 0.93 is needed",
        "If it were wrong and nobody noticed, that would cost 27.00 USD",
        "if the price of cheap were",
        "Decision 2 of run run1, on the answer of cheap: a person looks (human)",
        "cheap (gpt-5-mini, sync): ok, 1,000 tokens sent, 100 received, 0.003100 USD (prices: list 7)",
        "Kim: issue_date changed from None to '2026-03-01', 0.75 USD",
    ):
        assert sentence in told


def test_a_file_name_steers_no_terminal(store, capsys):
    """An escape sequence in a file name is printed as a space."""
    print_why(store, document_id(1)[:12])
    assert "\x1b" not in capsys.readouterr().out


def test_a_document_goes_by_its_file_name_too(store, capsys):
    """In full or from its last folder on, in any case."""
    print_why(store, "2.PDF")
    assert "was accepted" in capsys.readouterr().out


def test_what_names_no_document_is_refused(store):
    """With what would name one."""
    with pytest.raises(UsageError, match="no document 'x': give its file name"):
        print_why(store, "x")


def test_the_scales_agree_with_the_plan():
    """The first course on the scales is the one that a plan without a limit takes."""
    for case in (DOUBTFUL, replace(DOUBTFUL, options=(PREMIUM, PERSON)), replace(DOUBTFUL, options=(PERSON,))):
        best, chosen = weigh(case)[0], plan([case], None).choice(case)
        assert (best.action, best.tier) == (chosen.action, chosen.tier)


def test_a_turning_point_turns_the_decision_and_a_little_less_does_not():
    """At the price that is named another course is best, a thousandth below it is not yet."""
    turn = next(turn for turn in turns(DOUBTFUL) if turn.what == "the price of cheap")
    assert turn.at > turn.now

    def chosen_at(price):
        case = replace(DOUBTFUL, options=(replace(CHEAP, price_usd=Decimal(f"{price:.9f}")), PREMIUM, PERSON))
        return plan([case], None).choice(case).tier

    assert chosen_at(turn.at * 0.999) == "cheap"
    assert chosen_at(turn.at * 1.001) == turn.then.tier == "premium"
