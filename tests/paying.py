"""Paid tiers at a stand-in, and requests to ask them: for tests and benches of what is spent."""

import asyncio
import sqlite3
from contextlib import asynccontextmanager, closing
from dataclasses import astuple, dataclass, field
from decimal import Decimal

from asking import CHEAP, INVOICE, PREMIUM, Case, case, everything, policy, request_for, tier

from routing.budget import Mark
from routing.spending import Price
from tasks.ask.providers import provider_of
from tasks.prices import price_list
from tasks.spend.asked import Asked, Run
from tasks.spend.audit import paid_calls
from tasks.spend.entry import entry_of
from tasks.spend.journal import Journal, file
from tasks.spend.spender import Spender

CLASSES = ("input", "cached_input", "cache_write", "output")
PATIENT = {"longest_wait_seconds": 0.2, "leave_alone_seconds": 0.2}
"""Waits short enough for a test."""


def price_of(model) -> Price:
    """What a stand-in's model costs, as a tier's settings state it."""
    usd = {f"{name}_usd": Decimal(getattr(model, name)) for name in CLASSES}
    return Price(**usd, batch_percent=Decimal(50))


def paid_tier(provider, api="chat", **more):
    """A tier at the stand-in, with its price."""
    price = price_of(PREMIUM if api == "messages" else CHEAP)
    return tier(provider, api, listed_as=None, price=price, concurrency=32, **more)


def paid_policy(*tiers, calls=None, **budgets):
    """The default policy with these paid tiers, short waits, and budgets."""
    default = policy()
    waits = default.calls.model_copy(update=PATIENT | (calls or {}))
    limits = default.budgets.model_copy(update={name: Decimal(usd) for name, usd in budgets.items()})
    cascade = (default.tiers[0], *tiers, default.human)
    return default.model_copy(update={"tiers": cascade, "calls": waits, "budgets": limits})


def cases_of(count: int) -> list[Case]:
    """So many different documents."""
    return [case(*INVOICE, f"Your reference   {n}") for n in range(count)]


def requests_for(cases, paid, **more):
    """A request on each."""
    return [request_for(each, paid, everything(), **more) for each in cases]


@dataclass
class Told:
    """What a spender told while it was going on."""

    marks: list[Mark] = field(default_factory=list)
    off: list[tuple[str, str]] = field(default_factory=list)


@asynccontextmanager
async def spending(store, rules, told=None, run_id="run-1", budget=None, keys=None):
    """A spender over the store's journal, with the real SDKs; `keys` are those that are not the stand-in's."""
    told, keys = told or Told(), keys or {}
    clients = {each.name: provider_of(each, keys.get(each.name, "stand-in-key")) for each in rules.tiers if each.paid}
    with Journal.open(store) as journal:
        run = Run(run_id, rules, price_list(rules), None if budget is None else Decimal(budget))
        try:
            yield Spender(journal, run, clients, told.marks.append, lambda *off: told.off.append(off))
        finally:
            await asyncio.gather(*(client.close() for client in clients.values()))


def ask_all(store, rules, requests, **more) -> list[Asked]:
    """What comes of all of them, asked at once."""

    async def ask():
        async with spending(store, rules, **more) as spender:
            return await asyncio.gather(*(spender.ask(request) for request in requests))

    return asyncio.run(ask())


def entries(store):
    """Everything in the journal."""
    with closing(sqlite3.connect(file(store))) as db:
        db.row_factory = sqlite3.Row
        return [entry_of(row) for row in db.execute("select * from calls order by rowid")]


def booked(store):
    """Calls, tokens by class and US dollars, by model and way of calling: what is certain to be billed."""
    sums = {}
    for entry in entries(store):
        if entry.state != "unknown" and entry.counted_usd:
            key = f"{entry.intent.model} {entry.intent.mode}"
            calls, tokens, usd = sums.get(key, (0, (0, 0, 0, 0), Decimal(0)))
            added = tuple(map(sum, zip(tokens, astuple(entry.usage), strict=True)))
            sums[key] = (calls + 1, added, usd + entry.counted_usd)
    return sums


def billed(provider):
    """The same by the stand-in's word."""
    return {
        name: (sums["calls"], tuple(sums[each] for each in CLASSES), Decimal(sums["usd"]))
        for name, sums in provider.bill["sums"].items()
    }


def counted(store) -> Decimal:
    """What budgets count in all."""
    return sum((call.counted_usd for call in paid_calls(store).values()), Decimal(0))
