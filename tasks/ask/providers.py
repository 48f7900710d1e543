"""The provider of a paid tier."""

from routing.policy import Tier
from tasks.ask.types import Provider

__all__ = ["provider_of"]


def provider_of(tier: Tier, key: str | None) -> Provider:
    """The provider that the tier calls, by its own SDK; `key` is None for a server that wants none.

    The SDKs are imported only here: each takes a second, and a run without paid tiers needs none.
    """
    if tier.kind == "anthropic":
        from tasks.ask.anthropic_provider import AnthropicProvider

        return AnthropicProvider(tier, key)
    from tasks.ask.openai_provider import OpenAIProvider

    return OpenAIProvider(tier, key)
