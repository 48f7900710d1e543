"""What happens in a run, line by line for other programs: LEDGERLINE_LOG=json, on stderr, or json:FILE.

Each line is a JSON object with time, level, run, stage and message, and where it concerns one, document_id, file_name
and tier. Never the content of a document, what a reader said about it in words of the document, or a key.

Prefect's UI gets the run's own messages and a line for each chunk with exceptions; what concerns one document is here
and in the ledger alone.
"""

import json
import logging
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

from prefect import get_run_logger

from routing.errors import ConfigurationError
from tasks.documents import Examined

VARIABLE = "LEDGERLINE_LOG"

_OURS, _ASKING, _PREFECTS = "ledgerline", "ledgerline.ask", ("prefect.flow_runs", "prefect.task_runs")
_FACTS = ("stage", "document_id", "file_name", "tier", "code", "remarks", "wait_seconds", "tries", "percent", "scope")

logger = logging.getLogger(f"{_OURS}.read")


class JsonLines(logging.Formatter):
    """A record as one line of JSON, with the run that it belongs to."""

    def __init__(self, run_id: str) -> None:
        super().__init__()
        self._run_id = run_id

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "run": self._run_id,
            "stage": "run",
            "message": record.getMessage(),
        }
        return json.dumps(line | {name: record.__dict__[name] for name in _FACTS if name in record.__dict__})


@contextmanager
def logged(run_id: str) -> Iterator[None]:
    """Write the lines of one run as long as the block goes on, if that is asked for. Raises `ConfigurationError`."""
    handler = _handler(os.environ.get(VARIABLE, ""))
    handler.setFormatter(JsonLines(run_id))
    ours = logging.getLogger(_OURS)
    ours.setLevel(logging.INFO)
    ours.propagate = False
    with ExitStack() as attached:
        attached.callback(handler.close)
        for name in (_OURS, *_PREFECTS):
            logging.getLogger(name).addHandler(handler)
            attached.callback(logging.getLogger(name).removeHandler, handler)
        to_prefect = _ToPrefect()
        asking = logging.getLogger(_ASKING)
        asking.addHandler(to_prefect)
        attached.callback(asking.removeHandler, to_prefect)
        yield


class _ToPrefect(logging.Handler):
    """Warnings about tiers and budgets for the run's page, from whichever thread they come."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._run = get_run_logger()

    def emit(self, record: logging.LogRecord) -> None:
        self._run.log(record.levelno, "%s", record.getMessage())


def tell_of_chunk(number: int, examined: Sequence[Examined]) -> None:
    """The exceptions among the documents of a chunk: each for other programs, their number for people."""
    for document in examined:
        about = {"stage": "read", "document_id": document.file.document_id, "file_name": document.file.file_name}
        if document.problem:
            logger.warning("can't be read", extra=about | {"code": document.problem[0]})
        elif document.warnings:
            logger.info("was read with remarks", extra=about | {"remarks": len(document.warnings)})
    codes = Counter(document.problem[0] for document in examined if document.problem)
    if codes:
        which = ", ".join(f"{count} {code}" for code, count in codes.most_common())
        get_run_logger().info("chunk %d: %d documents can't be read (%s)", number, codes.total(), which)


def _handler(wanted: str) -> logging.Handler:
    form, _, file = wanted.partition(":")
    if not wanted:
        return logging.NullHandler()
    if form != "json":
        raise ConfigurationError(VARIABLE, f"{wanted!r} is no way to log", "Set it to json, or to json:FILE, or not.")
    try:
        return logging.FileHandler(file, encoding="utf-8") if file else logging.StreamHandler(sys.stderr)
    except OSError as error:
        raise ConfigurationError(VARIABLE, f"{file} can't be written: {error.strerror}", "Name another file.") from None
