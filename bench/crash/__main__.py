"""`python -m bench.crash`: see the package."""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from bench.crash import __doc__ as about
from bench.crash import kills
from bench.crash.faults import Fault, all_faults
from bench.crash.program import BrokenError, Forge, Program, SkippedError, environment
from bench.crash.scene import Scene
from flows.server import OwnServer

SCENES = {"free": None, "sync": False, "batch": True}


def main() -> None:
    faults = all_faults()
    args = _arguments(faults)
    if args.table:
        print_table(args.table)
        return
    folder = Path(tempfile.mkdtemp(prefix="ledgerline-crash-"))
    rounds: list[dict[str, Any]] = []
    with laboratory(folder, args.documents) as scenes:
        for fault, seed in turns([faults[name] for name in args.faults or faults], args):
            told = run_one(fault, seed, scenes, folder)
            rounds.append(told)
            print(f"{fault.name} {seed}: {told['outcome']} in {told['seconds']:.0f} s {told['hits']}", flush=True)
            if told["outcome"] == "broken":
                print(f"--seed {seed}, in {told['folder']}\n{told['what']}\n", flush=True)
            if args.log:
                with args.log.open("a") as log:
                    log.write(json.dumps(told) + "\n")
    broken = any(told["outcome"] == "broken" for told in rounds)
    if not broken:
        shutil.rmtree(folder)
    print()
    table(rounds)
    sys.exit(broken)


def turns(faults: Sequence[Fault], args: argparse.Namespace) -> Iterator[tuple[Fault, int]]:
    """One episode of each fault after the other, with the next seed, until the runs or the minutes are used up."""
    end = time.monotonic() + 60 * args.minutes
    for seed in range(args.seed, args.seed + args.runs):
        for fault in faults:
            if time.monotonic() > end:
                print(f"\ntime is up: go on with --seed {seed} for {fault.name} and what follows it")
                return
            yield fault, seed


@contextmanager
def laboratory(folder: Path, documents: int) -> Iterator["Scenes"]:
    """A Prefect server for all runs, with a database of its own unless PREFECT_HOME names one, and scenes that are
    prepared when they are first used."""
    home = os.environ.setdefault("PREFECT_HOME", str(folder / "prefect"))
    server = OwnServer()
    try:
        known = environment(Path(home), server.api_url)
        forge = Forge(known)
        server.wait_until_ready()
        yield Scenes(Program(folder, forge, known), documents)
        forge.stop()
    finally:
        server.stop()


class Scenes:
    """The scenes by name."""

    def __init__(self, program: Program, documents: int) -> None:
        self._program, self._documents = program, documents
        self._made: dict[str, Scene] = {}

    def of(self, name: str) -> Scene:
        if name not in self._made:
            made = Scene(name, self._program.folder / name, self._program, SCENES[name])
            self._made[name] = made.prepare(self._documents)
        return self._made[name]


def run_one(fault: Fault, seed: int, scenes: Scenes, folder: Path) -> dict[str, Any]:
    """One episode: what came of it. What it left is kept where something is broken."""
    scene = scenes.of(fault.scenes[seed % len(fault.scenes)])
    place, began = folder / f"{fault.name}-{seed}".replace(" ", "-"), time.monotonic()
    told = {"fault": fault.name, "seed": seed, "outcome": "held", "what": "", "folder": str(place), "hits": {}}
    with scene.episode(place, Random(f"{fault.name} {seed}")) as episode:
        try:
            fault.cause(episode)
        except BrokenError as error:
            told |= {"outcome": "broken", "what": str(error)}
        except SkippedError as error:
            told |= {"outcome": "skipped", "what": str(error)}
        except Exception:  # noqa: BLE001 - what nobody thought of is broken, too, and the others go on
            told |= {"outcome": "broken", "what": traceback.format_exc()}
        told["hits"] = dict(episode.hits)
    if told["outcome"] != "broken":
        shutil.rmtree(place)
    return told | {"seconds": time.monotonic() - began}


def print_table(log: Path) -> None:
    """The table of all slices that were logged."""
    table([json.loads(line) for line in log.read_text().splitlines()])


def table(rounds: Sequence[dict[str, Any]]) -> None:
    """Fault, runs, broken laws, what was hit, minutes."""
    print(f"{'fault':<18}  {'runs':>4}  {'broken':>6}  {'minutes':>7}  hit")
    for name in dict.fromkeys(each["fault"] for each in rounds):
        mine = [each for each in rounds if each["fault"] == name]
        ran = [each for each in mine if each["outcome"] != "skipped"]
        hits: Counter[str] = sum((Counter(each["hits"]) for each in ran), Counter())
        what = (
            ", ".join(f"{count} {hit}" for hit, count in hits.most_common()) if ran else f"skipped: {mine[0]['what']}"
        )
        broken = sum(each["outcome"] == "broken" for each in ran)
        print(f"{name:<18}  {len(ran):>4}  {broken:>6}  {sum(each['seconds'] for each in mine) / 60:>7.1f}  {what}")
    print(f"{len(rounds)} runs in {sum(each['seconds'] for each in rounds) / 60:.1f} minutes")


def _arguments(faults: dict[str, Fault]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.crash", description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("faults", nargs="*", metavar="FAULT", help=f"{', '.join(faults)}; all by default")
    parser.add_argument("--runs", type=int, default=1, help="episodes of each fault")
    parser.add_argument("--seed", type=int, default=0, help="of the first episode; the next one has the next")
    parser.add_argument("--kills", type=int, default=kills.KILLS, help="SIGKILLs in an episode of the fault `kill`")
    parser.add_argument("--documents", type=int, default=30)
    parser.add_argument("--minutes", type=float, default=1e6, help="begin no episode after so many")
    parser.add_argument("--log", type=Path, help="add what came of each episode to this file, a line each")
    parser.add_argument("--table", type=Path, metavar="LOG", help="print the table of such a file, and run nothing")
    args = parser.parse_args()
    if unknown := set(args.faults) - faults.keys():
        parser.error(f"no such fault: {', '.join(sorted(unknown))}; there are {', '.join(faults)}")
    kills.KILLS = args.kills
    return args


if __name__ == "__main__":
    main()
