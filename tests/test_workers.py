"""The pool of reading processes: whatever a document does, it does to itself alone."""

import functools
import importlib
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import CancelledError
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from routing.errors import WorkerError
from routing.policy import parse_policy
from tasks.documents import SourceFile
from tasks.workers import WorkerPool
from tasks.workers.start import last_words, start_ahead, take

HERE = Path(__file__).parent
POLICY = parse_policy((HERE.parent / "data/policy.toml").read_text(), "data/policy.toml")
LIMITS = POLICY.limits.model_copy(update={"document_seconds": 30.0, "worker_memory_mb": 500})
LINUX = sys.platform == "linux"
SHORT = LIMITS.model_copy(update={"document_seconds": 1.0})


@pytest.fixture(scope="module")
def readers():
    """The module of misbehaving readers, importable here and in reading processes."""
    sys.path.insert(0, str(HERE))
    yield importlib.import_module("misbehaving")
    sys.path.remove(str(HERE))


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Where the readers may write: what tests get as `tmp_path` lies in it."""
    return [tmp_path_factory.getbasetemp()]


@pytest.fixture(scope="module")
def pool(readers, folders):
    """A pool of two with room to breathe."""
    with WorkerPool(2, LIMITS, readers.behave, folders) as pool:
        yield pool


def document(name, path="", problem=None):
    return SourceFile("0" * 64, name, "tests", str(path), 1, problem=problem)


def problems(pool, *names, path=""):
    return [examined.problem for examined in pool.run([document(name, path) for name in names])]


def until(condition, seconds=30.0):
    """Wait for `condition`, and fail where it does not come."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def test_results_come_in_the_order_of_the_files(pool):
    """However long each one takes."""
    names = ["sleep 0.3", "read a", "sleep 0.1", "read b"]
    assert [e.file.file_name for e in pool.run([document(name) for name in names])] == names


def test_an_empty_chunk_gives_no_results(pool):
    """And starts nothing."""
    assert pool.run([]) == []


def test_a_file_with_a_problem_is_not_read(pool):
    """Its problem is passed on as it is."""
    file = document("die", problem=("empty", "it has no bytes"))
    assert pool.run([file])[0].problem == ("empty", "it has no bytes")


@pytest.mark.parametrize(
    ("behaviour", "code", "detail"),
    [
        ("refuse", "encrypted", "needs a password"),
        ("die", "corrupt", "the reading process died: exit status 3"),
        ("crash", "corrupt", "the reading process died: signal 11 (Segmentation fault)"),
        ("fail", "corrupt", "reader failed: TypeError: no such thing"),
        ("exit", "corrupt", "reader failed: SystemExit: done"),
        ("raise_unpicklable", "corrupt", "reader failed: UnwillingError: x"),
        ("return_unpicklable", "corrupt", "reader failed: "),
        ("fill_memory", "limit", "worker_memory_mb 500: "),
        ("bad_alloc", "limit", "worker_memory_mb 500: "),
    ],
)
def test_a_failure_is_that_documents_outcome(pool, behaviour, code, detail):
    """Stated with a code and a reason; its neighbours are read."""
    before, failed, after = problems(pool, "read", behaviour, "read")
    assert (before, after) == (None, None)
    assert failed[0] == code
    assert failed[1].startswith(detail)


@pytest.mark.parametrize("behaviour", ["sleep 600", "spin_in_native_code"])
def test_a_hang_ends_at_its_limit(readers, behaviour):
    """In Python or in native code; the process is replaced and the batch goes on."""
    with WorkerPool(1, SHORT, readers.behave) as pool:
        pool.run([document("read")])
        started = time.monotonic()
        hung, after = problems(pool, behaviour, "read")
        assert time.monotonic() - started < 15
    assert hung[0] == "limit"
    assert hung[1].startswith("document_seconds 1: reading it takes longer and was ended; raise document_seconds in")
    assert after is None


def test_time_is_counted_from_the_start_of_reading(readers):
    """A document that waits for its turn loses nothing."""
    with WorkerPool(1, SHORT, readers.behave) as pool:
        assert problems(pool, *["sleep 0.3"] * 5) == [None] * 5


def test_an_unexpected_failure_is_logged_with_its_traceback(pool, caplog):
    """And an expected one is not."""
    problems(pool, "fail", "refuse")
    assert [("TypeError" in r.message, "do_fail" in r.message) for r in caplog.records] == [(True, True)]


