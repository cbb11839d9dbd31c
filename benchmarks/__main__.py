"""The command line of the benchmarks: measures, prints the table, keeps `var/bench/latest.json` of the site."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks import main_job, message_to_edition, pages, sealing
from benchmarks.receiving.measure import measure
from benchmarks.results import Result, report
from contracts.paths import SitePaths
from contracts.settings import load_settings


def main() -> None:
    """Measures a copy of the demonstration from its start, or a site that runs already."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", type=Path, help="a site that runs and whose machines send; else a copy of demo/")
    parser.add_argument("--messages", type=int, default=5, help="how many messages are followed into an edition")
    arguments = parser.parse_args()
    paths = SitePaths(load_settings(arguments.site).site)
    if arguments.site is not None:
        results = _running(paths, arguments.messages)
    else:
        alone = [*measure(), *sealing.measure()]  # before anything else runs on this machine
        with main_job.demonstration() as site:
            results = [*alone, *main_job.measure(site), *_running(site.paths, arguments.messages)]
    report(results, paths.var / "bench")


def _running(paths: SitePaths, messages: int) -> list[Result]:
    """What takes the processor first, then what must not be disturbed."""
    return [*pages.measure(paths), *message_to_edition.measure(paths, messages)]


main()
