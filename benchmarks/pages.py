"""How long the pages of a programme of 60 pilots take, for every audience: anew, and when one pilot changed."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from benchmarks.results import Result
from scorecards.audience import AUDIENCES
from scorecards.edition import Edition
from scorecards.reader import read_edition
from scorecards.render import render_read
from tests.editions_fixture import build_edition, write_gate
from tests.editions_rows import large

#: A programme with 2,000 pages: pilots, testbeds, machines, a year of months.
PILOTS, TESTBEDS, MACHINES, MONTHS = 60, 24, 130, 12
GOAL_S, CHANGED_GOAL_S, ROUNDS = 20.0, 3.0, 3


def measure() -> list[Result]:
    """Seconds of all pages, reading of the edition included, as medians of three rounds: by the clock, and of the
    processor alone, which says the same on a machine that does other things too.
    """
    anew, changed, pages = [], [], 0
    with _edition() as (edition, status):
        for _ in range(ROUNDS):
            with tempfile.TemporaryDirectory() as folder:
                first, second = Path(folder) / "first", Path(folder) / "second"
                anew.append(_timed(read_edition(edition, status), edition, status, first, None))
                other = published_again(one_pilot_changed(read_edition(edition, status)))
                changed.append(_timed(other, edition, status, second, first))
                pages = sum(1 for _ in first.rglob("*.html"))
    named = f"{pages:,} pages of {PILOTS} pilots"
    return [
        *_results(f"{named} rendered", anew, GOAL_S),
        *_results(f"{named} when one pilot changed", changed, CHANGED_GOAL_S),
    ]


def _results(name: str, times: list[tuple[float, float]], goal: float) -> list[Result]:
    medians = [round(statistics.median(found), 1) for found in zip(*times, strict=True)]
    return [
        Result(f"{name}, {how}", median, None, "s", None, goal, "lower")
        for how, median in zip(("clock", "processor"), medians, strict=True)
    ]


@contextmanager
def _edition() -> Iterator[tuple[Path, Path]]:
    """An invented edition of that size with every kind of indicator in every scope, and an open gate."""
    with tempfile.TemporaryDirectory() as folder:
        edition = build_edition(Path(folder) / "e", site=large(PILOTS, TESTBEDS, MACHINES, MONTHS))
        yield edition, write_gate(Path(folder) / "status")


def _timed(shown: Edition, edition: Path, status: Path, out: Path, previous: Path | None) -> tuple[float, float]:
    """Seconds by the clock and of the processor; the edition is read again, so that its reading counts."""
    began = time.perf_counter(), time.process_time()
    read_edition(edition, status)
    for audience in reversed(AUDIENCES):
        render_read(shown, out / audience, {}, audience, previous / audience if previous else None)
    return time.perf_counter() - began[0], time.process_time() - began[1]


def one_pilot_changed(edition: Edition) -> Edition:
    """The same edition with every value of its first pilot one higher."""
    pilot = ("pilot", edition.pilots[0].pilot_id)
    values = {
        key: [row._replace(value=None if row.value is None else row.value + 1) for row in rows]
        if key[1:] == pilot
        else rows
        for key, rows in edition.values.items()
    }
    return replace(edition, values=values, made={})


def published_again(edition: Edition) -> Edition:
    """The same an hour later: every page names another edition at its foot."""
    manifest = edition.manifest
    later = replace(manifest, id=f"{manifest.id}-again", published_at=manifest.published_at + timedelta(hours=1))
    return replace(edition, manifest=later, made={})