@pytest.mark.parametrize("behaviour", ["get_killed_once", "abort_once", "exit_once", "fail_once", "starve_once"])
def test_a_kill_from_outside_and_an_abort_are_tried_once_more(pool, tmp_path, behaviour):
    """The kernel's out-of-memory killer may have hit an innocent, code aborts, exits or fails where it gets no memory,
    and where there is none to send an answer nothing is known of the document."""
    trace = tmp_path / "trace"
    assert problems(pool, behaviour, path=trace) == [None]
    assert len(trace.read_text().splitlines()) == 2


def test_a_second_kill_is_final(pool, tmp_path):
    """What kills its process twice is at fault itself."""
    trace = tmp_path / "trace"
    [(code, detail)] = problems(pool, "get_killed", path=trace)
    assert (code, "killed twice" in detail) == ("limit", True)
    assert len(trace.read_text().splitlines()) == 2


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("killed", "signal 9 .* twice.*--workers"),
        ("starved", "signal 9 .* twice.*--workers"),
        ("broken", "map segment"),
    ],
)
def test_a_process_that_ends_while_it_starts_is_started_once_more(readers, tmp_path, capfd, how, said, times):
    """Twice in a row is no accident: then no document is blamed, the run ends and says what may help. What a process
    without memory would have to say is told in these words, not in its own."""
    with WorkerPool(1, LIMITS, readers.ended_while_loading(tmp_path / "trace", times, how), [tmp_path]) as pool:
        if times == 1:
            assert problems(pool, "read") == [None]
        else:
            with pytest.raises(WorkerError, match=said):
                problems(pool, "read")
    assert capfd.readouterr() == ("", "")


def test_no_room_is_the_disks_fault_only_where_there_is_none(pool):
    """A document that takes a process over can't end the run by saying so."""
    [(code, detail)] = problems(pool, "find_no_room")
    assert (code, "finds no room where there is some" in detail) == ("corrupt", True)


def test_an_idle_process_that_dies_is_replaced(readers, tmp_path):
    """Nobody notices, and no document is blamed."""
    with WorkerPool(1, LIMITS, readers.behave, [tmp_path]) as pool:
        pool.run([document("note", tmp_path / "trace")])
        first = int((tmp_path / "trace").read_text())
        os.kill(first, signal.SIGTERM)
        until(lambda: not psutil.pid_exists(first) or psutil.Process(first).status() == psutil.STATUS_ZOMBIE)
        assert problems(pool, "read") == [None]


def test_processes_are_loaded_once(readers, tmp_path):
    """Two hundred documents, two processes."""
    with WorkerPool(2, LIMITS, readers.behave, [tmp_path]) as pool:
        pool.run([document(f"note {number}", tmp_path / "trace") for number in range(200)])
    assert len({line.split()[0] for line in (tmp_path / "trace").read_text().splitlines()}) <= 2


@pytest.mark.skipif(not LINUX, reason="elsewhere a process can't tell what it holds")
def test_a_process_that_holds_too_much_is_replaced(pool, tmp_path):
    """What documents leave behind is no burden to the next: twenty of 60 MB each pass through two of 500 MB."""
    trace = tmp_path / "trace"
    assert problems(pool, *["keep_memory"] * 20, path=trace) == [None] * 20
    assert len({line.split()[0] for line in trace.read_text().splitlines()}) > 2


def test_a_process_that_was_started_ahead_reads_first(readers, tmp_path):
    """It loads while others do, and is held like any other once it is needed; one that died meanwhile is replaced."""
    for dies in (False, True):
        before = set(psutil.Process().children())
        start_ahead("misbehaving")
        (ahead,) = set(psutil.Process().children()) - before
        if dies:
            ahead.kill()
            until(lambda: ahead.status() == psutil.STATUS_ZOMBIE)  # noqa: B023 - asked at once
        with WorkerPool(1, LIMITS, readers.behave, [tmp_path]) as pool:
            pool.run([document("note", tmp_path / f"trace {dies}")])
            assert pool.held
        reader = int((tmp_path / f"trace {dies}").read_text())
        assert (reader == ahead.pid) is not dies


def test_a_process_that_nobody_wants_any_more_ends_without_a_word():
    """Its parent gave up before there was anything to read."""
    start_ahead("misbehaving")
    process, wire, printed, _ = take()
    wire.close()
    assert process.wait(30) == 0
    assert last_words(printed) == ""


