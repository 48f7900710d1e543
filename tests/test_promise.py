"""The promise: thresholds from labelled outcomes, valid however often one looks; what is missing is said in numbers."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.audit import audited, change_alarm, drift_alarm
from routing.promise import (
    LEVELS,
    POOL,
    Outcome,
    Promise,
    Threshold,
    labels_to_stand_alone,
    threshold_of,
    thresholds,
)

ONE_PERCENT = Promise(max_accepted_error=0.01, confidence=0.95)
ROUGH = Promise(max_accepted_error=0.1, confidence=0.9)

outcomes = st.lists(
    st.builds(
        Outcome,
        kind=st.sampled_from(["invoice/text", "receipt/ocr"]),
        confidence=st.floats(0, 1),
        right=st.sampled_from([True] * 9 + [False]),
        run=st.sampled_from(["monday", "tuesday"]),
        least=st.floats(0.01, 1),
    ),
    max_size=300,
)


def faultless(number, confidence=0.9999, kind="invoice/text"):
    return [Outcome(kind, confidence, True)] * number


def simulated(random, number, error_of, kind="invoice/text"):
    """Outcomes whose confidence is spread over the levels and whose error is what `error_of` says of it."""
    confidence = 1 - random.beta(0.4, 4, number)
    wrong = random.random(number) < error_of(confidence)
    return [Outcome(kind, float(c), not w) for c, w in zip(confidence, wrong, strict=True)]


def test_without_labels_nothing_is_accepted_and_it_is_said_what_is_missing():
    """The pool exists from the first night on, and every level is a prospect."""
    (pool,) = thresholds([], ONE_PERCENT).values()
    assert (pool.group, pool.confidence, pool.labels) == (POOL, None, 0)
    assert not pool.accepts(1.0)
    assert [p.confidence for p in pool.prospects] == list(LEVELS)
    assert all(p.labels_missing and p.labels_missing > 300 for p in pool.prospects)


def test_enough_faultless_labels_let_a_kind_be_accepted():
    """A hundred times fewer than one error in a hundred allows no promise; a thousand without any do."""
    assert thresholds(faultless(200), ONE_PERCENT)[POOL].confidence is None
    pool = thresholds(faultless(850), ONE_PERCENT)[POOL]
    assert pool.accepts(0.9999)
    assert (pool.labels, pool.wrong) == (850, 0)


def test_labels_said_to_be_missing_are_about_what_it_takes():
    """The prospect of a level is no phrase: with so many more labels as before it passes."""
    seen = faultless(300, 0.992)
    missing = {p.confidence: p.labels_missing for p in thresholds(seen, ONE_PERCENT)[POOL].prospects}[0.99]
    assert thresholds(seen + faultless(missing, 0.992), ONE_PERCENT)[POOL].accepts(0.992)
    assert not thresholds(seen + faultless(missing // 4, 0.992), ONE_PERCENT)[POOL].accepts(0.992)


def test_hopeless_level_has_no_number_of_missing_labels():
    """Where errors are more frequent than promised, more labels buy nothing, and it is not pretended that they do."""
    mixed = [Outcome("a", 0.7, i % 5 > 0) for i in range(400)]
    missing = {p.confidence: p.labels_missing for p in thresholds(mixed, ROUGH)["a"].prospects}
    assert missing[0.6] is None
    assert missing[0.95] is not None


def test_a_kind_with_labels_of_its_own_is_not_judged_by_others():
    """Good text invoices are accepted although bad scans arrive with the same confidence; the rest stays pooled."""
    enough = labels_to_stand_alone(ROUGH)
    good = faultless(enough, 0.97)
    bad = [Outcome("receipt/ocr", 0.97, i % 3 > 0) for i in range(enough)]
    chosen = thresholds([o for pair in zip(good, bad, strict=True) for o in pair], ROUGH)
    assert threshold_of("invoice/text", chosen).accepts(0.97)
    assert not threshold_of("receipt/ocr", chosen).accepts(0.97)
    assert threshold_of("order/text", chosen).group == POOL


def test_documents_that_had_to_be_seen_count_less_where_others_were_accepted():
    """They tell little of those that nobody looks at; where everything was looked at they count in full."""
    seen = [replace(o, least=0.1) for o in faultless(850)]
    assert thresholds(seen, ONE_PERCENT)[POOL].confidence is None
    audited_ones = [replace(o, least=0.1, chance=0.1) for o in faultless(850)]
    assert thresholds(audited_ones, ONE_PERCENT)[POOL].accepts(0.9999)


def test_within_the_pool_all_kinds_are_weighed_alike():
    """A kind that was looked at as a whole does not drown one of which a twentieth was audited in the same run."""
    whole = [replace(o, kind="order/text") for o in faultless(800)]
    alone = thresholds(whole, ONE_PERCENT)[POOL]
    few = [Outcome("receipt/ocr", 0.9999, True, "", 0.05, 0.05)] * 20
    assert alone.accepts(0.9999)
    assert not thresholds(whole + few, ONE_PERCENT)[POOL].accepts(0.9999)
    assert thresholds(whole + [replace(o, run="next") for o in few], ONE_PERCENT)[POOL].accepts(0.9999)


@pytest.mark.parametrize("error_of", [lambda c: 0 * c + 0.1, lambda c: np.where(c > 0.95, 0.02, 0.35)])
def test_no_bad_level_passes_more_often_than_promised(error_of):
    """Looked at after every hundred labels of 600, in 200 streams: a level that is bad is ever chosen in one of ten."""
    random = np.random.default_rng(5)
    broken = 0
    for _ in range(200):
        stream = simulated(random, 600, error_of)
        sample = 1 - random.beta(0.4, 4, 20_000)
        truth = {level: error_of(sample)[sample >= level].mean() for level in LEVELS if (sample >= level).any()}
        ever = [thresholds(stream[:seen], ROUGH) for seen in range(100, 601, 100)]
        levels = {t.confidence for chosen in ever for t in chosen.values()} - {None}
        broken += any(truth[level] >= 0.1 for level in levels)
    assert broken <= 200 * 0.1 + 3 * math.sqrt(200 * 0.1 * 0.9)


def test_a_calibrated_reader_gets_somewhere():
    """Where confidence means what it says, a promise of 1% accepts most that deserves it."""
    random = np.random.default_rng(1)
    (threshold,) = (t for t in thresholds(simulated(random, 8000, lambda c: 1 - c), ONE_PERCENT).values() if t.labels)
    assert threshold.confidence is not None
    assert threshold.confidence <= 0.99
    assert threshold.wrong / threshold.labels < 0.01


@given(outcomes, st.floats(0.02, 0.2), st.floats(0.6, 0.99), st.floats(0.1, 1), st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_a_stricter_promise_never_accepts_more(labelled, error, sure, less, confidence):
    """Neither a smaller error nor more confidence turns a refusal into an acceptance within the pool."""
    looser = thresholds(labelled, Promise(error, sure))[POOL]
    assert looser.accepts(confidence) or not thresholds(labelled, Promise(error, 1 - (1 - sure) * less))[POOL].accepts(
        confidence
    )


@given(outcomes)
@settings(max_examples=60, deadline=None)
def test_right_instead_of_wrong_never_accepts_less(labelled):
    """Better outcomes can't raise a threshold."""
    before = thresholds(labelled, ROUGH)[POOL].confidence
    after = thresholds([replace(o, right=True) for o in labelled], ROUGH)[POOL].confidence
    assert before is None or (after is not None and after <= before)


