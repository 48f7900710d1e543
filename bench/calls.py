"""How many calls a second, as a share of the possible, and what a call costs in CPU time beside the bare SDK's.

    .venv/bin/python -m bench.calls [--seconds 1.0] [--calls 1000] [--concurrency 100 500] [--api chat]

A stand-in in a process of its own answers after so many seconds; the possible is concurrency / seconds. Ours goes the
whole way: budgets, intent and answer durable in the journal, pace, breaker. The SDK alone makes the same calls from
the same event loop. CPU time is that of this process, all threads.
"""

import argparse
import asyncio
import importlib
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import ModuleType

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # not this folder: its routing.py would hide the package

from routing.policy import Tier
from tasks.ask.types import ModelRequest

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=1.0, help="what an answer takes")
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--concurrency", type=int, nargs="+", default=[100, 500])
    parser.add_argument("--api", choices=("responses", "chat", "messages"), default="chat")
    args = parser.parse_args()
    sys.path.insert(0, str(ROOT / "tests"))
    asking, paying = importlib.import_module("asking"), importlib.import_module("paying")
    standin = importlib.import_module("standin")
    cases = paying.cases_of(args.calls)
    with tempfile.TemporaryDirectory(prefix="ledgerline-calls-") as scratch:
        settings = asking.settings(Path(scratch), *cases, latency_seconds=args.seconds)
        for at_once in args.concurrency:
            with standin.in_process(settings) as provider:
                paid = paying.paid_tier(provider, args.api, answer_seconds=120).model_copy(
                    update={"concurrency": at_once}
                )
                requests = paying.requests_for(cases, paid)
                report("bare SDK", at_once, args, *measured(bare(paying, paid, requests, at_once)))
                store = Path(scratch) / f"store-{at_once}"
                report("Ledgerline", at_once, args, *measured(ours(paying, paid, requests, store)))


def bare(paying: ModuleType, paid: Tier, requests: list[ModelRequest], at_once: int) -> Callable[[], Awaitable[None]]:
    """The same calls by the SDK alone."""

    async def ask() -> None:
        client, places = paying.provider_of(paid, "stand-in-key"), asyncio.Semaphore(at_once)

        async def one(request: ModelRequest) -> None:
            async with places:
                await client.call(request)

        await asyncio.gather(*map(one, requests))
        await client.close()

    return ask


def ours(paying: ModuleType, paid: Tier, requests: list[ModelRequest], store: Path) -> Callable[[], Awaitable[None]]:
    """The calls as a run makes them, under a budget."""

    async def ask() -> None:
        async with paying.spending(store, paying.paid_policy(paid, day_usd=1000), budget=1000) as spender:
            came = await asyncio.gather(*map(spender.ask, requests))
        assert all(asked.answer for asked in came)

    return ask


def measured(work: Callable[[], Awaitable[None]]) -> tuple[float, float]:
    """Wall and CPU seconds of `work` in an event loop of its own."""
    wall, cpu = time.perf_counter(), time.process_time()
    asyncio.run(work())  # type: ignore[arg-type]
    return time.perf_counter() - wall, time.process_time() - cpu


def report(name: str, at_once: int, args: argparse.Namespace, wall: float, cpu: float) -> None:
    possible = at_once / args.seconds
    rate, each = args.calls / wall, 1000 * cpu / args.calls
    share = f"{rate:7.1f} calls/s, {rate / possible:5.1%} of the possible"
    print(f"{name:<11} {at_once:>4} at once  {share}  {each:5.2f} ms CPU a call", flush=True)


if __name__ == "__main__":
    main()
