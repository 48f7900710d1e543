"""A stand-in for model providers on this machine: both protocols, both batch interfaces, a bill of its own.

    settings = Settings(
        models={"cheap-1": Model("0.25", "0.025", "0.25", "2", p_right=0.75)},     # USD for a million tokens by class
        truth="data/samples/truth.jsonl",                # what documents say: answers are quoted from the pages sent
        faults={"server": 0.02, "timeout": 0.01},        # see FAULTS
    )
    with StandIn(settings) as provider:                  # a thread of this process, on a free port
        base_url = provider.openai_url                   # or .anthropic_url; the key is settings.key
        provider.bill                                    # the referee: {"usd", "sums" by model and way, "calls"}

In a process of its own (for kills, and for measuring our own CPU time): `with in_process(settings) as provider`, the
same but for `bill`, which asks it. By hand: `python -m tests.standin settings.json` prints both URLs; GET /bill.

A request is known by the document mark in its prompt, so only prompts of `tasks.ask` get answers from the truth.
`request_hash` in the bill is what the client says in its X-Client-Request-Id header, or the custom id in a batch.
"""

from .process import in_process
from .server import StandIn
from .settings import FAULTS, Model, Settings

__all__ = ["FAULTS", "Model", "Settings", "StandIn", "in_process"]
