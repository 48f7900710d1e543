"""`python -m tests.standin settings.json [--port N]`: a stand-in until it is interrupted."""

import argparse
import json
import signal
from pathlib import Path

from . import Settings, StandIn


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("settings", type=Path)
    parser.add_argument("--port", type=int, default=0)
    args = parser.parse_args()
    with StandIn(Settings.from_json(args.settings.read_text()), args.port) as provider:
        urls = {"openai_url": provider.openai_url, "anthropic_url": provider.anthropic_url}
        print(json.dumps(urls), flush=True)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    main()
