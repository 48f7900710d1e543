"""`python -m data.generator [--out DIR]`: the sample folder, byte for byte the same every time."""

import argparse
import json
import shutil
from pathlib import Path

from data.generator.inbox import documents
from data.generator.truth import DOCUMENTS

SAMPLES = Path(__file__).parents[1] / "samples"


def write_samples(out: Path) -> int:
    """Replace the folder `out` by the samples, in `docs/`, and their `truth.jsonl`. Returns how many there are."""
    shutil.rmtree(out, ignore_errors=True)
    samples = documents()
    for sample in samples:
        path, content = sample.file
        file = out / DOCUMENTS / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    rows = [json.dumps(sample.row(), ensure_ascii=False) for sample in samples]
    (out / "truth.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return len(samples)


def main() -> None:
    """Read the command line and write the samples."""
    parser = argparse.ArgumentParser(
        prog="python -m data.generator", description="Write the sample documents and their truth."
    )
    parser.add_argument("--out", type=Path, default=SAMPLES, help="the folder to replace (default: data/samples)")
    out = parser.parse_args().out
    print(f"{write_samples(out)} documents in {out}")


if __name__ == "__main__":
    main()
