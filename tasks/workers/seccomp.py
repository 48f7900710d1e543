"""Linux: a filter on system calls (seccomp) that takes away the network, programs and other processes for good.

It holds whatever code runs in the process, needs no privilege, and works in containers. Threads may be started.
"""

import ctypes
import errno
import os
import struct
import sys

_NUMBERS: dict[str, tuple[int, dict[str, int]]] = {
    # machine: its number in the filter (AUDIT_ARCH_*), and the numbers of calls as the kernel's tables have them
    "x86_64": (
        0xC000003E,
        {
            "socket": 41,
            "clone": 56,
            "fork": 57,
            "vfork": 58,
            "execve": 59,
            "ptrace": 101,
            "mount": 165,
            "add_key": 248,
            "request_key": 249,
            "keyctl": 250,
            "unshare": 272,
            "perf_event_open": 298,
            "open_by_handle_at": 304,
            "setns": 308,
            "process_vm_readv": 310,
            "process_vm_writev": 311,
            "bpf": 321,
            "execveat": 322,
            "userfaultfd": 323,
            "io_uring_setup": 425,
            "clone3": 435,
            "pidfd_getfd": 438,
        },
    ),
    "aarch64": (
        0xC00000B7,
        {
            "mount": 40,
            "unshare": 97,
            "ptrace": 117,
            "socket": 198,
            "add_key": 217,
            "request_key": 218,
            "keyctl": 219,
            "clone": 220,
            "execve": 221,
            "perf_event_open": 241,
            "open_by_handle_at": 265,
            "setns": 268,
            "process_vm_readv": 270,
            "process_vm_writev": 271,
            "bpf": 280,
            "execveat": 281,
            "userfaultfd": 282,
            "io_uring_setup": 425,
            "clone3": 435,
            "pidfd_getfd": 438,
        },
    ),
}
_PR_SET_SECCOMP, _FILTER = 22, 2
_LOAD, _EQUAL, _AT_LEAST, _HAS_BITS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06  # instructions of the classic BPF
_NUMBER_AT, _MACHINE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16  # in `struct seccomp_data`
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000  # the latter with an error number added
_OTHER_TABLE = 0x40000000  # x86-64's second table of calls (x32) begins there
_CLONE_THREAD = 0x00010000


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def take_away_calls() -> bool:
    """Forbid the calls, for this process and all its threads to come. False where the system has no such filter.

    The process has given up new privileges before.
    """
    known = _NUMBERS.get(os.uname().machine)
    if sys.platform != "linux" or known is None or sys.maxsize < 1 << 32:
        return False
    instructions = _instructions(*known)
    program = _Program(len(instructions) // 8, instructions)
    return bool(ctypes.CDLL(None).prctl(_PR_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) == 0)


def _instructions(machine: int, numbers: dict[str, int]) -> bytes:
    """Forbidden calls fail with EPERM; `clone3`, whose flags can't be seen, as if unknown: then `clone` is used."""
    clone, clone3 = numbers["clone"], numbers["clone3"]
    forbidden = [number for name, number in numbers.items() if name not in ("clone", "clone3")]
    return b"".join(
        (
            _instruction(_LOAD, _MACHINE_AT),
            _instruction(_EQUAL, machine, 1, 0),
            _instruction(_RETURN, _FAIL | errno.EPERM),
            _instruction(_LOAD, _NUMBER_AT),
            *_answer(_AT_LEAST, _OTHER_TABLE, errno.EPERM),
            *(part for number in forbidden for part in _answer(_EQUAL, number, errno.EPERM)),
            *_answer(_EQUAL, clone3, errno.ENOSYS),
            _instruction(_EQUAL, clone, 0, 3),
            _instruction(_LOAD, _FIRST_ARGUMENT_AT),
            _instruction(_HAS_BITS, _CLONE_THREAD, 1, 0),
            _instruction(_RETURN, _FAIL | errno.EPERM),
            _instruction(_RETURN, _ALLOW),
        )
    )


def _answer(test: int, value: int, error: int) -> tuple[bytes, bytes]:
    return _instruction(test, value, 0, 1), _instruction(_RETURN, _FAIL | error)


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    """One `struct sock_filter`: how many instructions to leave out where a test holds, and where it does not."""
    return struct.pack("=HBBI", code, if_true, if_false, value)
