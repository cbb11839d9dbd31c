"""How long a machine's message takes into the published edition: the site runs, Airflow too, and nothing is disturbed.

The messages are those of the machines that send to the site anyway (in the demonstration, the simulated line): a run
carries the machine's own time of its end, and we watch for the edition that first holds it. So no message is made for
the measurement, and none of our code helps it along.
"""

from __future__ import annotations

import statistics
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.results import Result
from bruk.commands.output import progress, say
from bruk.edition_reader import edition_rows
from bruk.editions import current_edition
from contracts.errors import TransientError
from contracts.paths import SitePaths

GOAL_MEDIAN_S, GOAL_P95_S = 60.0, 120.0
PATIENCE_S = 300.0


def measure(paths: SitePaths, wanted: int) -> list[Result]:
    """Median and 95th percentile of the seconds of `wanted` messages. Raises TransientError when no edition comes."""
    seconds = sorted(_seconds(paths, wanted))
    say("seconds, sorted: " + " ".join(f"{value:.1f}" for value in seconds))
    name = f"message to edition, {len(seconds)} messages"
    median, p95 = statistics.median(seconds), seconds[max(0, round(0.95 * len(seconds)) - 1)]
    return [
        Result(f"{name}, median", round(median, 1), None, "s", None, GOAL_MEDIAN_S, "lower"),
        Result(f"{name}, p95", round(p95, 1), None, "s", None, GOAL_P95_S, "lower"),
    ]


def _seconds(paths: SitePaths, wanted: int) -> list[float]:
    """From the end of a run, by the machine's clock, until readers see it in an edition; `wanted` of them."""
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
