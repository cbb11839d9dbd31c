"""How long 2,000 pages take, anew and when one pilot changed: every site of the current edition, again and again."""

from __future__ import annotations

import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.results import Result
from bruk.editions import current_edition
from contracts.errors import TransientError
from contracts.paths import SitePaths
from scorecards.audience import AUDIENCES
from scorecards.edition import Edition
from scorecards.reader import read_edition
from scorecards.render import render_read

PAGES, GOAL_S, CHANGED_GOAL_S, ROUNDS = 2_000, 20.0, 3.0, 5


def measure(paths: SitePaths) -> list[Result]:
    """Seconds for 2,000 pages, reading included, as medians of five renderings. Raises TransientError."""
    edition = current_edition(paths)
    if edition is None:
        raise TransientError("no edition yet: `make run` first")
    status = paths.status / "gate.json"
    anew, changed = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            first, second = Path(folder) / "first", Path(folder) / "second"
            anew.append(_seconds_per_page(edition, status, first, None))
            changed.append(_seconds_per_page(edition, status, second, first))
    whole, part = (round(PAGES * statistics.median(found), 1) for found in (anew, changed))
    return [
        Result(f"{PAGES:,} pages rendered", whole, None, "s", None, GOAL_S, "lower"),
        Result(f"{PAGES:,} pages when one pilot changed", part, None, "s", None, CHANGED_GOAL_S, "lower"),
    ]


def _seconds_per_page(edition: Path, status: Path, out: Path, previous: Path | None) -> float:
    began = time.perf_counter()
    read = read_edition(edition, status)
    if previous is not None:
        read = one_pilot_changed(read)
    pages = sum(
        render_read(read, out / audience, {}, audience, previous / audience if previous else None).pages
        for audience in AUDIENCES
    )
    return (time.perf_counter() - began) / pages


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
