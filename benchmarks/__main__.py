"""The command line of the benchmarks: measures a running site, prints the table, keeps `var/bench/latest.json`."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks import message_to_edition, pages
from benchmarks.results import report
from contracts.paths import SitePaths
from contracts.settings import load_settings


def main() -> None:
    """Measures what takes the processor first, then what must not be disturbed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", type=Path, help="a site that runs and whose machines send")
    parser.add_argument("--messages", type=int, default=10, help="how many messages are followed into an edition")
    arguments = parser.parse_args()
    paths = SitePaths(load_settings(arguments.site).site)
    report([*pages.measure(paths), *message_to_edition.measure(paths, arguments.messages)], paths.var / "bench")


main()
