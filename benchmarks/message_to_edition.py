"""How long a machine's message takes into the published edition: the site runs, Airflow too, and nothing is disturbed.

The messages are those of the machines that send to the site anyway (in the demonstration, the simulated line): a run
carries the machine's own time of its end, and we watch for the edition that first holds it. So no message is made for
the measurement, and none of our code helps it along.
"""

from __future__ import annotations

import argparse
import statistics
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.results import Result, report
from bruk.commands.output import progress, say
from bruk.edition_reader import edition_rows
from bruk.editions import current_edition
from contracts.errors import TransientError
from contracts.paths import SitePaths
from contracts.settings import load_settings

GOAL_MEDIAN_S, GOAL_P95_S = 60.0, 120.0
PATIENCE_S = 300.0


def measure(paths: SitePaths, wanted: int) -> list[float]:
    """Seconds from the end of a run, by the machine's clock, until readers see it in an edition; `wanted` of them.

    Raises TransientError when no edition comes.
    """
    began = datetime.now(UTC)
    edition = current_edition(paths)
    if edition is None:
        raise TransientError("no edition yet: `make run` first")
    known = _ended_runs(edition)
    seconds: list[float] = []
    with progress("runs that reached an edition", wanted) as done:
        while len(seconds) < wanted:
            edition = _next_edition(paths, edition)
            seen = datetime.now(UTC)
            ended = _ended_runs(edition)
            new = sorted(at for run, at in ended.items() if run not in known and at >= began)
            seconds += [(seen - at).total_seconds() for at in new]
            known |= ended
            done(len(seconds))
    return seconds[:wanted]


def _ended_runs(edition: Path) -> dict[str, datetime]:
    """Run → when it ended, in one edition."""
    return {row["run_id"]: row["ended_at"] for row in edition_rows(edition, "fct_run") if row["ended_at"]}


def _next_edition(paths: SitePaths, before: Path) -> Path:
    """Waits until readers see another edition than `before`."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        edition = current_edition(paths)
        if edition is not None and edition != before:
            return edition
        time.sleep(0.1)
    raise TransientError(f"no new edition in {PATIENCE_S:.0f} s; does the site run? (`bruk status`)")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", type=Path)
    parser.add_argument("--messages", type=int, default=10)
    arguments = parser.parse_args()
    paths = SitePaths(load_settings(arguments.site).site)
    seconds = sorted(measure(paths, arguments.messages))
    say("seconds, sorted: " + " ".join(f"{value:.1f}" for value in seconds))
    median = round(statistics.median(seconds), 1)
    p95 = round(seconds[max(0, round(0.95 * len(seconds)) - 1)], 1)
    name = f"message to edition, {len(seconds)} messages"
    report(
        [
            Result(f"{name}, median", median, None, "s", None, GOAL_MEDIAN_S, "lower"),
            Result(f"{name}, p95", p95, None, "s", None, GOAL_P95_S, "lower"),
        ],
        paths.var / "bench",
    )


if __name__ == "__main__":
    main()
