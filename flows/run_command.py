"""A flow in this process, from the command line, with a Prefect server that may be slow, die or hang."""

import atexit
import gc
import json
import logging
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from flows.observer import OBSERVER
from flows.parameters import CollectParameters, RunParameters
from flows.server import RunServer
from flows.spared import spare_for_prefect, spare_pandas
from flows.summary import RunSummary
from flows.watch import Watch, leave
from routing.errors import LedgerlineError, ServerError
from tasks.examining import MODULE as READERS
from tasks.workers.start import start_ahead

_REMEDY = "Look at its log, or restart it."


def processing(parameters: RunParameters) -> Callable[[], object]:
    """`ledgerline run`. Raises `ConfigurationError` and `SourceError`."""
    start_ahead(READERS)  # the first documents are read by a process that loads while Prefect is imported here
    gc.disable()  # importing makes half a million objects that all stay
    spare_for_prefect()
    from flows.process_documents import check_parameters, process_documents

    gc.freeze()
    gc.enable()
    check_parameters(parameters)
    return partial(process_documents, parameters)


def collecting(parameters: CollectParameters) -> Callable[[], object]:
    """`ledgerline collect-batches`. Raises `ConfigurationError`."""
    from flows.collect_batches import collect_batches

    parameters.load_policy()
    return partial(collect_batches, parameters)


class RunCommand:
    """One run from the command line. `execute` once; the process ends by itself soon after.

    `prepare` imports the flow, checks what it is asked for, and says how to start it.
    """

    def __init__(self, prepare: Callable[[], Callable[[], object]], as_json: bool) -> None:
        self._prepare, self._as_json = prepare, as_json
        self._status = 1
        self._printed = False
        # Registered before Prefect's own: it runs after them, and nothing runs after it. DuckDB's binding would print
        # pages about leaked objects otherwise, because Prefect's threads still live when modules are torn down.
        atexit.register(lambda: leave(self._status))
        self._server = RunServer()
        atexit.register(self._server.stop)

    def execute(self) -> None:
        """Run the batch and print what became of it. Raises `LedgerlineError` if it could not finish."""
        start = self._prepare()
        spare_pandas()
        _hush_prefect()
        with self._server.use():
            watch = Watch(self._give_up)
            OBSERVER.set(watch)
            try:
                start()
            except BaseException as error:  # noqa: BLE001 - what Prefect raises may hide what the run raised
                self._explain(watch, error)
            self._print(watch.summary)

    def exits_with(self, status: int) -> None:
        """The exit status of the process."""
        self._status = status

    def _explain(self, watch: Watch, error: BaseException) -> None:
        """Raise what ended the run; a run that is published can't fail any more."""
        cause = watch.error or error
        if watch.summary:
            print(f"warning: the Prefect server was not told of the end: {error}", file=sys.stderr)
        elif isinstance(cause, KeyboardInterrupt):
            raise LedgerlineError("interrupted. What was settled is stored; run again to go on.") from None
        elif watch.begun or isinstance(cause, LedgerlineError):
            raise cause
        else:  # nothing of ours has run yet
            raise ServerError(self._server.api_url, f"did not let the run begin: {cause}", _REMEDY) from cause

    def _print(self, summary: RunSummary | None) -> None:
        from flows.terminal import print_summary

        if summary and not self._printed:
            self._printed = True
            if self._as_json:
                print(json.dumps(summary.as_json()), flush=True)
            else:
                print_summary(summary)

    def _give_up(self, watch: Watch) -> None:
        """The server kept us waiting for too long."""
        if watch.error:
            print(f"error: {watch.error}", file=sys.stderr)
            leave(watch.error.exit_status if isinstance(watch.error, LedgerlineError) else 1)
        if not watch.summary:
            error = ServerError(self._server.api_url, "did not let the run begin", _REMEDY)
            print(f"error: {error}", file=sys.stderr)
            leave(error.exit_status)
        if not self._printed:
            print("warning: the Prefect server does not answer; its page of this run is not complete", file=sys.stderr)
        self._print(watch.summary)
        leave(0)


def _hush_prefect() -> None:
    """Keep Prefect's own account of a failure, pages of it, off the terminal: the command says it in one line."""
    import prefect

    home = str(Path(prefect.__file__).parent)
    for handler in logging.getLogger().handlers:
        handler.addFilter(lambda record: record.levelno < logging.ERROR or not record.pathname.startswith(home))
