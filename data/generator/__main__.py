"""`python -m data.generator [--out DIR]`: the sample folder, byte for byte the same every time.

With `--wide N [--seed S] [--wordings common] [--scans 0.2] --out DIR`: N further documents, in layouts, wordings and
notations drawn by seed, some as scans.
"""

import argparse
import json
import shutil
from collections.abc import Iterable
from pathlib import Path

from data.generator.inbox import documents
from data.generator.truth import DOCUMENTS, Document
from data.generator.wide import wide_documents
from data.generator.words import WORDINGS

SAMPLES = Path(__file__).parents[1] / "samples"


def write_samples(out: Path) -> int:
    """Replace the folder `out` by the samples, in `docs/`, and their `truth.jsonl`. Returns how many there are."""
    return _write(documents(), out)


def write_wide(out: Path, count: int, seed: int, wordings: str = "all", scans: float = 0.0) -> int:
    """Replace the folder `out` by `count` documents drawn by `seed`, in `docs/`, and their `truth.jsonl`; `wordings`
    and `scans` as of `wide_documents`."""
    return _write(wide_documents(count, seed, wordings, scans), out)


def _write(made: Iterable[Document], out: Path) -> int:
    shutil.rmtree(out, ignore_errors=True)
    rows = []
    for document in made:
        path, content = document.file
        file = out / DOCUMENTS / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        rows.append(json.dumps(document.row(), ensure_ascii=False))
    (out / "truth.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return len(rows)


def main() -> None:
    """Read the command line and write the samples, or a wide set."""
    parser = argparse.ArgumentParser(
        prog="python -m data.generator", description="Write the sample documents and their truth, or a wide set."
    )
    parser.add_argument("--out", type=Path, help="the folder to replace (default: data/samples)")
    parser.add_argument("--wide", type=int, metavar="N", help="N documents drawn by seed instead of the samples")
    parser.add_argument("--seed", type=int, default=1, help="of the wide set (default: 1)")
    parser.add_argument(
        "--wordings", choices=WORDINGS, default="all", help="which labels a wide set uses: a fifth of them is held out"
    )
    parser.add_argument("--scans", type=float, default=0.0, help="share of a wide set to come as pictures")
    args = parser.parse_args()
    if args.wide and not args.out:
        parser.error("--wide needs --out, the folder to replace")
    out = args.out or SAMPLES
    count = write_wide(out, args.wide, args.seed, args.wordings, args.scans) if args.wide else write_samples(out)
    print(f"{count} documents in {out}")


if __name__ == "__main__":
    main()
