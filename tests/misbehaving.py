"""Readers that do what hostile documents make readers do. Imported by reading processes too."""

import ctypes
import os
import signal
import socket
import sys
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from routing.errors import EncryptedError, NoRoomError
from tasks.documents import Examined, SourceFile

KEPT = []


class UnwillingError(Exception):
    """An error that does not pickle."""

    def __reduce__(self):
        raise TypeError("not me")


def behave(file: SourceFile) -> Examined:
    """Do what the file's name says; `path` is where a behaviour leaves a trace."""
    what, _, rest = file.file_name.partition(" ")
    return globals()[f"do_{what}"](file, rest) or Examined(file, doc_type=rest or "other")


def do_read(file, rest): ...


def do_sleep(file, rest):
    time.sleep(float(rest))


def do_note(file, rest):
    with Path(file.path).open("a") as trace:
        trace.write(f"{os.getpid()} {rest}\n")


def do_note_and_sleep(file, rest):
    do_note(file, rest)
    time.sleep(600)


def do_spin_in_native_code(file, rest):
    ctypes.PyDLL(None).sleep(600)  # holds the interpreter's lock, so no signal handler of Python's can run


def do_die(file, rest):
    os._exit(3)


def do_crash(file, rest):
    ctypes.string_at(0)


def do_fill_memory(file, rest):
    blocks = []
    while True:
        blocks.append(bytearray(50_000_000))


def do_keep_memory(file, rest):
    do_note(file, rest)
    KEPT.append(bytearray(60_000_000))


def do_bad_alloc(file, rest):
    raise RuntimeError("onnxruntime: std::bad_alloc")


def do_fail(file, rest):
    raise TypeError("no such thing")


def do_refuse(file, rest):
    raise EncryptedError("needs a password")


def do_exit(file, rest):
    sys.exit("done")


def do_raise_unpicklable(file, rest):
    raise UnwillingError("x")


def do_return_unpicklable(file, rest):
    return Examined(file, fields=(lambda: None,))


def do_get_killed(file, rest):
    do_note(file, rest)
    os.kill(os.getpid(), signal.SIGKILL)


def do_get_killed_once(file, rest):
    do_note(file, rest)
    if len(Path(file.path).read_text().splitlines()) == 1:
        os.kill(os.getpid(), signal.SIGKILL)


def do_abort_once(file, rest):
    do_note(file, rest)
    if len(Path(file.path).read_text().splitlines()) == 1:
        os.abort()


def do_exit_once(file, rest):
    """As OpenBLAS does without memory."""
    do_note(file, rest)
    if len(Path(file.path).read_text().splitlines()) == 1:
        os._exit(1)


def do_fail_once(file, rest):
    """As zlib does without memory."""
    do_note(file, rest)
    if len(Path(file.path).read_text().splitlines()) == 1:
        raise zlib.error("Error -4 while decompressing data")


def do_starve_once(file, rest):
    do_note(file, rest)
    first = len(Path(file.path).read_text().splitlines()) == 1
    return Examined(file, fields=(_TooLarge(),)) if first else Examined(file)


class _TooLarge:
    """There is no memory to send it."""

    def __reduce__(self):
        raise MemoryError


def do_find_no_room(file, rest):
    raise NoRoomError("No space left on device")


def do_connect(file, rest):
    socket.create_connection(("127.0.0.1", int(rest)))


def do_tell_environment(file, rest):
    return Examined(file, warnings=tuple(sorted(os.environ)))


def do_natively(file, rest):
    """What code does that has taken the process over: it asks the kernel, past Python."""
    libc = ctypes.CDLL(None, use_errno=True)
    attempts = {
        "a socket": lambda: libc.socket(socket.AF_INET, socket.SOCK_STREAM, 0),
        "a local socket": lambda: libc.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0),
        "another process": libc.fork,
        "another program": lambda: libc.execv(b"/bin/true", (ctypes.c_char_p * 2)(b"true", None)),
        "a file elsewhere": lambda: libc.open(b"/tmp/written-by-a-document", os.O_WRONLY | os.O_CREAT, 0o600),
        "a file removed": lambda: libc.unlink(__file__.encode()),
        "the parent's environment": lambda: libc.open(f"/proc/{os.getppid()}/environ".encode(), os.O_RDONLY),
        "the parent's memory": lambda: libc.open(f"/proc/{os.getppid()}/mem".encode(), os.O_RDONLY),
        "the parent's end": lambda: libc.kill(os.getppid(), signal.SIGTERM),
        "tracing": lambda: libc.ptrace(16, os.getppid(), None, None),
    }
    assert attempts[rest]() == -1
    return Examined(file, doc_type=os.strerror(ctypes.get_errno()))


def do_start_a_thread(file, rest):
    with ThreadPoolExecutor(2) as threads:
        return Examined(file, doc_type=threads.submit(lambda: "from a thread").result())


def do_fill_a_disk(file, rest):
    with Path(file.path).open("wb") as stream:
        stream.truncate(10**12)


def do_answer_with_code(file, rest):
    return Examined(file, fields=(_Code(file.path),))


def do_answer_for_another(file, rest):
    return Examined(replace(file, document_id="1" * 64))


def do_answer_without_end(file, rest):
    os.write(int(sys.argv[1]), (10**6).to_bytes(8, "big") + b"and then nothing more")
    time.sleep(600)


def do_answer_without_measure(file, rest):
    os.write(int(sys.argv[1]), (10**12).to_bytes(8, "big"))
    time.sleep(600)


class _Code:
    """Unpickled, it leaves a mark."""

    def __init__(self, mark):
        self._mark = mark

    def __reduce__(self):
        return os.mkdir, (self._mark,)


def do_print(file, rest):
    print(rest, flush=True)
    os.write(1, b"native\n")


def cannot_be_loaded():
    return _Unloadable()


class _Unloadable:
    def __call__(self, file):
        return Examined(file)

    def __setstate__(self, state):
        raise ImportError("no module named models")

    def __getstate__(self):
        return {"a": 1}


def with_setting(file, setting):
    return Examined(file, doc_type=setting)


def ended_while_loading(trace, times, how):
    return _Ended(trace, times, how)


class _Ended:
    """Ends so many processes that load it: they are `killed`, `starved` of memory, or `broken` for want of it. `trace`
    counts them."""

    def __init__(self, trace, times, how):
        self.trace, self.times, self.how = trace, times, how

    def __call__(self, file):
        return Examined(file)

    def __setstate__(self, state):
        with state["trace"].open("a") as trace:
            trace.write("ended\n")
        if len(state["trace"].read_text().splitlines()) > state["times"]:
            return
        if state["how"] == "starved":
            raise MemoryError
        if state["how"] == "broken":
            raise ImportError("failed to map segment from shared object")
        os.kill(os.getpid(), signal.SIGKILL)
