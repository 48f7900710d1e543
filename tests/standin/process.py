"""A stand-in in a process of its own."""

import json
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .settings import Settings

_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A stand-in that runs in another process."""

    openai_url: str
    anthropic_url: str

    @property
    def bill(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.anthropic_url}/bill") as answer:
            bill: dict[str, Any] = json.load(answer)
        return bill


@contextmanager
def in_process(settings: Settings) -> Iterator[Elsewhere]:
    """Start one, and end it."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(settings.as_json())
        file.flush()
        command = [sys.executable, "-m", "tests.standin", file.name]
        process = subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout
            yield Elsewhere(**json.loads(process.stdout.readline()))
        finally:
            process.kill()
            process.wait()
