"""How many tokens a full-schema call on a document would take, before any is spent."""

import math

from routing.policy import Estimate
from routing.prices import Usage


def full_call(characters: int, images: int, lines: int, settings: Estimate) -> Usage:
    """The tokens of one call that sends a whole document and asks for every field and line item.

    `characters` is the length of its text, `images` the number of pages sent as pictures because they have no usable
    text, `lines` the number of its line items. No cache is assumed.
    """
    text_tokens = math.ceil(characters / settings.characters_per_token)
    return Usage(
        input_tokens=settings.instruction_tokens + text_tokens + images * settings.image_tokens,
        output_tokens=settings.output_tokens + lines * settings.output_tokens_per_line,
    )
