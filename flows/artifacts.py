"""What a run leaves in Prefect's UI: a summary to read, the outcomes and the cost as tables."""

from prefect import get_run_logger
from prefect.artifacts import create_markdown_artifact, create_table_artifact

from flows.summary import OUTCOMES, RunSummary, Waiting

_YARDSTICK = "each settled document by the dearest model, at list price"


def create_artifacts(summary: RunSummary) -> None:
    """Create all three. A server that can't take them costs the run nothing but a warning."""
    try:
        create_markdown_artifact(
            summary_text(summary), key="run-summary", description="What became of the documents, and what to do next"
        )
        create_table_artifact(outcome_table(summary), key="run-outcomes", description="Documents by outcome")
        create_table_artifact(cost_table(summary), key="run-cost", description="What the run cost, in US dollars")
    except Exception as error:  # noqa: BLE001 - whatever the server or the way to it has
        get_run_logger().warning("the results are stored, but the server takes no artifacts: %s", error)


def summary_text(summary: RunSummary) -> str:
    """The summary as Markdown."""
    outcomes = "\n".join(
        f"| {row['outcome']} | {row['documents']} | {row['meaning']} |" for row in outcome_table(summary)
    )
    return f"""# {summary.documents:,} documents

From `{summary.source}`

| outcome | documents | meaning |
|---|---:|---|
{outcomes}

{_news(summary)} Run `{summary.run_id}` took {summary.seconds:,.1f} s.

## Cost

- **{summary.cost_usd:,.2f} USD** paid to models
- **{summary.premium_everywhere_usd:,.2f} USD** premium-everywhere: an estimate, {_YARDSTICK}

## What waits for a human

{_queue(summary)}

## Where to look next

The results are in `{summary.store}`.

```
ledgerline sql --saved work_queue --store {summary.store}
ledgerline sql "select * from invoices" --store {summary.store}
ledgerline verify --store {summary.store}
```
"""


def outcome_table(summary: RunSummary) -> list[dict[str, str | int]]:
    """A row for each outcome, also those that no document has."""
    return [{"outcome": o, "documents": summary.outcomes[o], "meaning": OUTCOMES[o]} for o in OUTCOMES]


def cost_table(summary: RunSummary) -> list[dict[str, str]]:
    """What was paid, and the yardstick beside it."""
    calls = ", ".join(f"{count:,} {tier}" for tier, count in summary.calls.items()) or "none"
    saved = summary.premium_everywhere_usd - summary.cost_usd
    return [
        {"item": "paid for model calls", "US dollars": f"{summary.cost_usd:,.4f}", "remark": f"calls: {calls}"},
        {
            "item": "premium-everywhere",
            "US dollars": f"{summary.premium_everywhere_usd:,.4f}",
            "remark": f"estimate: {_YARDSTICK}",
        },
        {"item": "saved", "US dollars": f"{saved:,.4f}", "remark": "the difference, so an estimate too"},
    ]


def _news(summary: RunSummary) -> str:
    if not summary.known:
        return "All of them are new."
    return f"{summary.known:,} were settled by an earlier run and met again; they were neither read nor paid anew."


def _queue(summary: RunSummary) -> str:
    if not summary.waiting_in_all:
        return "Nothing."
    rows = "\n".join(f"1. **{_plain(w.file_name)}**, {_value(w)}: {_plain(w.reason)}" for w in summary.waiting)
    shown = len(summary.waiting)
    head = f"The {shown} most valuable of {summary.waiting_in_all:,}:\n\n" if shown < summary.waiting_in_all else ""
    return head + rows


def _value(waiting: Waiting) -> str:
    return "value unknown" if waiting.value_usd is None else f"{waiting.value_usd:,.2f} USD"


def _plain(text: str) -> str:
    """Text of a document as text: it can't start a line, a link or HTML."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    return "".join(f"\\{c}" if c in r"\`*_[]<>|!" else c for c in plain)