@given(st.floats(0, 1), st.floats(0, 1))
def test_what_is_accepted_stays_accepted_with_more_confidence(low, high):
    """A threshold is a threshold."""
    threshold = Threshold(POOL, 0.9, 100, 0, ())
    assert threshold.accepts(max(low, high)) or not threshold.accepts(min(low, high))


def test_promise_of_nothing_or_of_everything_is_refused():
    """Shares are between 0 and 1."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        Promise(0.0, 0.95)


def test_audit_takes_its_share_and_stays_with_it():
    """One of fifty, the same whenever asked, all of them again when the share grows; another seed takes others."""
    names = [f"document-{i}" for i in range(20_000)]
    small = {n for n in names if audited(n, 0.02, "2026")}
    assert 300 < len(small) < 500
    assert small <= {n for n in names if audited(n, 0.05, "2026")}
    assert len(small & {n for n in names if audited(n, 0.02, "2027")}) < 40
    assert not any(audited(n, 0.0, "2026") for n in names)
    assert all(audited(n, 1.0, "2026") for n in names)


def stream_of_audits(random, *parts):
    return [Outcome("a", 0.99, not wrong) for number, error in parts for wrong in random.random(number) < error]


def test_alarm_is_raised_soon_after_errors_multiply():
    """From 0.5% to 8% wrong after 500 audits: noticed within 150 more in nine streams of ten."""
    random = np.random.default_rng(3)
    raised = [drift_alarm(stream_of_audits(random, (500, 0.005), (400, 0.08)), 0.01, 5000) for _ in range(100)]
    assert sum(r is not None and 500 < r <= 650 for r in raised) >= 90


def test_alarm_is_rarely_false():
    """While errors stay at what was promised, one alarm in 5,000 audits: fewer than a stream of 500 in ten has one."""
    random = np.random.default_rng(4)
    raised = [drift_alarm(stream_of_audits(random, (500, 0.01)), 0.01, 5000) for _ in range(200)]
    assert sum(r is not None for r in raised) <= 20


def changing(random, number, times=1.0):
    """Labels whose confidence means what it says, or of which so many times more are wrong."""
    confidence = 1 - random.beta(0.4, 4, number)
    wrong = random.random(number) < times * (1 - confidence)
    return [Outcome("a", float(c), not w) for c, w in zip(confidence, wrong, strict=True)]


def test_change_is_noticed_in_documents_that_people_see_anyway():
    """Three times as many errors at the same confidence: noticed within a night of 600 labels in all of 20 streams."""
    random = np.random.default_rng(6)
    raised = [change_alarm(changing(random, 1500) + changing(random, 600, 3.0), 1_000_000, 0) for _ in range(20)]
    assert all(at is not None and at > 1500 for at in raised)


def test_nothing_is_noticed_while_nothing_changes_for_the_worse():
    """Neither the same again nor fewer errors: with 20,000 labels a false alarm, 4 of 40 streams of 2,000 have one."""
    random = np.random.default_rng(7)
    streams = [changing(random, 1000) + changing(random, 1000, times) for times in (1.0, 0.3) for _ in range(20)]
    assert sum(change_alarm(stream, 20_000, 0) is not None for stream in streams) <= 4 + 3 * 2
