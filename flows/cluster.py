"""Reading on the machines of a Dask cluster: what the flow's own reading processes do, done by Dask's workers.

Only reading is spread. A chunk is a Prefect task of this process, which sends it to a worker and waits: so a worker
needs Ledgerline and the documents, but no way to Prefect, no key and no store. (Prefect's own Dask runner would run
the whole task there, with Prefect's settings and its API key.)
"""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from routing.errors import ClusterError, ConfigurationError, DocumentError, NoRoomError, StoreError
from routing.policy import Policy
from tasks.ask.kept import put
from tasks.discover import ensure_unchanged
from tasks.documents import Examined, SourceFile
from tasks.elsewhere import SAME_EVERYWHERE, Brought, Errand, Sent, differences, examine_elsewhere, sees
from tasks.fingerprint import fingerprint

if TYPE_CHECKING:
    from distributed import Client, Future

CONNECT_SECONDS = 15.0
"""How long the scheduler may take to answer."""

WORKERS_SECONDS = 60.0
"""How long a cluster may be without any worker, at the beginning and later."""

_LOOK_SECONDS = 3.0


def require_dask() -> None:
    """Raises `ConfigurationError` where the extra is not installed."""
    try:
        import prefect_dask  # noqa: F401
    except ImportError:
        remedy = "Install the extra `dask`: `pip install 'ledgerline[dask]'`, or `uv pip install 'ledgerline[dask]'`."
        raise ConfigurationError("dask", "prefect-dask is not installed", remedy) from None


@contextmanager
def connected(address: str | None, source: str) -> Iterator["Cluster | None"]:
    """The cluster whose scheduler is at `address`, looked at before anything is sent; None where None is asked for.

    Raises `ConfigurationError` and `ClusterError`.
    """
    if address is None:
        yield None
        return
    require_dask()
    from prefect_dask.task_runners import DaskTaskRunner

    with DaskTaskRunner(address=address, client_kwargs={"timeout": CONNECT_SECONDS}) as runner:
        try:
            client = runner.client
        except (OSError, ValueError) as error:
            remedy = "Start one with `dask scheduler`, or correct the address; it looks like tcp://10.0.0.5:8786."
            raise ClusterError(address, f"no scheduler answers: {error}", remedy) from None
        yield Cluster(address, client, source)


class Cluster:
    """The machines that read. Raises `ClusterError` where none is there, or they do not have what this one has."""

    def __init__(self, address: str, client: "Client", source: str) -> None:
        self.address, self._client = address, client
        self._wait_for_workers()
        self._check_fingerprints()
        self.sees_source = "://" not in source and all(self._client.run(sees, source).values())

    @property
    def workers(self) -> int:
        """How many there are now; 0 as long as the scheduler does not answer."""
        return len(self._client.scheduler_info().get("workers", ()))

    def reading(
        self, run_id: str, policy: Policy, processes: int | None, spool: Path, keeping: Path | None
    ) -> "Reading":
        """What reads for one run, with so many `processes` on each worker; what lies in `spool` is sent along."""
        fields = Path(policy.fields_file).expanduser().read_text(encoding="utf-8") if policy.fields_file else ""
        errand = Errand(self.address, run_id, policy, fields, keeping is not None, processes, fingerprint())
        return Reading(self, errand, spool, keeping)

    def submit(self, errand: Errand, chunk: Sequence[Sent]) -> "Future[list[Brought]]":
        """Send a chunk to whichever worker has least to do."""
        return self._client.submit(examine_elsewhere, errand, chunk, pure=False)

    def wait(self, future: "Future[list[Brought]]") -> list[Brought]:
        """What came of it. Raises `ClusterError` where nobody is there any more to read it."""
        from distributed import KilledWorker

        alone_since: float | None = None
        while True:
            try:
                return future.result(timeout=_LOOK_SECONDS)
            except TimeoutError:
                alone_since = None if self.workers else alone_since or time.monotonic()
                if alone_since and time.monotonic() - alone_since > WORKERS_SECONDS:
                    raise self._error(f"all workers are gone for {WORKERS_SECONDS:g} s", _START_WORKERS) from None
            except CancelledError as error:
                if getattr(error, "reason", "") == _CALLED_OFF:
                    raise
                raise self._error("the scheduler is gone", f"Start it again, and workers. {_GO_ON}") from None
            except KilledWorker as error:
                raise self._error(f"workers die of a chunk: {error}", f"See their logs. {_GO_ON}") from None

    def call_off(self, futures: Sequence["Future[list[Brought]]"]) -> None:
        """Nobody waits for them any more."""
        if self._client.status == "running":
            self._client.cancel(futures, reason=_CALLED_OFF)  # type: ignore[no-untyped-call]

    def _wait_for_workers(self) -> None:
        try:
            self._client.wait_for_workers(1, timeout=WORKERS_SECONDS)
        except TimeoutError:
            raise self._error(f"it has no workers, also after {WORKERS_SECONDS:g} s", _START_WORKERS) from None

    def _check_fingerprints(self) -> None:
        for worker, found in self._client.run(fingerprint, on_error="return").items():
            if isinstance(found, Exception):
                raise self._error(f"{worker} can't use Ledgerline: {found}", SAME_EVERYWHERE)
            if different := differences(fingerprint(), found):
                raise self._error(f"{worker} has {different}", SAME_EVERYWHERE)

    def _error(self, problem: str, remedy: str) -> ClusterError:
        return ClusterError(self.address, problem, remedy)