@pytest.mark.skipif(not LINUX, reason="limits of another process")
@pytest.mark.parametrize("megabytes", [5, 8, 10, 12, 15])
def test_a_process_that_has_no_memory_to_load_is_replaced(readers, tmp_path, capfd, megabytes):
    """Wherever that ends it, nobody reads a traceback, and no document is blamed."""
    before = set(psutil.Process().children())
    start_ahead("misbehaving")
    (ahead,) = set(psutil.Process().children()) - before
    resource.prlimit(ahead.pid, resource.RLIMIT_DATA, (megabytes * 1_000_000,) * 2)
    with WorkerPool(1, LIMITS, readers.behave, [tmp_path]) as pool:
        assert problems(pool, "note", path=tmp_path / "trace") == [None]
    assert capfd.readouterr() == ("", "")


def test_several_threads_share_one_pool(pool):
    """Each gets its own results."""
    results = {}

    def run(thread):
        results[thread] = [e.doc_type for e in pool.run([document(f"read {thread}-{n}") for n in range(50)])]

    threads = [threading.Thread(target=run, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {name: [f"{name}-{n}" for n in range(50)] for name in "abcd"}


def test_reading_processes_have_no_network(pool):
    """A document must not make a reader call home."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        [(code, detail)] = problems(pool, f"connect {server.getsockname()[1]}")
    assert code == "corrupt"
    assert "reading processes have no network" in detail


@pytest.mark.skipif(not LINUX, reason="elsewhere Python's own hook is all there is, as the log says")
@pytest.mark.parametrize(
    ("what", "answer"),
    [
        ("a socket", "Operation not permitted"),
        ("a local socket", "Operation not permitted"),
        ("another process", "Operation not permitted"),
        ("another program", "Operation not permitted"),
        ("tracing", "Operation not permitted"),
        ("a file elsewhere", "Permission denied"),
        ("a file removed", "Permission denied"),
        ("the parent's environment", "Permission denied"),
        ("the parent's memory", "Permission denied"),
        ("the parent's end", "Operation not permitted"),
    ],
)
def test_native_code_is_held_by_the_kernel(pool, what, answer):
    """A document that takes the process over can't call home, start a program, write, or look at the parent's keys."""
    [examined] = pool.run([document(f"natively {what}")])
    assert (examined.problem, examined.doc_type) == (None, answer)


def test_a_pool_says_what_holds_its_processes(pool):
    """For the run's log: on some systems it is less."""
    pool.run([document("read")])
    assert "by Python: no network, no programs" in pool.held
    assert ("by seccomp" in pool.held, "by Landlock" in pool.held) == (LINUX, LINUX)


def test_reading_processes_may_start_threads(pool):
    """OCR does."""
    [examined] = pool.run([document("start_a_thread")])
    assert (examined.problem, examined.doc_type) == (None, "from a thread")


def test_reading_processes_know_no_keys(readers, monkeypatch):
    """Nothing of the environment reaches them but what their language and libraries need."""
    for name in ("OPENAI_API_KEY", "PREFECT_API_KEY", "AWS_SECRET_ACCESS_KEY", "HTTPS_PROXY", "SOME_TOKEN"):
        monkeypatch.setenv(name, "secret")
    with WorkerPool(1, LIMITS, readers.behave) as pool:
        [examined] = pool.run([document("tell_environment")])
    known = {
        "LANG",
        "LC_ALL",
        "LC_CTYPE",
        "TZ",
        "LD_LIBRARY_PATH",
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "PYTHONPATH",
    }
    assert set(examined.warnings) <= known


def test_a_reading_process_can_not_fill_the_disk(pool, tmp_path):
    """What it writes is bounded like what a container may unpack to."""
    [(code, detail)] = problems(pool, "fill_a_disk", path=tmp_path / "full")
    assert (code, "File too large" in detail) == ("corrupt", True)


def test_an_answer_is_data(pool, tmp_path):
    """A process that was taken over can't make the run execute anything."""
    [(code, detail)] = problems(pool, "answer_with_code", path=tmp_path / "mark")
    assert (code, "posix.mkdir is no data of ours" in detail) == ("corrupt", True)
    assert not (tmp_path / "mark").exists()


def test_an_answer_is_about_its_own_document(pool):
    """A process that was taken over speaks for nobody else."""
    assert problems(pool, "answer_for_another") == [("corrupt", "its reading process answered for another document")]


def test_an_answer_that_does_not_end_is_a_hang(readers):
    """It ends at the same limit."""
    with WorkerPool(1, SHORT, readers.behave) as pool:
        endless, measureless, after = problems(pool, "answer_without_end", "answer_without_measure", "read")
    assert (endless[0], measureless[0], after) == ("limit", "corrupt", None)
    assert "document_seconds 1" in endless[1] and "a message of 1000000000000 bytes" in measureless[1]


@pytest.mark.skipif(not LINUX, reason="needs a way to forbid processes")
def test_where_no_process_can_be_started_the_run_says_so(tmp_path):
    """And what would help."""
    script = tmp_path / "main.py"
    script.write_text(BARREN.format(here=str(HERE), policy=str(HERE.parent / "data/policy.toml")))
    ended = subprocess.run([sys.executable, str(script)], cwd=HERE.parent, capture_output=True, text=True, timeout=60)
    assert "a reading process can't be started: [Errno 1] Operation not permitted" in ended.stdout
    assert "Fewer --workers need fewer processes" in ended.stdout


def test_what_a_reader_prints_reaches_nobody(readers, capfd):
    """Standard output belongs to the command's own answer, and what libraries print about a document has no end."""
    with WorkerPool(1, LIMITS, readers.behave) as pool:
        pool.run([document("print spoiled")])
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")


def test_settings_travel_with_the_function(readers):
    """A partial function is sent once per process, not once per document."""
    with WorkerPool(1, LIMITS, functools.partial(readers.with_setting, setting="contract")) as pool:
        assert pool.run([document("x")])[0].doc_type == "contract"


def test_a_function_that_can_not_be_loaded_is_an_error_of_the_run(readers):
    """Not of each document in turn."""
    with (
        WorkerPool(1, LIMITS, readers.cannot_be_loaded()) as pool,
        pytest.raises(WorkerError, match="no module named models"),
    ):
        pool.run([document("read")])


def test_leaving_ends_what_is_under_way(readers, tmp_path):
    """At once, with its process."""
    trace = tmp_path / "trace"
    with WorkerPool(1, LIMITS, readers.behave, [tmp_path]) as pool:
        thread = threading.Thread(target=lambda: swallow(pool.run, [document("note_and_sleep", trace)] * 3))
        thread.start()
        until(lambda: trace.exists() and trace.read_text())
        started = time.monotonic()
    assert time.monotonic() - started < 10
    thread.join(10)
    assert not thread.is_alive()
    until(lambda: is_gone(int(trace.read_text())))


@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGINT])
def test_no_process_outlives_its_parent(tmp_path, stop):
    """Killed without a chance to clean up, or interrupted by Ctrl-C."""
    trace, script = tmp_path / "trace", tmp_path / "main.py"
    script.write_text(PARENT.format(here=str(HERE), trace=str(trace), policy=str(HERE.parent / "data/policy.toml")))
    parent = subprocess.Popen([sys.executable, str(script)], cwd=HERE.parent, stderr=subprocess.DEVNULL)
    until(lambda: trace.exists() and len(trace.read_text().splitlines()) == 2)
    readers = [int(line.split()[0]) for line in trace.read_text().splitlines()]
    parent.send_signal(stop)
    parent.wait(15)
    until(lambda: all(is_gone(pid) for pid in readers))


