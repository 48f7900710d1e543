"""Readers that do what hostile documents make readers do. Imported by reading processes too."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from routing.errors import EncryptedError
from tasks.documents import Examined, SourceFile


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


def do_connect(file, rest):
    socket.create_connection(("127.0.0.1", int(rest)))


def do_print(file, rest):
    print(rest, flush=True)
    os.write(1, b"native\n")


def do_start_a_process(file, rest):
    child = subprocess.Popen(["sleep", "600"])
    Path(file.path).write_text(str(child.pid))
    time.sleep(600)


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