class Reading:
    """What a cluster reads for one run, asked by several threads at once.

    Readings of documents that a model may be asked about are put down in `keeping` on this machine, None for none.
    """

    held = ""  # each worker's log says it of its own processes

    def __init__(self, cluster: Cluster, errand: Errand, spool: Path, keeping: Path | None) -> None:
        self._cluster, self._errand, self._spool, self._keeping = cluster, errand, spool, keeping
        self._going: set[Future[list[Brought]]] = set()

    def __enter__(self) -> "Reading":
        return self

    def __exit__(self, *_: object) -> None:
        """Call off what nobody waits for any more."""
        self._cluster.call_off(list(self._going))

    def run(self, files: Sequence[SourceFile]) -> list[Examined]:
        """Examine `files`; the results come in their order, and a failure is that document's `problem`."""
        if not files:
            return []
        future = self._cluster.submit(self._errand, [self._sent(file) for file in files])
        self._going.add(future)
        try:
            return [self._taken(brought) for brought in self._cluster.wait(future)]
        finally:
            self._going.discard(future)

    def _sent(self, file: SourceFile) -> Sent:
        """The document with its bytes where workers can't see it: it was unpacked, fetched, or lies on this machine."""
        if file.problem or (self._cluster.sees_source and not Path(file.path).is_relative_to(self._spool)):
            return Sent(file)
        try:
            return Sent(file, Path(file.path).read_bytes())
        except OSError as error:
            return Sent(replace(file, problem=(DocumentError.code, f"it went away: {error.strerror}")))

    def _taken(self, brought: Brought) -> Examined:
        examined = brought.examined
        if brought.unseen:
            return replace(examined, problem=(DocumentError.code, self._gone(examined.file, brought.unseen)))
        if brought.kept and self._keeping:
            try:
                put(brought.kept, self._keeping, examined.file.document_id)
            except NoRoomError as error:
                raise StoreError.unwritable(str(self._keeping), error.detail) from None
        return examined

    def _gone(self, file: SourceFile, unseen: str) -> str:
        """Why a document could not be read: it went away. Raises `ClusterError` where it did not, for us."""
        try:
            ensure_unchanged(file)
        except DocumentError as error:
            return error.detail
        remedy = "Mount the source at the same path on every machine, or on no worker: then documents are sent."
        raise ClusterError(self._cluster.address, f"a worker does not see {file.path} as it is here: {unseen}", remedy)


_CALLED_OFF = "called off"
_GO_ON = "What was settled is stored; run again to go on."
_START_WORKERS = "Start some on every machine: `dask worker ADDRESS`. What was settled is stored; run again to go on."
