"""How right the free readers are on papers in looks that nothing was made from.

    .venv/bin/python -m bench.unseen [--chromium chromium]

Prints each page of `html/` to a PDF by Chromium, reads them by one `ledgerline run` into a new store and holds the
results against `truth.jsonl`. The papers only measure: what is trained or fitted must never see them.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

from flows.score_command import print_score

HERE = Path(__file__).resolve().parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chromium", default="chromium", help="the browser that prints")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ledgerline-unseen-") as folder:
        truth, store = printed(Path(folder), args.chromium), Path(folder) / "store"
        command = [sys.executable, "-m", "flows", "run", str(truth.parent / "docs"), "--store", str(store), "--json"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        print_score(store, truth, as_json=False)


def printed(folder: Path, chromium: str) -> Path:
    """The papers as PDFs in `folder`/docs, and their truth beside it: the file that is returned."""
    (folder / "docs").mkdir()
    rows = [json.loads(line) for line in (HERE / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
    for row in rows:
        page, pdf = HERE / "html" / f"{Path(row['path']).stem}.html", folder / row["path"]
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--print-to-pdf={pdf}"]
        subprocess.run([chromium, *options, page.as_uri()], check=True, capture_output=True)
        row["document_id"] = sha256(pdf.read_bytes()).hexdigest()
    truth = folder / "truth.jsonl"
    truth.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return truth


if __name__ == "__main__":
    main()
