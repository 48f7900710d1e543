"""The summary of a run and of an estimate as a person at a terminal reads them."""

import shutil
import sys
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from flows.summary import OUTCOMES, RunSummary

_SHOWN = 5


def print_summary(summary: RunSummary) -> None:
    """What became of the documents, what it cost, what waits for a person and why, and where to look next."""
    console = Console(highlight=False, soft_wrap=True)
    known = f", {summary.known:,} of them settled before" if summary.known else ""
    console.print(f"\n[bold]{summary.documents:,} documents[/] in {summary.seconds:,.1f} s{known}\n")
    for outcome, meaning in OUTCOMES.items():
        if summary.outcomes[outcome]:
            console.print(f"  {summary.outcomes[outcome]:>7,}  {outcome:<10} {meaning}")
    console.print(f"\n  paid                 ${summary.cost_usd:,.2f}")
    console.print(f"  premium-everywhere   ${summary.premium_everywhere_usd:,.2f}  (estimate: one call per document to")
    console.print("                       the dearest model, for what this run settled)")
    if summary.waiting_in_all:
        _print_queue(console, summary)
    _print_next(console, summary)


def _print_queue(console: Console, summary: RunSummary) -> None:
    shown = summary.waiting[:_SHOWN]
    head = "the most valuable first" if len(shown) == summary.waiting_in_all else f"the {len(shown)} most valuable"
    console.print(f"\n[bold]{summary.waiting_in_all:,} wait for a person[/], {head}:\n")
    for waiting in shown:
        value = "value unknown" if waiting.value_usd is None else f"${waiting.value_usd:,.2f}"
        console.print(Text(f"  {value:>13}  ").append(_plain(waiting.file_name)))
        for reason in waiting.reason.split("; "):
            Console(highlight=False).print(Padding(Text.assemble("- ", _plain(reason)), (0, 0, 0, 17)))


def _print_next(console: Console, summary: RunSummary) -> None:
    console.print("\n[bold]Where to look next[/]\n")
    store = "" if Path(summary.store) == Path("data/store").absolute() else f" --store {summary.store}"
    ours = _command()
    for command, what in (
        (f"{ours} sql --saved work_queue{store}", "what waits for a person"),
        (f'{ours} sql "select * from invoices"{store}', "what was read"),
        (f"{ours} verify{store}", "that nothing was lost"),
    ):
        console.print(f"  {command}   [dim]{what}[/]")
    console.print(f"  {summary.store}/ledger.duckdb   [dim]all tables, for any DuckDB client[/]\n")


def _command() -> str:
    """What to type on this machine: the bare name where the shell finds it, else its place."""
    place = Path(sys.executable).with_name("ledgerline")
    if shutil.which("ledgerline") or not place.exists():
        return "ledgerline"
    return str(place.relative_to(Path.cwd()) if place.is_relative_to(Path.cwd()) else place)


def _plain(text: str) -> Text:
    """Text of a document: it must not steer the terminal."""
    return Text("".join(c if c.isprintable() else " " for c in text))
