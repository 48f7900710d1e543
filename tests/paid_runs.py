"""Whole runs with paid tiers at a stand-in: a policy file, and the samples whose truth it knows."""

from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from asking import CHEAP, PREMIUM
from standin import Settings

SAMPLES = Path(__file__).resolve().parent.parent / "data" / "samples"
KEYS = {"OPENAI_API_KEY": "stand-in-key", "ANTHROPIC_API_KEY": "stand-in-key"}

_PRICES = {"gpt-5-mini": CHEAP, "claude-opus-5": PREMIUM}
_WAITS = (
    ("longest_wait_seconds = 60", "longest_wait_seconds = 0.2"),
    ("leave_alone_seconds = 120", "leave_alone_seconds = 0.2"),
)


def stand_in_settings(truth=SAMPLES / "truth.jsonl", **more) -> Settings:
    """A stand-in that answers for the models of the default policy; half of the cheap one's answers have an error."""
    models = {**_PRICES, "gpt-5-mini": replace(CHEAP, p_right=0.5)}
    return Settings(models=models, truth=str(truth), **more)


def policy_file(folder: Path, provider, *changes: tuple[str, str], batch=False) -> Path:
    """The default policy with its models at the stand-in, short waits, and `changes` of its text."""
    text = (files("data") / "policy.toml").read_text(encoding="utf-8")
    for model, url in (("gpt-5-mini", provider.openai_url), ("claude-opus-5", provider.anthropic_url)):
        text = _changed(text, f'model = "{model}"', f'model = "{model}"\n{_at(model, url, batch)}')
    for old, new in (*_WAITS, *changes):
        text = _changed(text, old, new)
    made = folder / "policy.toml"
    made.write_text(text, encoding="utf-8")
    return made


def _at(model: str, url: str, batch: bool) -> str:
    names = ("input", "cached_input", "cache_write", "output")
    price = ", ".join(f"{name}_usd = {getattr(_PRICES[model], name)}" for name in names)
    api = 'api = "responses"\n' if model.startswith("gpt") else ""
    return (
        f'base_url = "{url}"\n{api}price = {{ {price}, batch_percent = 50 }}\n'
        f"answer_seconds = 5\nconcurrency = 32\nbatch = {str(batch).lower()}"
    )


def _changed(text: str, old: str, new: str) -> str:
    assert old in text, old
    return text.replace(old, new, 1)
