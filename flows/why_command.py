"""`ledgerline why`: the story of one document in sentences."""

from collections.abc import Iterator
from pathlib import Path

from routing.explain import Weighed, turns, weigh
from routing.menu import Case
from tasks.decided import case_of_row
from tasks.why import Row, Story, story

_ENDS = {
    "accepted": "was accepted",
    "review": "waits for a person",
    "duplicate": "is a duplicate",
    "deferred": "waits for the next run",
    "rejected": "can't be read",
}
_JUDGED = {"local": "what the free readers found"}


def print_why(store: Path, document: str) -> None:
    """Print what became of the document and why: evidence, chance, value, prices, and what would have changed it."""
    for line in _told(story(store, document)):
        print("".join(c if c.isprintable() else " " for c in line))  # text of documents must not steer the terminal


def _told(told: Story) -> Iterator[str]:
    yield from _what_became(told.document)
    for row in told.decisions:
        yield ""
        yield from _decision(row)
    if told.open_checks and told.document["outcome"] != "accepted":
        yield ""
        yield "Checks that fail:"
        yield from (f"  {row['check']}: {row['detail']}" for row in told.open_checks)
    if told.calls:
        yield ""
        yield "Paid calls:"
        yield from map(_call, told.calls)
    if told.reviews:
        yield ""
        yield "Answers of people:"
        yield from map(_review, told.reviews)


def _what_became(document: Row) -> Iterator[str]:
    value = document["value_at_stake"]
    worth = "of unknown value" if value is None else f"worth {value:,.2f} USD"
    kind = (document["doc_type"] or "document").replace("_", " ")
    yield f"{document['file_name']}  ({document['document_id'][:12]})"
    yield f"This {kind}, {worth}, {_ENDS[document['outcome']]}: {document['reason']}"
    yield f"It has cost {document['cost_usd']:.4f} USD so far; settled on {document['settled_at']:%Y-%m-%d %H:%M} UTC."


def _decision(row: Row) -> Iterator[str]:
    judged = _JUDGED.get(row["from_tier"], f"the answer of {row['from_tier']}")
    yield f"Decision {row['step']} of run {row['run_id']}, on {judged}: {_way(row['action'], row['to_tier'])}"
    for reason in (row["reason"] or "").split("; "):
        yield f"  because {reason}"
    yield f"  The probability that it is right was {_chance(row['p_right'])}; {_needed(row)}"
    if row["fields"]:
        yield f"  A model would be asked for: {', '.join(row['fields'])}."
    case = case_of_row(row)
    if case is None:
        yield "  This version's scales were not in use then: nothing more is known of it."
        return
    yield f"  If it were wrong and nobody noticed, that would cost {case.loss_usd:,.2f} USD."
    if any(option.paid for option in case.options):
        yield from _scales(case, row["dollar_worth"] or 0.0)
    else:
        yield "  No model was in question: by rule, or none is active, may see it, or has anything to mend in it."
    yield f"  Otherwise: {_other_ways(row, case)}"


def _needed(row: Row) -> str:
    needed = row["p_needed"]
    if needed == 0:
        return "the promise for the whole batch decided, not a threshold."
    return "what was needed is not known." if needed is None else f"{_chance(needed)} is needed to accept it as it is."


def _scales(case: Case, dollar_worth: float) -> Iterator[str]:
    yield "  On the scales, in US dollars on average (calls; all costs: calls, minutes, waiting, errors):"
    for course in weigh(case, dollar_worth):
        yield f"    {_way(course.action, course.tier):<28} {course.spend_usd:>10.4f} {course.loss_usd:>12.4f}"
    if dollar_worth:
        yield f"  The budget was short: a dollar of it had to save {dollar_worth:,.2f} USD at least."


def _other_ways(row: Row, case: Case) -> str:
    ways = []
    if row["p_needed"] == 0:
        ways.append("other documents in the batch, or another seed, might have sent it the other way")
    elif row["p_needed"] is not None and row["p_right"] < row["p_needed"]:
        ways.append(f"it might have been accepted from a probability of {_chance(row['p_needed'])} on")
    elif not case.acceptable:
        ways.append("it might have been accepted but for the rules and checks named")
    elif row["action"] == "accept":
        ways.append(f"below a probability of {_chance(row['p_needed'])} it would not have been accepted")
    for turn in turns(case, row["dollar_worth"] or 0.0) if any(option.paid for option in case.options) else ():
        than = "were" if turn.at > turn.now else "were only"
        ways.append(f"if {turn.what} {than} {turn.at:.4g} instead of {turn.now:.4g}: {_course(turn.then)}")
    return "; ".join(ways) + "."


def _course(course: Weighed) -> str:
    return _way(course.action, course.tier)


def _way(action: str, tier: str | None) -> str:
    ways = {
        "accept": "accept it",
        "escalate": f"ask {tier}",
        "review": f"a person looks ({tier})",
        "defer": "let it wait",
    }
    return ways[action]


def _call(row: Row) -> str:
    tokens = (row["input_tokens"] or 0) + (row["cached_input_tokens"] or 0) + (row["cache_write_tokens"] or 0)
    return (
        f"  {row['started_at']:%Y-%m-%d %H:%M}  {row['tier']} ({row['model']}, {row['mode']}): {row['status']}, "
        f"{tokens:,} tokens sent, {row['output_tokens'] or 0:,} received, {row['cost_usd']:.6f} USD "
        f"(prices: {row['price_version']})"
    )


def _review(row: Row) -> str:
    kept = "confirmed" if row["before"] == row["after"] else f"changed from {row['before']!r} to {row['after']!r}"
    what = f"{row['reviewer']}: {row['field'] or 'document'} {kept}"
    return f"  {row['reviewed_at']:%Y-%m-%d %H:%M}  {what}, {row['cost_usd']:.2f} USD"


def _chance(p: float) -> str:
    return f"{p:.4f}".rstrip("0").rstrip(".") if p < 1 else "1"
