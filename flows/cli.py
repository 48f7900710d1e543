"""The command line: one function a command. What is slow to import is imported by the command that needs it."""

import sys
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from routing.errors import LedgerlineError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.parameters import RunParameters

app = typer.Typer(
    help="Batch document processing that spends on a model only where the evidence asks for it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _usd(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise typer.BadParameter(f"{text!r} is no amount in US dollars, such as 5 or 0.50") from None
    if not (amount.is_finite() and amount >= 0):
        raise typer.BadParameter(f"{text!r} is no amount of 0 or more")
    return amount


Source = Annotated[str, typer.Argument(help="Folder, file or object-store URL with the documents.")]
StoreFolder = Annotated[Path, typer.Option("--store", help="Folder with the results.", show_default=True)]
PolicyFile = Annotated[str | None, typer.Option("--policy", help="Policy file (TOML); by default data/policy.toml.")]
Limit = Annotated[int | None, typer.Option(min=1, help="Stop after so many documents.")]
Workers = Annotated[int | None, typer.Option(min=1, max=256, help="Reading processes; by default one a core.")]
Budget = Annotated[Decimal | None, typer.Option("--budget", parser=_usd, metavar="USD", help="The most to spend.")]
Dask = Annotated[str | None, typer.Option("--dask", metavar="ADDRESS", help="Read on a Dask cluster: tcp://HOST:PORT.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
DEFAULT_STORE = Path("data/store")


@app.command()
def run(
    source: Source,
    store: StoreFolder = DEFAULT_STORE,
    policy: PolicyFile = None,
    budget: Budget = None,
    limit: Limit = None,
    workers: Workers = None,
    dask: Dask = None,
    as_json: Json = False,
) -> None:
    """Process a batch of documents into the store."""
    from flows.run_command import processing

    parameters = _parameters(source, store, policy, limit, workers, budget, dask)
    _execute(lambda: processing(parameters), as_json)


@app.command()
def collect_batches(
    store: StoreFolder = DEFAULT_STORE,
    policy: PolicyFile = None,
    budget: Budget = None,
    as_json: Json = False,
) -> None:
    """Pick up what batches have been answered, and settle the documents that waited for it."""
    from flows.parameters import CollectParameters
    from flows.run_command import collecting

    parameters = CollectParameters(store=str(store), policy=policy, budget_usd=budget)
    _execute(lambda: collecting(parameters), as_json)


@app.command()
def estimate(
    source: Source,
    store: StoreFolder = DEFAULT_STORE,
    policy: PolicyFile = None,
    budget: Budget = None,
    limit: Limit = None,
    workers: Workers = None,
    as_json: Json = False,
) -> None:
    """What a run would cost and why: reads the documents, spends and writes nothing."""
    from flows.estimate_command import print_estimate

    print_estimate(_parameters(source, store, policy, limit, workers, budget), as_json)


@app.command()
def sql(
    query: Annotated[str | None, typer.Argument(help="SQL to run on the ledger.")] = None,
    saved: Annotated[str | None, typer.Option(help="Run a saved query; `--saved list` lists them.")] = None,
    store: StoreFolder = DEFAULT_STORE,
    form: Annotated[Literal["table", "csv", "json"], typer.Option("--format", help="How to print the rows.")] = "table",
) -> None:
    """Query the ledger, read-only; a run may be going on."""
    from tasks.store.formats import render
    from tasks.store.query import list_queries, query_ledger

    if (query is None) == (saved is None):
        raise UsageError('sql: give either a query, `ledgerline sql "select ..."`, or the name of one, `--saved NAME`')
    queries = list_queries()
    if saved == "list":
        columns, rows = ["name", "question"], iter([(q.name, q.question) for q in queries.values()])
    elif saved is not None and saved not in queries:
        raise UsageError(f"sql: there is no saved query {saved!r}, only {', '.join(queries)}")
    else:
        columns, rows = query_ledger(store, queries[saved].sql if saved else str(query))
    for line in render(columns, rows, form):
        print(line)


@app.command()
def fields(
    policy: PolicyFile = None,
    form: Annotated[Literal["table", "csv", "json"], typer.Option("--format", help="How to print the rows.")] = "table",
) -> None:
    """What is read from documents: every field with its meaning, your own among them."""
    from flows.fields_command import print_fields

    print_fields(policy, form)


@app.command()
def score(
    truth: Annotated[Path, typer.Argument(help="File with the known answers, one JSON object a line.")],
    store: StoreFolder = DEFAULT_STORE,
    as_json: Json = False,
) -> None:
    """Hold the results against known answers: accuracy, coverage, and whether the confidence can be trusted."""
    from flows.score_command import print_score

    print_score(store, truth, as_json)


@app.command()
def why(
    document: Annotated[str, typer.Argument(help="Its file name, or the first digits of its document_id.")],
    store: StoreFolder = DEFAULT_STORE,
) -> None:
    """Why a document is where it is: evidence, chances, prices, and what would have changed it."""
    from flows.why_command import print_why

    print_why(store, document)


@app.command()
def replay(
    policy: Annotated[str, typer.Option("--policy", help="The other policy (TOML).", show_default=False)],
    store: StoreFolder = DEFAULT_STORE,
    budget: Annotated[Decimal | None, typer.Option(parser=_usd, metavar="USD", help="For calls, a run.")] = None,
    as_json: Json = False,
) -> None:
    """What another policy, price list, line-up of models or budget would have made of past runs."""
    from flows.replay_command import print_replay

    print_replay(store, policy, budget, as_json)


@app.command()
def promise(store: StoreFolder = DEFAULT_STORE, policy: PolicyFile = None) -> None:
    """From which confidence on documents may be accepted by the policy's promise, and what more labels would buy."""
    from flows.promise_command import print_promise

    print_promise(store, policy)


@app.command()
def verify(store: StoreFolder = DEFAULT_STORE) -> None:
    """Check the conservation laws: nothing lost, nothing doubled, every cent accounted for."""
    from tasks.store.verify import verify as verify_store

    laws = verify_store(store)
    for law in laws:
        print(f"{'ok    ' if law.passed else 'BROKEN'}  {law.name:<24}  {law.detail}")
    if not all(law.passed for law in laws):
        raise LedgerlineError("the store breaks its laws; see above which")


@app.command()
def rebuild(store: StoreFolder = DEFAULT_STORE) -> None:
    """Make ledger.duckdb anew from the Parquet files."""
    from tasks.store.store import rebuild as rebuild_store

    rebuild_store(store)
    print(f"{store / 'ledger.duckdb'} is made anew")


@app.command()
def erase(
    documents: Annotated[list[str] | None, typer.Argument(help="File names, or first digits of document_ids.")] = None,
    before: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="All settled before that day.")] = None,
    expired: Annotated[bool, typer.Option(help="All that is older than `content_days` of the policy allows.")] = False,
    why: Annotated[str, typer.Option(help="On what grounds; it is kept.")] = "on request",
    by: Annotated[str | None, typer.Option(help="Who asks for it, instead of your user name; it is kept.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether that is meant.")] = False,
    store: StoreFolder = DEFAULT_STORE,
    policy: PolicyFile = None,
) -> None:
    """Erase the content of documents for good; what became of them and what they cost stays. Finishes earlier ones."""
    from flows.erase_command import Choice, erase_content

    choice = Choice(tuple(documents or ()), before.date() if before else None, expired)
    erase_content(store, policy, choice, by, why, yes)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 lets other machines in.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 4200,
    source: Annotated[str | None, typer.Option(help="Documents of the nightly run, not the samples.")] = None,
    store: Annotated[str | None, typer.Option(help="Store of the nightly run, instead of data/store.")] = None,
    cron: Annotated[str | None, typer.Option(help="When the nightly run starts, instead of prefect.yaml's.")] = None,
    timezone: Annotated[str | None, typer.Option(help="Time zone of --cron, such as Europe/Berlin.")] = None,
) -> None:
    """Prefect's server with its UI, a worker, and the deployments: nightly runs, and runs from a form."""
    from flows.serve_command import Service

    Service(host, port, source, store, cron, timezone).run()


def main() -> None:
    """The console script. Errors of ours are one line on stderr and their exit status."""
    try:
        app()
    except LedgerlineError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(error.exit_status)


def _execute(prepare: "Callable[[], Callable[[], object]]", as_json: bool) -> None:
    from flows.run_command import RunCommand

    command = RunCommand(prepare, as_json)
    try:
        command.execute()
    except LedgerlineError as error:
        command.exits_with(error.exit_status)
        raise
    command.exits_with(0)


def _parameters(
    source: str,
    store: Path,
    policy: str | None,
    limit: int | None,
    workers: int | None,
    budget: Decimal | None = None,
    dask: str | None = None,
) -> "RunParameters":
    from pydantic import ValidationError

    from flows.parameters import RunParameters

    try:
        return RunParameters(
            source=source, store=str(store), policy=policy, limit=limit, workers=workers, budget_usd=budget, dask=dask
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
