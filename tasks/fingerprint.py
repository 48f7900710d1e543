"""What decides what is read of a document: our own files, models among them, and the libraries that read."""

import platform
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

_OURS = ("tasks/**/*.py", "routing/**/*.py", "data/*.toml", "data/models/*.npz")
_SENT_ALONG = {"policy.toml", "prices.toml"}  # they may differ from machine to machine: the run's own are used
_LIBRARIES = ("lxml", "numpy", "onnxruntime", "pillow", "pypdf", "pypdfium2", "rapidfuzz", "rapidocr")


@cache
def fingerprint() -> dict[str, str]:
    """By name what makes machines read the same document alike. A version number alone changes too rarely for that."""
    ours = f"{version('ledgerline')} ({_digest()[:12]})"
    return {"ledgerline": ours, "python": platform.python_version()} | {name: version(name) for name in _LIBRARIES}


def _digest() -> str:
    root, digest = Path(__file__).resolve().parent.parent, sha256()
    for file in sorted(file for pattern in _OURS for file in root.glob(pattern)):
        if file.name not in _SENT_ALONG:
            digest.update(f"{file.relative_to(root)}\n".encode() + sha256(file.read_bytes()).digest())
    return digest.hexdigest()
