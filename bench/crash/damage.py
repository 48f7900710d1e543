"""Files of a finished store are cut short, changed by a bit, emptied, deleted: it is told, with the name of the file;
nothing is dropped in silence, nothing paid for again, and with the file put back all is as before."""

import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random

from bench.crash.faults import Fault
from bench.crash.ledgers import check_same, results
from bench.crash.program import Ended, check
from bench.crash.scene import Episode
from routing.errors import LedgerlineError


def part(episode: Episode) -> None:
    """A Parquet part: `verify` and `rebuild` name it, and the ledger that is there stays."""
    _finished(episode)
    file = episode.chance.choice(sorted(episode.store.glob("parquet/*/*/*.parquet")))
    with_work = episode.chance.random() < 0.5
    name = str(file.relative_to(episode.store))
    mend = _harm(file, episode)
    _check_named(episode.run("verify"), name)
    if not with_work:
        shutil.rmtree(episode.store / "work")
    _check_named(episode.run("rebuild"), name)
    check_same(results(episode.store), episode.scene.reference)
    ended = episode.run("run")
    if ended.status:
        _check_named(ended, name)
    check_same(results(episode.store), episode.scene.reference)
    mend()
    episode.run("rebuild").check_done()
    _as_before(episode)


def ledger(episode: Episode) -> None:
    """A ledger: what it answers is right, or an error that says how to make it anew."""
    _finished(episode)
    file = episode.store / episode.chance.choice(["ledger.duckdb", "work/ledger.duckdb"])
    _harm(file, episode)
    try:
        check_same(results(episode.store), episode.scene.reference)
    except LedgerlineError as error:
        check("ledgerline re" in str(error) or "ledgerline run" in str(error), f"without a remedy: {error}")
    ended = episode.run("run")
    if ended.status:
        ended.check_failed("ledgerline rebuild")
        episode.hits["run refused"] += 1
    episode.run("rebuild").check_done()
    _as_before(episode)


def journal(episode: Episode) -> None:
    """The journal: no call is made again for what is settled, and what is wrong with it is told by its name."""
    _finished(episode)
    file = episode.store / "journal" / "calls.sqlite"
    mend = _harm(file, episode)
    for command in ("verify", "run"):
        ended = episode.run(command)
        if ended.status:
            check("journal" in ended.out + ended.err, f"should name the journal; {ended.told}")
            episode.hits[f"{command} refused"] += 1
    check_same(results(episode.store), episode.scene.reference)
    mend()
    _as_before(episode)


def _finished(episode: Episode) -> None:
    """The store of the undisturbed run."""
    calm = episode.scene.folder / "calm"
    shutil.copytree(calm / "store", episode.store)
    shutil.rmtree(episode.source)
    episode.source = calm / "source"


def _as_before(episode: Episode) -> None:
    """Laws and results, and a further run that asks for nothing."""
    episode.run("run").check_done()
    episode.check_laws()
    check_same(results(episode.store), episode.scene.reference)
    check(not episode.provider or not episode.provider.received, "what was settled is asked about again")


def _check_named(ended: Ended, name: str) -> None:
    check(ended.status == 1 and name in ended.out + ended.err, f"should fail and name {name}; {ended.told}")


def _harm(file: Path, episode: Episode) -> Callable[[], None]:
    """Harm `file` in one of four ways; what is returned puts it back."""
    kept = file.read_bytes()
    way = episode.chance.choice([_cut, _flip, _flip, _empty, _delete])
    way(file, kept, episode.chance)
    episode.hits[way.__name__.strip("_")] += 1
    return lambda: _put_back(file, kept)


def _cut(file: Path, kept: bytes, chance: Random) -> None:
    file.write_bytes(kept[: chance.randrange(1, len(kept))])


def _flip(file: Path, kept: bytes, chance: Random) -> None:
    changed, at = bytearray(kept), chance.randrange(len(kept))
    changed[at] ^= 1 << chance.randrange(8)
    file.write_bytes(changed)


def _empty(file: Path, kept: bytes, chance: Random) -> None:
    file.write_bytes(b"")


def _delete(file: Path, kept: bytes, chance: Random) -> None:
    file.unlink()


def _put_back(file: Path, kept: bytes) -> None:
    for side in ("-wal", "-shm"):
        file.with_name(file.name + side).unlink(missing_ok=True)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(kept)


FAULTS = (
    Fault("part damaged", part, ("free", "sync")),
    Fault("ledger damaged", ledger, ("free", "sync")),
    Fault("journal damaged", journal, ("sync",)),
)
