"""Keys of the paid tiers: from the environment, else from Prefect's Secret blocks. In no parameter and no log."""

import os
from collections.abc import Mapping
from typing import cast

from prefect.blocks.system import Secret

from routing.errors import ConfigurationError
from routing.policy import Policy


def keys(policy: Policy) -> Mapping[str, str]:
    """The keys by the variables that tiers name, as far as they can be had.

    A variable that is not set is looked for as a Secret block of the same name in Prefect's spelling: the key of
    `OPENAI_API_KEY` lies in `openai-api-key`. Raises `ConfigurationError` where a promise needs one that is missing.
    """
    named = {tier.key_variable for tier in policy.tiers if tier.paid and tier.key_variable}
    found = {variable: os.environ.get(variable) or _in_block(variable) for variable in sorted(named)}
    usable = {variable: key for variable, key in found.items() if key}
    promised = policy.batch_promise and policy.batch_promise.tier
    if promised and promised not in {tier.name for tier in policy.active_tiers(usable)}:
        problem = f"{promised} can't be asked: its key is neither in the environment nor in a Secret block"
        raise ConfigurationError("batch_promise.tier", problem, "Set the key, or leave [batch_promise] out.")
    return usable


def _in_block(variable: str) -> str:
    """The key in the variable's Secret block, "" where there is none."""
    try:
        secret = cast("Secret[str]", Secret.load(variable.lower().replace("_", "-")))
    except ValueError:
        return ""
    return secret.get()
