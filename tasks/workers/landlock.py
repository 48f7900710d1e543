"""Linux: a fence (Landlock) that lets a process write only in given folders, and look into no other process.

It needs no privilege and works in containers; kernels have it since 5.13, where it is switched on.
"""

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446  # the same numbers on every machine
_VERSION = 1
_PATH_BENEATH = 1
_WRITES = sum(1 << bit for bit in (1, 4, 5, 6, 7, 8, 9, 10, 11, 12))  # files, and what makes and removes entries
_TRUNCATE, _TRUNCATE_SINCE = 1 << 14, 3
_TCP, _TCP_SINCE = 0b11, 4  # to bind and to connect
_OUTSIDE, _OUTSIDE_SINCE = 0b11, 6  # abstract sockets of, and signals to, processes outside


def fence_in(folders: Iterable[Path]) -> bool:
    """Let this process write nowhere but in `folders`. False where the system has no such fence.

    The process has given up new privileges before, and has no second thread yet.
    """
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None)
    version = libc.syscall(_CREATE, None, ctypes.c_size_t(0), _VERSION)
    if version < 1:
        return False
    writes = _WRITES | (_TRUNCATE if version >= _TRUNCATE_SINCE else 0)
    tcp, outside = (_TCP if version >= _TCP_SINCE else 0), (_OUTSIDE if version >= _OUTSIDE_SINCE else 0)
    rules = struct.pack("=QQQ", writes, tcp, outside)[: 24 if outside else 16 if tcp else 8]
    ruleset = libc.syscall(_CREATE, rules, ctypes.c_size_t(len(rules)), 0)
    try:
        for folder in folders:
            _allow(libc, ruleset, folder, writes)
        return bool(libc.syscall(_RESTRICT, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, folder: Path, writes: int) -> None:
    descriptor = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = struct.pack("=Qi", writes, descriptor)
        libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)
    finally:
        os.close(descriptor)
