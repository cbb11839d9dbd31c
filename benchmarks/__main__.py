"""The command line of the benchmarks: measures, prints the table, keeps `var/bench/latest.json` of the site."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from benchmarks import growth, main_job, message_to_edition, pages, sealing
from benchmarks.receiving.measure import measure
from benchmarks.results import Result, report
from contracts.paths import SitePaths
from contracts.settings import load_settings


def main() -> None:
    """Measures a copy of the demonstration from its start, or a site that runs already."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", type=Path, help="a site that runs and whose machines send; else a copy of demo/")
    parser.add_argument("--messages", type=int, default=5, help="how many messages are followed into an edition")
    #: In this order: what needs the machine for itself comes before the demonstration, which keeps it busy.
    parts: dict[str, Callable[[], list[Result]]] = {
        "receiving": measure,
        "sealing": sealing.measure,
        "growth": growth.measure,
        "pages": pages.measure,
        "run": lambda: _from_its_start(arguments.messages),
    }
    parser.add_argument("--only", nargs="+", choices=parts, default=[*parts], help="these alone; all else")
    arguments = parser.parse_args()
    paths = SitePaths(load_settings(arguments.site).site)
    if arguments.site is not None:
        results = _running(paths, arguments.messages)
    else:
        results = [result for name, part in parts.items() if name in arguments.only for result in part()]
    report(results, paths.var / "bench")


def _from_its_start(messages: int) -> list[Result]:
    with main_job.demonstration() as site:
        return [*main_job.measure(site), *_running(site.paths, messages)]


def _running(paths: SitePaths, messages: int) -> list[Result]:
    return message_to_edition.measure(paths, messages)


main()