PARENT = """
import signal
import sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that runs in the background would have it ignored
sys.path.insert(0, {here!r})
from pathlib import Path
from misbehaving import behave
from routing.policy import parse_policy
from tasks.documents import SourceFile
from tasks.workers import WorkerPool

limits = parse_policy(Path({policy!r}).read_text(), "").limits
with WorkerPool(2, limits, behave, [Path({trace!r}).parent]) as pool:
    pool.run([SourceFile("", "note_and_sleep", "", {trace!r}, 1)] * 4)
"""


BARREN = """
import ctypes
import sys
sys.path.insert(0, {here!r})
from pathlib import Path
from misbehaving import behave
from routing.errors import WorkerError
from routing.policy import parse_policy
from tasks.documents import SourceFile
from tasks.workers import WorkerPool
from tasks.workers.seccomp import take_away_calls

limits = parse_policy(Path({policy!r}).read_text(), "").limits
with WorkerPool(1, limits, behave) as pool:
    ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)
    pool._threads.submit(take_away_calls).result()
    try:
        pool.run([SourceFile("", "read", "", "", 1)])
    except WorkerError as error:
        print(error)
"""


def swallow(function, *arguments):
    """Call, and let a cancellation pass."""
    with suppress(CancelledError):
        function(*arguments)


def is_gone(pid):
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
