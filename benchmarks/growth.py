"""What one new day costs while the history behind it grows: whole refreshes of sites with 1, 10 and 50 million rows.

Each site has 138 days of telemetry, some of them left empty: a new day is the next after the newest, a late one lies
60 days behind. Both get the same number of rows, whatever the size of the history, and the sites take turns, forth and
back.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.history import land_day
from benchmarks.results import Result
from bruk.commands.output import progress, say
from bruk.refresh import refresh
from contracts.paths import PRODUCT
from contracts.site import load_site
from ingestion.landing.parquet import ensure_empty_files

SIZES = (1_000_000, 10_000_000, 50_000_000)
DAYS, DAY_ROWS, ROUNDS = 138, 200_000, 5
GOAL_GROWTH, GOAL_LATE, GOAL_MEMORY_MB = 1.15, 1.15, 1_000
DAY = timedelta(days=1)
FIRST_DAY = date(2026, 5, 1)
NEWEST = FIRST_DAY + (DAYS - 1) * DAY
#: Days that the history leaves empty, 60 days behind the newest and before: one for each round.
HOLES = [NEWEST - (60 + number) * DAY for number in range(ROUNDS + 1)]


def measure(sizes: tuple[int, ...] = SIZES, rounds: int = ROUNDS) -> list[Result]:
    """Ratios of whole refreshes within one run: the largest history to the smallest, a late day to a new one; MB."""
    with tempfile.TemporaryDirectory(prefix="bruk-growth-") as folder:
        built: dict[int, float] = {}
        sites = {size: Path(folder) / str(size) for size in sizes}
        for size, site in sites.items():
            say(f"growth: a history of {size:,} rows")
            built[size] = _child("build", str(site), str(size))["memory_mb"]
        say(f"growth: {rounds} rounds of one new and one late day at each size")
        told = _child("rounds", *(str(site) for site in sites.values()), "--rounds", str(rounds))
    new = {size: told["new"][str(site)] for size, site in sites.items()}
    late = {size: told["late"][str(site)] for size, site in sites.items()}
    small, large = min(sizes), max(sizes)
    curve = [
        _ratio(f"refresh of one new day at {size:,} rows ÷ at {small:,}", new[size], new[small], GOAL_GROWTH)
        for size in sizes
        if size != small
    ]
    return [
        *curve,
        _ratio(f"a day 60 days late ÷ a new one, at {large:,} rows", late[large], new[large], GOAL_LATE),
        _memory("a refresh", told["memory_mb"]),
        _memory(f"the first build of {large:,} rows", built[large]),
    ]


def _ratio(name: str, ours: list[float], other: list[float], goal: float) -> Result:
    """Medians, and the median of the ratios of each round: a machine that slows down does so for both."""
    ratio = median(one / two for one, two in zip(ours, other, strict=True))
    return Result(name, round(median(ours), 2), round(median(other), 2), "s", round(ratio, 3), goal, "lower")


def _memory(what: str, mb: float) -> Result:
    return Result(f"memory of {what}", mb, None, "MB", None, GOAL_MEMORY_MB, "lower")


def _child(*words: str) -> dict[str, Any]:
    """A process of its own, so that its memory is its own; what it told."""
    command = [sys.executable, "-m", "benchmarks.growth", *words]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def build(folder: Path, rows: int) -> dict[str, float]:
    """A copy of the demonstration's site with a landed history of so many rows, refreshed once."""
    shutil.copytree(PRODUCT / "demo", folder, ignore=shutil.ignore_patterns("var", "recordings"))
    site = load_site(folder)
    days = [FIRST_DAY + number * DAY for number in range(DAYS)]
    days = [day for day in days if day not in HOLES]
    ensure_empty_files(site.paths.landing, site.streams)
    with progress("landing", len(days)) as advance:
        for number, day in enumerate(days):
            land_day(site, day, rows // len(days), f"bench/{number:012d}")
            advance(number + 1)
    outcome = refresh(site)
    return {"memory_mb": _memory_mb(), "seconds": sum(outcome.seconds.values())}


def rounds(folders: list[Path], number: int, day_rows: int = DAY_ROWS) -> dict[str, Any]:
    """Seconds of whole refreshes, by site: of new days and of late ones. The first round warms up and is left out."""
    new: dict[str, list[float]] = {str(folder): [] for folder in folders}
    late: dict[str, list[float]] = {str(folder): [] for folder in folders}
    for turn in range(number + 1):
        for folder in folders[:: -1 if turn % 2 else 1]:
            site = load_site(folder)
            for told, day in ((new, NEWEST + (turn + 1) * DAY), (late, HOLES[turn])):
                land_day(site, day, day_rows, f"round/{turn:06d}{day:%m%d}")
                outcome = refresh(site)
                if outcome.state != "published":
                    raise RuntimeError(f"{folder.name}: {outcome.state} {outcome.reasons}")
                if turn:
                    told[str(folder)].append(sum(outcome.seconds.values()))
                say(f"  {folder.name} {'new' if told is new else 'late'} {day} {outcome.seconds}")
    return {"new": new, "late": late, "memory_mb": _memory_mb()}


def _memory_mb() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    """One child of `measure`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("build", "rounds"))
    parser.add_argument("words", nargs="+")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    if given.what == "build":
        told: dict[str, Any] = dict(build(Path(given.words[0]), int(given.words[1])))
    else:
        told = rounds([Path(word) for word in given.words], given.rounds)
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
