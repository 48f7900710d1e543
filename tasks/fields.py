"""The field descriptions of this version, data/fields.toml, under a user's own."""

from functools import cache
from importlib.resources import files
from pathlib import Path

from routing.errors import ConfigurationError
from routing.fields import Catalogue, parse_catalogue


@cache
def shipped() -> Catalogue:
    """What ships with this version."""
    return parse_catalogue((files("data") / "fields.toml").read_text(encoding="utf-8"), "data/fields.toml")


@cache
def catalogue(fields_file: str) -> Catalogue:
    """What ships with this version and what the policy's `fields_file` adds; nothing for an empty name.

    Raises `ConfigurationError`.
    """
    if not fields_file:
        return shipped()
    try:
        text = Path(fields_file).expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problem = f"{fields_file} can't be read: {getattr(error, 'strerror', None) or error}"
        raise ConfigurationError("fields_file", problem, "Name a TOML file like data/fields.toml.") from None
    return parse_catalogue(text, fields_file, shipped())
